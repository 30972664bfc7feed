"""Certainty: who is named, who is left without a name, and the exact bounds on their shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from facelab.judging import answers, certainty
from facelab.judging.answers import Answers

PEOPLE = ("Alex", "Amine")
ODDS: list[list[float]] = [[0.9, 0.1], [0.6, 0.4], [0, 0], [0.2, 0.8]]
"""Alex for certain, rather Alex, no face, Amine for certain."""


def asked(people: list[str], odds: list[list[float]] = ODDS) -> Answers:
    """Answers of one replicate to frames of people, two to a burst."""
    bursts = [f"burst {number // 2}" for number in range(len(people))]
    labels = pd.DataFrame({"person": people, "burst": bursts})
    return Answers(labels, np.array([odds], np.float32), PEOPLE)


def test_a_stranger_is_named_when_some_name_is_certain_enough() -> None:
    strangers = asked(["Zoe"] * 4)
    assert certainty.named(strangers).tolist() == [[True, False, False, True]]
    assert certainty.named(strangers, 0.5).tolist() == [[True, True, False, True]]
    assert certainty.named(strangers, 0.95).tolist() == [[False] * 4]


def test_somebody_known_is_left_without_a_name_also_under_another_s() -> None:
    known = asked(["Alex"] * 4)
    assert certainty.unnamed(known).tolist() == [[False, True, True, True]]
    assert certainty.unnamed(known, 0.5).tolist() == [[False, False, True, True]]


def test_a_burst_counts_once_as_what_half_of_its_frames_are() -> None:
    known = asked(["Alex"] * 4)
    found = np.array([[False, True, False, False], [True, True, False, False]])
    assert certainty.units(found, known.labels).tolist() == [[True, False], [True, False]]
    assert certainty.units(found[:1], known.labels, "person").tolist() == [[False]]


@pytest.mark.parametrize("count", [0, 1, 11, 12, 60])
def test_the_bounds_are_those_of_clopper_and_pearson(count: int) -> None:
    found = np.array([[True] * count + [False] * (60 - count)])
    upper = 1.0 if count == 60 else stats.beta.ppf(0.95, count + 1, 60 - count)
    lower = 0.0 if count == 0 else stats.beta.ppf(0.1, count, 61 - count)
    assert certainty.at_most(found) == pytest.approx([upper], abs=1e-9)
    assert certainty.at_least(found, 0.9) == pytest.approx([lower], abs=1e-9)


def test_of_60_strangers_11_may_be_named_when_30_percent_are_allowed() -> None:
    found = np.array([[True] * n + [False] * (60 - n) for n in (11, 12)])
    assert (certainty.at_most(found) <= 0.3).tolist() == [True, False]


def test_unsure_frames_are_those_of_their_most_probable_person() -> None:
    odds = asked(["Alex"] * 4).probabilities
    assert certainty.unsure_tally(odds).tolist() == [[1, 0, 0]]
    assert certainty.unsure_tally(odds, 0.85).tolist() == [[1, 1, 0]]
    assert answers.tally(odds).tolist() == [[2, 1, 1]]
