"""Browser: Chromium, found on this machine and started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from facelab.browsing import patience
from facelab.contract.errors import FacelabError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
"""What Chromium and its kin are called on the PATH."""

VARIABLE = "FACELAB_CHROMIUM"
"""The environment variable that names another one."""

STARTS = 180.0
"""Seconds within which it starts."""

ABSENT = (
    "no Chromium: none of {names} is on the PATH, nor one of Playwright's own; install one "
    "(Debian and Ubuntu: `apt-get install chromium`), or name a Chromium or Chrome in {variable}"
)


def found() -> str | None:
    """Return the path of the Chromium to start, None where Playwright's own is all there may be.

    Raises FacelabError when the variable names none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        path = shutil.which(named)
        if path is None:
            raise FacelabError(
                f"{VARIABLE}: received {named}, no program; allowed is the path of a Chromium or "
                "Chrome"
            )
        return path
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(*, headed: bool = False) -> Iterator[Browser]:
    """Start Chromium for the block; ``headed``: with a window to look on.

    At its end the browser and all its processes are gone. Raises FacelabError, in one line, when
    Playwright or a browser is missing or the browser does not start.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise FacelabError(
            "no Playwright, which drives the browser; install it with "
            "`pip install facelab[browser]`"
        ) from None
    path = found()  # before Playwright's own process starts
    with sync_playwright() as playwright:
        browser = _started(playwright, path, headed)
        try:
            yield browser
        finally:
            browser.close()


def _started(playwright: Playwright, path: str | None, headed: bool) -> Browser:
    from playwright.sync_api import Error

    # A root user, as in a container, has no sandbox; nobody else gives it up.
    sandbox = not (hasattr(os, "geteuid") and os.geteuid() == 0)
    try:
        return playwright.chromium.launch(
            executable_path=path,
            headless=not headed,
            chromium_sandbox=sandbox,
            timeout=patience.limit(STARTS).milliseconds,
        )
    except Error as error:
        said = error.message.strip()
        if path is None and "Executable doesn't exist" in said:
            raise FacelabError(ABSENT.format(names=", ".join(NAMES), variable=VARIABLE)) from None
        advice = " (--page-headed needs a screen)" if headed else ""
        raise FacelabError(
            f"{path or 'Chromium'}: does not start{advice}: {_reason(said)}"
        ) from None


def _reason(said: str) -> str:
    """Return the line of Playwright's report that says why."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "ERROR" in line or "error while loading" in line]
    return (telling or lines or ["it says nothing"])[0]
