"""Folder: photos of one's own, a sub-folder a person. Other files are named."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path, PurePath

from facelab.base.files import inside, is_folder, kind, names, shown
from facelab.contract.errors import FacelabError
from facelab.gallery.manifest import Row
from facelab.gallery.name import is_name
from facelab.gallery.split import natural

ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".pgm")

PASSED_OVER = ("reports", "thumbs.db", "desktop.ini")
"""What stands in a folder of photos without being one, besides names that begin with a dot."""


def list_folder(folder: Path) -> Iterator[Row | FacelabError]:
    """Yield a row for each file that may be a photo, and each file left out, by person and number.

    A row has ``file``, ``set`` (gallery) and ``person``. Raises FacelabError when there is no such
    folder, or it cannot be listed.
    """
    if not is_folder(folder):
        raise FacelabError(f"{folder}: no such folder; name one with a sub-folder a person")
    for person in _listed(folder, "."):
        if not _is_folder(folder, person):
            if _is_picture(person):
                yield FacelabError(f"{shown(person)}: left out; put it into a sub-folder a person")
            continue
        if not is_name(person):
            yield FacelabError(f"{shown(person)}: no person's name; rename the folder")
            continue
        try:
            inside(folder, person)
            files = [f"{person}/{name}" for name in _listed(folder, person)]
        except FacelabError as error:
            yield error
            continue
        for file in files:
            if not file.isprintable():
                yield FacelabError(f"{shown(file)}: rename this file")
            elif _is_picture(file) and not stat.S_ISDIR(kind(folder, file)):
                yield {"file": file, "sha256": "", "set": "gallery", "person": person}
            else:
                yield FacelabError(
                    f"{shown(file)}: left out; allowed are {', '.join(ENDINGS)} files"
                )


def _listed(folder: Path, file: str) -> list[str]:
    """Return the names in a folder, in the order in which one counts, without what is hidden."""
    try:
        found = [name for name in names(folder, file) if not name.startswith(".")]
    except OSError as error:
        name = folder.name if file == "." else file
        raise FacelabError(
            f"{name}: cannot be listed ({error.strerror}); allow it to be read"
        ) from error
    return sorted((name for name in found if name.lower() not in PASSED_OVER), key=natural)


def _is_folder(folder: Path, name: str) -> bool:
    """Return whether a name is a folder's, or that of a link to one."""
    return stat.S_ISDIR(kind(folder, name)) or is_folder(folder / name)


def _is_picture(file: str) -> bool:
    return PurePath(file).suffix.lower() in ENDINGS
