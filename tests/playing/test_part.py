"""A part of the book, and a run that ended before its end, are called so, and not signed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, Project, Run

CHOSEN = """
@step("it is asked for")
def asked(sheet):
    sheet.leave_out("run pytest --people 300", by_choice=True)

@step("it waits")
def waits():
    import pathlib, time
    pathlib.Path("waiting").touch()
    time.sleep(60)

@step("the report's place is taken")
def taken():
    import pathlib
    pathlib.Path("reports/acceptance.html").mkdir()
"""

SIGN = "Decision of the project owner"


@pytest.fixture
def book(project: Project) -> Project:
    """Three features, a scenario of which is left out by choice."""
    project.steps(CHOSEN)
    project.family("T0", "all is well", "all is well")
    project.family("T1", "all is well", after="T0")
    project.family("T5", "it is asked for", after="T0")
    return project


def page(run: Run) -> str:
    """The text of the page."""
    text = re.sub(r"<[^>]+>", "", (run.folder / "acceptance.html").read_text("utf-8"))
    return " ".join(text.partition("Skip to the summary")[2].split())


def kept(run: Run) -> list[str]:
    """The verdicts of the runs that are kept, the oldest first."""
    return [path.name.partition(" ")[2] for path in sorted((run.folder / "history").glob("*"))]


def test_what_is_left_out_by_choice_is_no_reservation(book: Project) -> None:
    run = book.run()
    assert run.status == pytest.ExitCode.OK
    assert run.record["verdict"] == "accepted"
    assert run.acceptance[-1] == (
        "+ accepted: 3 of 3 scenarios accepted, 100 %; 1 more left out by choice; "
        "report: reports/acceptance.html"
    )
    said = page(run)
    assert SIGN in said
    assert "Left out by choice: 1 run pytest --people 300: T5.1" in said
    assert "Next. Read the sheets, then sign on the last page." in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "part", "unplayed"),
    [
        (["-m", "T0"], "1 of 3 features", "T1, T5"),
        (["features/T1.feature"], "2 of 3 features", "T5"),
        (["-k", "t0_1"], "1 of 3 features, 1 of their 2 scenarios", "T1, T5"),
        (["features/T0.feature::test_t0_1"], "1 of 3 features", "T1, T5"),
    ],
    ids=str,
)
def test_a_selection_is_called_a_part(
    book: Project, options: list[str], part: str, unplayed: str
) -> None:
    run = book.run(*options)
    assert run.status == pytest.ExitCode.OK
    assert run.record["verdict"] == "partly run"
    assert run.acceptance[-1].startswith(f"~ partly run: a part of the book: {part}; ")
    assert "100 %" not in run.acceptance[-1]
    said = page(run)
    assert f"A part of the book: {part}. Nothing is said of {unplayed}." in said
    assert SIGN not in said
    assert "There is no place to sign. Run the whole book" in said


def test_the_last_failed_are_a_part(book: Project) -> None:
    book.family("T2", "it fails with 1", "all is well")
    assert kept(book.run()) == ["refused"]
    run = book.run("--lf")
    assert run.acceptance[-1].startswith("x refused: a part of the book: 1 of 4 features")
    assert SIGN not in page(run)
    assert kept(run) == ["refused"]


@pytest.mark.slow
def test_whole_runs_are_kept_and_parts_are_not(book: Project) -> None:
    for _ in range(2):
        book.run()
    run = book.run("-m", "T0")
    assert kept(run) == ["accepted", "accepted"]
    [first, _] = sorted((run.folder / "history").glob("*"))
    assert {path.name for path in first.iterdir()} == {"acceptance.json", "acceptance.html"}
    assert Run(0, [], first).record["verdict"] == "accepted"


@pytest.mark.slow
def test_only_the_last_runs_are_kept_and_the_last_accepted_one(
    book: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facelab.report.history.KEPT", 2)
    book.run()
    book.run()
    book.family("T9", "it fails with 1")
    for _ in range(3):
        run = book.run()
    assert kept(run) == ["accepted", "refused", "refused"]


def begin(book: Project) -> subprocess.Popen[str]:
    """A run in a process of its own, in the middle of a scenario."""
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:hypothesispytest"],
        cwd=book.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 120
    while not (book.folder / "waiting").exists():
        assert run.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    return run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "how"),
    [(signal.SIGTERM, "by SIGTERM, as at a time limit"), (signal.SIGINT, "by Ctrl-C")],
)
def test_an_interrupted_run_says_so_and_is_not_signed(
    book: Project, number: signal.Signals, how: str
) -> None:
    book.run()
    book.family("T1", "it waits", after="T0")
    process = begin(book)
    os.kill(process.pid, number)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == pytest.ExitCode.INTERRUPTED, output
    run = Run(2, output.splitlines(), book.folder / "reports")
    assert run.record["verdict"] == "interrupted"
    assert run.acceptance[-1].startswith(
        "x interrupted: 2 of 4 scenarios accepted, 50 %; 2 not run"
    )
    said = page(run)
    assert f"Interrupted {how}. What comes after was not played." in said
    assert "There is no place to sign. Run it again to its end" in said
    assert SIGN not in said
    assert kept(run) == ["accepted"]


def test_stopping_at_the_first_failure_is_no_whole_run(book: Project) -> None:
    book.family("T0", "it fails with 1", "all is well")
    run = book.run("-x")
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.record["verdict"] == "refused"
    said = page(run)
    assert "Interrupted after a failure, as with -x or --maxfail." in said
    assert SIGN not in said


def test_a_report_that_cannot_be_written_is_known_before_the_run(book: Project) -> None:
    (book.folder / "reports" / "acceptance.html").mkdir(parents=True)
    run = book.run()
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        "ERROR: reports/acceptance.html: a folder is there; remove it, or write to another with "
        "--acceptance-report=DIR"
    )


def test_a_full_disk_is_known_before_the_run(
    book: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facelab.playing.report_folder.LEAST", 10**18)
    run = book.run()
    assert run.status == pytest.ExitCode.USAGE_ERROR
    [line] = [line for line in run.lines if line.startswith("ERROR: ")]
    assert re.fullmatch(r"ERROR: reports: \d+ MB are free there, a report takes up to .*DIR", line)


def test_a_report_that_cannot_be_written_costs_no_summary(book: Project) -> None:
    book.family("T1", "the report's place is taken")
    run = book.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.acceptance[0] == "+ T0  accepted     T0 1"
    assert run.acceptance[-1] == (
        "+ accepted: 3 of 3 scenarios accepted, 100 %; 1 more left out by choice"
    )
    [line] = [line for line in run.lines if line.startswith("no report: ")]
    assert re.fullmatch(
        r"no report: reports/acceptance.html: is a directory; write to another with "
        r"--acceptance-report=DIR", line
    )  # fmt: skip
    assert not any("Traceback" in line for line in run.lines)


def test_a_fault_of_the_report_costs_no_summary(book: Project) -> None:
    book.steps(
        CHOSEN
        + """
@step("the source is strange")
def strange(request):
    from facelab.plugin import RECORDER
    class Strange:
        manifest = 5
    request.config.stash[RECORDER].source = Strange()
"""
    )
    book.family("T1", "the source is strange")
    run = book.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.acceptance[-1].startswith("+ accepted: 3 of 3 scenarios accepted")
    assert any(line.startswith("no report: AttributeError: ") for line in run.lines)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_disk_that_fills_meanwhile_costs_no_summary(book: Project) -> None:
    (book.folder / "sitecustomize.py").write_text(
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{book.folder}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:hypothesispytest"],
        cwd=book.folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    run = Run(done.returncode, done.stdout.splitlines(), book.folder / "reports")
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert len(run.acceptance) == 5
    assert any(line.startswith("no report: ") and "file too large" in line for line in run.lines)
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("content", ["[" * 200_000, '{"schema": 2, "document": {"a": "\\ud800"}}'])
def test_a_strange_record_is_one_line(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from facelab.cli import main

    (tmp_path / "acceptance.json").write_text(content)
    assert main(["report", str(tmp_path / "acceptance.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("option", ["--acceptance-report", "--gallery", "--record"])
def test_an_empty_path_is_none(book: Project, option: str) -> None:
    """As of a variable of a shell that is not set; it would be the folder one is in."""
    run = book.run(f"{option}=", "--co")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(f"ERROR: {option}: received nothing; name a path, or leave the option out")
