"""Growth: the errors of nested crowds, compared frame by frame.

The axes are S crowd, from the smallest to the largest, R replicate, N frame. The probes of a crowd
are the first of those of any larger one, so that frame n is the same frame in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Values = NDArray[np.float64]
Wrong = NDArray[np.bool_]

BARE = "bare"
"""The manner of a probe that is drawn as the photos are."""


@dataclass(frozen=True)
class Growth:
    """Crowds that were learnt, each with the one before in it.

    ``people`` (S,) and ``photos`` (S,): how many, rising. ``wrong``: for each crowd, which answers
    to its probes are wrong, (R, N of its people). ``settled`` (S, R): updates until the accuracy
    was high. ``labels``: a table of the largest crowd's probes with ``person``, ``shot`` and
    ``manner``.
    """

    people: tuple[int, ...]
    photos: tuple[int, ...]
    wrong: tuple[Wrong, ...]
    settled: Values
    labels: pd.DataFrame

    def of(self, manner: str) -> tuple[Wrong, ...]:
        """Return for each crowd the errors on the probes drawn in a manner, (R, n)."""
        drawn = (self.labels["manner"] == manner).to_numpy()
        return tuple(wrong[:, drawn[: wrong.shape[1]]] for wrong in self.wrong)


def exact_band(wrong: int, frames: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact two-sided interval of an error rate (Clopper and Pearson, 1934)."""
    from scipy import stats

    interval = stats.binomtest(wrong, frames).proportion_ci(confidence)
    return float(interval.low), float(interval.high)


def first_and_last(wrong: tuple[Wrong, ...]) -> tuple[Wrong, Wrong]:
    """Return what the first and what the last crowd of each frame's person got wrong, (R, n).

    Left out are the frames of people who are in the last crowd alone: they have no first one.
    """
    ends = [0, *(part.shape[1] for part in wrong[:-1])]
    pairs = list(zip(wrong[:-1], ends[:-1], ends[1:], strict=True))
    first = np.concatenate([part[:, start:end] for part, start, end in pairs], axis=1)
    return first, wrong[-1][:, : ends[-1]]


def turned(growth: Growth, manner: str) -> tuple[Wrong, ...]:
    """Return for each crowd which shots are answered right when bare and wrong in a manner, (R, n).

    A shot that is drawn in both is one frame twice, alike but for the manner.
    """
    found = []
    for wrong in growth.wrong:
        labels = growth.labels.iloc[: wrong.shape[1]]
        bare, other = (_frames(labels, one) for one in (BARE, manner))
        pairs = bare.to_frame("bare").join(other.rename("other"), how="inner")
        found.append(~wrong[:, pairs["bare"].to_numpy()] & wrong[:, pairs["other"].to_numpy()])
    return tuple(found)


def _frames(labels: pd.DataFrame, manner: str) -> pd.Series[Any]:
    """Return the number of each frame of a manner, by its shot."""
    chosen = labels.reset_index(drop=True)
    chosen = chosen[chosen["manner"] == manner]
    return pd.Series(chosen.index, index=chosen["shot"])


def won(wrong: Wrong, predicted: NDArray[np.intp], person: NDArray[Any]) -> Values:
    """Return the share of the people who get more answers to their frames than another, (R,).

    ``wrong`` and ``predicted`` (R, N); ``person`` (N,): the person on each frame.
    """
    shares = []
    for lines, answers in zip(wrong, predicted, strict=True):
        table = pd.DataFrame({"person": person, "wrong": lines, "answer": answers})
        right = (~table["wrong"]).groupby(table["person"], sort=False).sum()
        others = table[table["wrong"]].groupby(["person", "answer"], sort=False).size()
        most = others.groupby("person").max().reindex(right.index, fill_value=0)
        shares.append(float((right > most).mean()))
    return np.array(shares, np.float64)


def settling_power(growth: Growth, least: int = 0) -> Values:
    """Return the power of the photos that the updates to settle grow with, (R,).

    Crowds of fewer than ``least`` people are left out.

    The coefficient of the least-squares line through log(updates) over log(photos); infinite where
    a crowd never settles.
    """
    large = np.array(growth.people) >= least
    photos = np.log(np.array(growth.photos)[large])
    centred = photos - photos.mean()
    settled = np.log(growth.settled[large].T)  # (R, S)
    with np.errstate(invalid="ignore"):
        power = (settled @ centred) / (centred @ centred)
    return np.where(np.isfinite(settled).all(axis=1), power, np.inf).astype(np.float64)
