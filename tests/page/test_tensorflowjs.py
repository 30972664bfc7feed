"""TensorFlow.js is fetched once, compared with its digest, and kept: or one line says why not."""

from __future__ import annotations

import json
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from facelab.cli import main
from facelab.contract.errors import FacelabError
from facelab.page import tensorflowjs
from tests.page.serving import TENSORFLOWJS, Pages, serving

needs_the_file = pytest.mark.skipif(
    not TENSORFLOWJS.is_file(),
    reason="no TensorFlow.js: `npm install --prefix examples/tensorflow.js` gets it",
)

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="no npm")
"""Packages of this machine, but npm itself packs them."""

OTHER = b"export const version = 'another';"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the user's that is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def pages() -> Iterator[Pages]:
    with serving() as pages:
        yield pages


def line_of(source: Path | str | None = None, package: str = tensorflowjs.PACKAGE) -> str:
    with pytest.raises(FacelabError) as caught:
        tensorflowjs.get(source, package=package)
    line = str(caught.value)
    assert "\n" not in line
    assert tensorflowjs.cached() is None
    return line


@needs_the_file
def test_a_file_of_the_user_s_is_kept(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["page", "--get-tensorflowjs", str(TENSORFLOWJS)]) == 0
    kept = tensorflowjs.cached()
    assert kept
    assert kept.is_relative_to(cache)
    assert str(kept) in capsys.readouterr().out
    assert kept.read_bytes() == tensorflowjs.read() == TENSORFLOWJS.read_bytes()


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.js").write_bytes(OTHER)
    assert "not TensorFlow.js 4.22.0" in line_of(tmp_path / "other.js")
    assert "cannot be read" in line_of(tmp_path / "nowhere.js")
    assert "cannot be read" in line_of(tmp_path)
    with (tmp_path / "large.js").open("wb") as large:
        large.truncate(tensorflowjs.LARGEST + 1)
    assert "too large" in line_of(tmp_path / "large.js")


@needs_the_file
def test_an_address_is_read(pages: Pages) -> None:
    kept = tensorflowjs.get(f"{pages.address}/tensorflow.js")
    assert tensorflowjs.cached() == kept


def test_what_an_address_gives_is_compared(pages: Pages) -> None:
    pages.get["/tensorflow.js"] = lambda _: OTHER
    assert "what came is not TensorFlow.js" in line_of(f"{pages.address}/tensorflow.js")
    pages.get["/tensorflow.js"] = lambda _: bytes(tensorflowjs.LARGEST + 1)
    assert "more than 4 MB came" in line_of(f"{pages.address}/tensorflow.js")
    assert "404" in line_of(f"{pages.address}/elsewhere.js")


def test_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no connection" in line_of("http://127.0.0.1:9/tensorflow.js")
    # without npm, the public address is read: here one that nobody serves
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(tensorflowjs, "ADDRESS", "http://127.0.0.1:9/tensorflow.js")
    line = line_of()
    assert "npm: not installed" in line
    assert "no connection" in line
    assert "--get-tensorflowjs FILE" in line


@needs_npm
@pytest.mark.slow
@needs_the_file
def test_npm_packs_it(tmp_path: Path) -> None:
    kept = tensorflowjs.get(package=package(tmp_path, TENSORFLOWJS.read_bytes()))
    assert tensorflowjs.cached() == kept


@needs_npm
@pytest.mark.slow
def test_what_npm_packs_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorflowjs, "ADDRESS", "http://127.0.0.1:9/tensorflow.js")
    assert "npm: what came is not" in line_of(None, package(tmp_path, OTHER))
    assert "npm: it could not bring" in line_of(None, package(tmp_path, None))
    assert "npm: it could not bring" in line_of(None, str(tmp_path / "nowhere"))


def package(folder: Path, content: bytes | None) -> str:
    """Make a package whose file has this content, or which has not the file."""
    (folder / "package/dist").mkdir(parents=True, exist_ok=True)
    file = folder / "package/dist" / tensorflowjs.NAME
    file.unlink(missing_ok=True)
    if content is not None:
        file.write_bytes(content)
    about = {"name": "made-here", "version": "1.0.0"}
    (folder / "package/package.json").write_text(json.dumps(about), "utf-8")
    return str(folder / "package")


@needs_the_file
def test_a_changed_file_is_not_given() -> None:
    with pytest.raises(FacelabError, match="not there yet"):
        tensorflowjs.read()
    kept = tensorflowjs.get(TENSORFLOWJS)
    content = kept.read_bytes()
    for changed in (content[:-1], content + b" ", bytes(len(content)), b""):
        kept.write_bytes(changed)
        assert tensorflowjs.cached() is None
        with pytest.raises(FacelabError, match=r"not TensorFlow\.js 4\.22\.0 any more"):
            tensorflowjs.read()
    assert tensorflowjs.get(TENSORFLOWJS) == tensorflowjs.cached()  # got again


@needs_the_file
def test_where_nothing_can_be_kept(cache: Path) -> None:
    cache.write_text("a file where the folder should be", "utf-8")
    assert "cannot be kept there" in line_of(TENSORFLOWJS)
    cache.unlink()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        assert "cannot be kept there (File too large)" in line_of(TENSORFLOWJS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path for path in cache.rglob("*") if path.is_file()] == []  # nor half of it
