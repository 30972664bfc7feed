"""What a run leaves out: written down with its cause, said at the end, a failure when asked."""

from __future__ import annotations

import pytest

from tests.conftest import Project

LACKING = """
from facelab.contract.errors import Lacking, Unoffered
from facelab.contract.interval import Interval
from facelab.contract.system import Capability, Granted

class Bare:
    name, version, capabilities = "bare", "1", ()

@pytest.fixture(scope="session")
def system():
    return Bare()

@then("it can be stopped")
def stopped(sheet, system):
    if not sheet.lacks(system, Capability.STOP):
        raise AssertionError

@then(parsers.parse("{number:d} is 3"))
def three(sheet, number):
    sheet.judge("a number", [number], Interval.exactly(3), exact=True)

@then("it tells accuracies")
def accuracies(sheet, system):
    assert not sheet.lacks(system, Granted.ACCURACY)
    system.limits = ("accuracy",)
    assert sheet.lacks(system, Granted.ACCURACY)

@then("it trains at a rate of 3")
def rate():
    raise Unoffered("bare does not offer a rate of 3, but 1")

@then("there is a film")
def film():
    raise Lacking("the gallery has no film")

@then("nobody waits for the end")
def impatient():
    raise KeyboardInterrupt

@step("it is asked for")
def asked(sheet):
    sheet.leave_out("ask for it", by_choice=True)
"""

BEFORE = "all is well\n    Then 3 is 3\n    And it can be stopped"


@pytest.fixture
def book(project: Project) -> Project:
    project.steps(LACKING)
    return project


def test_what_was_judged_stays_judged(book: Project) -> None:
    book.family("T0", f"{BEFORE}\n    And 3 is 3")
    run = book.run("--junitxml=j.xml")
    assert run.status == pytest.ExitCode.OK
    reason = "bare 1 does not offer to be stopped"
    assert run.verdicts == {"T0 1": ("accepted with reservations", reason)}
    assert [(s["verdict"], len(s["verdicts"])) for s in run.sheets[0]["steps"]] == [
        ("accepted", 0),
        ("accepted", 1),
        ("not run", 0),
        ("accepted", 1),
    ]
    assert run.acceptance == [
        f"~ T0  partly run   T0 1 – {reason}",
        "+ accepted with reservations: 0 of 1 scenario accepted, 0 %; 1 partly run: for what the "
        "system does not offer (to be stopped); report: reports/acceptance.html",
    ]
    assert list(run.record["causes"].values()) == ["system"]
    page = (run.folder / "acceptance.html").read_text("utf-8")
    assert "Partly run: 2 of 3 steps under Then were judged, and hold." in page
    assert 'value="2 of 3 checks judged"' in (book.folder / "j.xml").read_text("utf-8")


def test_a_refusal_after_what_is_lacking_refuses(book: Project) -> None:
    book.family("T0", f"{BEFORE}\n    And 4 is 3")
    run = book.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.verdicts["T0 1"] == ("refused", "a number: measured 4, exactly 3 demanded")


def test_a_waiver_and_what_is_lacking_both_stand(book: Project) -> None:
    book.family("T0", f"{BEFORE}\n    And 4 is 3")
    (book.folder / "reports").mkdir()
    (book.folder / "reports" / "waivers.toml").write_text(
        '[[waiver]]\nscenario = "T0 1"\nphrase = "4 is 3"\nreason = "r"\nwho = "w"\n'
        "until = 2999-01-01\n"
    )
    run = book.run()
    assert run.status == pytest.ExitCode.OK
    verdict, reason = run.verdicts["T0 1"]
    assert verdict == "accepted with reservations"
    assert "waived by w" in reason
    assert reason.endswith("; bare 1 does not offer to be stopped")
    assert run.acceptance[0].startswith("~ T0  partly run ")


def test_every_cause_is_told(book: Project) -> None:
    book.family("T0", "all is well\n    Then there is a film", "it is asked for", "all is well")
    book.family("T1", "it is left out for want of glasses", "all is well", after="T0")
    run = book.run("--deselect", "features/T1.feature::test_t1_2")
    assert run.status == pytest.ExitCode.OK
    assert run.acceptance[-1] == (
        "~ partly run: a part of the book: 2 of 2 features, 4 of their 5 scenarios; 1 of 3 "
        "scenarios accepted; 2 not run: 1 for what the gallery does not have, 1 for another "
        "reason; 1 more left out by choice; report: reports/acceptance.html"
    )
    assert list(run.record["causes"].values()) == ["gallery", "choice", "other"]
    assert [one["node"] for one in run.record["deselected"]] == ["features/T1.feature::test_t1_2"]


def test_what_a_prerequisite_puts_back_is_not_deselected(book: Project) -> None:
    book.family("T0", "all is well")
    book.family("T1", "all is well", after="T0", tags="@R4")
    book.family("T2", "all is well", after="T0")
    run = book.run("-m", "T1")
    assert [one["name"] for one in run.record["deselected"]] == ["T2 1"]
    assert run.record["verdict"] == "partly run"
    assert run.status == pytest.ExitCode.OK


@pytest.mark.slow
def test_a_run_that_ends_early_keeps_what_was_judged(book: Project) -> None:
    book.family(
        "T0", "all is well\n    Then 3 is 3\n    And nobody waits for the end", "all is well"
    )
    run = book.run(apart=True)
    assert run.status == pytest.ExitCode.INTERRUPTED
    assert run.verdicts == {
        "T0 1": ("accepted with reservations", "the run ended before"),
        "T0 2": ("not run", "the run ended before"),
    }
    assert set(run.record["causes"].values()) == {"ended"}
    assert "1 partly run; 1 not run: because the run ended before" in run.acceptance[-1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "options", "why"),
    [
        (BEFORE, [], "1 for what the system does not offer (to be stopped)"),
        ("it is asked for", [], "1 left out by choice"),
        ("it is left out for want of glasses", [], "1 for another reason"),
        ("all is well", ["-k", "t0_2"], "1 not selected"),
    ],
)
def test_nothing_left_out(book: Project, step: str, options: list[str], why: str) -> None:
    book.family("T0", step, "all is well")
    assert book.run(*options).status == pytest.ExitCode.OK
    run = book.run("--nothing-left-out", *options)
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.record["verdict"] == "incomplete"
    assert run.record["run"]["nothing_left_out"] is True
    assert run.said(
        f"--nothing-left-out: 1 of 2 scenarios was not run, or only in part: {why}"
    )  # fmt: skip
    part = "a part of the book: 1 of 1 feature, 1 of their 2 scenarios; 1 of 1 scenario accepted"
    came = part if options else "1 of 2 scenarios accepted, 50 %; 1 "
    assert run.acceptance[-1].startswith(f"x incomplete: {came}")


def test_nothing_left_out_of_a_whole_run(book: Project) -> None:
    book.family("T0", "all is well")
    run = book.run("--nothing-left-out")
    assert run.status == pytest.ExitCode.OK
    assert run.record["verdict"] == "accepted"
    assert not any(line.startswith("--nothing-left-out") for line in run.lines)


def test_what_is_granted_unless_a_system_says_otherwise(book: Project) -> None:
    book.family("T0", "it tells accuracies", "it trains at a rate of 3", "there is a film")
    run = book.run()
    told = "bare 1 does not offer the accuracy of an update"
    assert [why for _, why in run.verdicts.values()] == [
        told, "bare does not offer a rate of 3, but 1", "the gallery has no film"
    ]  # fmt: skip
    assert list(run.record["causes"].values()) == ["system", "system", "gallery"]
