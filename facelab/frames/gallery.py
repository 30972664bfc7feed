"""Gallery: photos kept by person in a folder, saved and given back pixel for pixel."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from facelab.errors import FacelabError
from facelab.files import sha256, write_atomically
from facelab.frames.image import encode_png, read_image
from facelab.frames.manifest import NAME, read_manifest, write_manifest
from facelab.frames.photos import Frame, Photos
from facelab.frames.pictures import Pictures


class Gallery:
    """A folder with a sub-folder a person and a manifest; opened empty where there is none yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if (folder / NAME).exists():
            self.table = read_manifest(folder)
        else:
            self.table = pd.DataFrame(columns=["file", "sha256", "set", "person"], dtype=str)

    def save(self, person: str, frame: Frame) -> str:
        """Save one photo of a person and return its name in the gallery.

        Raises FacelabError when the name cannot be a folder's.
        """
        if not is_name(person):
            raise FacelabError(
                f"a person's name: received {person!r}, allowed is a name of up to 80 characters, "
                'without / \\ : * ? " < > |, that does not begin with a dot; choose another'
            )
        number = 1 + int((self.table["person"] == person).sum())
        while (self.folder / (file := f"{person}/{number:03d}.png")).exists():
            number += 1
        path = self.folder / file
        write_atomically(path, encode_png(frame))
        row = {"file": file, "sha256": sha256(path), "set": "gallery", "person": person}
        table = pd.concat([self.table, pd.DataFrame([row])], ignore_index=True)
        try:
            write_manifest(self.folder, table)
        except BaseException:
            path.unlink()  # a photo that the manifest does not know would be an orphan
            raise
        self.table = table
        return file

    def add(self, person: str, path: Path) -> str:
        """Save a copy of a picture file as a photo of a person and return its name.

        Raises FacelabError, and changes nothing, when the file is no whole picture.
        """
        return self.save(person, read_image(path))

    def photos(self) -> Photos:
        """Return all photos, sorted by file. Raises FacelabError when one cannot be read."""
        table = self.table.sort_values("file").reset_index(drop=True)
        return read_photos(self.folder, table)


def is_name(person: str) -> bool:
    """Tell whether a person's name can be a folder's, on any system."""
    plain = person.isprintable() and not set(person) & set('/\\:*?"<>|')
    return plain and 0 < len(person) <= 80 and person == person.strip(" ").lstrip(".").rstrip(".")


def read_photos(folder: Path, table: pd.DataFrame) -> Photos:
    """Return the photos that the rows of a manifest name. Raises FacelabError as ``read_image``."""
    pictures = Pictures.read([folder / file for file in table["file"]])
    return Photos(pictures, table.reset_index(drop=True))
