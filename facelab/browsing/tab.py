"""Tab: one page in a browser, as a person sees it and acts on it; what goes wrong is one line."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from greenlet import greenlet
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, ViewportSize
from playwright.sync_api import TimeoutError as Late

from facelab.browsing import patience, webcam
from facelab.browsing.patience import Limit, Load, load_per_core
from facelab.browsing.webcam import Webcam
from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.frame import Frame
from facelab.contract.text import one_line

Route = tuple[str, Path | None]
"""A pattern of addresses that a page asks, and the file that answers; None: nobody does."""

WINDOW: ViewportSize = {"width": 1280, "height": 720}
"""What is seen of a page, in pixels: Playwright's own, told since it is given back."""

UNSEEN: ViewportSize = {"width": WINDOW["width"], "height": 1}
"""The same while nobody looks: as wide, so that nothing moves to another place."""

KEPT = 20
"""Lines of the page's console that are kept, at most."""


class Tab:
    """A page with a webcam that is fed.

    ``name``: what faults call it. ``complaints``: errors that its scripts and its console told,
    each once. ``wait``: the seconds within which the page is to do its part; more while the
    ``load`` of a core is above 1. Its methods raise SystemFault, in one line, when the page does
    not, has crashed, hangs, loads another document, or puts a dialog in the way.
    """

    def __init__(
        self,
        browser: Browser,
        address: str,
        name: str,
        *,
        wait: float = 30.0,
        plugged: Webcam | None = None,
        routes: Sequence[Route] = (),
        script: str = "",
        trace: bool = False,
        headed: bool = False,
        load: Load = load_per_core,
    ) -> None:
        """Open ``address``, with a ``script`` of ours before the page's own.

        ``trace``: whether what is done is traced. ``headed``: whether the browser has a window.
        Raises FacelabError when nobody answers there.
        """
        self.name = name
        self.wait = wait
        self.load = load
        self.complaints: list[str] = []
        self._dialogs: list[str] = []
        self._hangs: Limit | None = None
        self._crashed = self._settled = self._left = False
        # a service worker would answer before a route
        workers: Literal["allow", "block"] = "block" if routes else "allow"
        # not in this machine's language: a record quotes what a page says
        self.context = browser.new_context(
            accept_downloads=True, locale="en-US", service_workers=workers, viewport=WINDOW
        )
        self.context.grant_permissions(["camera"])
        (plugged or Webcam()).install(self.context)
        if script:
            self.context.add_init_script(script)
        for pattern, file in routes:
            self._answer(pattern, file)
        self._traced = trace
        # whoever looks into a window, or later through a trace, is to see something
        self._looked_at = headed or trace
        if trace:
            self.context.tracing.start(screenshots=True, snapshots=True)
            self.context.tracing.start_chunk()
        self.page = self.context.new_page()
        self.page.on("dialog", self._dismissed)
        self.page.on("crash", self._has_crashed)
        self.page.on("pageerror", lambda error: self._told(f"script error: {error}"))
        self.page.on("console", self._noted)
        # Playwright's own event does not tell another document from another address of the same
        wire = self.context.new_cdp_session(self.page)
        wire.on("Page.frameNavigated", self._has_gone)
        wire.send("Page.enable")
        self._open(address)

    def _answer(self, pattern: str, file: Path | None) -> None:
        if file is None:
            self.context.route(pattern, lambda route: route.abort())
        else:
            allow = {"access-control-allow-origin": "*"}
            self.context.route(pattern, lambda route: route.fulfill(path=file, headers=allow))

    def limit(self) -> Limit:
        """Return how long the page has now for what is due."""
        return patience.limit(self.wait, self.load)

    def _open(self, address: str) -> None:
        limit = self.limit()
        try:
            answer = self.page.goto(
                address, wait_until="domcontentloaded", timeout=limit.milliseconds
            )
        except Late:
            self.close()
            raise FacelabError(
                f"{self.name}: {shown(address)} is not loaded within {limit}; look whether "
                "its server answers, and whether its scripts come"
            ) from None
        except Error as error:
            self.close()
            said = re.search(r"net::\w+|Cannot navigate to invalid URL", error.message)
            raise FacelabError(
                f"{self.name}: nobody answers at {shown(address)} "
                f"({said[0] if said else _first(error)}); start the page, or correct its address"
            ) from None
        if answer is not None and answer.status >= 400:
            self.close()
            raise FacelabError(
                f"{self.name}: {shown(address)} answers {answer.status} {answer.status_text}; "
                "correct the address"
            )

    def _dismissed(self, dialog: Dialog) -> None:
        self._dialogs.append(one_line(f"{dialog.type}: {dialog.message}"))
        dialog.dismiss()

    def _has_crashed(self, _: Page) -> None:
        self._crashed = True

    def _has_gone(self, told: dict[str, Any]) -> None:
        if "parentId" not in told["frame"]:
            self._left = self._left or self._settled

    def settled(self, *, yet: bool = True) -> None:
        """Take note that the page is what it is to be: from now on it is to load no other.

        ``yet``: false where it is about to be loaded anew.
        """
        self._settled, self._left = yet, False

    def _noted(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.location["url"].endswith("/favicon.ico"):
            self._told(f"console: {said.text}")

    def _told(self, line: str) -> None:
        line = one_line(line, 300)
        if line not in self.complaints and len(self.complaints) < KEPT:
            self.complaints.append(line)

    @property
    def said(self) -> str:
        """The last that its scripts complained of, as the end of a line; empty if nothing."""
        return f"; {self.complaints[-1]}" if self.complaints else ""

    @contextmanager
    def acting(self, what: str) -> Iterator[None]:
        """Within the block something is asked of the page; ``what``, as "press #train"."""
        limit = self.limit()
        self.page.set_default_timeout(limit.milliseconds)
        beating = self._beat()
        try:
            yield
        except Late as error:
            raise self._fault(what, f"not within {limit}{_covered(error)}") from None
        except Error as error:
            raise self._fault(what, _first(error)) from None
        finally:
            beating()
        if self._dialogs or self._left:
            raise self._fault(what, "")

    def _beat(self) -> Callable[[], None]:
        """Look now and then whether the page still reacts; a function that ends it.

        A script of ours in a page that hangs would never end, and Playwright would wait for it.
        """
        loop = asyncio.get_running_loop()  # that of Playwright, which runs while it waits
        answered = [True]
        limit = self.limit()
        timer: asyncio.TimerHandle

        def ask() -> None:
            with suppress(Error):
                self.page.evaluate("0")
            answered.append(True)  # a page that is closed or has crashed says so, too

        def beat() -> None:
            nonlocal timer, limit
            if answered:
                answered.clear()
                limit = self.limit()
                timer = loop.call_later(limit.seconds, beat)
                greenlet(ask).switch()
            else:
                self._hangs = limit
                greenlet(self._give_up).switch()

        timer = loop.call_later(limit.seconds, beat)
        return lambda: timer.cancel()

    def _give_up(self) -> None:
        with suppress(Error):
            self.page.close()

    def _fault(self, what: str, why: str) -> SystemFault:
        dialog, self._dialogs = self._dialogs[:1], []
        if dialog:
            why = f"a dialog came in the way ({dialog[0]})"
        elif self._hangs:
            why = f"the page has not reacted for {self._hangs}"
        elif self._left or "context was destroyed" in why:
            why = "the page was left, or loaded anew"
        elif self._crashed or "crashed" in why:
            why = "the page has crashed"
        elif "closed" in why:
            why = "the browser is gone"
        why += self.said
        return SystemFault(f"{self.name}: could not {what}: {why}")

    def press(self, selector: str) -> None:
        """Click on what a selector finds."""
        with self.acting(f"press {selector}"):
            self.page.click(selector)

    def fill(self, selector: str, value: str) -> None:
        """Write a value into a field."""
        with self.acting(f"write {value} into {selector}"):
            self.page.fill(selector, value)

    def text(self, selector: str) -> str:
        """Return the text of what a selector finds first, or the value of a field.

        As it is in the document: styles may show it in capitals.
        """
        with self.acting(f"read {selector}"):
            told: str = self.page.locator(selector).first.evaluate("e => e.value ?? e.textContent")
        return told.strip()

    def ask(self, script: str, argument: Any = None, what: str = "look at it") -> Any:
        """Return what a script of ours finds in the page; it ends by itself."""
        with self.acting(what):
            return self.page.evaluate(script, argument)

    def show(self, frame: bytes | Frame) -> int:
        """Hold a frame before the webcam."""
        with self.acting("show a frame"):
            return webcam.show(self.page, frame)

    def missed(self, held: Callable[[], bool]) -> Limit | None:
        """Wait until something holds; return the limit within which it did not, or None."""
        began, limit = time.monotonic(), self.limit()
        while not held():
            limit = max(limit, self.limit())
            if time.monotonic() - began > limit.seconds:
                return limit
            self.pause(0.02)
        return None

    def late(self, what: str, limit: Limit) -> SystemFault:
        """Return the fault of a page that does not do something in time."""
        return SystemFault(f"{self.name}: {what}, but not within {limit}{self.said}")

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Within the block show next to nothing of the page: to draw it is a third of the work.

        Not while photos are taken: where nothing is drawn, Chromium takes a second for a PNG.
        """
        if self._looked_at:
            yield
            return
        self._resize(UNSEEN)
        try:
            yield
        except BaseException:
            with suppress(SystemFault):  # what was wrong within is told
                self._resize(WINDOW)
            raise
        self._resize(WINDOW)

    def _resize(self, size: ViewportSize) -> None:
        with self.acting("resize the window"):
            self.page.set_viewport_size(size)

    def pause(self, seconds: float) -> None:
        """Let the page go on for a while."""
        with self.acting("wait"):
            self.page.wait_for_timeout(1000 * seconds)

    def picture(self, selector: str = "") -> bytes:
        """Return a picture of what a selector finds, or of all that is to be seen, as a JPEG."""
        with self.acting("take a picture"):
            shown = self.page.locator(selector).first if selector else self.page
            return shown.screenshot(type="jpeg", quality=60)

    def keep_trace(self, path: Path | None) -> str:
        """End the trace, keep it in a file or drop it, and begin another.

        Return why it is not kept; nothing where it is, or is not to be.
        """
        if not self._traced:
            return ""
        try:
            self.context.tracing.stop_chunk(path=path)
            self.context.tracing.start_chunk()
        except Error as error:
            return "the browser is gone" if "closed" in error.message else _first(error)
        return ""

    def close(self) -> None:
        """Close it; a page that has crashed too."""
        with suppress(Error):  # the browser is gone, and the page with it
            self.context.close()


def shown(address: str) -> str:
    """Return an address as it may be written down: without a token behind its question mark.

    >>> shown("http://127.0.0.1:8000/?token=abc")
    'http://127.0.0.1:8000/'
    """
    return re.sub(r"//[^/@]*@", "//", re.split(r"[?#]", one_line(address, 200))[0])


def _first(error: Error) -> str:
    lines = error.message.strip().splitlines() or ["it says nothing"]
    return one_line(re.sub(r"^[\w.]+: ", "", lines[0]), 200)


def _covered(error: Error) -> str:
    """Return what lies over a button that cannot be pressed, as Playwright tells it."""
    found = re.search(r"- (<.*?> .*intercepts pointer events|element is not \w+)", error.message)
    return f" ({one_line(found[1], 150)})" if found else ""
