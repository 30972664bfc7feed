"""What is kept from one run to the next: pytest's own options empty it, and leave it out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import tensorflow  # noqa: F401 (pytester would import it once a run, and it bears one)

from facelab.faces import extractor
from facelab.gallery.source import Recording
from tests.conftest import Project
from tests.gallery.test_own_gallery import fill

pytestmark = pytest.mark.slow

DESCRIBED = """
@step("all photos are described")
def described(system, source):
    system.extractor.extract(source.photos("gallery").frames)

@step("another process looks ahead")
def looks_ahead(system):
    assert system.extractor._ahead is not None

@step("no other process looks ahead")
def looks_not(system):
    assert system.extractor._ahead is None

@step("it is trained")
def trained(system, source):
    from facelab import Parameters, TrainingRequest
    system.train(source.photos("gallery"), TrainingRequest(Parameters(epochs=1), (0, 1)))

@step("products use one thread")
def one_thread(system):
    from threadpoolctl import ThreadpoolController
    found = ThreadpoolController().select(user_api="blas").info()
    assert [one["num_threads"] for one in found if "numpy" in one["filepath"]] == [1]
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
    first = run(book)
    assert len(first) == 40  # one a photo
    made = [(path.stat().st_ino, path.read_bytes()) for path in first]
    assert run(book) == first
    assert [(path.stat().st_ino, path.read_bytes()) for path in first] == made
    stranger = first[0].with_name("no row.rows")
    stranger.touch()
    assert run(book, "--cache-clear") == first
    assert [path.read_bytes() for path in first] == [content for _, content in made]


def test_without_pytests_cache_nothing_is_kept(book: Project) -> None:
    assert run(book, "-p", "no:cacheprovider") == []


def test_what_is_seen_in_ones_own_photos_is_kept_by_their_gallery(book: Project) -> None:
    team = book.folder / "own" / "team"
    fill(team)
    for _ in range(2):
        assert run(book, "--gallery", str(team)) == []
        kept = list(team.rglob("*.rows"))
    assert kept
    for path in kept:
        assert path.is_relative_to(team / ".facelab" / "cache")
        path.unlink()
    assert run(book, "--gallery", str(team), "-p", "no:cacheprovider") == []
    assert not list(team.rglob("*.rows"))


def test_another_process_looks_ahead_at_what_is_not_kept(
    book: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractor, "WORTH", 1)
    monkeypatch.setattr(extractor, "spare_core", lambda: True)
    book.family("T0", "all photos are described", "another process looks ahead")
    first = run(book)
    assert len(first) == 40
    book.family("T0", "all photos are described", "no other process looks ahead")
    run(book, "-p", "no:cacheprovider")
    assert run(book) == first


def test_which_programs_a_run_had_is_kept_for_the_next_one_of_its_scenarios(book: Project) -> None:
    book.family("T0", "it is trained", "all is well")
    run(book)
    cache = book.folder / ".pytest_cache"
    [kept] = cache.rglob("programs/*.json")
    assert json.loads(kept.read_bytes()) == [[40, 40, 4, 2, 16]]
    run(book)
    assert list(cache.rglob("programs/*.json")) == [kept]
    run(book, "-k", "T0_1")
    assert len(list(cache.rglob("programs/*.json"))) == 2
    shutil.rmtree(cache)
    run(book, "-p", "no:cacheprovider")
    assert not cache.exists()


def test_the_book_s_products_use_one_thread(book: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")  # a worker of xdist has one in any case
    book.family("T0", "products use one thread")
    assert book.run("--face-detector", "none", apart=True).status == pytest.ExitCode.OK
