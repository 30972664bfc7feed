"""Gallery: photos kept by person in a folder, saved and given back pixel for pixel.

A photo of a set is ``<set>/<Person>/<number>.png``. A set called ``clips/<name>`` is a film: one
person's frames, in the order of their numbers. What is known of each file stands in the manifest;
until the gallery is closed, in the journal beside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import pandas as pd

from facelab.base.files import inside, write_atomically
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.contract.photos import Photos
from facelab.gallery import journal
from facelab.gallery.consent import Consent, read_consents, write_consents
from facelab.gallery.image import encode_png, read_image
from facelab.gallery.journal import Row
from facelab.gallery.manifest import REQUIRED, damage, is_recorded, read_rows, write_manifest
from facelab.gallery.pictures import Pictures


class Gallery:
    """A folder of photos and a manifest; opened empty where there is none yet.

    Opening it writes nothing. One process at a time saves; a photo is never written over.
    Raises FacelabError when the manifest or the consents cannot be understood.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        table = read_rows(folder) if is_recorded(folder) else pd.DataFrame(columns=REQUIRED)
        self._rows: list[Row] = [
            {str(label): value for label, value in row.items()} for row in table.to_dict("records")
        ]
        self._counts = Counter((row["set"], row["person"]) for row in self._rows)
        self._consents = read_consents(folder)

    def __enter__(self) -> Gallery:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def table(self) -> pd.DataFrame:
        """What is known of every file, a row each, all text."""
        return pd.DataFrame(self._rows, columns=None if self._rows else list(REQUIRED)).fillna("")

    def save(self, person: str, frame: Frame, *, set_name: str = "gallery", **labels: str) -> str:
        """Save one photo of a person, with its labels, and return its name in the gallery.

        ``labels``: whatever is known, as ``sitting``, ``light``, ``burst``, ``taken`` (a time) or
        ``glasses`` (``0`` or ``1``). When it returns, the photo lies on the disk. It costs the
        same in a large gallery as in a small one.
        Raises FacelabError, and keeps nothing of it, when a name cannot be a folder's, a label
        cannot be a table's, or the disk refuses it.
        """
        check_name(person)
        check_labels(set_name, labels)
        row = {"set": set_name, "person": person, **labels}
        place = inside(self.folder, f"{set_name}/{person}")
        content = encode_png(frame)
        try:
            path = self._reserve(place, set_name, person)
            try:
                write_atomically(path, content)
                file = path.relative_to(self.folder).as_posix()
                row = {"file": file, "sha256": hashlib.sha256(content).hexdigest(), **row}
                journal.append(self.folder, row)
            except BaseException:
                with contextlib.suppress(OSError):
                    path.unlink()  # a photo that the manifest does not know would be an orphan
                raise
        except OSError as error:
            raise _unsaved(f"{place}: the photo", error) from error
        self._rows.append(row)
        self._counts[set_name, person] += 1
        return file

    def _reserve(self, place: Path, set_name: str, person: str) -> Path:
        """Return a new empty file with the next number, so that nobody else takes it."""
        place.mkdir(parents=True, exist_ok=True)
        number = 1 + self._counts[set_name, person]
        width = 5 if set_name.startswith("clips/") else 3
        while True:
            path = place / f"{number:0{width}d}.png"
            with contextlib.suppress(FileExistsError):
                path.touch(exist_ok=False)
                return path
            number += 1

    def close(self) -> None:
        """Fold the journal into the manifest. What was saved is safe without it, too.

        Raises FacelabError when the disk refuses it; nothing is lost then.
        """
        kept = self.folder / journal.NAME
        if not kept.exists():
            return
        try:
            write_manifest(self.folder, self.table)
            kept.unlink()
        except OSError as error:
            raise _unsaved(f"{self.folder}: the manifest", error) from error

    def discard(self, files: Collection[str]) -> None:
        """Take photos out again, first of the manifest, then off the disk.

        Raises FacelabError when the disk refuses it.
        """
        kept = [row for row in self._rows if row["file"] not in files]
        try:
            write_manifest(self.folder, pd.DataFrame(kept, columns=self.table.columns))
            (self.folder / journal.NAME).unlink(missing_ok=True)
            self._rows = kept
            for file in files:
                inside(self.folder, file).unlink(missing_ok=True)
        except OSError as error:
            raise _unsaved(f"{self.folder}: the manifest", error) from error

    def damage(self) -> list[str]:
        """Return a line for every file that is missing, damaged, half-written or an orphan."""
        return damage(self.folder, self.table)

    def consent(self, person: str) -> Consent | None:
        """Return what a person agreed to, None when nobody asked."""
        return self._consents.get(person)

    def agree(self, person: str, sentence: str, when: str = "") -> Consent:
        """Keep that a person agreed to a sentence, ``when``: now, in UTC, unless it is given.

        Raises FacelabError when the name cannot be a folder's or the disk refuses it.
        """
        check_name(person)
        when = when or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        consent = Consent(person, when, " ".join(sentence.split()))
        consents = {**self._consents, person: consent}
        try:
            write_consents(self.folder, consents)
        except OSError as error:
            raise _unsaved(f"{self.folder}: the consent of {person}", error) from error
        self._consents = consents
        return consent

    def add(self, person: str, path: Path) -> str:
        """Save a copy of a picture file as a photo of a person and return its name.

        Raises FacelabError, and changes nothing, when the file is no whole picture.
        """
        return self.save(person, read_image(path))

    def photos(self, set_name: str = "gallery") -> Photos:
        """Return a set's photos, sorted by file. Raises FacelabError when one cannot be read."""
        table = self.table
        return read_photos(self.folder, table[table["set"] == set_name].sort_values("file"))


def is_name(person: str) -> bool:
    """Tell whether a person's name can be a folder's, on any system."""
    plain = person.isprintable() and not set(person) & set('/\\:*?"<>|')
    return plain and 0 < len(person) <= 80 and person == person.strip(" ").lstrip(".").rstrip(".")


def check_name(person: str) -> None:
    """Raise FacelabError when a person's name cannot be a folder's."""
    if not is_name(person):
        raise FacelabError(
            f"a person's name: received {person!r}, allowed is a name of up to 80 characters, "
            'without / \\ : * ? " < > |, that does not begin with a dot; choose another'
        )


def check_labels(set_name: str, labels: dict[str, str]) -> None:
    """Raise FacelabError when a set's name or a label cannot stand in a manifest."""
    if not all(map(is_name, set_name.split("/"))):
        raise FacelabError(
            f"a set: received {set_name!r}, allowed are names of folders, as gallery, probes/t1 "
            "or clips/alex; choose another"
        )
    for label, value in labels.items():
        if label in REQUIRED or not re.fullmatch("[a-z][a-z0-9_]{0,30}", label):
            raise FacelabError(
                f"a label: received {label!r}, allowed is a word in small letters, not "
                f"{', '.join(REQUIRED)}; choose another"
            )
        if not (isinstance(value, str) and value.isprintable() and len(value) <= 200):
            raise FacelabError(
                f"label {label}: received {value!r}, allowed is a line of up to 200 characters"
            )
        if label in ("glasses", "frames") and value and not re.fullmatch("[0-9]{1,9}", value):
            raise FacelabError(f"label {label}: received {value!r}, allowed is a whole number")


def _unsaved(what: str, error: OSError) -> FacelabError:
    return FacelabError(
        f"{what} cannot be saved ({error.strerror or error}); make room or name another folder; "
        "what was saved before is kept"
    )


def read_photos(folder: Path, table: pd.DataFrame) -> Photos:
    """Return the photos that the rows of a manifest name. Raises FacelabError as ``read_image``."""
    pictures = Pictures.read([folder / file for file in table["file"]])
    return Photos(pictures, table.reset_index(drop=True))
