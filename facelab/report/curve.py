"""Curve: the replicates of a loss or an accuracy as a middle and a range over few columns."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

COLUMNS = 240
"""More columns than this a figure cannot show: they are joined, extremes kept."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """One measure at every update, over N columns of one or more updates.

    ``update`` (N,): the first update of each column. ``low``, ``high`` (N,): the extremes of all
    replicates. ``inner_low``, ``inner_high`` (N,): the median replicate's extremes, equal where a
    column is one update. NaN where no value is finite. ``strange``: how many values are not.
    """

    update: NDArray[np.int64]
    low: Values
    high: Values
    inner_low: Values
    inner_high: Values
    strange: int

    @property
    def middle(self) -> Values:
        """The median replicate, (N,)."""
        return (self.inner_low + self.inner_high) / 2

    @property
    def decades(self) -> float:
        """How many powers of ten it spans; 0 when a value is not above 0, or none is finite."""
        low, high = _extreme(min, self.inner_low), _extreme(max, self.high)
        return math.log10(high / low) if low > 0 and math.isfinite(high) else 0.0


def read_curve(plain: dict[str, Any], columns: int = COLUMNS) -> Curve:
    """Return the curve in a piece of evidence: ``update`` (M,), ``low`` and ``high`` (R, M)."""
    low, high = (np.array(plain[key], dtype=float) for key in ("low", "high"))
    update = np.array(plain["update"], dtype=np.int64)
    finite = np.isfinite(low) & np.isfinite(high)
    edges = np.unique(np.linspace(0, len(update), min(columns, len(update)) + 1).astype(int))[:-1]
    # Values that are not finite step aside for the extremes of a column, hence inf and -inf.
    lows = np.minimum.reduceat(np.where(finite, low, np.inf), edges, axis=1)
    highs = np.maximum.reduceat(np.where(finite, high, -np.inf), edges, axis=1)
    parts = (lows.min(axis=0), highs.max(axis=0), np.median(lows, axis=0), np.median(highs, axis=0))
    least, most, inner_least, inner_most = (np.where(np.isfinite(p), p, np.nan) for p in parts)
    return Curve(update[edges], least, most, inner_least, inner_most, int((~finite).sum()))


def _extreme(pick: Callable[[Values], float], values: Values) -> float:
    known = values[np.isfinite(values)]
    return float(pick(known)) if known.size else math.nan


def sparkline(curve: Curve, top: float, width: int = 96, height: int = 20) -> str:
    """Return the ``d`` of an SVG path of the median replicate, 0 at the bottom, ``top`` above.

    Plain arithmetic: two of these stand in every row of the summary, where Vega would take a
    tenth of a second and twenty kilobytes each.
    """
    middle = np.nan_to_num(curve.middle, nan=top)
    # Fewer points than pixels: the course of the curve, not its noise.
    edges = np.unique(np.linspace(0, len(middle), min(len(middle), width // 2) + 1).astype(int))
    middle = np.add.reduceat(middle, edges[:-1]) / np.diff(edges)
    x = np.linspace(0, width, len(middle)) if len(middle) > 1 else np.array([0.0])
    y = height - np.clip(middle / top, 0, 1) * height
    points = [f"{a:.4g} {b:.4g}" for a, b in zip(x, y, strict=True)]
    return "M" + "L".join(points if len(points) > 1 else [points[0], f"{width} {y[0]:.4g}"])


def margin_line(verdict: dict[str, Any], width: int = 48, height: int = 14) -> dict[str, str]:
    """Return the margins of the last runs and of this one as ``path``, an SVG's ``d``.

    ``nought``: the height of the threshold. Empty when no margin is finite.
    """
    margins = [float(margin) for margin in (*verdict["earlier"], verdict["margin"])]
    if not all(map(math.isfinite, margins)):
        return {}
    low, high = min(0.0, *margins), max(0.0, *margins)
    span = high - low or 1.0
    heights = [height - (margin - low) / span * height for margin in (0.0, *margins)]
    step = width / (len(margins) - 1)
    points = [f"{n * step:.4g} {y:.4g}" for n, y in enumerate(heights[1:])]
    return {"path": "M" + "L".join(points), "nought": f"{heights[0]:.4g}"}
