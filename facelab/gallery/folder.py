"""Folder: anyone's own photos, a sub-folder a person, read leniently.

What cannot be read is named and left out; nothing outside of the folder is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from facelab.base.files import inside, shown
from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError
from facelab.contract.photos import Photos
from facelab.gallery.gallery import is_name
from facelab.gallery.image import decode_image, shrunk
from facelab.gallery.split import natural, taken

ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".pgm")

LARGEST = 100_000_000
"""Bytes that a photo has at most."""

PASSED_OVER = ("reports", "thumbs.db", "desktop.ini")
"""What stands in a folder of photos without being one, besides names that begin with a dot."""

Read = tuple[Photos, list[str]]
"""Photos, and a line for everything that was left out."""


def read_folder(folder: Path) -> Read:
    """Return the photos of a folder that has a sub-folder a person, sorted by person and number.

    Labels: ``file``, ``sha256``, ``set`` (gallery), ``person`` and ``taken``, in seconds of the
    camera's clock, empty where nothing tells. Frames are at most 1280 pixels wide and high.
    Raises FacelabError when there is no such folder, or it cannot be listed.
    """
    if not folder.is_dir():
        raise FacelabError(f"{folder}: no such folder; name one with a sub-folder a person")
    opencv()  # where it cannot start, no photo is to blame
    rows, frames, left_out = [], [], []
    for found in _found(folder):
        if isinstance(found, FacelabError):
            left_out.append(str(found))
            continue
        file = found.relative_to(folder).as_posix()
        try:
            content = read_bytes(folder, file)
            frames.append(shrunk(decode_image(content, shown(file))))
        except FacelabError as error:
            left_out.append(str(error))
            continue
        when = taken(found.name, content)
        rows.append(
            {
                "file": file,
                "sha256": hashlib.sha256(content).hexdigest(),
                "set": "gallery",
                "person": found.parent.name,
                "taken": "" if when is None else str(when),
            }
        )
    labels = pd.DataFrame(rows, columns=["file", "sha256", "set", "person", "taken"], dtype=str)
    return Photos(tuple(frames), labels), left_out


def _found(folder: Path) -> Iterator[Path | FacelabError]:
    """Yield the files that may be photos, and what is left out, by person and number."""
    for person in _listed(folder):
        if not person.is_dir():
            if person.suffix.lower() in ENDINGS:
                yield FacelabError(
                    f"{shown(person.name)}: left out; put it into a sub-folder a person"
                )
            continue
        if not is_name(person.name):
            yield FacelabError(f"{shown(person.name)}: no person's name; rename the folder")
            continue
        try:
            files = _listed(inside(folder, person.name))
        except FacelabError as error:
            yield error
            continue
        for file in files:
            if not file.name.isprintable():
                yield FacelabError(f"{shown(f'{person.name}/{file.name}')}: rename this file")
            elif file.suffix.lower() in ENDINGS and file.is_file():
                yield file
            else:
                yield FacelabError(
                    f"{shown(f'{person.name}/{file.name}')}: left out; allowed are "
                    f"{', '.join(ENDINGS)} files"
                )


def _listed(folder: Path) -> list[Path]:
    try:
        paths = [p for p in folder.iterdir() if not p.name.startswith(".")]
    except OSError as error:
        raise FacelabError(
            f"{folder.name}: cannot be listed ({error.strerror}); allow it to be read"
        ) from error
    paths = [path for path in paths if path.name.lower() not in PASSED_OVER]
    return sorted(paths, key=lambda path: natural(path.name))


def read_bytes(folder: Path, file: str) -> bytes:
    """Return the bytes of a photo in a folder.

    Raises FacelabError, which names the file within the folder, when it lies elsewhere, cannot be
    read, or is far too large for a photo.
    """
    path = inside(folder, file)
    try:
        if path.stat().st_size > LARGEST:
            raise FacelabError(f"{shown(file)}: larger than {LARGEST // 10**6} MB; save it smaller")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise FacelabError(
            f"{shown(file)}: cannot be read ({getattr(error, 'strerror', error)}); "
            "put it back or take it out of the gallery"
        ) from error
