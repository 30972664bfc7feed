"""Templates are compiled once, and again where what is kept is damaged or of another source."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from facelab.report.compiled import kept_beside


@pytest.fixture(autouse=True)
def python_keeps_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def page(folder: Path) -> tuple[str, bool]:
    """Return a page made of a folder's template, and whether that was compiled for it."""
    compiled = []

    class Watched(Environment):
        def compile(self, *asked: object, **named: object) -> object:  # type: ignore[override]
            compiled.append(asked)
            return super().compile(*asked, **named)  # type: ignore[call-overload]

    made = Watched(
        loader=FileSystemLoader(folder), autoescape=True, bytecode_cache=kept_beside(folder)
    )
    return made.get_template("page.html").render(who="<Ann>"), bool(compiled)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a template that has been used once."""
    (tmp_path / "page.html").write_text("Hello {{ who }}")
    assert page(tmp_path) == ("Hello &lt;Ann&gt;", True)
    return tmp_path


def kept(folder: Path) -> Path:
    [file] = (folder / "__pycache__").iterdir()
    return file


def test_it_is_compiled_once(folder: Path) -> None:
    assert page(folder) == ("Hello &lt;Ann&gt;", False)


def test_another_text_is_compiled(folder: Path) -> None:
    (folder / "page.html").write_text("Goodbye {{ who }}")
    assert page(folder) == ("Goodbye &lt;Ann&gt;", True)


def test_what_is_cut_off_anywhere_is_compiled_again(folder: Path) -> None:
    whole = kept(folder).read_bytes()
    for size in range(0, len(whole), len(whole) // 40):
        kept(folder).write_bytes(whole[:size])
        assert page(folder) == ("Hello &lt;Ann&gt;", True)
        assert kept(folder).read_bytes() == whole


def test_where_nothing_can_be_kept_it_is_compiled(folder: Path) -> None:
    kept(folder).unlink()
    (folder / "__pycache__").rmdir()
    (folder / "__pycache__").write_text("a file")
    assert page(folder) == ("Hello &lt;Ann&gt;", True)


def test_a_full_disk_costs_no_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(folder).unlink()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jinja2.bccache.tempfile.NamedTemporaryFile", full)
    assert page(folder) == ("Hello &lt;Ann&gt;", True)


def test_where_python_keeps_nothing_nothing_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(folder).unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert page(folder) == ("Hello &lt;Ann&gt;", True)
    assert list((folder / "__pycache__").iterdir()) == []
