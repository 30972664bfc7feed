"""Folder: a gallery of anyone's own photos, a sub-folder a person."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from facelab.errors import FacelabError
from facelab.frames.photos import Photos
from facelab.frames.pictures import Pictures

ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".pgm")


def read_folder(folder: Path) -> Photos:
    """Return the photos of a folder that has a sub-folder a person, sorted by name.

    Raises FacelabError when there are fewer than 2 people, or a photo cannot be read.
    """
    if not folder.is_dir():
        raise FacelabError(f"{folder}: no such folder; name one with a sub-folder a person")
    paths = [p for p in sorted(folder.glob("*/*")) if p.suffix.lower() in ENDINGS]
    people = sorted({path.parent.name for path in paths})
    if len(people) < 2:
        raise FacelabError(
            f"{folder}: received photos of {', '.join(people) or 'nobody'}, allowed are 2 or more "
            f"people; put {', '.join(ENDINGS)} files into a sub-folder a person"
        )
    labels = pd.DataFrame(
        {
            "file": [path.relative_to(folder).as_posix() for path in paths],
            "person": [path.parent.name for path in paths],
        }
    )
    return Photos(Pictures.read(paths), labels)
