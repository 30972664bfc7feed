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
from facelab.camera.filming import OWN
from facelab.camera.session import SENTENCE
from facelab.contract.errors import FacelabError
from facelab.contract.photos import Photos
from facelab.gallery import consent, journal
from facelab.gallery.forget import forget
from facelab.gallery.forgotten import NAME as MARKS
from facelab.gallery.forgotten import Forgotten, read_marks
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import decode_image, read_bytes, shrunk
from facelab.gallery.journal import Row
from facelab.gallery.manifest import NAME, is_recorded
from facelab.gallery.name import check_name
from facelab.page.guard import Refusal

LARGEST = 1920
"""Pixels that a kept photo is wide and high at most: a camera's stay as they are, a phone's are
shrunk."""

P = ParamSpec("P")
T = TypeVar("T")


def check_gallery(folder: Path) -> None:
    """Raise FacelabError when a folder can be no gallery of the page: nothing is written."""
    if folder.exists() and not folder.is_dir():
        raise FacelabError(f"gallery: received {folder}, a file; allowed is a folder")
    if not folder.exists():
        if not folder.absolute().parent.is_dir():
            raise FacelabError(
                f"gallery: received {folder}, which would lie in a folder that does not exist; "
                "make that, or name another one"
            )
        return
    try:
        strange = [name for name in files.names(folder) if name not in OWN and name[0] != "."]
    except OSError as error:
        raise FacelabError(
            f"gallery: {folder} cannot be listed ({error.strerror}); name another folder"
        ) from error
    if strange and not is_recorded(folder):
        raise FacelabError(
            f"gallery: received {folder}, which holds other things than a gallery; allowed is a "
            "new folder or a gallery; choose another, and upload photos on the page"
        )


class Store:
    """The gallery in a folder, which need not be there yet. ``revision`` counts changes."""

    def __init__(self, folder: Path) -> None:
        """Open it; nothing is written where there is no folder. Raises FacelabError."""
        self.folder = folder
        self.revision = 1
        self.why = ""
        self.lost: list[Callable[[], None]] = []
        """Called when somebody was forgotten: what was learnt of photos goes, too."""
        self._held = False
        self._worker = ThreadPoolExecutor(1, "gallery")
        self._gallery = Gallery(folder)
        self._seen = self._signatures()
        self._marks = set(read_marks(folder))
        if files.is_folder(folder):
            self._take()

    # --- the thread

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something in the gallery's thread, and wait for it."""
        whole = partial(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._worker, whole)

    def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the same from another thread than the event loop's."""
        return self._worker.submit(work, *args, **kwargs).result()

    def close(self) -> None:
        """Fold the journal into the manifest and leave the gallery to others."""
        self._worker.submit(self._leave).result()
        self._worker.shutdown()

    # --- whose the gallery is

    def _take(self) -> None:
        """Take the gallery for oneself, or note why not."""
        try:
            self._gallery.__enter__()
            self._held, self.why = True, ""
        except FacelabError as error:
            self._held, self.why = False, str(error)

    def _leave(self) -> None:
        if self._held:
            self._held = False
            self._gallery.__exit__(None, None, None)

    def _open(self) -> Gallery:
        """Return the gallery, taken. Raises Refusal where it cannot be."""
        if not self._held:
            self._gallery = Gallery(self.folder)
            self._take()
        if not self._held:
            raise Refusal(409, self.why)
        return self._gallery

    def _anew(self) -> None:
        """Open the gallery anew: who was forgotten may be asked again."""
        self._leave()
        self._gallery = Gallery(self.folder)
        self._marks = set(read_marks(self.folder))
        self._take()

    def _signatures(self) -> list[tuple[int, ...]]:
        names = (NAME, journal.NAME, consent.NAME, MARKS)
        return [files.signature(self.folder, name) for name in names]

    def look(self) -> bool:
        """Return whether other programs have changed the gallery since the last look."""
        found = self._signatures()
        if found == self._seen:
            return False
        self._changed()
        if set(read_marks(self.folder)) - self._marks:
            self._marks = set(read_marks(self.folder))
            self._forget_learnt()
        return True

    def _changed(self) -> None:
        self._seen = self._signatures()
        self.revision += 1

    def _forget_learnt(self) -> None:
        for work in self.lost:
            work()

    # --- looks

    def rows(self) -> list[Row]:
        """Return the rows of all photos, without films, sorted by file."""
        self._gallery.refresh()
        table = self._gallery.table.sort_values("file")
        rows = ({str(k): v for k, v in row.items()} for row in table.to_dict("records"))
        return [row for row in rows if _is_photo(row["set"])]

    def state(self) -> dict[str, Any]:
        """Return who and what is in the gallery, as `/api/state` tells it."""
        if not self._held and files.is_folder(self.folder):
            self._gallery = Gallery(self.folder)
            self._take()
        rows = self.rows()
        names = list(dict.fromkeys(row["person"] for row in rows))
        names += [name for name in self._gallery.consents if name not in names]
        people = [self._person(name, rows) for name in names]
        return {
            "gallery": self.folder.absolute().name,
            "writable": not self.why,
            "why": self.why,
            "revision": self.revision,
            "sentence": SENTENCE,
            "people": people,
            "fingerprint": fingerprint(rows),
        }

    def _person(self, name: str, rows: list[Row]) -> dict[str, Any]:
        agreed = self._gallery.consent(name)
        return {
            "name": name,
            "consent": agreed and {"when": agreed.when, "sentence": agreed.sentence},
            "photos": [_photo(row) for row in rows if row["person"] == name],
        }

    def photos(self) -> Photos:
        """Return the photos to learn from, sorted by file. Raises FacelabError."""
        self._gallery.refresh()
        return self._gallery.photos()

    def photo(self, file: str) -> bytes:
        """Return the bytes of a photo that the manifest names. Raises Refusal."""
        if not any(row["file"] == file for row in self.rows()):
            raise Refusal(404, "there is no photo of that name in the gallery")
        try:
            return read_bytes(self.folder, file)
        except FacelabError as error:
            raise Refusal(404, str(error)) from error

    # --- writes

    def agree(self, name: str) -> dict[str, Any]:
        """Keep that a person agrees to the sentence; return the person. Raises FacelabError."""
        check_name(name)
        gallery = self._open()
        rows = self.rows()
        there = {row["person"] for row in rows} | set(gallery.consents)
        if gallery.consent(name) or name.casefold() in map(str.casefold, there - {name}):
            raise Refusal(409, f"{name} is there already; choose another name")
        try:
            gallery.agree(name, SENTENCE)
        except Forgotten:
            self._anew()  # forgotten since the gallery was opened, and asked again just now
            self._open().agree(name, SENTENCE)
            self._forget_learnt()
        self._changed()
        return self._person(name, self.rows())

    def save(self, name: str, content: bytes, burst: str) -> dict[str, str]:
        """Keep a photo of a person who has agreed; return its row, once it is on the disk.

        Raises FacelabError when it is no picture, when there is no consent or the person was
        forgotten, and when writing fails.
        """
        check_name(name)
        frame = shrunk(decode_image(content, "the photo"), LARGEST)
        gallery = self._open()
        gallery.refresh()
        if gallery.consent(name) is None:
            raise Refusal(409, f"{name} has not agreed to be filmed; ask for consent first")
        taken = datetime.now(UTC).isoformat(timespec="milliseconds")
        file = gallery.save(name, frame, taken=taken, burst=burst)
        self._changed()
        return _photo(next(row for row in self.rows() if row["file"] == file))

    def remove(self, file: str) -> None:
        """Take a photo out of the gallery. Raises FacelabError."""
        gallery = self._open()
        if not any(row["file"] == file for row in self.rows()):
            raise Refusal(404, "there is no photo of that name in the gallery")
        gallery.discard([file])
        self._changed()

    def forget(self, name: str) -> list[str]:
        """Remove a person and what was learnt; return what was removed. Raises FacelabError."""
        check_name(name)
        self._open()
        self._forget_learnt()
        try:
            return forget(self.folder, name, [self.folder.absolute().parent / "reports"])
        finally:
            self._anew()
            self._changed()


def _is_photo(set_name: str) -> bool:
    return set_name.split("/")[0] in ("gallery", "probes")


def _photo(row: Row) -> dict[str, str]:
    return {name: row.get(name, "") for name in ("file", "set", "sha256", "taken", "burst")}


def fingerprint(rows: list[Row]) -> str:
    """Return a digest of who is on which photo of the set that is learnt."""
    learnt = [(row["person"], row["sha256"]) for row in rows if row["set"] == "gallery"]
    return hashlib.sha256(repr(learnt).encode()).hexdigest()[:16]
