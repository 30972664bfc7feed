"""The entry: an option's path may lie outside of the project, in a form that pytest reads."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from facelab.playing.entry import PATHS
from tests.conftest import ROOT, Project


@pytest.fixture
def book(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that knows facelab as an installed package: by its entry point."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    [(name, place)] = points["pytest11"].items()
    info = tmp_path_factory.mktemp("site") / "facelab_entry-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: facelab-entry\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[pytest11]\n{name} = {place}\n")
    project.pytester.syspathinsert(info.parent)
    project.family("T0", "all is well")
    return project


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What an option may name, outside of the project."""
    folder = tmp_path_factory.mktemp("elsewhere") / "my team"
    (folder / "people").mkdir(parents=True)
    (folder / "reports").mkdir()
    (folder / "film.avi").write_bytes(b"a film")
    (folder / "plan.toml").write_text("wait = 0\n")
    (folder / "finder.onnx").write_bytes(b"")
    shutil.copy(ROOT / "tests" / "browsing" / "strange" / "page.toml", folder)
    return {
        "--acceptance-report": folder / "reports",
        "--camera": folder / "film.avi",
        "--face-detector": folder / "finder.onnx",
        "--film-plan": folder / "plan.toml",
        "--gallery": folder / "people",
        "--page-description": folder / "page.toml",
        "--record": folder / "people",
        "--report": folder / "reports",
    }


@pytest.mark.slow
@pytest.mark.parametrize("option", PATHS)
def test_a_far_path_works_or_is_answered_with_what_does(
    book: Project, elsewhere: dict[str, Path], option: str
) -> None:
    path = elsewhere[option]
    needed = {"--record": "--camera=0", "--page-description": "--page=http://localhost:8000/"}
    more = [needed[option]] if option in needed else []
    run = book.run("--collect-only", option, str(path), *more)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        f"ERROR: {option} {path}: after a blank, pytest takes a path outside of this folder for "
        f"tests; write {option}={path}"
    )
    run = book.run("--collect-only", "-q", f"{option}={path}", *more)
    assert not any("unrecognized" in line for line in run.lines)
    assert run.status == pytest.ExitCode.OK or option in ("--film-plan", "--gallery")


@pytest.mark.parametrize("option", PATHS)
def test_a_near_path_works_after_a_blank(book: Project, option: str) -> None:
    (book.folder / "near").mkdir()
    run = book.run("--collect-only", "-q", option, "near")
    assert not any("unrecognized" in line or "after a blank" in line for line in run.lines)


def test_all_options_with_a_path_are_known_here(pytestconfig: pytest.Config) -> None:
    said = [
        name
        for group in pytestconfig._parser._groups
        if group.name == "facelab"
        for option in group.options
        for name in option.names()
        if re.search("DIR|FILE|PLACE|DETECTOR", str(option.attrs().get("metavar")))
    ]
    assert sorted({*said, "--report"}) == list(PATHS)


def test_a_path_may_begin_at_home(
    book: Project, elsewhere: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = elsewhere["--record"].parent
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    run = book.run("--acceptance-report=~/mine")  # of which no shell makes a path
    assert run.acceptance[-1].endswith(f"report: {home}/mine/acceptance.html")
    assert (home / "mine" / "acceptance.json").exists()


def test_another_s_option_is_left_alone(book: Project) -> None:
    run = book.run("--collect-only", "--nobody-knows", "/tmp")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert not any("after a blank" in line for line in run.lines)
