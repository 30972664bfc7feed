"""Reader: lists the photos of any folder or recording, and leaves out damaged ones.

It reads, checks and decodes each file once. Memory keeps its name, its digest, and a thumbnail that
finds copies.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

import pandas as pd

from facelab.base.files import check, shown
from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError
from facelab.contract.photos import Photos
from facelab.gallery.duplicates import Small, small
from facelab.gallery.folder import EMPTY, LINK, list_folder
from facelab.gallery.image import Unreadable, decode_image, read_bytes, shrunk
from facelab.gallery.manifest import Row, fault, is_recorded, read_rows, strays, typed
from facelab.gallery.name import COLUMNS, alike, is_name, is_set
from facelab.gallery.pictures import Pictures, digest
from facelab.gallery.split import taken
from facelab.gallery.thumbnails import Thumbnails

MOST = 1280
"""Pixels that a frame of a folder is wide and high at most; a recording's stay as they are."""


@dataclass(frozen=True)
class Found:
    """What a gallery holds.

    ``photos`` of all sets, their files in order; the rows of ``films``; a line for all that is
    ``left_out``; ``small``: thumbnails of the photos, by their files.
    """

    photos: Photos
    films: pd.DataFrame
    left_out: list[str]
    small: dict[str, Small]


def read_found(folder: Path, thumbnails: Thumbnails | None = None) -> Found:
    """Return the content of a folder of photos, or of a recording.

    Labels: those of the manifest; of a folder ``file``, ``sha256``, ``set`` (gallery), ``person``
    and ``taken``, in seconds of the camera's clock, empty where unknown. Left out are files that
    are missing, damaged, half-written, no picture, orphans, or outside of the folder. Writes
    nothing. Raises FacelabError when there is no such folder, or its manifest cannot be understood.
    """
    known = thumbnails or Thumbnails()
    listed = read_rows(folder) if is_recorded(folder) else None
    rows = list_folder(folder) if listed is None else _recorded(folder, listed)
    most = MOST if listed is None else 0
    opencv()  # where it cannot start, no photo is to blame
    photos: list[Row] = []
    films: list[Row] = []
    digests: list[str] = []
    lost: list[FacelabError] = []
    for row in rows:
        try:
            if isinstance(row, FacelabError):
                raise row
            row["person"] = alike(row["person"])
            if _is_film(row):
                _check_film(folder, row)
                films.append(row)
                continue
            content = _content(folder, row)
            if row["sha256"] not in known:
                frame = decode_image(content, shown(row["file"]))
                known.add(row["sha256"], small(shrunk(frame, MOST)))
        except FacelabError as error:
            if isinstance(error, Unreadable) and isinstance(row, dict):
                error.person = row["person"]
            lost.append(error)
            continue
        digests.append(digest(content, most))
        photos.append(row if listed is not None else row | {"taken": _when(row, content)})
    columns = [*COLUMNS, "taken"] if listed is None else list(listed.columns)
    table, rest = (
        typed(folder, pd.DataFrame(some, columns=columns, dtype=str)) for some in (photos, films)
    )
    left_out = _told(lost, {row["person"] for row in (*photos, *films)})
    if listed is not None:
        left_out += strays(folder, listed)
    files = tuple(row["file"] for row in photos)
    thumbs = {row["file"]: known[row["sha256"]] for row in photos}
    pictures = Pictures(folder, files, tuple(digests), most)
    return Found(Photos(pictures, table), rest, left_out, thumbs)


def _told(lost: list[FacelabError], seen: Collection[str]) -> list[str]:
    """Return a line for everything that was left out; one alone for who was not ``seen`` at all."""
    own: dict[str, list[Unreadable]] = {}
    for error in lost:
        if isinstance(error, Unreadable) and error.person and error.person not in seen:
            own.setdefault(error.person, []).append(error)
    nothing = {person: _nothing_of(person, errors) for person, errors in own.items()}
    people = (error.person if isinstance(error, Unreadable) else "" for error in lost)
    lines = (
        nothing[person] if person in nothing else str(error)
        for person, error in zip(people, lost, strict=True)
    )
    return list(dict.fromkeys(lines))


def _nothing_of(person: str, errors: list[Unreadable]) -> str:
    """Return the line for a person of whom nothing can be read, with the commonest reason."""
    first = errors[0]
    if first.reason in (EMPTY, LINK):
        return f"{shown(person)}: left out, {first.reason}; {first.cure}"
    if len(errors) == 1:
        return f"{shown(person)}: left out, nothing in it can be read ({first})"
    kinds = [re.sub(r"\d[\d,]*", "…", one.reason) for one in errors]
    cures = {kind: one.cure for kind, one in zip(kinds, errors, strict=True)}
    reason, times = Counter(kinds).most_common(1)[0]
    return (
        f"{shown(person)}: left out, none of {len(errors)} files can be read ({times} times: "
        f"{reason}; {cures[reason]})"
    )


def _recorded(folder: Path, listed: pd.DataFrame) -> Iterator[Row | FacelabError]:
    """Yield the rows of a manifest, sorted by file; for those that name nothing, errors."""
    typed(folder, listed)
    # who is in view when, beside a film of several people, is no photo
    listed = listed[listed["set"] != "truth"]
    for row in listed.sort_values("file").to_dict("records"):
        try:
            check(folder, row["file"])
            for known, what in ((is_name, "person"), (is_set, "set")):
                if not known(row[what]):
                    raise FacelabError(
                        f"{shown(row['file'])}: {row[what]!a} is no {what}'s name; correct it"
                    )
        except FacelabError as error:
            yield error
        else:
            yield {str(label): value for label, value in row.items()}


def _is_film(row: Row) -> bool:
    return row["set"] == "clips" or row["set"].startswith("clips/")


def _check_film(folder: Path, row: Row) -> None:
    """Raise FacelabError when a film is not what was recorded, or its length is not known."""
    if line := fault(folder, row["file"], row["sha256"]):
        raise FacelabError(line)
    if row["set"] == "clips" and not row.get("frames"):
        raise FacelabError(f"{shown(row['file'])}: its number of frames is missing; add it")


def _content(folder: Path, row: Row) -> bytes:
    """Return a photo's bytes, and note their SHA-256; FacelabError when it was another."""
    content = read_bytes(folder, row["file"])
    found = hashlib.sha256(content).hexdigest()
    if row["sha256"] not in ("", found):
        what = "damaged, its SHA-256 is not the manifest's"
        raise Unreadable(shown(row["file"]), what, "restore it")
    row["sha256"] = found
    return content


def _when(row: Row, content: bytes) -> str:
    when = taken(PurePath(row["file"]).name, content)
    return "" if when is None else str(when)
