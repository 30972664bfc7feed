"""Frame: one picture of a webcam, and sequences of frames that need not be in memory."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""One picture of a webcam, (height, width, 3), blue-green-red as OpenCV reads it."""


class LazyFrames(Sequence[Frame]):
    """Frames that are decoded or rendered when they are used."""

    @abstractmethod
    def select(self, places: Sequence[int]) -> LazyFrames:
        """Return the frames at some places, in their order, none of them made yet."""


class Film(Protocol):
    """Frames of one person in the order in which they were filmed: finite, always the same."""

    @property
    def person(self) -> str:
        """The person on it."""

    def __len__(self) -> int:
        """How many frames it has."""

    def __iter__(self) -> Iterator[list[Frame]]:
        """Yield all frames in order, some at a time."""


@dataclass(frozen=True)
class Stretch:
    """Frames ``first`` to ``last``, from 1, on which the same people are in view.

    ``people`` are those whose whole face is, ``partly`` those of whom anything else is: who is
    coming or leaving.
    """

    first: int
    last: int
    people: tuple[str, ...]
    partly: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.last - self.first + 1
