"""Growth: how cost grows with people, photos, replicates and epochs, as slopes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.parameters import Parameters

FEATURES = 1764
ENOUGH = 1.0
"""Seconds after which a training is stopped: a cost an update is known by then."""


@dataclass(frozen=True)
class Slope:
    """Cost against a quantity: seconds a unit at every value, the medians of rounds."""

    quantity: str
    unit: str
    values: Sequence[int]
    seconds: NDArray[np.float64]

    @property
    def exponent(self) -> float:
        """Return b of cost = a x quantity^b, fitted by least squares in logarithms."""
        return float(np.polyfit(np.log(self.values), np.log(self.seconds), 1)[0])


def slopes(rounds: int, quick: bool, say: Callable[[str], None]) -> list[Slope]:
    """Measure them all."""
    people = [4, 11, 50] if quick else [4, 11, 50, 150, 500]
    photos = [103, 412, 1648] if quick else [103, 412, 1648, 6592]
    replicates = [1, 5, 32] if quick else [1, 5, 32, 100]
    epochs = [10, 100] if quick else [10, 100, 1000]
    axes: list[tuple[str, str, Sequence[int], Callable[[int], float]]] = [
        ("people, 10 photos each", "update", people, lambda n: _cost(10 * n, n, 1)),
        ("photos of 4 people", "update", photos, lambda n: _cost(n, 4, 1)),
        ("replicates", "update", replicates, lambda n: _cost(103, 4, n)),
        ("epochs", "training", epochs, lambda n: _cost(103, 4, 1, n, whole=True)),
    ]
    found = []
    for quantity, unit, values, cost in axes:
        rows = []
        for value in values:
            say(f"{quantity}: {value}")
            cost(value)  # compiles
            rows.append(np.median([cost(value) for _ in range(rounds)]))
        found.append(Slope(quantity, unit, values, np.array(rows)))
    return found


def _cost(
    photos: int, people: int, replicates: int, epochs: int = 1000, whole: bool = False
) -> float:
    """Return seconds an update of 16 photos, or those of the whole training."""
    from facelab.learning.training import train

    x, y = _cluster(photos, people)
    seen: list[tuple[float, int]] = []

    def stop(done: int) -> bool:
        seen.append((time.perf_counter(), done))
        return not whole and seen[-1][0] - seen[0][0] > ENOUGH

    began = time.perf_counter()
    train(x, y, people, Parameters(epochs=epochs), seeds=range(replicates), stop=stop)
    if whole:
        return time.perf_counter() - began
    (start, before), (end, done) = seen[0], seen[-1]
    return (end - start) / (done - before)


def _cluster(photos: int, people: int) -> tuple[Any, Any]:
    """Return vectors of norm 3 round a centre a person: growth asks for more than we recorded."""
    random = np.random.default_rng(0)
    y = np.resize(np.arange(people, dtype=np.int32), photos)
    x = random.standard_normal((people, FEATURES))[y] + random.standard_normal((photos, FEATURES))
    return (3 * x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32), y
