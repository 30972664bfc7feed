"""Data: the embeddings of the recorded gallery, those that the book trains on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
FOUR = ["Alex", "Amine", "Lara", "Naomie"]


@dataclass(frozen=True)
class Task:
    """``x`` (N, D) float32, ``y`` (N,) int32 in 0 … ``people`` - 1, and what the task is called."""

    name: str
    x: NDArray[np.float32]
    y: NDArray[np.int32]
    people: int

    def order(self, updates: int, seed: int = 0) -> NDArray[np.int32]:
        """Return which photo each update of one photo sees, (updates,): permutations."""
        generator = np.random.default_rng(seed)
        epochs = -(-updates // len(self.x))
        parts = [generator.permutation(len(self.x)) for _ in range(epochs)]
        return np.concatenate(parts)[:updates].astype(np.int32)


@cache
def gallery(people: int) -> Task:
    """Return the task of the book's four people (103 photos) or of all eleven (230)."""
    from facelab.contract.parameters import Parameters
    from facelab.gallery.source import Recording
    from facelab.learning.trainer import Trainer

    photos = Recording(ROOT / "fixtures").photos("gallery")
    photos = photos.of(FOUR) if people == len(FOUR) else photos
    x = Trainer().embedded(photos, Parameters())[1].vectors
    count = len(photos.people)
    return Task(f"{len(x)} x {x.shape[1]} x {count}", x, photos.numbers(photos.people), count)
