"""Verdict: a measure of every replicate, compared with the interval that the phrase allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from facelab.contract import number
from facelab.contract.interval import Interval


class Refused(AssertionError):
    """A measure is outside of the interval that the phrase allows."""


@dataclass(frozen=True)
class Verdict:
    """One criterion of a phrase, judged; it can be judged again from what it keeps.

    ``measure``: what was measured, in words. ``values``: one a replicate, in units of ``unit``
    (``%`` values are shares: 0.3 is shown as 30 %). ``allowed``: the threshold, from the feature.
    ``exact``: whether every value must be allowed; otherwise the phrase stands unless more than
    half of the replicates violate it (3 of 5). ``seeds``: what the replicates were seeded with.
    ``details``: lines that name what was found, for example the damaged files.
    """

    measure: str
    values: tuple[float, ...]
    allowed: Interval
    unit: str = ""
    exact: bool = False
    seeds: tuple[int, ...] = ()
    details: tuple[str, ...] = ()

    @property
    def violations(self) -> int:
        """How many values are not allowed."""
        return sum(value not in self.allowed for value in self.values)

    @property
    def tolerated(self) -> int:
        """How many violations do not refuse: none when exact, else at most half (2 of 5)."""
        return 0 if self.exact else len(self.values) // 2

    @property
    def accepted(self) -> bool:
        """Whether the phrase holds; a verdict without any value does not."""
        return bool(self.values) and self.violations <= self.tolerated

    @property
    def value(self) -> float:
        """The value to show: the median of the replicates, or the worst one when exact."""
        return min(self.values, key=self.allowed.margin) if self.exact else median(self.values)

    @property
    def margin(self) -> float:
        """Distance of the deciding value from the threshold, negative when refused.

        The deciding value is the one that would have to move to turn the verdict.
        """
        return sorted(self.allowed.margin(value) for value in self.values)[self.tolerated]

    def number(self, value: float) -> str:
        """Write a measured value with its unit, on its side of the threshold."""
        holds = value in self.allowed
        return number.measured(value, self.unit, lambda written: (written in self.allowed) == holds)

    @property
    def threshold(self) -> str:
        """What is allowed, in words."""
        return self.allowed.describe(lambda end: number.exact(end, self.unit))

    def __str__(self) -> str:
        line = f"{self.measure}: measured {self.number(self.value)}, {self.threshold} demanded"
        if not self.accepted and len(self.values) > 1:
            line += f" (violated by {self.violations} of {len(self.values)} replicates)"
        return "; ".join([line, *self.details[:10]])

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for a report, what follows from the values included."""
        return {
            **asdict(self),
            "threshold": self.threshold,
            "shown": self.number(self.value),
            "margin": self.margin,
            "shown_margin": number.margin(self.margin, self.unit),
            "violations": self.violations,
            "accepted": self.accepted,
        }


def judge(
    measure: str,
    values: ArrayLike,
    allowed: Interval,
    *,
    unit: str = "",
    exact: bool = False,
    seeds: Sequence[int] = (),
    details: Sequence[str] = (),
) -> Verdict:
    """Return the verdict on ``values``, one number or one a replicate (R,)."""
    numbers = tuple(float(value) for value in np.atleast_1d(np.asarray(values, float)))
    return Verdict(measure, numbers, allowed, unit, exact, tuple(seeds), tuple(details))
