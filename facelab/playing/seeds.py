"""Seeds: the replicates that a run trains."""

from __future__ import annotations

import re
import secrets

from facelab.contract.errors import FacelabError

DEFAULT = "5"

MOST = 1000
"""More replicates than this no verdict needs, and no memory holds."""


def parse_seeds(text: str) -> tuple[int, ...]:
    """Return the seeds that a text means: a count, a range, or ``random``.

    >>> parse_seeds("5"), parse_seeds("100-104")
    ((0, 1, 2, 3, 4), (100, 101, 102, 103, 104))

    ``random`` draws five neighbouring seeds, so that the report's line replays them.
    Raises FacelabError for anything else.
    """
    if text == "random":
        first = secrets.randbelow(1_000_000)
        return tuple(range(first, first + int(DEFAULT)))
    if match := re.fullmatch(r"(?:(\d{1,9})-)?(\d{1,9})", text):
        low, high = match.groups()
        seeds = range(int(low), int(high) + 1) if low else range(int(high))
        if 0 < len(seeds) <= MOST:
            return tuple(seeds)
    raise FacelabError(
        f"--seeds: received {text!r}, allowed is a count (5), a range (100-104), "
        f"of up to {MOST:,} seeds, or random"
    )
