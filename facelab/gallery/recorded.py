"""Recorded: a gallery's photos and films by its manifest, read leniently."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd

from facelab.base.files import inside, shown
from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.contract.photos import Photos
from facelab.gallery.folder import read_bytes
from facelab.gallery.gallery import is_name
from facelab.gallery.image import decode_image
from facelab.gallery.manifest import fault, read_rows, strays, typed


def read_recorded(folder: Path) -> tuple[Photos, pd.DataFrame, list[str]]:
    """Return the photos of all sets, the rows of films, and a line for all that is left out.

    Left out is what is missing, damaged, half-written, an orphan, or lies outside of the folder.
    Raises FacelabError when the manifest cannot be understood.
    """
    listed = read_rows(folder)
    table = typed(folder, listed).sort_values("file")
    table = table[table["set"] != "truth"]  # who is in view when, beside a film of several people
    opencv()  # where it cannot start, no photo is to blame
    kept, frames, left_out = [], [], []
    for row in [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]:
        film = row["set"] == "clips" or row["set"].startswith("clips/")
        try:
            _check(folder, row)
            if film and (line := fault(folder, row["file"], row["sha256"])):
                raise FacelabError(line)
            frames += [] if film else [_frame(folder, row["file"], row["sha256"])]
            kept.append((row, film))
        except FacelabError as error:
            left_out.append(str(error))
    photos, films = (
        pd.DataFrame([row for row, film in kept if film == one], columns=table.columns)
        for one in (False, True)
    )
    return Photos(tuple(frames), photos), films, left_out + strays(folder, listed)


def _check(folder: Path, row: dict[str, Any]) -> None:
    """Raise FacelabError when a row names a file elsewhere, or nobody."""
    inside(folder, row["file"])
    if not is_name(row["person"]):
        raise FacelabError(f"{shown(row['file'])}: {row['person']!a} is no person's name")


def _frame(folder: Path, file: str, digest: str) -> Frame:
    """Return a photo pixel for pixel; raise FacelabError when it is not what was recorded."""
    content = read_bytes(folder, file)
    if hashlib.sha256(content).hexdigest() != digest:
        raise FacelabError(f"{shown(file)}: damaged, its SHA-256 is not the manifest's; restore it")
    return decode_image(content, shown(file))
