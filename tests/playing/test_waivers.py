"""Waivers: what a reviewer accepts is a reservation; what is no waiver is one clear line."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import Project, Run

TODAY = datetime.now(UTC).date()

UNTIL = TODAY + timedelta(days=1)
"""The last day of a waiver that is good: midnight may pass before it is used."""

STEPS = """
from facelab.contract.interval import Interval

@then(parsers.parse("at most {most:d} of {wrong:d} are wrong"))
def wrong(sheet, most, wrong):
    sheet.judge("errors", [wrong] * 5, Interval.at_most(most))
"""

SCENARIO = "all is well\n    Then at most 3 of 5 are wrong\n    And at most 5 of 5 are wrong"

WAIVER = {
    "scenario": '"T1 1"',
    "phrase": '"at most 3 of 5 are wrong"',
    "reason": '"The camera <is> replaced"',
    "who": '"A. Reviewer"',
    "until": UNTIL.isoformat(),
}


def toml(**changes: str | None) -> str:
    """Return a waiver as TOML; a field that is None is left out."""
    lines = {name: value for name, value in {**WAIVER, **changes}.items() if value is not None}
    return "[[waiver]]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items())


def play(project: Project, *waivers: str) -> Run:
    """Play a family that is refused, and one that waits for it, under these waivers."""
    project.steps(STEPS)
    project.family("T1", SCENARIO)
    project.family("T2", "all is well", after="T1")
    (project.folder / "reports").mkdir()
    (project.folder / "reports" / "waivers.toml").write_text("\n".join(waivers), encoding="utf-8")
    return project.run()


def test_a_waived_refusal_is_a_reservation(project: Project) -> None:
    run = play(project, toml())
    assert run.status == pytest.ExitCode.OK
    reason = (
        "errors: measured 5, at most 3 demanded (violated by 5 of 5 replicates); "
        f"waived by A. Reviewer until {UNTIL}"
    )
    assert run.verdicts == {
        "T1 1": ("accepted with reservations", reason),
        "T2 1": ("accepted", ""),
    }
    assert run.record["verdict"] == "accepted with reservations"
    steps = run.sheets[0]["steps"]
    assert [step["verdict"] for step in steps] == [
        "accepted",
        "accepted with reservations",
        "accepted",
    ]
    assert steps[1]["verdicts"][0]["accepted"] is False
    assert [waiver["state"] for waiver in run.record["waivers"]] == ["applied"]
    page = (run.folder / "acceptance.html").read_text("utf-8")
    told = f"Waived by A. Reviewer until {UNTIL}: The camera <is> replaced"
    assert html.unescape(page).count(told) == 2  # among the reservations, and on its sheet
    assert "The camera <is>" not in page
    assert 'id="anomalies"' in page
    assert "None: nothing was refused" in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"until": str(TODAY - timedelta(days=1))}, f"expired on {TODAY - timedelta(days=1)}; it"),
        ({"scenario": '"T7 1"'}, "matches no scenario of this run"),
        ({"phrase": '"at most 3 of 6 are wrong"'}, "matches no phrase of its scenario"),
        ({"phrase": '"at most 5 of 5 are wrong"'}, "without effect: no measure of its phrase was"),
        ({"scenario": '"T2 1"', "phrase": '"all is well"'}, "without effect: no measure of its"),
    ],
)
def test_a_waiver_that_waives_nothing_is_told(
    project: Project, changes: dict[str, str], state: str
) -> None:
    run = play(project, toml(**changes))
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert [verdict for verdict, _ in run.verdicts.values()] == ["refused", "blocked"]
    told = [line for line in run.lines if line.startswith("reports/waivers.toml: waiver 1 (")]
    assert len(told) == 1
    assert f"): {state}" in told[0]
    assert state in html.unescape((run.folder / "acceptance.html").read_text("utf-8"))


def test_a_waiver_that_is_not_needed_is_told(project: Project) -> None:
    needless = toml(phrase='"at most 5 of 5 are wrong"')
    run = play(project, toml(), needless)
    assert run.status == pytest.ExitCode.OK
    states = [waiver["state"] for waiver in run.record["waivers"]]
    assert states == ["applied", "not needed: what it waives was accepted"]


def test_the_name_of_an_outline_means_all_its_examples(project: Project) -> None:
    project.steps(STEPS)
    project.feature(
        "T1",
        "@T1\nFeature: F\n  Scenario Outline: Some\n    Then at most 3 of <wrong> are wrong\n"
        "    Examples:\n      | wrong |\n      | 3 |\n      | 5 |\n",
    )
    (project.folder / "reports").mkdir()
    (project.folder / "reports" / "waivers.toml").write_text(toml(scenario='"Some"'))
    run = project.run()
    assert {name: verdict for name, (verdict, _) in run.verdicts.items()} == {
        "Some (3)": "accepted",
        "Some (5)": "accepted with reservations",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[waiver]\n", "not TOML (Expected ']]' at the end of an array declaration (at line 1,"),
        ("[waiver]\n", "received one [waiver], allowed are [[waiver]] tables"),
        ("waiver = [3]\n", "received one [waiver], allowed are [[waiver]] tables"),
        ("[[waivers]]\n", "received 'waivers', allowed are [[waiver]] tables only"),
        (toml(reason=None), "waiver 1: 'reason' is missing; needed are scenario, phrase, reason,"),
        (toml(ticket='"7"'), "waiver 1: received 'ticket', allowed are scenario, phrase, reason,"),
        (
            toml() + toml(who='" "', scenario='"x"'),
            "waiver 2: who: received ' ', allowed is a text",
        ),
        (toml(phrase="3"), "waiver 1: phrase: received 3, allowed is a text"),
        (toml(until='"2027-03-31"'), "waiver 1: until: received '2027-03-31', allowed is a day"),
        (toml(until="2027-03-31T10:00:00"), "waiver 1: until: received datetime.datetime(2027,"),
        (toml() + toml(reason='"y"'), "waivers 1 and 2 are for the same phrase of the same scenar"),
    ],
)
def test_what_is_no_waiver_is_one_clear_line(project: Project, text: str, said: str) -> None:
    run = play(project, text)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    [line] = [line for line in run.lines if line.startswith("ERROR: ")]
    assert line.startswith(f"ERROR: reports/waivers.toml: {said}")
    assert not (run.folder / "acceptance.json").exists()


def test_no_file_is_no_waiver(project: Project) -> None:
    project.family("T0", "all is well")
    assert project.run().record["waivers"] == []
