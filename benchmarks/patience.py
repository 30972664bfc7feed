"""Patience: how long an interrupt waits, and what it costs to show how far a training is."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.data import gallery
from facelab.contract.parameters import Parameters


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Patience:
    """Milliseconds between two questions whether to stop, in the example of 40,000 updates.

    ``cost``: the share of CPU time that showing a bar adds, a value a round.
    """

    median: float
    worst: float
    seconds: float
    updates: int
    cost: list[float]


def measure(rounds: int, say: Callable[[str], None]) -> Patience:
    """Train 200 photos in batches of 5 for 1,000 epochs, with a bar and without."""
    from facelab.base import progress
    from facelab.learning.training import train

    task = gallery(11)
    x, y = task.x[:200], task.y[:200]
    parameters, people = Parameters(1.0, 1000, 5), int(y.max()) + 1

    def run(told: progress.Told | None) -> tuple[float, list[float]]:
        asked: list[float] = []

        def stop(_: int) -> bool:
            asked.append(time.perf_counter())
            return False

        began = time.process_time()
        train(x, y, people, parameters, seeds=[0], stop=stop, progress=told)
        return time.process_time() - began, asked

    run(None)
    gaps: list[float] = []
    costs, totals = [], []
    for number in range(rounds):
        say(f"40,000 updates, round {number + 1} of {rounds}")
        alone, asked = run(None)
        gaps += np.diff(asked).tolist()
        totals.append(asked[-1] - asked[0])
        before, progress.GRACE = progress.GRACE, 0.0
        try:
            with progress.shown_on(_Terminal()), progress.progress("training", "updates") as told:
                costs.append(run(told)[0] / alone - 1)
        finally:
            progress.GRACE = before
    middle, worst = 1000 * np.percentile(gaps, [50, 100])
    return Patience(float(middle), float(worst), float(np.median(totals)), 40_000, costs)
