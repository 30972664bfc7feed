"""Interval: its ends, its margin, its words."""

from __future__ import annotations

import math

import pytest

from facelab.contract.interval import Interval

INF = math.inf


@pytest.mark.parametrize(
    ("interval", "inside", "outside", "words"),
    [
        (Interval.at_least(2), [2, 3, INF], [1.999, -INF], "at least 2"),
        (Interval.at_most(2), [2, 1, -INF], [2.001, INF], "at most 2"),
        (Interval.more_than(2), [2.001, INF], [2, 1], "more than 2"),
        (Interval.less_than(2), [1.999, -INF], [2, 3], "less than 2"),
        (Interval.between(0.01, 0.1), [0.01, 0.05, 0.1], [0.009, 0.11], "between 0.01 and 0.1"),
        (Interval.exactly(103), [103], [102, 104], "exactly 103"),
        (Interval(0, 1, open_low=True), [0.001, 1], [0, 1.001], "more than 0 and at most 1"),
        (Interval(0, 1, open_high=True), [0, 0.999], [1, -1], "at least 0 and less than 1"),
    ],
)
def test_ends_and_words(
    interval: Interval, inside: list[float], outside: list[float], words: str
) -> None:
    assert all(value in interval for value in inside)
    assert not any(value in interval for value in [*outside, math.nan])
    assert str(interval) == words


@pytest.mark.parametrize(
    ("interval", "value", "margin"),
    [
        (Interval.at_least(2), 5, 3),
        (Interval.at_least(2), 2, 0),
        (Interval.at_most(2), 5, -3),
        (Interval.between(0, 10), 4, 4),
        (Interval.between(0, 10), 12, -2),
        (Interval.exactly(3), 1, -2),
    ],
)
def test_margin(interval: Interval, value: float, margin: float) -> None:
    assert interval.margin(value) == margin
    assert (value in interval) == (margin >= 0)


def test_no_number_has_no_margin() -> None:
    assert math.isnan(Interval.between(0, 1).margin(math.nan))


def test_ends_in_the_readers_words() -> None:
    assert Interval.between(0.01, 0.1).describe("{:.0%}".format) == "between 1% and 10%"
