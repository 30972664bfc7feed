"""Player: what ``--system page`` and ``--page`` play the book with, from start to end.

``facelab.plugin`` imports nothing of this room unless one of them is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from facelab.browsing.browser import chromium
from facelab.browsing.description import Description, read_description
from facelab.browsing.onlooker import PAGE
from facelab.browsing.onlooker import Onlooker as Onlooker
from facelab.contract.errors import FacelabError
from facelab.contract.system import System

if TYPE_CHECKING:
    import pytest

    from facelab.browsing.own_system import OwnSystem
    from facelab.browsing.stranger import Stranger


def check_options(config: pytest.Config) -> Description | None:
    """Return the description of a stranger's page; None for facelab's own.

    Raises FacelabError, in one line, when options contradict each other or the description is
    wrong.
    """
    option = config.getoption
    if option("face_detector") != "facelab":
        raise FacelabError(
            f"--face-detector: received {option('face_detector')} with a page, which finds faces "
            "by itself; leave the option out"
        )
    if option("embedding") != "hog":
        raise FacelabError(
            f"--embedding: received {option('embedding')} with a page, which describes faces by "
            "itself; leave the option out"
        )
    if option("page") is None:
        if option("page_description"):
            raise FacelabError(
                "--page-description: received without --page; name the page's address with it"
            )
        return None
    if option("system") not in ("facelab", "page"):
        raise FacelabError(
            f"--page and --system: received both; the page at {option('page')} is the system: "
            "leave --system out"
        )
    if option("page_description") is None:
        raise FacelabError(
            f"--page: received {option('page')} without --page-description; describe the page "
            "(docs/your_page.md), or play facelab's own with --system page"
        )
    return read_description(Path(option("page_description")))


@contextmanager
def playing(config: pytest.Config) -> Iterator[System]:
    """Start the browser, and for facelab's own page its server; give the page within the block.

    At the end both are gone. Raises FacelabError, in one line, when one does not start.
    """
    option = config.getoption
    description = check_options(config)
    trace, headed = option("page_trace"), option("page_headed")
    with ExitStack() as closing:
        browser = closing.enter_context(chromium(headed=headed))
        # only now, since both need Playwright
        page: Stranger | OwnSystem
        if description is None:
            from facelab.browsing.own_system import OwnSystem
            from facelab.page.server import serving

            folder = Path(closing.enter_context(TemporaryDirectory(prefix="facelab-")))
            address = closing.enter_context(serving(folder / "gallery"))
            page = OwnSystem(browser, address, option("page_engine"), trace=trace, headed=headed)
        else:
            from facelab.browsing.stranger import Stranger

            folder = Path(option("page_description")).parent
            page = Stranger(browser, option("page"), description, folder, trace=trace)
        closing.callback(page.close)
        config.stash[PAGE] = page
        yield page
