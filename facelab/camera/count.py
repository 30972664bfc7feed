"""Count: who was seen before a camera, how often and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facelab.judging.answers import NOBODY, UNSURE, most_probable

COLUMNS = 60
"""Stretches of time that are told apart; when they are full, two and two become one."""

STRETCH = 0.5
"""Seconds of a stretch at first."""


@dataclass(frozen=True)
class Sight:
    """What was seen in a frame ``seconds`` after the first one.

    ``person`` is decided on: a place among the people, -1 for nobody, -2 for unsure. ``odds``
    (people,) are the frame's probabilities, ``mean`` (people,) those over a second, by which is
    decided. ``face`` (5,) is box and score, None where the system tells none; ``several``: more
    faces.
    """

    seconds: float
    person: int
    odds: NDArray[np.float32]
    mean: NDArray[np.float32]
    face: NDArray[np.float32] | None = None
    several: bool = False

    @property
    def likeliest(self) -> int:
        """The person who is most probable over the second, decided on or not; -1 for nobody."""
        return int(most_probable(self.mean[None, None])[0, 0])


@dataclass
class Count:
    """The frames of each person, then those on which it was unsure, last those of nobody.

    ``frames`` (people + 2,). ``when`` (60, people + 2): the frames in each ``stretch`` of seconds.
    ``last`` (people + 2,): seconds at which each was last seen, -1 for never.
    """

    people: Sequence[str]
    stretch: float = STRETCH
    several: int = 0
    now: Sight | None = None
    frames: NDArray[np.int64] = field(init=False)
    when: NDArray[np.int64] = field(init=False)
    last: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self.frames = np.zeros(len(self.people) + 2, np.int64)
        self.when = np.zeros((COLUMNS, len(self.frames)), np.int64)
        self.last = np.full(len(self.frames), -1.0)

    @property
    def names(self) -> tuple[str, ...]:
        """The people, unsure and nobody: so that a sight's person has the name at its place."""
        return (*self.people, UNSURE, NOBODY)

    def add(self, sight: Sight) -> None:
        """Count a frame; it comes after those before."""
        while sight.seconds >= self.stretch * COLUMNS:
            halves = self.when[::2] + self.when[1::2]
            self.when = np.concatenate([halves, np.zeros_like(halves)])
            self.stretch *= 2
        self.frames[sight.person] += 1
        self.when[int(sight.seconds / self.stretch), sight.person] += 1
        self.last[sight.person] = sight.seconds
        self.several += sight.several
        self.now = sight
