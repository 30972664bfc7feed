"""Rounds: every method once a round, in random order; what is told are ratios within a round."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

SETTLE = 0.1
"""Seconds between two methods, in which the threads of the last one go to sleep."""


@dataclass(frozen=True)
class Method:
    """A way to do some work. ``run()`` does some and returns how many units it did.

    ``timed``: ``run()`` instead returns seconds a unit, measured by itself (another process).
    """

    name: str
    run: Callable[[], float]
    timed: bool = False


@dataclass
class Result:
    """What was measured of a method: seconds a unit, a value a round; or why it is absent."""

    name: str
    seconds: list[float] = field(default_factory=list)
    absent: str = ""

    @property
    def median(self) -> float:
        """Seconds a unit, the median over rounds."""
        return float(np.median(self.seconds))

    def times_faster(self, base: Result) -> tuple[float, float, float]:
        """Return how many times faster than another method: median and quartiles of rounds."""
        ratios = np.array(base.seconds) / np.array(self.seconds)
        low, middle, high = np.percentile(ratios, [25, 50, 75])
        return float(middle), float(low), float(high)


Build = Callable[[], Method]


def measure(
    builds: Sequence[tuple[str, Build]],
    rounds: int,
    seed: int = 0,
    say: Callable[[str], None] = print,
) -> list[Result]:
    """Build methods, run each once unmeasured, then all in every round; return their results.

    A method that cannot be built or first run is absent, with the reason.
    """
    results, methods = [], []
    for name, build in builds:
        say(f"preparing {name}")
        try:
            method = build()
            method.run()
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            results.append(Result(name, absent=reason[:100]))
            continue
        results.append(Result(name))
        methods.append((method, results[-1]))
    order = random.Random(seed)
    for number in range(rounds):
        order.shuffle(methods)
        for method, result in methods:
            say(f"round {number + 1} of {rounds}: {method.name}")
            time.sleep(SETTLE)
            began = time.perf_counter()
            told = method.run()
            seconds = time.perf_counter() - began
            result.seconds.append(told if method.timed else seconds / told)
    return results
