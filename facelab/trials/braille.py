"""Braille: a curve as text, two columns of four dots in each character."""

from __future__ import annotations

import math
from collections.abc import Sequence

BLANK = 0x2800
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The dots of the left and of the right column, from top to bottom."""


def braille(values: Sequence[float], height: int, low: float, high: float) -> list[str]:
    """Return the lines of a chart, ``height`` characters high, of a value for each column of dots.

    ``low`` is at the bottom, ``high`` at the top, and what lies outside at the edge; a value that
    is not finite leaves its column empty. Neighbours are joined.

    >>> braille([0, 1, 2, 3, 2, 1, 0], 1, 0, 3)
    ['⡠⠊⠢⡀']
    """
    rows = 4 * height
    width = -(-len(values) // 2)
    cells = [[BLANK] * width for _ in range(height)]
    before: int | None = None
    for column, value in enumerate(values):
        if not math.isfinite(value):
            before = None
            continue
        share = min(max((value - low) / (high - low), 0), 1) if high > low else 0
        row = round((1 - share) * (rows - 1))
        # the dots from the neighbour's, which has its own, to this one
        first, last = row, row
        if before is not None and abs(row - before) > 1:
            first, last = (before + 1, row) if row > before else (row, before - 1)
        for dot in range(first, last + 1):
            cells[dot // 4][column // 2] |= DOTS[column % 2][dot % 4]
        before = row
    return ["".join(map(chr, line)) for line in cells]
