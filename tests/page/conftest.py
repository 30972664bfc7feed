"""Fixtures of the page: galleries, servers of them, clients, and a browser before it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from facelab.contract.training import TrainingRequest
from facelab.faces.hog import hog
from facelab.gallery.gallery import Gallery
from facelab.page.server import serving
from tests.conftest import ROOT
from tests.page.client import Client
from tests.page.sitting import Server, browser
from tests.page.training import PARAMETERS_CHOSEN, train

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from facelab.learning.trainer import Trained

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


@pytest.fixture(scope="module")
def trained(opened: tuple[Path, str]) -> Any:
    """A training on the page: all that was said of it, and its model."""
    said: list[Any] = []
    with Client(opened[1]).socket() as tab:
        train(tab)
        while not said or said[-1]["type"] != "trained":
            told = json.loads(tab.recv(timeout=120))
            if told["type"] != "changed":
                said.append(told)
    return said


@pytest.fixture(scope="module")
def expected(opened: tuple[Path, str]) -> Trained:
    """The same training by the core."""
    from facelab.learning.trainer import Trainer  # only here: TensorFlow comes with it

    photos = Gallery(opened[0]).photos()
    return Trainer(hog=hog).train(photos, TrainingRequest(PARAMETERS_CHOSEN, [3]))


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
