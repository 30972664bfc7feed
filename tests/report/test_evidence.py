"""Evidence: what a step shows is what it was given."""

from __future__ import annotations

import numpy as np
import pytest

from facelab.contract.history import History
from facelab.report import evidence


def history(updates: int, first: float) -> History:
    """Two replicates whose loss counts up from ``first``, and 10 more for the second."""
    loss = (np.arange(updates) + np.array([[first], [first + 10]])).astype(np.float32)
    order = np.zeros((2, updates, 1), np.int32)
    return History((3, 4), loss, 1 - loss, np.ones_like(loss), order, 1, 4)


def test_a_curve_is_shown_from_its_first_value_to_its_last() -> None:
    shown = evidence.curves("one", history(3, 0))
    assert shown["loss"] == {
        "update": [1, 2, 3],
        "low": [[0, 1, 2], [10, 11, 12]],
        "high": [[0, 1, 2], [10, 11, 12]],
    }
    assert shown["accuracy"]["low"] == [[1, 0, -1], [-9, -10, -11]]
    assert (shown["updates"], shown["seeds"]) == (3, [3, 4])


def test_every_training_has_its_own_curves() -> None:
    one, other = (evidence.curves("a training", history(3, first)) for first in (0, 5))
    assert (one["loss"]["low"][0][0], other["loss"]["low"][0][0]) == (0, 5)


@pytest.mark.parametrize("updates", [1201, 40_000])
def test_of_a_long_curve_every_part_keeps_its_extremes(updates: int) -> None:
    shown = evidence.curves("long", history(updates, 0))["loss"]
    assert shown["update"][0] == 1
    assert (shown["low"][0][0], shown["high"][0][-1]) == (0, updates - 1)
    assert len(shown["update"]) == len(shown["low"][0]) == 400
    gaps = np.subtract(shown["low"][0][1:], shown["high"][0][:-1])
    np.testing.assert_allclose(gaps, 1, atol=0.51)  # five digits are kept


def test_a_tally_keeps_names_and_counts_together() -> None:
    shown = evidence.tally("detections", "Ann", ("Ann", "Bo"), np.array([7, 2]))
    assert (shown["people"], shown["counts"]) == (["Ann", "Bo"], [7, 2])


def test_a_table_of_curves_leaves_open_what_an_interrupted_replicate_did_not_draw() -> None:
    drawn = history(3, 0.25)
    drawn.loss[1, 2] = drawn.accuracy[1, 2] = np.nan
    drawn.loss[0, 1] = np.inf
    drawn.loss[0, 2] = 123_456
    assert evidence.curves_csv(drawn) == (
        'update,"loss, seed 3","accuracy, seed 3","loss, seed 4","accuracy, seed 4"\n'
        "1,0.25,0.75,10.25,-9.25\n"
        "2,inf,-0.25,11.25,-10.25\n"
        "3,1.2346e+05,-1.25,,\n"
    )
