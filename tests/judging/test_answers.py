"""Answers: errors, tables, tallies, exact tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from facelab.judging import answers
from facelab.judging.answers import Answers

PEOPLE = ("Alex", "Amine", "Lara")


def given(expected: str, *replicates: str) -> Answers:
    """Answers by first letters: a = Alex, m = Amine, l = Lara."""
    letters = "aml"
    odds = np.array([[np.eye(3)[letters.index(p)] for p in row] for row in replicates], np.float32)
    people = [PEOPLE[letters.index(letter)] for letter in expected]
    files = [f"{number}.jpg" for number in range(len(people))]
    return Answers(pd.DataFrame({"file": files, "person": people}), odds, PEOPLE)


def test_errors_of_each_replicate() -> None:
    asked = given("aaml", "aaml", "mmml", "laaa")
    assert answers.errors(asked).tolist() == [0, 2, 3]
    assert answers.error_rate(asked).tolist() == [0, 0.5, 0.75]


def test_prediction_table() -> None:
    table = answers.prediction_table(given("am", "ml"))
    assert table.to_dict("list") == {
        "file": ["0.jpg", "1.jpg"],
        "expected": ["Alex", "Amine"],
        "predicted": ["Amine", "Lara"],
        "error": [True, True],
        "probability": [1.0, 1.0],
    }


def test_a_stranger_is_always_answered_wrong() -> None:
    asked = given("aa", "am")
    asked.labels["person"] = "Zoe"
    assert answers.errors(asked)[0] == 2


def test_confused_counts_only_the_pair() -> None:
    asked = given("aammll", "mlamal")
    assert answers.confused(asked, ("Alex", "Amine")).tolist() == [[1, 0, 1, 0, 0, 0]]


def test_of_keeps_frames_and_answers_together() -> None:
    asked = given("amlm", "mmla").of(["Amine"])
    assert asked.labels["file"].tolist() == ["1.jpg", "3.jpg"]
    assert asked.wrong.tolist() == [[False, True]]


def test_tally_adds_up() -> None:
    counts = answers.tally(given("aaaa", "aaml", "llll").probabilities)
    assert counts.tolist() == [[2, 1, 1], [0, 0, 4]]
    assert answers.share(counts, 0).tolist() == [0.5, 0]
    assert answers.lead(counts, 0).tolist() == [2, 0]
    assert answers.lead(counts, 2)[1] == np.inf


@pytest.mark.parametrize(("wrong", "frames"), [(0, 59), (15, 49), (49, 49)])
def test_error_bounds_are_clopper_and_pearsons(wrong: int, frames: int) -> None:
    lower = stats.beta.ppf(0.05, wrong, frames - wrong + 1) if wrong else 0.0
    upper = stats.beta.ppf(0.95, wrong + 1, frames - wrong) if wrong < frames else 1.0
    assert answers.error_bound(wrong, frames, "lower") == pytest.approx(lower)
    assert answers.error_bound(wrong, frames, "upper") == pytest.approx(upper)


def test_fewer_is_mcnemars_exact_test() -> None:
    before = np.array([[True] * 10 + [False] * 10])
    after = np.array([[False] * 8 + [True] * 3 + [False] * 9])
    expected = stats.binomtest(1, 9, alternative="less").pvalue
    assert answers.fewer(before, after)[0] == pytest.approx(expected)
    assert answers.fewer(before, before)[0] == 1
