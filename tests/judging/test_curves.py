"""Curve phrases: histories just inside, on and just outside each bound."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from facelab.contract.history import History
from facelab.contract.verdict import Refused
from facelab.judging import curves


def history(
    loss: ArrayLike = (),
    accuracy: ArrayLike = (),
    *,
    photos: ArrayLike | None = None,
    updates_per_epoch: int = 1,
    rate: float = 1.0,
    people: int = 4,
) -> History:
    """One replicate with batches of one photo, unless told otherwise."""
    loss = np.atleast_2d(np.asarray(loss if np.size(loss) else np.ones_like(accuracy), np.float32))
    accuracy = np.atleast_2d(
        np.asarray(accuracy if np.size(accuracy) else np.ones_like(loss), np.float32)
    )
    if photos is None:
        photos = np.arange(loss.size)[:, None] % updates_per_epoch
    order = np.asarray(photos, np.int32)[None]
    return History((0,), loss, accuracy, np.full_like(loss, rate), order, updates_per_epoch, people)


def test_epoch_means_are_weighted_by_the_batch_size() -> None:
    one = history([1, 4, 2, 8], photos=[[0, 1], [2, -1]] * 2, updates_per_epoch=2)
    np.testing.assert_allclose(curves.epoch_means(one, one.loss), [[2, 4]])


def test_an_unfinished_epoch_has_no_mean() -> None:
    one = history([1, 2, 3], updates_per_epoch=2)
    np.testing.assert_allclose(curves.epoch_means(one, one.loss), [[1.5]])


@pytest.mark.parametrize(("last", "drop"), [(1.0, 0.0), (0.99, 0.01), (0.9, 0.1), (1.1, -0.1)])
def test_loss_drop(last: float, drop: float) -> None:
    assert curves.loss_drop(history([1, 0.5, last]))[0] == pytest.approx(drop, abs=1e-6)


@pytest.mark.parametrize(
    ("loss", "rise"), [([1, 0.9, 0.8], -0.1), ([1, 1, 0.8], 0.0), ([1, 0.7, 0.8], 0.1)]
)
def test_largest_rise(loss: list[float], rise: float) -> None:
    assert curves.largest_rise(history(loss))[0] == pytest.approx(rise, abs=1e-6)


def test_accuracy_swing_is_the_mean_absolute_change() -> None:
    assert curves.accuracy_swing(history(accuracy=[0, 1, 1, 0.5]))[0] == pytest.approx(0.5)


def test_late_accuracy_is_the_lowest_of_the_last_half() -> None:
    assert curves.late_accuracy(history(accuracy=[0, 0.1, 0.9, 1]))[0] == pytest.approx(0.9)


@pytest.mark.parametrize(("first_high", "share"), [(0, 0.25), (10, 0.5), (30, 1.0)])
def test_settling_share_counts_to_the_end_of_the_window(first_high: int, share: float) -> None:
    accuracy = (np.arange(40) >= first_high).astype(float)
    assert curves.settling_share(history(accuracy=accuracy), 1.0)[0] == pytest.approx(share)


def test_what_never_settles_takes_for_ever() -> None:
    assert curves.settling_share(history(accuracy=np.zeros(40)), 0.9)[0] == math.inf


def test_final_loss_is_a_share_of_chance() -> None:
    assert curves.final_loss(history([2, math.log(4) / 2]))[0] == pytest.approx(0.5)


def test_first_loss_is_the_distance_from_chance() -> None:
    assert curves.first_loss(history([math.log(4) - 0.2]))[0] == pytest.approx(0.2, abs=1e-6)


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_values_that_are_not_finite_are_found(broken: float) -> None:
    assert math.isnan(curves.smallest_loss(history([1, broken]))[0])
    assert math.isnan(curves.smallest_loss(history([1, 1], [1, broken]))[0])


@pytest.mark.parametrize(
    ("photos", "uneven"),
    [
        ([[0], [1], [2]], 0),
        ([[0], [1], [1]], 2),  # 2 is missing, 1 seen twice: nothing else has number 2
        ([[0], [0], [2]], 2),
    ],
)
def test_each_photo_once(photos: list[list[int]], uneven: int) -> None:
    whole = [[0], [1], [2]]
    both = history([1] * 6, photos=photos + whole, updates_per_epoch=3)
    assert curves.uneven_photos(both)[0] == uneven


def test_repeated_orders() -> None:
    same = history([1] * 6, photos=[[0], [1], [2]] * 2, updates_per_epoch=3)
    other = history([1] * 6, photos=[[0], [1], [2], [0], [2], [1]], updates_per_epoch=3)
    assert curves.repeated_orders(same)[0] == 1
    assert curves.repeated_orders(other)[0] == 0


@pytest.mark.parametrize(
    ("accuracy", "odd"), [([0, 0.5, 1], 0), ([0.3, 0.5, 1], 1), ([2, 0, 0], 1)]
)
def test_odd_accuracies(accuracy: list[float], odd: int) -> None:
    pairs = history(accuracy=accuracy, photos=[[0, 1]] * 3)
    assert curves.odd_accuracies(pairs)[0] == odd


@pytest.mark.parametrize(("used", "error"), [(1.0, 0.0), (10.0, 9.0), (0.99, 0.01)])
def test_rate_error(used: float, error: float) -> None:
    measured = curves.rate_error(history([1, 1, 1], rate=used), 1.0)
    assert measured[0] == pytest.approx(error, abs=1e-6)


def test_differing_values() -> None:
    whole, part, unlike = history([3, 2, 1]), history([3, 2]), history([3, 2.5])
    assert curves.differing_values(part, whole)[0] == 0
    assert curves.differing_values(unlike, whole)[0] == 1
    diverged, again = history([3, math.inf, math.nan]), history([3, math.inf, math.nan, 1])
    assert curves.differing_values(diverged, again)[0] == 0
    assert curves.differing_values(diverged, history([3, math.inf, 1]))[0] == 1


INF = float("inf")


@pytest.mark.parametrize(
    ("loss", "answers", "decreases"),
    [([3, 2], 1.5, 0.5), ([3, 2], 2.5, -0.5), ([2, 2], 1, INF), ([INF, INF], INF, math.nan)],
)
def test_next_decrease(loss: list[float], answers: float, decreases: float) -> None:
    measured = curves.next_decrease(history(loss), np.array([answers]))
    np.testing.assert_array_equal(measured, [decreases])


def test_what_is_infinite_on_both_sides_is_no_number_and_no_error() -> None:
    never = history(accuracy=[0, 0, 0])
    assert np.isnan(curves.updates_later(never, never, 0.9, 2))
    assert curves.updates_later(never, history(accuracy=[1, 1, 1]), 0.9, 2) == [INF]
    assert np.isnan(curves.largest_rise(history([INF, INF])))
    assert np.isnan(curves.loss_drop(history([INF, INF])))
    assert np.isnan(curves.largest_change([history([INF]), history([INF])]))


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (lambda one: curves.updates_to_settle(one, 0.9, 1000), "fewer than the 1000 that the mean"),
        (lambda one: curves.next_decrease(one, np.ones(1)), "fewer than the two that a decrease"),
        (curves.largest_rise, "fewer than those of two epochs"),
        (curves.accuracy_swing, "fewer than the two that a change takes"),
        (
            lambda one: curves.differing_values(history([1, 1]), one),
            "fewer than the 2 of the interrupted training",
        ),
    ],
)
def test_too_few_values_are_refused_with_a_reason(measure: Any, said: str) -> None:
    with pytest.raises(Refused, match=f"^1 values, {said}"):
        measure(history([1]))


def interrupted() -> History:
    """Two replicates, interrupted after 4 and 3 updates, two an epoch."""
    loss = np.array([[4, 3, 2, 1], [4, 3, 2, np.nan]], np.float32)
    accuracy = np.array([[0, 1, 0, 0], [1, 0, 1, np.nan]], np.float32)
    photos = np.array([[[0], [1], [1], [0]], [[1], [0], [1], [-1]]], np.int32)
    return History((0, 1), loss, accuracy, loss, photos, 2, 4)


def test_replicates_may_be_interrupted_at_different_updates() -> None:
    part = interrupted()
    assert part.drawn.tolist() == [4, 3]
    wrong, photos = curves.errors_of_last_epoch(part)
    assert (wrong.tolist(), photos) == ([2, 1], 2)
    whole = History(
        (0, 1), np.array([[4, 3, 2, 1, 0], [4, 3, 2, 9, 9]], np.float32),
        np.array([[0, 1, 0, 0, 1], [1, 0, 1, 0, 0]], np.float32), np.ones((2, 5), np.float32),
        np.zeros((2, 5, 1), np.int32), 2, 4,
    )  # fmt: skip
    assert curves.differing_values(part, whole).tolist() == [0, 0]
    whole.loss[1, 2] = 5
    assert curves.differing_values(part, whole).tolist() == [0, 1]


def test_a_system_without_accuracies_may_have_finite_losses() -> None:
    one = history([1, 0.5], [np.nan, np.nan])
    assert np.isnan(curves.smallest_loss(one)).all()
    assert curves.smallest_loss(one, accuracies=False).tolist() == [0.5]
