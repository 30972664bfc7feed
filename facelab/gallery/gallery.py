"""Gallery: photos by person in a folder, saved and loaded pixel for pixel.

A photo of a set is ``<set>/<Person>/<number>.png``. A set called ``clips/<name>`` is a film: one
person's frames, in the order of their numbers. The manifest holds the labels of each file; until
the gallery is closed, the journal beside it does.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType

import pandas as pd

from facelab.base import files
from facelab.base.locking import Session, leave_home, writing
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.contract.photos import Photos
from facelab.gallery import consent, journal
from facelab.gallery.consent import Consent, read_consents, write_consents
from facelab.gallery.forgotten import check_standing, read_marks
from facelab.gallery.image import encode_png, read_image
from facelab.gallery.journal import Row
from facelab.gallery.manifest import NAME, damage, is_recorded, read_rows, write_manifest
from facelab.gallery.name import COLUMNS, alike, check_labels, check_person, spelt
from facelab.gallery.pictures import Pictures


class Gallery:
    """A folder of photos and a manifest; opened empty where there is none yet.

    Opening it writes nothing. A photo is never overwritten. Within ``with`` no other program saves
    into the folder; without, each write waits for those of others, and knows what they wrote. No
    photo is kept of a person who was forgotten since the gallery was opened.
    Raises FacelabError when the manifest or the consents cannot be understood.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._marks = read_marks(folder)
        self._session: Session | None = None
        self._made = False
        self._seen: list[tuple[int, ...]] = []
        self._rows: list[Row] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._consents: dict[str, Consent] = {}
        self._spellings: dict[str, str] = {}
        self.refresh()

    def __enter__(self) -> Gallery:
        """Take the folder for oneself. Raises FacelabError when another program has it."""
        try:
            self._made = not files.is_folder(self.folder)
            files.make_folder(self.folder)
            self._session = Session(self.folder)
            self.refresh()
        except OSError as error:
            self._release()
            raise _unsaved(f"{self.folder}: photos", error) from error
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.close()
        finally:
            self._release()

    def _release(self) -> None:
        """Leave the folder to others; a new one in which nothing was kept goes."""
        if self._session:
            self._session.release()
            self._session = None
            if self._made:
                leave_home(self.folder)

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        """Within the block, write: alone, knowing what others wrote, and saying what fails."""
        try:
            files.make_folder(self.folder)
            with writing(self.folder, self._session):
                self.refresh()
                yield
                self._seen = self._signatures()
        except OSError as error:
            raise _unsaved(what, error) from error

    def refresh(self) -> None:
        """Read what is on the disk, if others have written since. Raises FacelabError."""
        found = self._signatures()
        if found == self._seen:
            return
        empty = pd.DataFrame(columns=COLUMNS)
        table = read_rows(self.folder) if is_recorded(self.folder) else empty
        self._rows = [
            {str(label): value for label, value in row.items()} for row in table.to_dict("records")
        ]
        self._counts = Counter((row["set"], row["person"]) for row in self._rows)
        self._consents = read_consents(self.folder)
        people = (*self._consents, *(person for _, person in self._counts))
        self._spellings = {alike(person): person for person in people}
        self._seen = found

    def _signatures(self) -> list[tuple[int, ...]]:
        return [files.signature(self.folder, name) for name in (NAME, journal.NAME, consent.NAME)]

    @property
    def rows(self) -> list[Row]:
        """The labels of every file as they are known, a row each, which nobody may change."""
        return list(self._rows)

    @property
    def table(self) -> pd.DataFrame:
        """The labels of every file, a row each, all text."""
        return pd.DataFrame(self._rows, columns=None if self._rows else list(COLUMNS)).fillna("")

    def spelling(self, person: str) -> str:
        """Return the name under which a person is kept, or will be.

        Names that Unicode calls equal are one, and so are those in other case where the disk tells
        none. New names are kept in their composed form (NFC).
        """
        if known := self._spellings.get(alike(person)):
            return known
        if any(alike(one, case=False) == alike(person, case=False) for one in self._spellings):
            case = not files.ignores_case(self.folder)
            return spelt(person, self._spellings.values(), case=case)
        return alike(person)

    def save(self, person: str, frame: Frame, *, set_name: str = "gallery", **labels: str) -> str:
        """Save one photo of a person, with its labels, and return its name in the gallery.

        ``labels``: any known ones, such as ``sitting``, ``light``, ``burst``, ``taken`` (a time) or
        ``glasses`` (``0`` or ``1``). When it returns, the photo is on the disk. It costs the same
        in a large gallery as in a small one.
        Raises FacelabError, and keeps nothing of it, when a name cannot be a folder's, a label
        cannot be a table's, another program has the folder, or writing fails; Forgotten when the
        person was forgotten since the gallery was opened.
        """
        check_person(person)
        check_labels(set_name, labels)
        content = encode_png(frame)
        with self._writing(f"{self.folder / set_name / person}: the photo"):
            person = self.spelling(person)
            place = f"{set_name}/{person}"
            row = {"set": set_name, "person": person, **labels}
            check_standing(self.folder, person, self._marks)
            file = self._reserve(place, set_name, person)
            try:
                files.write(self.folder, file, content)
                row = {"file": file, "sha256": hashlib.sha256(content).hexdigest(), **row}
                journal.append(self.folder, row)
            except BaseException:
                with contextlib.suppress(OSError):
                    # a photo that the manifest does not know would be an orphan
                    files.remove(self.folder, file)
                raise
            self._rows.append(row)
            self._counts[set_name, person] += 1
            self._spellings[alike(person)] = person
        return file

    def _reserve(self, place: str, set_name: str, person: str) -> str:
        """Make a new empty file with the next number, so that no other program takes it."""
        number = 1 + self._counts[set_name, person]
        width = 5 if set_name.startswith("clips/") else 3
        while True:
            file = f"{place}/{number:0{width}d}.png"
            with contextlib.suppress(FileExistsError):
                files.create(self.folder, file)
                return file
            number += 1

    def close(self) -> None:
        """Fold the journal into the manifest, as they are on the disk.

        Saved photos are safe without it, too. Raises FacelabError when writing fails; nothing is
        lost then.
        """
        if files.exists(self.folder, journal.NAME):
            with self._writing(f"{self.folder}: the manifest"):
                self._write_rows(self._rows)

    def discard(self, photos: Collection[str]) -> None:
        """Take photos out again, first of the manifest, then off the disk.

        Raises FacelabError when writing fails.
        """
        with self._writing(f"{self.folder}: the manifest"):
            self._write_rows([row for row in self._rows if row["file"] not in photos])
            for file in photos:
                files.remove(self.folder, file)

    def _write_rows(self, rows: list[Row]) -> None:
        """Write the manifest anew; nothing stands in the journal any more."""
        columns = list(self.table.columns)
        write_manifest(self.folder, pd.DataFrame(rows, columns=columns).fillna(""))
        files.remove(self.folder, journal.NAME)
        self._rows = rows

    def damage(self) -> list[str]:
        """Return a line for every file that is missing, damaged, half-written or an orphan."""
        return damage(self.folder, self.table)

    @property
    def consents(self) -> Mapping[str, Consent]:
        """Who has agreed, in the order of asking."""
        return MappingProxyType(self._consents)

    def consent(self, person: str) -> Consent | None:
        """Return a person's consent, None when nobody asked."""
        return self._consents.get(self.spelling(person))

    def agree(self, person: str, sentence: str, when: str = "") -> Consent:
        """Keep that a person agreed to a sentence, ``when``: now, in UTC, unless it is given.

        Raises Forgotten when the person was forgotten since the gallery was opened, and
        FacelabError when the name cannot be a folder's or writing fails.
        """
        check_person(person)
        when = when or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        with self._writing(f"{self.folder}: the consent of {person}"):
            person = self.spelling(person)
            agreed = Consent(person, when, " ".join(sentence.split()))
            check_standing(self.folder, person, self._marks)
            consents = {**self._consents, person: agreed}
            write_consents(self.folder, consents)
            self._consents = consents
            self._spellings[alike(person)] = person
        return agreed

    def add(self, person: str, path: Path) -> str:
        """Save a copy of a picture file as a photo of a person and return its name.

        Raises FacelabError, and changes nothing, when the file is no whole picture.
        """
        return self.save(person, read_image(path))

    def photos(self, set_name: str = "gallery") -> Photos:
        """Return a set's photos, sorted by file. Raises FacelabError when one cannot be read."""
        table = self.table
        return read_photos(self.folder, table[table["set"] == set_name].sort_values("file"))


def _unsaved(what: str, error: OSError) -> FacelabError:
    return FacelabError(
        f"{what} cannot be saved ({files.reason(error)}); make room or name another folder; "
        "what was saved before is kept"
    )


def read_photos(folder: Path, table: pd.DataFrame) -> Photos:
    """Return the photos that the rows of a manifest name. Raises FacelabError as ``read_image``."""
    pictures = Pictures.read(folder, list(table["file"]))
    return Photos(pictures, table.reset_index(drop=True))
