"""What the tests of a played page share: a tiny book, a tiny recording, a page of another make."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from facelab.browsing.browser import chromium
from facelab.gallery.source import Recording
from tests.browsing.serving import STRANGE, changed, serving
from tests.conftest import Project, Run, eventually, recorded

MARK = "FACELAB_TEST_RUN"
"""An environment variable by which the processes of a run are known."""

LEARNS = """the photos of Alex, Amine, Lara and Naomie
    And a learning rate of 1, 2 epochs and batches of 16 photos
    When the classifier is trained
    Then 4 values are drawn"""
"""A scenario that needs a page to film, to learn and to tell its values: 20 photos, 4 updates."""

Play = Callable[..., Run]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of a file."""
    with chromium() as started:
        yield started


@pytest.fixture
def frames(tmp_path: Path) -> Recording:
    """A tiny recording with 5 photos of each of 4 people: a page is filmed photo by photo."""
    return recorded(tmp_path / "fixtures", 5)


@pytest.fixture
def book(project: Project, frames: Recording) -> Project:
    """A tiny book with the vocabulary of the real one, and five photos of four people."""
    project.steps(plugins=("facelab.plugin", "steps"))
    shutil.copytree(frames.folder, project.folder / "fixtures")
    project.family("T0", LEARNS)
    return project


@pytest.fixture
def play(book: Project, monkeypatch: pytest.MonkeyPatch) -> Play:
    """A function that plays the tiny book on the strange page, and looks what is left behind.

    ``edits``: of the page's files; ``description``: of its description.
    """

    def played(
        *options: str,
        edits: Mapping[str, Mapping[str, str]] | None = None,
        description: Mapping[str, str] | None = None,
        address: str | None = None,
    ) -> Run:
        file = book.folder / "page.toml"
        file.write_text(
            changed((STRANGE / "page.toml").read_text("utf-8"), description or {}), "utf-8"
        )
        mark = uuid.uuid4().hex
        monkeypatch.setenv(MARK, mark)
        with serving(edits) as served:
            named = ("--page", address or served, "--page-description", str(file))
            run = book.run("--seeds", "1", *named, *options, apart=True)
        monkeypatch.delenv(MARK)
        assert eventually(lambda: not left(mark))
        assert not any("Traceback" in line for line in run.lines), run.lines
        return run

    return played


def left(mark: str) -> list[str]:
    """Return the processes that a run has left behind."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "comm").read_text())
        except OSError:
            continue  # it has ended, or is somebody else's
    return found
