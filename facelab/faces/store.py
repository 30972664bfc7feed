"""Store: feature vectors, kept from one run to the next.

An entry describes one item: a photo (one row), a film (a row a frame), or frames that were rendered
together. It is a file of its own, named after a digest of its key, in a folder named after a
fingerprint of the code, the weights and the versions that made it. Frames of a camera are never
kept. Losing the folder costs only time.
"""

from __future__ import annotations

import hashlib
import os
import platform
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import facelab
from facelab.base.packages import version_of
from facelab.faces.hog import FEATURES

FEATURE_ROW = np.dtype(
    [("vector", "<f4", (FEATURES,)), ("face", "<f4", (5,)), ("several", "?")],
)
"""A described frame: HOG vector, box and score, more than one face seen."""

LARGEST = 1_000_000_000
"""Most bytes of a store, about 140,000 frames: beyond them the entries unused longest go."""

MADE_BY = (
    *("contract/frame.py", "faces/*.py", "faces/*.npz", "gallery/clip.py", "gallery/foreign.py"),
    *("gallery/image.py", "gallery/pgm.py", "gallery/picture_data.py", "gallery/picture_header.py"),
    *("gallery/pictures.py", "gallery/rendered.py"),
)
"""The files of facelab on which an entry may depend."""

FeatureRows = NDArray[np.void]
"""Described frames (n,), of `FEATURE_ROW`."""

_DIGEST = hashlib.sha256().digest_size


@dataclass
class Store:
    """Entries in a folder, if there is one.

    A file is a SHA-256 of its key and its rows, then the rows. One that is cut, changed, under
    another's name, or holds a number that is none, is removed, and its entry is made again. Several
    processes may share a folder. One that cannot be written to keeps nothing, and is no error.

    ``folder``: for all stores; ``fingerprint``: of what makes the rows.
    """

    folder: Path | None = None
    fingerprint: str = ""
    _unpruned: int = field(default=LARGEST, init=False)

    @property
    def place(self) -> Path | None:
        """The folder of this store's own entries."""
        return self.folder / self.fingerprint if self.folder else None

    def read(self, key: str, count: int | None = None) -> FeatureRows | None:
        """Return the rows (n,) of an entry, None where there is no sound one.

        ``count``: how many there must be.
        """
        path = self._path(key)
        content = _content(path) if path else None
        if path is None or content is None:
            return None
        rows = _rows(key, content)
        if rows is None or (count is not None and len(rows) != count):
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):  # in a folder of someone else's
            os.utime(path)
        return rows

    def has(self, key: str) -> bool:
        """Return whether there is a file of an entry; what is in it is seen when it is read."""
        path = self._path(key)
        return path is not None and path.is_file()

    def write(self, key: str, rows: FeatureRows) -> bool:
        """Keep the rows (n,) of an entry. Return whether they are in a file."""
        path, content = self._path(key), rows.tobytes()
        if path is None:
            return False
        try:
            _replace(path, _digest(key, content) + content)
        except OSError:
            return False
        self._unpruned += len(content)
        if self._unpruned > LARGEST / 100:  # not at each of a thousand photos
            self._unpruned = 0
            with suppress(OSError):  # another process may remove files too
                self._prune()
        return True

    def _path(self, key: str) -> Path | None:
        name = f"{hashlib.sha256(key.encode()).hexdigest()}.rows"
        return self.place / name if self.place else None

    def _prune(self) -> None:
        """Remove the files unused longest, of any store, where all together are too large."""
        assert self.folder
        files = [(path, path.stat()) for path in self.folder.glob("*/*")]
        files.sort(key=lambda file: file[1].st_mtime, reverse=True)
        total = 0
        for path, status in files:
            total += status.st_size
            if total > LARGEST:
                path.unlink(missing_ok=True)


def film_key(digest: str, frames: int) -> str:
    """Return the key of a film, of which ``digest`` is the SHA-256 of the file."""
    return f"film {digest} of {frames} frames"


def fingerprint(face_detector: str, hog: str) -> str:
    """Return a digest of what rows depend on.

    That is the choice of detector (``facelab``, ``none`` or a YuNet file) and of HOG, facelab's
    code and weights, the libraries' versions, and the kind of processor.
    """
    made = (FEATURE_ROW, face_detector, hog, platform.machine())
    digest = hashlib.sha256(repr(made).encode())
    for package in ("tensorflow", "keras", "numpy", "opencv-python"):
        digest.update(version_of(package).encode())
    home = Path(facelab.__file__).parent
    paths = sorted(path for pattern in MADE_BY for path in home.glob(pattern))
    if face_detector not in ("facelab", "none"):
        paths.append(Path(face_detector))
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _content(path: Path) -> bytes | None:
    """Return the bytes of an ordinary file that is not too large, None where there is none."""
    with suppress(OSError):
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST:
            return path.read_bytes()
    return None


def _rows(key: str, content: bytes) -> FeatureRows | None:
    """Return the rows that a file holds, None where it is damaged or another's."""
    digest, rest = content[:_DIGEST], content[_DIGEST:]
    if not rest or len(rest) % FEATURE_ROW.itemsize or digest != _digest(key, rest):
        return None
    rows = np.frombuffer(rest, FEATURE_ROW)
    finite = np.isfinite(rows["vector"]).all() and np.isfinite(rows["face"]).all()
    return rows if finite else None


def _digest(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + content).digest()


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole; it is not waited for, since its digest shows what a power cut left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
