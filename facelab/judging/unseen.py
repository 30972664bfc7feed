"""Unseen: on whose photos no face is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.contract.photos import Photos

MANY = 0.2
"""From this part of a person's photos on, those without a face explain what is answered."""


@dataclass(frozen=True)
class Unseen:
    """A person, on how many photos no face is found, and how many there are."""

    person: str
    without: int
    photos: int

    @property
    def never(self) -> bool:
        """Whether a face is found on none of the photos."""
        return self.without == self.photos

    @property
    def often(self) -> bool:
        """Whether the photos without a face are many."""
        return self.without >= MANY * self.photos

    def __str__(self) -> str:
        return f"{self.person} {self.without} of {self.photos}"


def unseen(people: Sequence[str], seen: NDArray[np.bool_]) -> list[Unseen]:
    """Return who has photos on which no face is found, the largest share first.

    ``people`` (n,): whose each photo is. ``seen`` (n,): whether a face is found on it.
    """
    photos, without = Counter(people), Counter(np.asarray(people, object)[~seen].tolist())
    found = [Unseen(person, without[person], n) for person, n in photos.items() if without[person]]
    return sorted(found, key=lambda one: -one.without / one.photos)


def unseen_in(
    sets: Sequence[Photos], finds: Callable[[Sequence[Frame]], NDArray[np.bool_]]
) -> list[Unseen]:
    """Return the same of sets of photos; ``finds`` tells of n frames whether each has a face."""
    people = [str(person) for photos in sets for person in photos.labels["person"]]
    return unseen(people, np.concatenate([finds(photos.frames) for photos in sets]))
