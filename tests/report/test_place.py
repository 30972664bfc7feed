"""Place: two runs in one checkout never mix their reports."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from facelab.cli import main
from facelab.report.place import LOCK, UNFINISHED, held_folder
from tests.conftest import ROOT, Project, Run

WAITS = """
import pathlib, time

@step("it waits")
def waits():
    pathlib.Path("waiting").touch()
    while not pathlib.Path("go").exists():
        time.sleep(0.02)
"""


@pytest.fixture
def book(project: Project) -> Project:
    """T0 waits until it is told to go on; T1 does not."""
    project.steps(WAITS)
    project.family("T0", "it waits")
    project.family("T1", "all is well")
    return project


def begin(book: Project) -> subprocess.Popen[str]:
    """A run of T0 in a process of its own, in the middle of its scenario."""
    command = [sys.executable, "-m", "pytest", "-p", "no:hypothesispytest", "-m", "T0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        command, cwd=book.folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 120
    while not (book.folder / "waiting").exists():
        assert run.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    return run


@pytest.mark.slow
def test_the_second_run_is_told_at_its_start(book: Project) -> None:
    first = begin(book)
    try:
        second = book.run("-m", "T1")
        assert second.status == pytest.ExitCode.USAGE_ERROR
        [line] = [line for line in second.lines if line.startswith("ERROR: ")]
        assert re.fullmatch(
            rf"ERROR: reports: a run that has not ended \(process {first.pid}, since "
            r"\d\d:\d\d:\d\d\) writes its report there; wait for it, or write to another folder "
            r"with --acceptance-report=DIR",
            line,
        )
        assert (book.folder / "reports" / UNFINISHED).exists()
        elsewhere = book.run("-m", "T1", "--acceptance-report=mine")
        assert elsewhere.status == pytest.ExitCode.OK
        assert book.run("-m", "T1", "--collect-only").status == pytest.ExitCode.OK
    finally:
        (book.folder / "go").touch()
        output, _ = first.communicate(timeout=120)
    assert first.returncode == pytest.ExitCode.OK, output
    left = Run(0, [], book.folder / "reports")
    assert list(left.verdicts) == ["T0 1"]
    assert sorted(path.name for path in left.folder.iterdir()) == [
        "acceptance.html",
        "acceptance.json",
    ]
    mine = json.loads((book.folder / "mine" / "acceptance.json").read_text("utf-8"))
    assert [family["id"] for family in mine["families"]] == ["T1"]


@pytest.mark.slow
def test_the_folder_of_a_run_that_was_killed_is_free(book: Project) -> None:
    first = begin(book)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    assert (book.folder / "reports" / LOCK).exists()
    assert "was killed" in (book.folder / "reports" / UNFINISHED).read_text("utf-8")
    second = book.run("-m", "T1")
    assert second.status == pytest.ExitCode.OK
    assert list(second.verdicts) == ["T1 1"]
    assert not (second.folder / LOCK).exists()
    assert not (second.folder / UNFINISHED).exists()


def test_a_page_is_not_rendered_into_a_folder_that_a_run_writes_to(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(written.parent.iterdir())
    with held_folder(written.parent):
        assert main(["report", str(written)]) == 2
    said = capsys.readouterr().err
    assert re.search(r"a run that has not ended \(process \d+, .*with -o FILE\n$", said)
    assert said.count("\n") == 1
    assert set(written.parent.iterdir()) == before


def test_a_folder_that_cannot_be_made_costs_nobody_a_run(book: Project) -> None:
    run = book.run("-m", "T1", "--acceptance-report=pyproject.toml/deep")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        "ERROR: pyproject.toml/deep: cannot be made (not a directory); write to "
        "another with --acceptance-report=DIR"
    )


@pytest.mark.parametrize("option", ["--gallery", "--record"])
def test_the_report_of_a_gallery_stays_in_it(book: Project, option: str) -> None:
    gallery, outside = book.folder / "team", book.folder / "outside"
    gallery.mkdir()
    outside.mkdir()
    (gallery / "reports").symlink_to(outside)
    run = book.run("-m", "T1", option, str(gallery), "--camera=0" if option == "--record" else "-q")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    [line] = [line for line in run.lines if line.startswith("ERROR: ")]
    assert line.startswith("ERROR: reports: lies outside of the folder team")
    assert not list(outside.iterdir())
