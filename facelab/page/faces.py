"""Faces: whether a face is found on each photo of the gallery, looked for once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from facelab.contract.errors import FacelabError
from facelab.faces.detection import detection
from facelab.faces.extractor import FeatureExtractor
from facelab.faces.hog import hog
from facelab.gallery.image import decode_image
from facelab.page.store import Store

OFTEN = 100
"""Photos after which it is told what was found so far."""


class Faces:
    """What is known of the photos of a store, by their SHA-256; as training finds faces.

    All but the looks themselves is called in the event loop.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._found: dict[str, bool | None] = {}
        self._one = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    def tell(self, people: list[dict[str, Any]], told: Callable[[], None]) -> None:
        """Add to each photo of the state whether a ``face`` is found; None as long as not known.

        What is not known is looked for from now on; ``told`` is called as it becomes known.
        """
        photos = [photo for person in people for photo in person["photos"]]
        present = {photo["sha256"] for photo in photos}
        # of photos that are gone nothing is kept
        self._found = {one: face for one, face in self._found.items() if one in present}
        for photo in photos:
            photo["face"] = self._found.get(photo["sha256"])
        unknown = [photo for photo in photos if photo["sha256"] not in self._found]
        if unknown and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look_at_all(unknown, told))

    async def look(self, photos: Iterable[dict[str, str]]) -> None:
        """Look for a face on photos, told as the state tells them, one after the other."""
        for photo in photos:
            async with self._one:  # each by itself: a photo just taken waits for one look at most
                if photo["sha256"] not in self._found:
                    face = await asyncio.to_thread(self._face, photo["file"])
                    self._found[photo["sha256"]] = face

    async def _look_at_all(self, photos: list[dict[str, str]], told: Callable[[], None]) -> None:
        for start in range(0, len(photos), OFTEN):
            await self.look(photos[start : start + OFTEN])
            told()

    def _face(self, file: str) -> bool | None:
        """Return whether a face is found on a photo; None where it cannot be read any more."""
        try:
            frame = decode_image(self._store.call(self._store.photo, file), file)
        except FacelabError:
            return None
        return bool(self._extractor.rows([frame])["face"][0, 4] > 0)

    @cached_property
    def _extractor(self) -> FeatureExtractor:
        return FeatureExtractor(detection("facelab"), hog=hog)
