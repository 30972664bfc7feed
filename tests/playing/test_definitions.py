"""Definitions of steps: two that match, and one that nobody would wait for, are refused."""

from __future__ import annotations

import pytest

from tests.conftest import STEPS, Project

LINE = STEPS.count("\n") + 1

TWO = """@step(parsers.parse("{number:d} photos"))
def counted(number):
    pass

@step(parsers.parse("{some} photos"))
def some(some):
    pass
"""


def test_two_definitions_match(project: Project) -> None:
    project.steps(TWO)
    project.family("T0", "all is well\n    And 3 photos")
    run = project.run()
    assert run.status == pytest.ExitCode.USAGE_ERROR
    [line] = [line for line in run.lines if line.startswith("ERROR: ")]
    where = f"conftest.py:{LINE} and at conftest.py:{LINE + 4}"
    assert line == (
        f"ERROR: T0.feature:13: '3 photos' is defined 2 times, at {where}; reword one of them"
    )
    assert not run.folder.exists()


def test_one_of_them_may_be_nearer(project: Project) -> None:
    project.steps(TWO.split("\n\n")[0])
    (project.folder / "features" / "conftest.py").write_text(
        "from pytest_bdd import step\n\n@step('3 photos')\ndef mine():\n    assert False, 'mine'\n"
    )
    project.family("T0", "3 photos")
    run = project.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.verdicts["T0 1"][0] == "refused"
    assert run.verdicts["T0 1"][1].startswith("mine")


def test_one_function_may_have_two_wordings(project: Project) -> None:
    project.steps(
        """
@step("3 photos")
@step(parsers.parse("{number} photos"))
def photos(number=None):
    pass
"""
    )
    project.family("T0", "3 photos")
    assert project.run().status == pytest.ExitCode.OK


@pytest.mark.parametrize("body", ["    raise AssertionError\n", "    yield\n"])
def test_an_async_step_never_passes(project: Project, body: str) -> None:
    project.steps(f'@step("one has to wait")\nasync def waited():\n{body}')
    project.family("T0", "all is well", "one has to wait")
    run = project.run()
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        f"ERROR: T0.feature:14: 'one has to wait' is played by an async function, at "
        f"conftest.py:{LINE}, that nobody would wait for; make it a plain one"
    )


def test_steps_that_are_not_played_are_left_alone(project: Project) -> None:
    project.steps(TWO)
    project.family("T0", "all is well")
    project.family("T1", "3 photos")
    assert project.run("-m", "T0").status == pytest.ExitCode.OK
