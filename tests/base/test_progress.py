"""Progress: silent on short work, a line or a bar on long work, past pytest's capture."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable

import pytest

from facelab.base import progress
from tests.conftest import Project


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Move the time that progress reads."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def later(seconds: float) -> None:
        now[0] += seconds

    return later


def test_short_work_is_silent(clock: Callable[[float], None]) -> None:
    for file in (io.StringIO(), Terminal()):
        with progress.shown_on(file), progress.progress("training", "updates") as told:
            clock(1.9)
            told(9, 10)
            clock(5)
            told(10, 10)  # it is done: nothing is left to say
        assert file.getvalue() == ""


def test_long_work_is_told_in_lines_with_rate_and_time_left(clock: Callable[[float], None]) -> None:
    with (
        progress.shown_on(io.StringIO()) as file,
        progress.progress("training on 103 photos", "updates") as told,
    ):
        clock(1)
        told(1_000, 40_000)  # it compiled: that is no rate
        for done in range(3_000, 35_000, 2_000):
            clock(1)
            told(done, 40_000)
    assert file.getvalue().splitlines() == [
        "training on 103 photos: 3,000 of 40,000 updates, 2,000.0 a second, 18 s left",
        "training on 103 photos: 23,000 of 40,000 updates, 2,000.0 a second, 8 s left",
    ]


def test_a_terminal_gets_a_bar_that_goes(clock: Callable[[float], None]) -> None:
    with progress.shown_on(Terminal()) as file, progress.progress("training", "updates") as told:
        for done in range(0, 40_000, 2_000):
            told(done, 40_000)
            clock(1)
        shown = file.getvalue()
    text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", shown)
    assert "38000/40000 updates, 2,000.0 a second, 0:00:01 left" in text
    assert file.getvalue().endswith("\x1b[2K")  # the line is wiped


LONG = """
from facelab.base import progress
progress.GRACE = 0

@step("long work")
def working():
    print("swallowed")
    with progress.progress("working", "pieces") as told:
        told(1, 3)
        told(2, 3)
"""


@pytest.mark.slow
@pytest.mark.parametrize("capture", ["fd", "sys", "no"])
def test_capture_does_not_swallow_it(project: Project, capture: str) -> None:
    project.steps(LONG)
    project.family("T0", "long work")
    done = project.pytester.runpytest_subprocess("-pno:hypothesispytest", f"--capture={capture}")
    assert done.ret == pytest.ExitCode.OK
    assert "working: 1 of 3 pieces" in done.errlines
    assert ("swallowed" in done.stdout.str()) == (capture == "no")
