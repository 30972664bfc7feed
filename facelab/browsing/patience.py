"""Patience: how long a page has for what is due, on a computer that may have too much to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

Load = Callable[[], float]
"""How much a computer has to do: processes that want to run, for each of its cores."""


MOST = 10.0
"""The highest load of a core that counts: a page that hangs is given up at last."""


@dataclass(frozen=True, order=True)
class Limit:
    """A time within which something is due: ``wait`` seconds, ``times`` as many."""

    wait: float
    times: float = 1.0

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.wait * self.times

    @property
    def milliseconds(self) -> float:
        """The same, as a browser counts."""
        return 1000 * self.seconds

    def __str__(self) -> str:
        """Return it as a fault tells it.

        >>> str(Limit(30.0)), str(Limit(30.0, 8.25))
        ('30 s', '248 s (30 s, 8.2 times as long on a computer with so much to do)')
        """
        if self.times == 1:
            return f"{self.wait:g} s"
        return (
            f"{self.seconds:.0f} s ({self.wait:g} s, {self.times:.1f} times as long on a computer "
            "with so much to do)"
        )


def load_per_core() -> float:
    """Return this computer's load over a minute, for each of its cores, up to 10.

    0 where it tells none.
    """
    with suppress(AttributeError, OSError):  # Windows has none
        return min(MOST, os.getloadavg()[0] / (os.cpu_count() or 1))
    return 0.0


def limit(wait: float, load: Load = load_per_core) -> Limit:
    """Return how long to wait, as things are, for what is due within ``wait`` s on an idle core.

    >>> limit(30.0, lambda: 8.0).seconds, limit(30.0, lambda: 0.5).seconds
    (240.0, 30.0)
    """
    return Limit(wait, round(max(1.0, load()), 1))
