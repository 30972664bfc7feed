"""A stranger's page that has time for everything but for what never comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from facelab.browsing.description import Description, read_description
from facelab.browsing.patience import Load
from facelab.browsing.stranger import Stranger
from facelab.browsing.tab import Tab
from tests.browsing.serving import STRANGE, changed

PATIENCE = "wait = 300.0"
"""What the description of a page says that has time: however busy the computer is."""


def idle() -> float:
    """Return the load of an idle computer, for a test of what a limit says."""
    return 0.0


def described(folder: Path, edits: dict[str, str] | None = None) -> Description:
    """Return the description of the strange page, with time for everything, and edits."""
    file = folder / "page.toml"
    text = (STRANGE / "page.toml").read_text("utf-8")
    file.write_text(changed(text, {"wait = 10.0": PATIENCE} | (edits or {})), "utf-8")
    return read_description(file)


class Patient(Stranger):
    """Has its description's time until an act that must fail, and little from there on.

    ``act``: "ready", "film" or "train", or none. ``soon``: seconds for it. ``complains``: whether
    the page's scripts complain before.
    """

    act, soon, complains = "", 3.0, False

    def _ready(self, tab: Tab) -> None:
        self._from("ready", tab)
        super()._ready(tab)

    def _check_menus(self, tab: Tab, *rest: Any) -> None:
        super()._check_menus(tab, *rest)
        self._from("film", tab)

    def _until_trained(self, tab: Tab, *rest: Any) -> None:
        self._from("train", tab)
        super()._until_trained(tab, *rest)

    def _from(self, act: str, tab: Tab) -> None:
        if act == self.act:
            while self.complains and not tab.complaints:
                tab.pause(0.02)
            tab.wait = self.soon


def opened(
    browser: Browser,
    address: str,
    folder: Path,
    edits: dict[str, str],
    *,
    act: str = "",
    soon: float = 3.0,
    complains: bool = False,
    load: Load = idle,
) -> Patient:
    """Return a patient one of the strange page, with edits of its description."""
    page = Patient(browser, address, described(folder, edits), folder, load=load)
    page.act, page.soon, page.complains = act, soon, complains
    return page
