"""Patience: limits that are longer on a computer with too much to do, and say so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from facelab.browsing.own_page import OwnPage
from facelab.browsing.patience import MOST, Limit, Load, load_per_core
from facelab.browsing.tab import Tab
from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.parameters import Parameters
from facelab.contract.training import TrainingRequest
from facelab.gallery.source import Recording
from facelab.languages.language import HOME, read_language
from facelab.page.server import serving as page_served
from tests.browsing import patient
from tests.browsing.serving import answering, serving

SHORT = 0.5
"""Seconds within which nothing of these tests comes, once or twice."""


def starved() -> float:
    """Return the load of a computer with ten thousand times as much to do as it can."""
    return 10_000.0


def twice() -> float:
    """Return the load of a computer with twice as much to do as it can."""
    return 2.0


TWICE = r"1 s \(0.5 s, 2.0 times as long on a computer with so much to do\)"


def test_the_load_is_that_of_the_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0 <= load_per_core() <= MOST
    monkeypatch.setattr(os, "getloadavg", lambda: (1000.0, 1.0, 1.0))
    assert load_per_core() == MOST
    monkeypatch.delattr(os, "getloadavg")  # as on Windows
    assert load_per_core() == 0


LATER = """<button id=late disabled>press me</button><p id=said></p><script>
  window.facelabLater = new Promise((done) => setTimeout(done, 3000));
  facelabLater.then(() => { late.disabled = false; said.textContent = 'here'; });
</script>"""
"""A page with a button that can be pressed after three seconds."""

HANGS = "() => { setTimeout(() => { for (;;); }, 0); return new Promise(() => {}); }"


def opened(browser: Browser, address: str, load: Load) -> Tab:
    """Open a page, however long that takes, and have little patience then."""
    tab = Tab(browser, address, "the page", wait=300)
    tab.wait, tab.load = SHORT, load
    return tab


@pytest.mark.slow
def test_what_comes_late_is_waited_for_where_a_computer_is_starved(browser: Browser) -> None:
    with answering({"": LATER.encode()}.get) as address:
        tab = opened(browser, address, starved)
        tab.press("#late")  # Playwright's time
        tab.page.reload()
        assert tab.missed(lambda: tab.text("#said") == "here") is None  # ours
        tab.close()


@pytest.mark.slow
def test_a_fault_tells_the_limit_that_was_kept(browser: Browser) -> None:
    with answering({"": b"<button disabled>"}.get) as address:
        tab = opened(browser, address, twice)
        tab.wait = 3.0  # within which Playwright can look why
        with pytest.raises(
            SystemFault, match=r"could not press button: not within 6 s \(3 s, .+\) "
        ):
            tab.press("button")
        tab.wait = SHORT
        missed = tab.missed(lambda: False)
        assert missed is not None
        assert missed.seconds == 2 * SHORT
        with pytest.raises(SystemFault, match=f"it comes, but not within {TWICE}$"):
            raise tab.late("it comes", missed)
        with pytest.raises(SystemFault, match=f": the page has not reacted for {TWICE}$"):
            tab.ask(HANGS)
        tab.close()


@pytest.mark.slow
def test_a_limit_grows_with_the_load_while_it_is_waited(browser: Browser) -> None:
    loads = iter([0.0, 0.0, 0.0])
    with answering({"": LATER.encode()}.get) as address:
        tab = opened(browser, address, lambda: next(loads, 1000.0))
        assert tab.missed(lambda: tab.text("#said") == "here") is None
        tab.close()


@pytest.mark.slow
def test_our_own_page_has_longer(browser: Browser, tmp_path: Path, frames: Recording) -> None:
    photos = frames.photos("gallery")
    with page_served(tmp_path / "gallery") as address:
        page = OwnPage.open(browser, address, "the page", "computer")
        page.tab.wait, page.tab.load = 0.05, starved  # a webcam alone takes twice as long
        for person in photos.people[:2]:
            page.film(person, photos.of([person]).frames[:2])
        page.train(Parameters(epochs=2, batch_size=1), 0, None, lambda _: None)
        assert len(page.models()) == 1
        page.tab.wait, page.tab.load = SHORT, twice
        with pytest.raises(SystemFault, match=f"it is noon, but not within {TWICE}"):
            page.wait("() => false", "it is noon")
        page.tab.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edits", "act", "line"),
    [
        ({"at('desk').hidden = false;": ""}, "ready", "not ready within"),
        ({"async function learn() {": "async function learn() { return;"}, "train",
         "a training gave no sign of life for"),
    ],
    ids=["it is never ready", "it never learns"],
)  # fmt: skip
def test_a_stranger_s_page_has_longer(
    edits: dict[str, str],
    act: str,
    line: str,
    browser: Browser,
    tmp_path: Path,
    frames: Recording,
) -> None:
    with serving({"strange.js": edits}) as address:
        page = patient.opened(browser, address, tmp_path, {}, act=act, soon=SHORT, load=twice)
        with pytest.raises(FacelabError, match=f"{line} {TWICE}"):
            page.train(frames.photos("gallery"), TrainingRequest(Parameters(epochs=2), (0,)))
        page.close()


def test_a_fault_is_told_in_the_reader_s_language() -> None:
    line = f"the page: could not press #train: not within {Limit(30.0, 8.25)}; console: tired"
    assert read_language(HOME / "fr.po").translated(line) == (
        "the page\N{NO-BREAK SPACE}: impossible\N{NO-BREAK SPACE}: press #train\N{NO-BREAK SPACE}: "
        "pas en 248 s (30 s, 8,2 fois plus sur un ordinateur aussi chargé)\N{NARROW NO-BREAK SPACE}"
        "; console: tired"
    )
