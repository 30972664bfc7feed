"""A tab: what is seen of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from facelab.browsing.tab import Tab
from facelab.contract.errors import SystemFault
from tests.browsing.serving import answering

pytestmark = pytest.mark.slow

PAGE = b"<!doctype html><title>a page</title><p>seen"

HEIGHT = "() => innerHeight"


def test_nobody_looks_while_frames_are_shown(browser: Browser) -> None:
    with answering({"": PAGE}.get) as address:
        tab = Tab(browser, address, "the page", wait=300)
        width = tab.ask("() => innerWidth")
        with tab.unseen():
            assert tab.ask(HEIGHT) == 1
            assert tab.ask("() => innerWidth") == width
        assert tab.ask(HEIGHT) == 720
        with pytest.raises(SystemFault, match="nothing is not defined"), tab.unseen():
            tab.ask("() => nothing()")
        assert tab.ask(HEIGHT) == 720
        tab.close()


@pytest.mark.parametrize("watched", ["headed", "trace"])
def test_somebody_does_where_a_window_or_a_trace_shows_them(watched: str, browser: Browser) -> None:
    with answering({"": PAGE}.get) as address:
        tab = Tab(browser, address, "the page", wait=300, **{watched: True})  # type: ignore[arg-type]
        with tab.unseen():
            assert tab.ask(HEIGHT) == 720
        tab.close()


def test_a_page_that_hangs_while_nobody_looks_is_given_up(browser: Browser) -> None:
    hangs = "() => { setTimeout(() => { for (;;); }, 0); }"
    with answering({"": PAGE}.get) as address:
        tab = Tab(browser, address, "the page", wait=300)
        tab.wait = 1.0
        with pytest.raises(SystemFault, match="has not reacted for"), tab.unseen():
            tab.ask(hangs)
        tab.close()
