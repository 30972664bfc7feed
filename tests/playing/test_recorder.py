"""Recorder: what an exception means for a scenario."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_bdd.exceptions import StepDefinitionNotFoundError

from facelab.contract.errors import FacelabError, Lacking
from facelab.contract.history import History
from facelab.contract.interval import Interval
from facelab.contract.verdict import Refused
from facelab.playing.sheet import LiveSheet, verdict_on
from facelab.report.record import Sheet, Step


@pytest.mark.parametrize(
    ("error", "verdict", "reason"),
    [
        (Refused("5 of\n  3"), "refused", "5 of 3"),
        (AssertionError("no"), "refused", "no"),
        (AssertionError(), "refused", "AssertionError"),
        (pytest.fail.Exception("no"), "refused", "no"),
        (FacelabError("no folder"), "error", "no folder"),
        (Lacking("no film"), "not run", "no film"),
        (ValueError("a\nb"), "error", "ValueError: a b"),
        (KeyError(), "error", "KeyError: KeyError"),
        (StepDefinitionNotFoundError("nobody"), "undefined", "nobody"),
        (pytest.skip.Exception("no glasses"), "not run", "no glasses"),
        (pytest.skip.Exception("blocked by T0"), "blocked", "blocked by T0"),
    ],
)
def test_verdict_on(error: BaseException, verdict: str, reason: str) -> None:
    assert verdict_on(error) == (verdict, reason)


@pytest.fixture
def sheet() -> LiveSheet:
    """A sheet of two steps, the first of which is being played."""
    steps = [Step("Given", "one"), Step("Then", "two")]
    live = LiveSheet(Sheet("a", "n", "f", 1, [], "", steps), seeds=(10, 11, 12, 13, 14))
    live.begin()
    return live


def test_what_is_judged_stands_with_its_step(sheet: LiveSheet) -> None:
    sheet.end("accepted")
    sheet.begin()
    sheet.judge("errors", [0, 0, 0, 1, 1], Interval.exactly(0))
    sheet.end("accepted")
    first, second = sheet.sheet.steps
    assert first.verdicts == []
    assert [(v["measure"], v["seeds"]) for v in second.verdicts] == [
        ("errors", (10, 11, 12, 13, 14))
    ]
    assert second.duration >= 0


def test_what_is_refused_is_written_down_before_it_is_raised(sheet: LiveSheet) -> None:
    with pytest.raises(Refused, match=r"^errors: measured 1, exactly 0 demanded \(violated by 3"):
        sheet.judge("errors", [0, 0, 1, 1, 1], Interval.exactly(0))
    assert sheet.step.verdicts[0]["violations"] == 3


def test_a_refusal_says_what_was_found_in_the_replicate_that_decides(sheet: LiveSheet) -> None:
    asked: list[int] = []

    def found(replicate: int) -> str:
        asked.append(replicate)
        return f"replicate {replicate} errs"

    sheet.judge("errors", [0, 0, 0, 2, 3], Interval.exactly(0), found=found)
    assert asked == []
    nan = float("nan")
    with pytest.raises(Refused, match=r"^replicate 2 errs; errors: measured"):
        sheet.judge("errors", [0, 5, 2, 3, 0], Interval.exactly(0), found=found)
    with pytest.raises(Refused, match=r"^replicate 1 errs; errors: measured"):
        sheet.judge("errors", [0, nan, 2, 3, 0], Interval.exactly(0), exact=True, found=found)
    assert sheet.step.verdicts[2]["details"] == ("replicate 1 errs",)


def test_one_value_has_one_seed(sheet: LiveSheet) -> None:
    sheet.judge("people", 4, Interval.at_least(2))
    assert sheet.step.verdicts[0]["seeds"] == (10,)


def test_a_long_history_is_kept_once_under_a_name_of_its_own() -> None:
    long: dict[str, History] = {}
    one, other, short = (made_up(updates) for updates in (1201, 1300, 1200))
    live = LiveSheet(Sheet("a", "n", "f", 1, [], "", [Step("When", "x")]), [0], (), long, "my/T.1")
    live.begin()
    for history in (one, other, one, short):
        live.show_curves("curves", history)
    names = [shown.get("file") for shown in live.step.evidence]
    assert names == ["curves-my-T.1.csv", "curves-my-T.1-2.csv", "curves-my-T.1.csv", None]
    assert [id(kept) for kept in long.values()] == [id(one), id(other)]


def made_up(updates: int) -> History:
    """A history of so many updates of one replicate."""
    values = np.ones((1, updates), np.float32)
    photos = np.zeros((1, updates, 1), np.int32)
    return History((0,), values, values, values, photos, updates, 2)
