"""Face base: facelab's page as the place where photos are kept, with a gallery of its own."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
from playwright.sync_api import Browser

from facelab.browsing.own_page import OwnPage
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.contract.photos import Photos
from facelab.gallery.image import decode_image
from facelab.page.server import serving


class PageFaceBase:
    """A page whose gallery is empty at first; ``close`` ends it."""

    def __init__(self, browser: Browser, name: str, engine: str, *, headed: bool = False) -> None:
        """Start the server, and open the page. Raises FacelabError when one does not start."""
        self._open = ExitStack()
        try:
            folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="facelab-"))
            address = self._open.enter_context(serving(Path(folder) / "gallery"))
            self.page = OwnPage.open(browser, address, name, engine, headed=headed)
            self._open.callback(self.page.tab.close)
        except BaseException:
            self._open.close()
            raise

    def close(self) -> None:
        """Close the page, end the server, and take the gallery away."""
        self._open.close()

    def save(self, person: str, frame: Frame) -> str:
        """Film a frame; return the name of its file, nothing if the page shows it elsewhere."""
        self.page.film(person, [frame])
        return self.page.kept[person][-1] if self.page.kept[person] else ""

    def add(self, person: str, path: Path) -> str:
        """Hand a photo file in; return the name of its file. Raises FacelabError if refused."""
        self.page.add_person(person)
        if line := self.page.upload(path):
            raise FacelabError(line)
        self.page.kept[person] = self.page.files(person)
        return self.page.kept[person][-1]

    def photos(self) -> Photos:
        """Load the page anew, and return what it shows."""
        self.page.reload()
        frames, people, files = [], [], []
        for person in self.page.people():
            for file, content in zip(
                self.page.files(person), self.page.photos(person), strict=True
            ):
                frames.append(decode_image(content, file))
                people.append(person)
                files.append(file)
        return Photos(tuple(frames), pd.DataFrame({"file": files, "person": people}))
