"""Certainty: who is named, who is left without a name, and how far a share of them can be told.

The axes are R replicate, N frame. A frame is decided by ``judging.answers.decided``: a name where
it is certain enough, else unsure, or nobody where no face is seen. Frames of one burst are not
independent, so that a burst counts once: as what at least half of its frames are.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from facelab.judging.answers import (
    CERTAIN,
    Answers,
    Values,
    burst_means,
    decided,
    error_bound,
    most_probable,
)

Found = NDArray[np.bool_]
Counts = NDArray[np.int64]


def named(answers: Answers, certain: float = CERTAIN) -> Found:
    """Return on which frames a name is certain enough, right or wrong, (R, N)."""
    return np.asarray(decided(answers.probabilities, certain) >= 0, np.bool_)


def unnamed(answers: Answers, certain: float = CERTAIN) -> Found:
    """Return on which frames the right name is not said, (R, N): unsure, nobody or another."""
    return np.asarray(decided(answers.probabilities, certain) != answers.expected, np.bool_)


def unsure_tally(probabilities: NDArray[np.float32], certain: float = CERTAIN) -> Counts:
    """Return how many of the frames of each person are unsure, last nobody's, (R, C + 1).

    For probabilities (R, N, C). A frame is that of its most probable person, as in a ``tally``;
    nobody's are never unsure.
    """
    places = probabilities.shape[2] + 1
    unsure = decided(probabilities, certain) == -2
    rows = zip(most_probable(probabilities), unsure, strict=True)
    return np.stack([np.bincount(row[open_], minlength=places) for row, open_ in rows])


def units(found: Found, labels: pd.DataFrame, by: str = "burst") -> Found:
    """Return for each burst whether at least half of its frames were found so, (R, bursts)."""
    return np.asarray(burst_means(found, labels, by) >= 0.5, np.bool_)


def at_most(counted: Found, confidence: float = 0.95) -> Values:
    """Return the exact upper bound of the share of ``counted`` (R, N) that is true, (R,)."""
    return _bounds(counted, "upper", confidence)


def at_least(counted: Found, confidence: float = 0.95) -> Values:
    """Return the exact lower bound of the share of ``counted`` (R, N) that is true, (R,)."""
    return _bounds(counted, "lower", confidence)


def _bounds(counted: Found, side: Literal["lower", "upper"], confidence: float) -> Values:
    counts = counted.sum(axis=1).tolist()
    known = {n: error_bound(n, counted.shape[1], side, confidence) for n in set(counts)}
    return np.array([known[n] for n in counts], np.float64)
