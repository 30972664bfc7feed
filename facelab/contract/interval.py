"""Intervals: the allowed values of a parameter or of a measure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from facelab.contract.number import exact


@dataclass(frozen=True)
class Interval:
    """A range of numbers with open or closed ends.

    ``low``: smallest number, -inf for none. ``high``: largest number, inf for none.
    ``open_low``, ``open_high``: whether the end itself lies outside.

    >>> str(Interval.at_least(0.3)), str(Interval.between(0.01, 0.1))
    ('at least 0.3', 'between 0.01 and 0.1')
    >>> 0.3 in Interval.at_least(0.3), 0.3 in Interval.more_than(0.3)
    (True, False)
    """

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    @classmethod
    def at_least(cls, low: float) -> Interval:
        """Return [low, inf)."""
        return cls(low=low)

    @classmethod
    def at_most(cls, high: float) -> Interval:
        """Return (-inf, high]."""
        return cls(high=high)

    @classmethod
    def more_than(cls, low: float) -> Interval:
        """Return (low, inf)."""
        return cls(low=low, open_low=True)

    @classmethod
    def less_than(cls, high: float) -> Interval:
        """Return (-inf, high)."""
        return cls(high=high, open_high=True)

    @classmethod
    def between(cls, low: float, high: float) -> Interval:
        """Return [low, high]."""
        return cls(low=low, high=high)

    @classmethod
    def exactly(cls, value: float) -> Interval:
        """Return [value, value]."""
        return cls(low=value, high=value)

    def __contains__(self, value: float) -> bool:
        """Return whether ``value`` is inside; NaN is in no interval."""
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below

    def margin(self, value: float) -> float:
        """Return the distance from ``value`` to the nearest end: negative outside, NaN for NaN."""
        return min(value - self.low, self.high - value)

    def __str__(self) -> str:
        return self.describe(exact)

    def describe(self, number: Callable[[float], str]) -> str:
        """Return the interval in words, each end written by ``number``."""
        if self.low == self.high:
            return f"exactly {number(self.low)}"
        low = f"{'more than' if self.open_low else 'at least'} {number(self.low)}"
        high = f"{'less than' if self.open_high else 'at most'} {number(self.high)}"
        if math.isinf(self.high):
            return low
        if math.isinf(self.low):
            return high
        if self.open_low or self.open_high:
            return f"{low} and {high}"
        return f"between {number(self.low)} and {number(self.high)}"
