"""Changes: what moved between two runs, by replicates in pairs, said before it is refused."""

from __future__ import annotations

import copy
import html
import re
from pathlib import Path

import pytest

from facelab.cli import main
from facelab.contract.interval import Interval
from facelab.contract.verdict import judge
from facelab.report.changes import Change, changes
from facelab.report.document import render
from facelab.report.record import Family, Record, Sheet, Step, read_record, write_record
from facelab.report.since import compare, since
from tests.conftest import Project

LEAST = Interval.at_least(0.5)


def scenario(name: str, values: list[float], allowed: Interval = LEAST, **more: object) -> Sheet:
    """A scenario of one criterion."""
    seeds = more.pop("seeds", range(len(values)))
    found = judge("accuracy", values, allowed, seeds=seeds, **more)  # type: ignore[arg-type]
    verdict = "accepted" if found.accepted else "refused"
    step = Step("Then", f"the accuracy is {allowed}", verdict, 0.1, "", [found.as_dict()])
    reason = "" if found.accepted else str(found)
    return Sheet(name, f"n::{name}", "f.feature", 7, ["T1"], "", [step], verdict, reason)


def run(*sheets: Sheet, **more: object) -> Record:
    """A run of them."""
    setting = {"system": "mine 1", "capabilities": ["stop"], "certainty": 0.7,
               "environment": {"date": "2026-11-25 09:14 UTC", "numpy": "2.3"}}  # fmt: skip
    return Record({}, {**setting, **more}, [Family("T1", "t1", "f.feature", {}, list(sheets))])


BEFORE = [0.8, 0.82, 0.84, 0.86, 0.88]


@pytest.mark.parametrize(
    ("values", "more", "kind"),
    [
        (BEFORE, {}, None),
        ([0.79, 0.81, 0.83, 0.85, 0.87], {}, "moved"),  # all five lower, however little
        ([0.79, 0.81, 0.83, 0.85, 0.89], {}, None),  # four of five: chance in 6 of 32
        ([0.85, 0.87, 0.89, 0.91, 0.93], {}, "moved"),
        ([0.51, 0.52, 0.53, 0.54, 0.55], {}, "narrowed"),
        ([0.4, 0.41, 0.42, 0.43, 0.44], {}, "regression"),
        ([0.79, 0.81, 0.83, 0.85, 0.87], {"seeds": range(5, 10)}, None),  # not in pairs
        ([0.51, 0.52, 0.53, 0.54, 0.55], {"seeds": range(5, 10)}, "narrowed"),
        (BEFORE, {"allowed": Interval.at_least(0.4)}, "threshold"),
    ],
)
def test_what_moved(values: list[float], more: dict[str, object], kind: str | None) -> None:
    old, new = run(scenario("a", BEFORE)), run(scenario("a", values, **more))  # type: ignore[arg-type]
    found = [change.kind for change in changes(old, new) if change.kind != "feature"]
    assert found == ([kind] if kind else [])


def test_a_margin_that_shrinks_is_said_as_a_part_of_its_threshold() -> None:
    old = run(scenario("a", [0.585] * 5))
    new = run(scenario("a", [0.51] * 5))
    assert changes(old, new) == [
        Change(
            "narrowed",
            "n::a",
            "T1 a: accuracy: 0.585 before, now 0.51; margin 17 % before, now 2 %",
        )
    ]


def test_an_exact_count_has_moved_when_it_differs_and_a_rounding_has_not() -> None:
    most = Interval.at_most(1e-5)
    old = run(scenario("a", [3], Interval.at_most(30), exact=True),
              scenario("b", [1.5e-7], most, exact=True))  # fmt: skip
    new = run(scenario("a", [20], Interval.at_most(30), exact=True),
              scenario("b", [1.6e-7], most, exact=True))  # fmt: skip
    assert [(change.kind, change.node) for change in changes(old, new)] == [("narrowed", "n::a")]


def test_verdicts_features_waivers_and_settings() -> None:
    old = run(scenario("a", BEFORE), scenario("gone", BEFORE), scenario("b", [0.1] * 5))
    new = run(scenario("a", [0.1] * 5), scenario("new", BEFORE), scenario("b", BEFORE))
    new.families[0].sheets[0].steps.insert(0, Step("Given", "something"))
    new.run |= {"system": "mine 2", "environment": {"date": "later", "numpy": "2.4"}}
    new.recordings = {"sha256": "1", "rows": []}
    waiver = {"scenario": "a", "phrase": "p", "reason": "r", "who": "w", "until": "2999-01-01"}
    new.waivers = [{**waiver, "state": "applied"}]
    said = [(change.kind, change.text) for change in changes(old, new)]
    refusal = new.families[0].sheets[0].reason
    assert said == [
        ("regression", f"T1 a: accepted before, now refused: {refusal}"),
        ("regression", "T1 gone: the scenario is gone"),
        ("improvement", "T1 b: refused before, now accepted"),
        ("feature", "T1 a: new: “Given something”"),
        ("feature", "T1 new: a new scenario"),
        ("waiver", "new: “p” of “a”, by w until 2999-01-01: r"),
        ("setting", "system: mine 1 before, now mine 2"),
        ("setting", "the recorded frames or photos are others than before"),
        ("setting", "numpy: 2.3 before, now 2.4"),
    ]
    new.unplayed = ["features/T9.feature"]
    assert "the scenario is gone" not in str(changes(old, new))


def test_what_a_run_never_asked_is_no_change() -> None:
    old, new = run(scenario("a", BEFORE)), run(scenario("a", BEFORE), system="mine:Mine")
    del new.run["capabilities"], new.run["certainty"]
    assert changes(old, new) == []
    assert changes(new, old) == []
    assert [change.text for change in changes(old, run(scenario("a", BEFORE), certainty=0.6))] == [
        "certainty: 0.7 before, now 0.6"
    ]


def test_what_a_part_left_out_is_said() -> None:
    old = run(scenario("a", BEFORE), scenario("b", BEFORE), scenario("c", BEFORE))
    new = run(scenario("a", BEFORE))
    assert [change.kind for change in changes(old, new)] == ["regression"] * 2
    new.deselected = [{"family": "T1", "name": "b"}, {"family": "T1", "name": "c"}]
    told = "2 of 3 scenarios that were played before were not played now"
    assert [change.text for change in changes(old, new)] == [told]
    assert changes(new, old) == []


def test_what_a_run_never_came_to_is_no_regression() -> None:
    old, new = run(scenario("a", BEFORE)), run(scenario("a", BEFORE))
    [sheet] = new.sheets
    sheet.verdict, sheet.steps[0].verdict, sheet.steps[0].verdicts = "not run", "not run", []
    assert [change.kind for change in changes(old, new)] == ["regression"]
    for cause in ("ended", "choice"):
        new.causes = {sheet.node: cause}
        told = "1 of 1 scenarios that were played before were not played now"
        assert [(change.kind, change.text) for change in changes(old, new)] == [("part", told)]


@pytest.mark.parametrize(
    ("values", "fail_on", "status", "said"),
    [
        (BEFORE, "narrowed", 0, "nothing changed\n"),
        (
            [0.51] * 5,
            "regression",
            0,
            "Accepted, but the margin shrank by half or more: 1\n  T1 a: ",
        ),
        ([0.51] * 5, "narrowed", 1, "Accepted, but the margin shrank by half or more: 1\n  T1 a: "),
        ([0.1] * 5, "regression", 1, "Worse: 1\n  T1 a: accepted before, now refused"),
        ([0.1] * 5, "narrowed", 1, "Worse: 1\n"),
        ([0.1] * 5, None, 0, "Worse: 1\n"),
    ],
)
def test_the_command(
    values: list[float], fail_on: str | None, status: int, said: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    write_record(old, run(scenario("a", BEFORE)))
    write_record(new, run(scenario("a", values)))
    words = ["diff", str(old), str(new), *(["--fail-on", fail_on] if fail_on else [])]
    assert main(words) == status
    assert capsys.readouterr().out.startswith(said)
    assert main(["diff", str(old), str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_first_screen_says_what_changed() -> None:
    old, new = run(scenario("a", [0.585] * 5)), run(scenario("a", [0.51] * 5))
    new.since = since(old, new)
    page = render(new)
    cover = page[page.index('id="cover"') : page.index("</header>")]
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cover)).split())
    assert (
        "Since the last accepted run, of 2026-11-25 Accepted, but the margin shrank by half or "
        "more: 1 T1 a: accuracy: 0.585 before, now 0.51; margin 17 % before, now 2 % All changes"
    ) in text
    new.since["changes"] = []
    assert "Since the last accepted run, of 2026-11-25" in render(new)
    assert "Nothing changed." in render(new)


def test_a_record_before_and_after_it_was_on_disk(tmp_path: Path) -> None:
    old, new = run(scenario("a", [0.585] * 5)), run(scenario("a", [0.51] * 5))
    new.since = since(old, new)
    new.sheets[0].steps[0].verdicts[0]["earlier"] = [0.085, 0.04]
    write_record(tmp_path / "r.json", new)
    assert render(read_record(tmp_path / "r.json")) == render(copy.deepcopy(new))
    assert 'aria-label="margins of 3 runs"' in render(new)


LEARNS = """
from facelab.contract.interval import Interval

@then("the accuracy is at least 0.5")
def accurate(sheet):
    import pathlib
    text = pathlib.Path("accuracy.txt").read_text()
    sheet.judge("accuracy", [float(text)] * 5, Interval.at_least(0.5))
"""


@pytest.mark.slow
def test_run_after_run(project: Project) -> None:
    project.steps(LEARNS)
    project.family("T1", "all is well\n    Then the accuracy is at least 0.5")
    runs = []
    for accuracy in ("0.9", "0.8", "0.4", "0.55"):
        (project.folder / "accuracy.txt").write_text(accuracy)
        runs.append(project.run())
        record = runs[-1].record
        verdict = record["families"][0]["sheets"][0]["steps"][1]["verdicts"][0]
        runs[-1].lines.append(f"{record.get('since')} {verdict.get('earlier')}")
    first, second, third, fourth = [one.lines[-1] for one in runs]
    assert first == "{} None"
    assert "'kind': 'moved'" in second
    assert "'kind': 'regression'" in third
    assert "'kind': 'narrowed'" in fourth  # compared with the second, which was accepted
    assert re.search(r"\[0\.4, 0\.30\d*, -0\.0\d+\]$", fourth)
    assert any(
        line.endswith("accuracy: 0.8 before, now 0.55; margin 60 % before, now 10 %")
        for line in runs[3].lines
        if line.startswith("since ")
    )
    (project.folder / "reports" / "history").joinpath("2026Z accepted").mkdir()
    (project.folder / "reports/history/2026Z accepted/acceptance.json").write_text("{")
    assert project.run().status == pytest.ExitCode.OK


def test_compare_with_nothing(tmp_path: Path) -> None:
    record = run(scenario("a", BEFORE))
    compare(record, tmp_path)
    assert record.since == {}
