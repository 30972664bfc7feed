"""Growth: crowds set against each other, on answers whose results are known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from facelab.judging.growth import (
    Growth,
    exact_band,
    first_and_last,
    settling_power,
    turned,
    won,
)

MANNERS = ("bare", "bare", "glasses")
SHOTS = ("a", "b", "a")


def wrong(*people: str) -> NDArray[np.bool_]:
    """Return the wrong answers of one replicate: a word of x (wrong) and . (right) a person."""
    return np.array([[letter == "x" for letter in "".join(people)]])


def growth(*crowds: NDArray[np.bool_], settled: object = ()) -> Growth:
    """Return crowds of people with three probes each: two shots bare, the first with glasses."""
    people = tuple(crowd.shape[1] // 3 for crowd in crowds)
    labels = pd.DataFrame(
        [
            {"person": f"P{n}", "shot": f"{n}{shot}", "manner": manner}
            for n in range(people[-1])
            for shot, manner in zip(SHOTS, MANNERS, strict=True)
        ]
    )
    photos = tuple(30 * n for n in people)
    return Growth(people, photos, crowds, np.array(settled, float), labels)


SMALL, LARGE = wrong("...", "..x"), wrong("..x", ".xx", "xxx")


def test_a_frame_is_compared_in_the_first_crowd_of_its_person_and_in_the_last() -> None:
    middle = wrong("xxx", "...", "x..")
    last = wrong("...", "...", "...", "xxx")
    few, many = first_and_last((wrong("...", "..x"), middle, last))
    assert few.tolist() == wrong("...", "..x", "x..").tolist()  # the third person from `middle` on
    assert many.tolist() == wrong("...", "...", "...").tolist()  # the fourth has no smaller crowd


def test_what_glasses_turn_is_right_when_bare() -> None:
    small, large = turned(growth(SMALL, LARGE), "glasses")
    assert small.tolist() == [[False, True]]
    assert large.tolist() == [[True, True, False]]  # of the third person the bare shot is wrong too


def test_a_face_wins_with_more_answers_than_any_other() -> None:
    person = np.array(["a"] * 3 + ["b"] * 3)
    right = np.array([[False, True, False, False, True, True]])
    share = won(
        np.stack([right[0], right[0]]), np.array([[0, 1, 0, 1, 0, 2], [0, 1, 0, 1, 2, 2]]), person
    )
    # b has one right answer; against one for each of two others it does not win, nor against two
    assert share.tolist() == [0.5, 0.5]
    assert won(~right & False, np.zeros_like(right, np.intp), person).tolist() == [1]


def test_the_band_is_exact() -> None:
    low, high = exact_band(3, 40)
    assert stats.binom.sf(2, 40, low) == pytest.approx(0.025)
    assert stats.binom.cdf(3, 40, high) == pytest.approx(0.025)
    assert exact_band(0, 12)[0] == 0


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_a_power_is_found_again(power: float) -> None:
    crowds = [np.zeros((1, 3 * n), bool) for n in (10, 30, 90)]
    settled = [[999], [30**power], [90**power]]
    assert settling_power(growth(*crowds, settled=settled), 30) == pytest.approx(power)


def test_a_crowd_that_never_settles_has_no_power() -> None:
    crowds = [np.zeros((1, 3 * n), bool) for n in (30, 90)]
    assert settling_power(growth(*crowds, settled=[[30], [math.inf]])).tolist() == [math.inf]
