"""Count: who was seen before a camera, how often and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facelab.judging.answers import NOBODY, most_probable

COLUMNS = 60
"""Stretches of time that are told apart; when they are full, two and two become one."""

STRETCH = 0.5
"""Seconds of a stretch at first."""


@dataclass(frozen=True)
class Sight:
    """What was seen in a frame ``seconds`` after the first one.

    ``person`` is a place among the people, -1 for nobody; ``odds`` (people,) are the probabilities.
    ``face`` (5,) is box and score, None where the system tells none; ``several``: more faces.
    """

    seconds: float
    person: int
    odds: NDArray[np.float32]
    face: NDArray[np.float32] | None = None
    several: bool = False

    @classmethod
    def of(
        cls,
        seconds: float,
        odds: NDArray[np.float32],
        face: NDArray[np.float32] | None = None,
        several: bool = False,
    ) -> Sight:
        """Return the sight of the person who is most probable."""
        person = int(most_probable(odds[None, None])[0, 0])
        return cls(seconds, person, odds, face, several)


@dataclass
class Count:
    """The frames of each person, and of nobody, who comes last.

    ``frames`` (people + 1,). ``when`` (60, people + 1): the frames in each ``stretch`` of seconds.
    ``last`` (people + 1,): seconds at which each was last seen, -1 for never.
    """

    people: Sequence[str]
    stretch: float = STRETCH
    several: int = 0
    now: Sight | None = None
    frames: NDArray[np.int64] = field(init=False)
    when: NDArray[np.int64] = field(init=False)
    last: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self.frames = np.zeros(len(self.people) + 1, np.int64)
        self.when = np.zeros((COLUMNS, len(self.frames)), np.int64)
        self.last = np.full(len(self.frames), -1.0)

    @property
    def names(self) -> tuple[str, ...]:
        """The people, and nobody."""
        return (*self.people, NOBODY)

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
