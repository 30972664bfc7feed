"""What is kept from one run to the next: pytest's own options empty it, and leave it out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import tensorflow  # noqa: F401 (pytester would import it once a run, and it bears one)

from facelab.gallery.source import Recording
from tests.conftest import Project

DESCRIBED = """
@step("all photos are described")
def described(system, source):
    system.extractor.extract(source.photos("gallery").frames)
"""


@pytest.fixture
def book(project: Project, frames: Recording) -> Project:
    """A project with a tiny recording, which describes its photos."""
    shutil.copytree(frames.folder, project.folder / "fixtures")
    project.steps(DESCRIBED)
    project.family("T0", "all photos are described")
    return project


def run(book: Project, *options: str) -> list[Path]:
    """Run it and return the files that it kept."""
    assert book.run("--face-detector", "none", *options).status == pytest.ExitCode.OK
    return sorted((book.folder / ".pytest_cache").rglob("*.rows"))


def test_what_is_kept_is_used_again_until_the_cache_is_cleared(book: Project) -> None:
    (first,) = run(book)
    made = first.stat().st_ino, first.read_bytes()
    again = run(book)
    assert again == [first]
    assert (first.stat().st_ino, first.read_bytes()) == made
    stranger = first.with_name("no row.rows")
    stranger.touch()
    assert run(book, "--cache-clear") == [first]
    assert first.read_bytes() == made[1]


def test_without_pytests_cache_nothing_is_kept(book: Project) -> None:
    assert run(book, "-p", "no:cacheprovider") == []
