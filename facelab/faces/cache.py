"""Cache: what frames of files were described as, kept from one run to the next.

A row is known by the SHA-256 of the file that its frame came from; the folder it lies in is named
after the code, the weights and the versions that made it. Only files are kept, never the frames of
a camera. Nothing else is lost with the folder than time.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import facelab
from facelab.base.files import write_atomically
from facelab.faces.embedding import FEATURES

ROW = np.dtype(
    [("key", "S64"), ("vector", "<f4", (FEATURES,)), ("face", "<f4", (5,)), ("several", "?")]
)
"""A described frame: SHA-256 in hexadecimal, HOG vector, box and score, more than one face seen."""

LARGEST = 128_000_000
"""Most bytes of a cache, about 18,000 frames: beyond them the files unused longest are removed."""

MADE_BY = ("contract/frame.py", "faces/*.py", "faces/*.npz", "gallery/*.py")
"""The files of facelab on which a row may depend."""

Rows = NDArray[np.void]


@dataclass
class Cache:
    """Rows in memory, and in a folder if there is one.

    A run's new rows make a file there, named after the SHA-256 of its bytes: a damaged file is
    found by its name, removed, and its rows are made again. Several runs may share a folder.
    ``folder``: for all caches; ``fingerprint``: of what makes the rows.
    """

    folder: Path | None = None
    fingerprint: str = ""

    @property
    def place(self) -> Path | None:
        """Where this cache's own files lie."""
        return self.folder / self.fingerprint if self.folder else None

    @cached_property
    def rows(self) -> dict[bytes, np.void]:
        """The rows that are known, by their keys."""
        return {bytes(row["key"]): row for part in self._parts() for row in part}

    def add(self, rows: Rows) -> None:
        """Keep new rows. A folder that cannot be written to keeps nothing and is no error."""
        self.rows.update((bytes(row["key"]), row) for row in rows)
        if self.place and len(rows):
            content = rows.tobytes()
            with suppress(OSError):
                write_atomically(self.place / f"{_digest(content)}.rows", content)
                self._prune()

    def _parts(self) -> Iterable[Rows]:
        for path in sorted(self.place.glob("*.rows")) if self.place else ():
            with suppress(OSError):
                content = path.read_bytes()
                if _digest(content) == path.stem:
                    os.utime(path)
                    yield np.frombuffer(content, ROW)
                else:
                    path.unlink()

    def _prune(self) -> None:
        assert self.folder
        files = [(path, path.stat()) for path in self.folder.glob("*/*.rows")]
        files.sort(key=lambda file: file[1].st_mtime, reverse=True)
        total = 0
        for path, stat in files:
            total += stat.st_size
            if total > LARGEST:
                path.unlink()


def keys_of_film(digest: str, frames: int) -> list[bytes]:
    """Return the keys of a film's frames: they depend on all that was before them."""
    return [_digest(f"{digest} {n} of {frames}".encode()).encode() for n in range(frames)]


def fingerprint(face_detector: str) -> str:
    """Return a digest of what rows depend on: ``facelab``, ``none`` or a YuNet file, and the rest.

    That is facelab's code and weights, the libraries' versions, and the kind of processor.
    """
    digest = hashlib.sha256(repr((ROW, face_detector, platform.machine())).encode())
    for package in ("tensorflow", "keras", "numpy", "opencv-python"):
        digest.update(version(package).encode())
    home = Path(facelab.__file__).parent
    paths = sorted(path for pattern in MADE_BY for path in home.glob(pattern))
    if face_detector not in ("facelab", "none"):
        paths.append(Path(face_detector))
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
