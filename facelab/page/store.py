"""Store: the gallery behind the page, in one thread.

Every look and every write goes through that thread, one after the other, so that no tab sees half
of what another does. As long as the page is served, the gallery is its own; where another program
has it, the page reads and says why it does not write.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from facelab.base import files
from facelab.base.files import shown
from facelab.camera.filming import OWN
from facelab.camera.session import SENTENCE
from facelab.contract.errors import FacelabError
from facelab.contract.photos import Photos
from facelab.gallery import consent, journal
from facelab.gallery.forget import forget
from facelab.gallery.forgotten import NAME as MARKS
from facelab.gallery.forgotten import Forgotten, Mark, read_marks
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import decode_image, read_bytes, shrunk
from facelab.gallery.journal import Row
from facelab.gallery.manifest import NAME, is_recorded
from facelab.gallery.name import check_name, check_person
from facelab.page.guard import Refusal

SETS = ("gallery", "probes")
"""Photos that the page shows; it learns from the first set alone."""

LARGEST = 1920
"""Pixels that a kept photo is wide and high at most: a camera's stay as they are, a phone's are
shrunk."""

P = ParamSpec("P")
T = TypeVar("T")


def check_gallery(folder: Path) -> None:
    """Raise FacelabError when a folder can be no gallery of the page: nothing is written."""
    try:
        if files.is_folder(folder):
            strange = [name for name in files.names(folder) if name not in OWN and name[0] != "."]
            if not strange or is_recorded(folder):
                return
            line = (
                f"gallery: received {folder}, which holds other things than a gallery; allowed is "
                "a new folder or a gallery; choose another, and upload photos on the page"
            )
        elif folder.exists() or folder.is_symlink():
            line = f"gallery: received {folder}, a file; allowed is a folder"
        elif files.is_folder(folder.absolute().parent):
            return
        else:
            line = (
                f"gallery: received {folder}, which would lie in a folder that does not exist; "
                "make that, or name another one"
            )
    except OSError as error:
        line = (
            f"gallery: received {folder}, which cannot be looked at ({error.strerror}); name "
            "another folder"
        )
    raise FacelabError(line)


class Store:
    """The gallery in a folder, which need not be there yet.

    ``revision`` counts changes. ``why``: why nothing can be written, empty where it can. ``lost``:
    called in the gallery's thread when somebody was forgotten, since what was learnt goes, too.
    """

    def __init__(self, folder: Path) -> None:
        """Open it; nothing is written where there is no folder. Raises FacelabError."""
        self.folder = folder
        self.revision = 1
        self.why = ""
        self.lost: list[Callable[[], None]] = []
        self._held = False
        self._worker = ThreadPoolExecutor(1, "gallery")
        self._seen: list[tuple[int, ...]] = []
        self._rows: dict[str, Row] = {}
        self._marks: set[Mark] = set(read_marks(folder))
        self._open()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something in the gallery's thread, and wait for it in the event loop."""
        whole = partial(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._worker, whole)

    def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the same from another thread than the event loop's."""
        return self._worker.submit(work, *args, **kwargs).result()

    def close(self) -> None:
        """Fold the journal into the manifest, and leave the gallery to others."""
        try:
            self.call(self._leave)
        finally:
            self._worker.shutdown()

    # Whose the gallery is. All that follows is called in the gallery's thread.

    def _open(self, *, make: bool = False) -> None:
        """Open the gallery, and take it for oneself or note why not; ``make`` its folder."""
        self._gallery = Gallery(self.folder)
        if not make and not files.is_folder(self.folder):
            return
        try:
            self._gallery.__enter__()
            self._held, self.why = True, ""
        except FacelabError as error:
            self.why = str(error)

    def _leave(self) -> None:
        if self._held:
            self._held = False
            self._gallery.__exit__(None, None, None)

    def _own(self) -> Gallery:
        """Return the gallery to write into; a new one is made. Raises Refusal with why not."""
        if not self._held:
            self._open(make=True)
        if not self._held:
            raise Refusal(409, self.why)
        return self._gallery

    def _again(self) -> None:
        """Open the gallery anew: whoever was forgotten may be asked again."""
        self._leave()
        self._open()

    def look(self) -> bool:
        """Return whether other programs have changed the gallery since the last look."""
        names = (NAME, journal.NAME, consent.NAME, MARKS)
        found = [files.signature(self.folder, name) for name in names]
        if found == self._seen:
            return False
        self._gallery.refresh()
        rows = sorted(self._gallery.rows, key=lambda row: row["file"])
        self._rows = {row["file"]: row for row in rows if row["set"].split("/")[0] in SETS}
        self._seen = found
        self.revision += 1
        if set(read_marks(self.folder)) - self._marks:
            self._marks = set(read_marks(self.folder))
            self._forget_learnt()
        return True

    def _forget_learnt(self) -> None:
        for work in self.lost:
            work()

    # Looks.

    @property
    def rows(self) -> list[Row]:
        """The rows of the photos that are shown, sorted by file."""
        self.look()
        return list(self._rows.values())

    def state(self) -> dict[str, Any]:
        """Return who and what is in the gallery, as ``/api/state`` tells it."""
        if not self._held:
            self._open()
        rows = self.rows
        names = dict.fromkeys([*(row["person"] for row in rows), *self._gallery.consents])
        return {
            "gallery": self.folder.absolute().name,
            "writable": not self.why,
            "why": self.why,
            "revision": self.revision,
            "sentence": SENTENCE,
            "people": [self._person(name, rows) for name in names],
            "fingerprint": fingerprint(rows),
        }

    def _person(self, name: str, rows: list[Row]) -> dict[str, Any]:
        agreed = self._gallery.consent(name)
        return {
            "name": name,
            "consent": agreed and {"when": agreed.when, "sentence": agreed.sentence},
            "photos": [_told(row) for row in rows if row["person"] == name],
        }

    def present(self) -> str:
        """Return the fingerprint of the photos to learn from."""
        return fingerprint(self.rows)

    def learnt(self) -> tuple[Photos, str]:
        """Return the photos to learn from, sorted by file, and their fingerprint.

        Raises FacelabError when one cannot be read.
        """
        rows = self.rows
        return self._gallery.photos(), fingerprint(rows)

    def photo(self, file: str) -> bytes:
        """Return the bytes of a photo that the manifest names. Raises Refusal."""
        self._check_photo(file)
        try:
            return read_bytes(self.folder, file)
        except FacelabError as error:
            raise Refusal(404, str(error)) from error

    def _check_photo(self, file: str) -> None:
        self.look()
        if file not in self._rows:
            raise Refusal(404, "there is no photo of that name in the gallery")

    # Writes.

    def agree(self, name: str, sentence: str = SENTENCE) -> dict[str, Any]:
        """Keep that a person agrees to a sentence; return the person. Raises FacelabError."""
        check_person(name)
        gallery = self._own()
        there = {row["person"] for row in self.rows} | set(gallery.consents)
        if gallery.consent(name) or name.casefold() in map(str.casefold, there - {name}):
            raise Refusal(409, f"{name} is there already; choose another name")
        try:
            gallery.agree(name, sentence)
        except Forgotten:  # since the gallery was opened, and was asked again just now
            self._again()
            self._own().agree(name, sentence)
        return self._person(name, self.rows)

    def save(self, name: str, content: bytes, burst: str, called: str = "") -> dict[str, str]:
        """Keep a photo of a person who has agreed; return its row, once it is on the disk.

        ``called``: what its file was called, for the line that refuses it. Raises FacelabError when
        it is no picture, when there is no consent or the person was forgotten, and when writing
        fails.
        """
        check_name(name)
        frame = shrunk(decode_image(content, shown(called) or "the photo"), LARGEST)
        self.look()
        if self._gallery.consent(name) is None:
            raise Refusal(409, f"{name} has not agreed to be filmed; ask for consent first")
        gallery = self._own()
        taken = datetime.now(UTC).isoformat(timespec="milliseconds")
        file = gallery.save(name, frame, taken=taken, burst=burst)
        self.look()
        return _told(self._rows[file])

    def remove(self, file: str) -> None:
        """Take a photo out of the gallery. Raises FacelabError."""
        self._check_photo(file)
        self._own().discard([file])
        self.look()

    def forget(self, name: str) -> list[str]:
        """Remove a person and what was learnt; return what was removed. Raises FacelabError."""
        check_name(name)
        if not files.is_folder(self.folder):
            raise Refusal(404, f"there is no {name} in the gallery")
        self._own()
        try:
            return forget(self.folder, name, [self.folder.absolute().parent / "reports"])
        finally:
            self.look()
            self._again()


def _told(row: Row) -> dict[str, str]:
    return {name: row.get(name, "") for name in ("file", "set", "sha256", "taken", "burst")}


def fingerprint(rows: list[Row]) -> str:
    """Return a digest of who is on which photo that is learnt from."""
    learnt = [(row["person"], row["sha256"]) for row in rows if row["set"] == "gallery"]
    return hashlib.sha256(repr(learnt).encode("utf-8", "backslashreplace")).hexdigest()[:16]
