"""Folder: photos of one's own, a sub-folder a person. Other files are named."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePath

from facelab.base.files import exists, inside, is_file, is_folder, kind, names, opened, shown
from facelab.contract.errors import FacelabError
from facelab.gallery import manifest
from facelab.gallery.foreign import foreign
from facelab.gallery.image import Unreadable
from facelab.gallery.manifest import Row
from facelab.gallery.name import SIGNS, alike, is_name, meaning
from facelab.gallery.split import natural

ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".pgm")

PASSED_OVER = ("reports", "thumbs.db", "desktop.ini")
"""What stands in a folder of photos without being one, besides names that begin with a dot."""

EMPTY, LINK = "an empty folder", "a link that leads nowhere"
"""Why nothing of a person can be read where there is no file at all."""


def list_folder(folder: Path) -> Iterator[Row | FacelabError]:
    """Yield a row for each file that may be a photo, and each file left out, by person and number.

    A row has ``file``, ``set`` (gallery) and ``person``, whose name is in its composed form. What
    is left out of a person's photos is Unreadable. Raises FacelabError when there is no such
    folder, or it cannot be listed.
    """
    if not is_folder(folder):
        raise FacelabError(f"{folder}: no such folder; name one with a sub-folder a person")
    for name in _listed(folder, "."):
        if not _is_folder(folder, name):
            if may_be_picture(folder, name):
                yield FacelabError(f"{shown(name)}: left out; put it into a sub-folder a person")
            elif stat.S_ISLNK(kind(folder, name)) and not is_file(folder / name):
                yield Unreadable(shown(name), LINK, "mend it or take it away", person=name)
            continue
        if not is_name(name):
            yield FacelabError(
                f"{shown(name)}: no person's name; rename the folder; allowed is {SIGNS}"
            )
            continue
        if told := meaning(name):
            yield FacelabError(
                f"{shown(name)}: left out, tables and counts say so where {told}; rename the folder"
            )
            continue
        try:
            inside(folder, name)
            files = [f"{name}/{file}" for file in _listed(folder, name)]
        except FacelabError as error:
            yield error
            continue
        if not files:
            cure = "put photos into it or take it away"
            yield Unreadable(name, EMPTY, cure, person=alike(name))
        yield from (_look(folder, alike(name), file) for file in files)
    yield from _taken_for_reports(folder)


def _taken_for_reports(folder: Path) -> Iterator[FacelabError]:
    """Say of a folder that is passed over as facelab's own that photos lie in it."""
    for name in PASSED_OVER[:1]:
        if stat.S_ISDIR(kind(folder, name)) and any(
            may_be_picture(folder, f"{name}/{file}") for file in _listed(folder, name)
        ):
            yield FacelabError(
                f"{name}: left out, facelab keeps its reports there; rename the folder if it is a "
                "person's"
            )


def _look(folder: Path, person: str, file: str) -> Row | FacelabError:
    """Return the row of a person's file, or why there is none."""
    if not file.isprintable():
        return FacelabError(f"{shown(file)}: rename this file")
    if stat.S_ISDIR(kind(folder, file)):
        cure = "move the photos in it one level up"
        return Unreadable(shown(file), "a folder", cure, person=person)
    if may_be_picture(folder, file):
        return {"file": file, "sha256": "", "set": "gallery", "person": person}
    what, cure = foreign(_head(folder, file)) or ("no picture", "")
    allowed = f"allowed are {', '.join(ENDINGS)} files"
    return Unreadable(shown(file), what, f"{cure}; {allowed}" if cure else allowed, person=person)


def other_level(folder: Path) -> str:
    """Return which folder was meant where one has photos in it, or in folders of its folders.

    An empty text when there is none.
    """
    names_there = _listed(folder, ".")
    inner = [name for name in names_there if stat.S_ISDIR(kind(folder, name))]
    if not inner and any(may_be_picture(folder, name) for name in names_there):
        return f"photos lie in it directly; did you mean {folder.parent}?"
    meant = [name for name in inner if _holds_people(folder, name)]
    return f"did you mean {' or '.join(str(folder / name) for name in meant[:3])}?" if meant else ""


def _holds_people(folder: Path, name: str) -> bool:
    with suppress(FacelabError):
        if exists(folder, f"{name}/{manifest.NAME}"):
            return True
        for person in _listed(folder, name):
            place = f"{name}/{person}"
            if stat.S_ISDIR(kind(folder, place)):
                return any(
                    PurePath(one).suffix.lower() in ENDINGS for one in _listed(folder, place)
                )
    return False


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


def may_be_picture(folder: Path, file: str) -> bool:
    """Return whether a file in a folder may be a picture, by its ending or by its data."""
    if PurePath(file).suffix.lower() in ENDINGS:
        return True
    return _head(folder, file).startswith((b"\xff\xd8\xff", b"\x89PNG\r\n"))


def _head(folder: Path, file: str) -> bytes:
    with suppress(OSError, FacelabError), opened(folder, file) as found:
        return found.read(512)
    return b""
