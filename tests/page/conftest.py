"""Fixtures of the page: galleries, servers of them, clients, and a browser before it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from facelab.gallery.gallery import Gallery
from facelab.page.server import serving
from tests.conftest import ROOT
from tests.page.client import Client
from tests.page.sitting import Server, browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PEOPLE = ("Alex", "Amine", "Lara")
SENTENCE = "I agree."


def fill(folder: Path, photos: int = 8) -> Path:
    """Make a gallery of three people of the fixtures, who have agreed."""
    with Gallery(folder) as gallery:
        for person in PEOPLE:
            gallery.agree(person, SENTENCE)
            for path in sorted((ROOT / "fixtures" / "gallery" / person).iterdir())[:photos]:
                gallery.add(person, path)
    return folder


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A gallery, and the address of its page, for tests that leave it as it is."""
    folder = fill(tmp_path_factory.mktemp("page") / "filmed")
    with serving(folder) as address:
        yield folder, address


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The command ``facelab page`` on a new gallery, not started yet."""
    home = tmp_path_factory.mktemp("page")
    served = Server(home / "class", home)
    yield served
    served.end()


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    """A browser."""
    with browser() as found:
        yield found


@pytest.fixture
def page(opened: tuple[Path, str]) -> Client:
    """A client of that page."""
    return Client(opened[1])


Serve = Callable[[Path], Client]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve the page of a folder until the test ends."""
    with ExitStack() as served:
        yield lambda folder: Client(served.enter_context(serving(folder)))


@pytest.fixture
def empty(tmp_path: Path, serve: Serve) -> tuple[Path, Client]:
    """The page of a gallery that is not there yet."""
    folder = tmp_path / "filmed"
    return folder, serve(folder)


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start `facelab page` in a process of its own."""
    started = []

    def run(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "facelab", "page", *map(str, arguments)]
        process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def address_of(process: subprocess.Popen[str]) -> str:
    """Return the address that it prints first."""
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("the page: http"), line + process.communicate()[1]
    return line.removeprefix("the page: ").strip()
