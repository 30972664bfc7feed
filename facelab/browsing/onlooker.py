"""Onlooker: what is seen in the browser while the book is played, put onto the sheets.

Pictures of the page, what its scripts complained of, and Playwright's trace of what was refused.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from facelab.contract.errors import Lacking
from facelab.report import evidence


@dataclass(frozen=True)
class Picture:
    """A picture of the page, a JPEG; ``faces``: whether it may show who is before the webcam."""

    title: str
    content: bytes
    faces: bool


class Seen(Protocol):
    """A page that is looked at while it is played."""

    @property
    def complaints(self) -> list[str]:
        """What its scripts complained of until now."""

    def pictures(self) -> list[Picture]:
        """Return the pictures that were taken since the last call."""

    def keep_trace(self, path: Path | None) -> str:
        """Keep the trace of a scenario in a file, or drop it; return why it is not kept."""


PAGE = pytest.StashKey[Seen]()
"""The page that is played, once it is."""


class Onlooker:
    """A plugin of pytest, registered while a page is played. ``folder``: that of the report."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_after_step(self, request: pytest.FixtureRequest) -> None:
        """Show what the step has done to the page."""
        self._look(request)

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_step_error(self, request: pytest.FixtureRequest, exception: Exception) -> None:
        """Show it, and keep the trace of what was refused."""
        self._look(request)
        page = request.config.stash.get(PAGE, None)
        traced = request.config.getoption("page_trace")
        if page is None or isinstance(exception, Lacking) or not traced:
            return
        sheet = request.getfixturevalue("sheet")
        path = self._folder / f"trace-{sheet.number}.zip"
        with suppress(OSError):  # of an earlier run
            path.unlink()
        if why := page.keep_trace(path):
            sheet.show(evidence.facts("trace of the browser", {"not kept": why}))
        elif path.is_file():
            told = {"file": path.name, "opened by": "playwright show-trace"}
            sheet.show(evidence.facts("trace of the browser, beside this page", told))

    def pytest_bdd_after_scenario(self, request: pytest.FixtureRequest) -> None:
        """Begin the trace of the next scenario."""
        page = request.config.stash.get(PAGE, None)
        if page is not None:
            page.keep_trace(None)

    def _look(self, request: pytest.FixtureRequest) -> None:
        page = request.config.stash.get(PAGE, None)
        if page is None:
            return
        sheet = request.getfixturevalue("sheet")
        for picture in page.pictures():
            if not picture.faces or _may_be_shown(request):
                sheet.show(evidence.picture(picture.title, picture.content))
        new = [line for line in page.complaints if line not in self._told]
        self._told.update(new)
        if new:
            numbered: dict[str, Any] = {str(n): line for n, line in enumerate(new, 1)}
            sheet.show(evidence.facts("what the page's scripts complained of", numbered))


def _may_be_shown(request: pytest.FixtureRequest) -> bool:
    """Return whether a report may show everybody in the photos: the studio's actors, or all."""
    if request.config.getoption("report_photos"):
        return True
    source = request.getfixturevalue("source")
    people = {name for one in source.manifest["person"] for name in str(one).split("+") if name}
    return people <= set(getattr(source, "actors", ()))
