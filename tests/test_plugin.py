"""The plugin: options, exit status, what is written and when, bad input in one line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT, STEPS, Project, without_libgl

BREAKS = STEPS.partition("raise RuntimeError")[0].count("\n") + 1
"""The line of the conftest.py that raises it."""


def test_all_accepted(project: Project) -> None:
    project.family("T0", "all is well", "all is well")
    project.family("T1", "all is well", after="T0")
    run = project.run()
    assert run.status == pytest.ExitCode.OK
    assert run.acceptance == [
        "+ T0  accepted     T0 1",
        "+ T0  accepted     T0 2",
        "+ T1  accepted     T1 1",
        "+ accepted: 3 of 3 scenarios accepted, 100 %; report: reports/acceptance.html",
    ]
    assert run.record["verdict"] == "accepted"
    assert run.record["document"]["title"] == "A tiny book"
    assert "<html" in (run.folder / "acceptance.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("step", "verdict", "reason", "status"),
    [
        ("it fails with 5 of 3", "refused", "5 of 3", 1),
        ("it breaks with a bang", "error", f"RuntimeError: a bang (conftest.py:{BREAKS})", 1),
        ("it is left out for want of glasses", "not run", "want of glasses", 0),
    ],
)
def test_verdicts(project: Project, step: str, verdict: str, reason: str, status: int) -> None:
    project.family("T0", "all is well")
    project.family("T1", step, "all is well", after="T0")
    run = project.run()
    assert run.status == status
    assert run.verdicts == {
        "T0 1": ("accepted", ""),
        "T1 1": (verdict, reason),
        "T1 2": ("accepted", ""),
    }
    whole = verdict if status else "accepted with reservations"
    assert run.record["verdict"] == whole
    assert [family["verdict"] for family in run.record["families"]] == ["accepted", whole]
    assert any(line.endswith(f"T1  {verdict:<12} T1 1 – {reason}") for line in run.acceptance)


def test_undefined_step(project: Project) -> None:
    project.family("T0", "all is well\n    And nobody has written this\n    And all is well")
    run = project.run()
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        "ERROR: T0.feature:13: Then 'nobody has written this': no step is defined so; define it:"
    )
    assert not run.folder.exists()


def test_blocked_by_t0(project: Project) -> None:
    project.family("T0", "it fails with nobody", "all is well")
    project.family("T1", "all is well", after="T0")
    project.family("T2", "all is well", after="T1")
    run = project.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.verdicts == {
        "T0 1": ("refused", "nobody"),
        "T0 2": ("accepted", ""),
        "T1 1": ("blocked", "blocked by T0"),
        "T2 1": ("blocked", "blocked by T1"),
    }
    assert run.acceptance[2:] == [
        "= T1  blocked      T1 1 – blocked by T0",
        "= T2  blocked      T2 1 – blocked by T1",
        "x refused: 1 of 4 scenarios accepted, 25 %; 1 refused; 2 blocked; "
        "report: reports/acceptance.html",
    ]


def test_nothing_accepted_is_no_success(project: Project) -> None:
    project.family("T0", "it is left out for good")
    run = project.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.record["verdict"] == "not run"


def test_steps_after_the_failing_one_are_not_run(project: Project) -> None:
    project.family("T0", "all is well\n    And it fails with 1\n    And all is well")
    steps = project.run().sheets[0]["steps"]
    assert [(step["verdict"], step["message"]) for step in steps] == [
        ("accepted", ""),
        ("refused", "1"),
        ("not run", ""),
    ]


def test_stopping_early_says_so(project: Project) -> None:
    project.family("T0", "it fails with 1", "all is well")
    run = project.run("-x")
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.verdicts["T0 2"] == ("not run", "the run ended before")


@pytest.mark.slow
def test_an_interrupted_run_is_reported(project: Project) -> None:
    project.family("T0", "all is well")
    project.family("T1", "somebody presses Ctrl-C", "all is well", after="T0")
    run = project.run(apart=True)
    assert run.status == pytest.ExitCode.INTERRUPTED
    assert run.verdicts == {
        "T0 1": ("accepted", ""),
        "T1 1": ("not run", "the run ended before"),
        "T1 2": ("not run", "the run ended before"),
    }
    assert run.acceptance[1] == "- T1  not run      T1 1 – the run ended before"
    assert (run.folder / "acceptance.html").stat().st_size > 0


@pytest.mark.parametrize("arguments", [["--collect-only"], ["test_plain.py"]])
def test_nothing_is_written_when_nothing_is_played(project: Project, arguments: list[str]) -> None:
    project.family("T0", "all is well")
    (project.folder / "test_plain.py").write_text("def test_plain():\n    pass\n")
    run = project.run(*arguments)
    assert run.status == pytest.ExitCode.OK
    assert not run.folder.exists()
    assert not any(" acceptance " in line for line in run.lines)


def test_plain_tests_come_after_and_are_no_part_of_the_record(project: Project) -> None:
    project.family("T0", "all is well")
    (project.folder / "features" / "test_plain.py").write_text("def test_plain():\n    pass\n")
    run = project.run("-v")
    assert run.status == pytest.ExitCode.OK
    played = [line.split()[0] for line in run.lines if "PASSED" in line]
    assert played == ["features/T0.feature::test_t0_1", "features/test_plain.py::test_plain"]
    assert list(run.verdicts) == ["T0 1"]


def test_report_goes_where_asked(project: Project) -> None:
    project.family("T0", "all is well")
    run = project.run("--acceptance-report", "elsewhere/today")
    assert run.status == pytest.ExitCode.OK
    assert run.acceptance[-1] == (
        "+ accepted: 1 of 1 scenario accepted, 100 %; report: elsewhere/today/acceptance.html"
    )
    assert not run.folder.exists()
    assert {path.name for path in (project.folder / "elsewhere/today").iterdir()} == {
        "acceptance.json",
        "acceptance.html",
        "history",
    }


def test_report_into_a_file(project: Project) -> None:
    project.family("T0", "all is well")
    run = project.run("--acceptance-report", "pyproject.toml")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        "ERROR: --acceptance-report: received pyproject.toml, a file; allowed is a folder"
    )


@pytest.mark.parametrize("text", ["0", "-1", "5-3", "five", "1.5", "", "1-2-3", "1001", "0-1000"])
def test_seeds_that_are_none(project: Project, text: str) -> None:
    project.family("T0", "all is well")
    run = project.run(f"--seeds={text}")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        f"ERROR: --seeds: received {text!r}, allowed is a count (5), a range (100-104), "
        "of up to 1,000 seeds, or random"
    )
    assert not run.folder.exists()


def test_random_seeds_can_be_replayed(project: Project) -> None:
    project.family("T0", "all is well")
    drawn = project.run("--seeds=random").record["run"]["seeds"]
    assert len(drawn) == 5
    replayed = project.run(f"--seeds={drawn[0]}-{drawn[-1]}").record["run"]["seeds"]
    assert replayed == drawn


EXAM = """
@step("the exam is opened")
def opened(exam):
    pass
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("nothing:here", "No module named 'nothing'"),
        ("json:nothing", "module 'json' has no attribute 'nothing'"),
        ("nothing", "No module named 'nothing'"),
    ],
)
def test_a_system_that_is_none(project: Project, name: str, what: str) -> None:
    project.steps(EXAM)
    project.family("T0", "the exam is opened")
    run = project.run("--system", name)
    assert run.status == pytest.ExitCode.TESTS_FAILED
    reason = (
        f"--system: received {name!r} ({what}); allowed is facelab, package.module:factory, "
        "importable from here, or command: and a command line"
    )
    assert run.verdicts == {"T0 1": ("error", reason)}
    assert run.acceptance[0] == f"! T0  error        T0 1 – {reason}"
    assert not any("Traceback" in line for line in run.lines)


MINE = """
class Mine:
    name, version, capabilities = "my trainer", "3", ("stop", "photo ids")

    def train(self, photos, parameters, *, seeds, start=None, stop=None, progress=None):
        raise NotImplementedError
"""


def test_a_system_of_ones_own(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.folder / "ours.py").write_text(MINE)
    monkeypatch.syspath_prepend(project.folder)
    project.steps(EXAM)
    project.family("T0", "the exam is opened")
    run = project.run("--system", "ours:Mine", "--seeds", "7-8")
    assert run.status == pytest.ExitCode.OK
    setting = {key: run.record["run"][key] for key in ("system", "capabilities", "source", "seeds")}
    assert setting == {
        "system": "my trainer 3",
        "capabilities": ["photo ids", "stop"],
        "source": "recorded frames in fixtures/",
        "seeds": [7, 8],
    }
    page = (run.folder / "acceptance.html").read_text("utf-8")
    cover = page[: page.index("<section")]
    assert "my trainer 3" in cover
    assert "photo ids, stop" in cover


def test_system_and_source_may_be_overridden(project: Project) -> None:
    project.steps(
        EXAM
        + """
class Named:
    version, capabilities = "2", ()

    def __init__(self, name):
        self.name = name

@pytest.fixture(scope="session")
def system():
    return Named("a stand-in")

@pytest.fixture(scope="session")
def source():
    return Named("thin air")
"""
    )
    project.family("T0", "the exam is opened")
    run = project.run()
    assert run.status == pytest.ExitCode.OK
    assert {key: run.record["run"][key] for key in ("system", "capabilities", "source")} == {
        "system": "a stand-in 2",
        "capabilities": ["nothing beyond training and answering"],
        "source": "thin air",
    }


@pytest.mark.slow
def test_opencv_that_cannot_start(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.family("T0", "all is well")
    monkeypatch.setenv("PYTHONPATH", f"{without_libgl(project.folder)}:{ROOT}")
    run = project.run(apart=True)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        "ERROR: OpenCV cannot start: libGL.so.1: cannot open shared object file: No such file or "
        "directory; install what it needs, on Debian and Ubuntu with "
        "`apt-get install libgl1 libglib2.0-0`"
    )
    assert not any("Traceback" in line for line in run.lines)
    assert not run.folder.exists()


@pytest.mark.slow
def test_importing_the_plugin_is_cheap() -> None:
    # in a process of its own: this one has imported everything already
    late = {"cv2", "tensorflow", "scipy", "joblib", "vl_convert"}
    code = f"import sys, facelab.plugin; print({late} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_json_is_json(project: Project) -> None:
    project.steps(
        """
from facelab.contract.interval import Interval

@then("it is not a number")
def nan(sheet):
    sheet.judge("loss", [float("nan")], Interval.at_least(0))
"""
    )
    project.family("T0", "all is well\n    Then it is not a number")
    run = project.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    text = (run.folder / "acceptance.json").read_text("utf-8")
    assert json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert run.verdicts["T0 1"][1] == "loss: measured not a number, at least 0 demanded"


def test_a_bare_project_needs_no_prose_and_no_title_block(project: Project) -> None:
    (project.folder / "pyproject.toml").unlink()
    project.feature("a", "Feature: A\n  Scenario: b\n    Then all is well\n")
    run = project.run("features")
    assert run.status == pytest.ExitCode.OK
    assert run.acceptance == [
        "+ a  accepted     b",
        "+ accepted: 1 of 1 scenario accepted, 100 %; report: reports/acceptance.html",
    ]
