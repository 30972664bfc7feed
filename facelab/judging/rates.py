"""Rates: the learning rate, or the known mistake, that explains the reported losses."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from facelab.contract.number import apart
from facelab.contract.system import Lesson
from facelab.judging.findings import Finding
from facelab.judging.replay import (
    ABSOLUTE,
    LITTLE,
    RELATIVE,
    Descent,
    Oracle,
    Replayed,
    Told,
    Values,
)

Family = tuple[str, Sequence[float] | Values, Callable[[float], Descent]]
"""Words with a place for a value, the values to begin with, and the way of stepping of each."""

NAMED = 160
"""So many first updates are looked at when a mistake is looked for."""


@dataclass(frozen=True)
class Reading:
    """The rate of a replicate, from its losses: NaN when no constant rate explains them.

    ``remark``: the mistake that explains them, in words, or nothing.
    """

    rate: float
    remark: str = ""


def read_back(oracle: Oracle, told: Told, *, named: bool = True) -> Reading:
    """Return the learning rate that explains the losses at every update, and a remark.

    If no rate explains them, known mistakes are tried, so that the remark names one, unless
    ``named`` is false: that takes some seconds.
    """
    told = told.head()
    rate = _near(oracle, told)
    if math.isnan(rate) and named:
        shown = oracle.lesson.parameters.learning_rate
        found, off = _best(oracle, told, shown * np.geomspace(1e-3, 1e3, 25), Descent)
        rate = found if off <= 1 else rate
    if math.isfinite(rate):
        return Reading(rate, _of_rate(rate, oracle.lesson))
    if not named:
        return Reading(math.nan)
    return Reading(math.nan, _mistake(oracle, told.head(NAMED), oracle.replay(told.batches)))


STEPS = 4
"""Steps of Gauss and Newton from the rate that is shown to one near it."""


def _near(oracle: Oracle, told: Told) -> float:
    """Return the constant rate near the one shown that explains every loss; NaN for none."""
    rate = oracle.lesson.parameters.learning_rate
    for _ in range(STEPS):
        again = oracle.replay(told.batches, Descent(rate))
        more = oracle.replay(told.batches, Descent(rate * (1 + LITTLE)))
        allowed = RELATIVE * np.abs(again.loss) + ABSOLUTE
        change = (more.loss - again.loss) / allowed / LITTLE
        off, square = told.off(again), float(change @ change)
        step = float(change @ off) / square if square else 0.0
        if (np.abs(off) <= 1).all():
            return rate * (1 - step)
        if not abs(step) < 0.5:  # far away, or NaN
            break
        rate *= 1 - step
    return math.nan


def _best(
    oracle: Oracle, told: Told, grid: Sequence[float] | Values, make: Callable[[float], Descent]
) -> tuple[float, float]:
    """Return the value whose descent is nearest to what was told, and its largest distance.

    It is looked for on a grid, then between the neighbours of the best.
    """
    from scipy.optimize import minimize_scalar

    def off(logarithm: float) -> Values:
        with np.errstate(all="ignore"):
            found = np.abs(told.off(oracle.replay(told.batches, make(math.exp(logarithm)))))
        return np.nan_to_num(found, nan=1e9)

    def cost(logarithm: float) -> float:
        # a logarithm, so that one wild update does not hide the others
        return float(np.log1p(off(logarithm) ** 2).sum())

    logarithms = np.log(np.asarray(grid, np.float64))
    costs = [cost(one) for one in logarithms]
    place = int(np.argmin(costs))
    ends = logarithms[max(place - 1, 0)], logarithms[min(place + 1, len(grid) - 1)]
    found = minimize_scalar(cost, bounds=ends, method="bounded", options={"maxiter": 25})
    best = found.x if found.fun <= costs[place] else logarithms[place]
    return math.exp(best), float(off(best).max())


def _of_rate(rate: float, lesson: Lesson) -> str:
    """Return what another rate looks like."""
    shown, size = lesson.parameters.learning_rate, lesson.parameters.batch_size
    if abs(rate / shown - 1) <= 0.01:
        return ""
    said = f"the losses are those of a learning rate of {rate:.3g}"
    known = {
        f"{size}": f"the one shown times the batch size, {size}",
        f"1/{size}": f"the one shown over the batch size, {size}",
        **{f"{size}/{n}": f"the one shown times {size}/{n}" for n in (8, 16, 32, 64, 128, 256)},
    }
    for share, words in known.items():
        above, _, below = share.partition("/")
        factor = float(above) / float(below or 1)
        if factor != 1 and abs(rate / shown / factor - 1) <= 0.01:
            return f"{said}: {words}"
    return said


def _mistake(oracle: Oracle, told: Told, again: Replayed) -> str:
    """Return a line for the known mistake that explains the losses, or comes nearest by far."""
    lesson, again = oracle.lesson, again.head(len(told.batches))
    if np.allclose(told.loss, running_means(lesson, again.loss), 1e-3, 1e-4):
        return "the losses are means since the beginning of the epoch"
    zero = replace(lesson, kernel=np.zeros_like(lesson.kernel))
    if _explains(zero, told):
        return "the losses are those of zero weights, not of the weights that were given"
    for shift in range(1, lesson.people):
        if _explains(replace(lesson, labels=(lesson.labels + shift) % lesson.people), told):
            return f"the losses are those of labels shifted by {shift}"
    if not abs(told.off(again)[0]) <= 1:
        said, due = apart(told.loss[0], again.loss[0])
        return f"the first loss is {said}; with the weights that were given it is {due}"
    nearest, said = float(np.nan_to_num(np.abs(told.off(again)), nan=1e9).max()) / 10, ""
    for words, grid, make in families(lesson, len(told.batches)):
        value, off = _best(oracle, told, grid, make)
        if off < nearest:
            nearest, said = off, words.format(value).replace("%", " %")
        if nearest <= 1:
            break
    if not said:
        return "no learning rate explains the losses by plain SGD on cross-entropy"
    looks = "are those of" if nearest <= 1 else "look like those of"
    return f"the losses {looks} {said}, not of the rate shown"


def _explains(lesson: Lesson, told: Told) -> bool:
    oracle = Oracle(lesson)
    return bool((np.abs(told.off(oracle.replay(told.batches))) <= 1).all())


def families(lesson: Lesson, updates: int) -> list[Family]:
    """Return the ways of stepping that are known and not plain, each with a value to be found."""
    rate, size = lesson.parameters.learning_rate, lesson.parameters.batch_size
    epoch = lesson.parameters.updates_per_epoch(len(lesson.labels))

    def scaled(scale: Callable[[float, int], float]) -> Callable[[float], Descent]:
        return lambda value: Descent(rate, lambda update: scale(value, update))

    def falling(share: float, times: int) -> float:
        return float((1 - min(share, 0.999)) ** times)

    def cosine(length: float, update: int) -> float:
        return 0.5 * (1 + math.cos(math.pi * min(update / length, 1)))

    small, shares = np.geomspace(1e-4, 1, 12), [1e-3, 0.1, 0.25, 0.5, 0.75, 0.9, 1.1, 1.5, 2, 3, 10]
    lengths = np.geomspace(max(updates / 4, 1), 4 * updates, 9)
    return [
        (
            "a warm-up over about {:.0f} updates",
            np.geomspace(1, max(updates, 2), 12),
            scaled(lambda length, update: min(1.0, (update + 1) / length)),
        ),
        (
            "a rate that decays as 1 / (1 + {:.2g} t)",
            small,
            scaled(lambda share, update: 1 / (1 + share * update)),
        ),
        ("a rate that falls by {:.2%} at every update", small, scaled(falling)),
        (
            "a rate that falls by {:.2%} at every epoch",
            small,
            scaled(lambda share, update: falling(share, update // epoch)),
        ),
        (
            "a rate that falls in a line to 0 within about {:.0f} updates",
            lengths,
            scaled(lambda length, update: max(0.0, 1 - update / length)),
        ),
        (
            "a rate that falls as a cosine to 0 within about {:.0f} updates",
            lengths,
            scaled(cosine),
        ),
        (
            "gradients cut to a length of {:.2g}",
            np.geomspace(1e-3, 30, 15),
            lambda length: Descent(rate, clip=length),
        ),
        ("a weight decay of {:.2g}", small, lambda share: Descent(rate, decay=share)),
        (
            "momentum {:.2g}",
            [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99],
            lambda share: Descent(rate, momentum=min(share, 0.999)),
        ),
        (
            "a kernel that moves at {:.2g} times the rate",
            shares,
            lambda share: Descent(rate, kernel=share),
        ),
        (
            "a bias that moves at {:.2g} times the rate",
            shares,
            lambda share: Descent(rate, bias=share),
        ),
        (
            "partial batches that are divided by a whole one's photos",
            [1, 2],
            lambda _: Descent(rate, whole=size),
        ),
    ]


def running_means(lesson: Lesson, values: Values) -> Values:
    """Return the mean of ``values`` (U,) since the beginning of each epoch, by batch size."""
    size, count = lesson.parameters.batch_size, len(lesson.labels)
    epoch = [min(size, count - start) for start in range(0, count, size)]
    means = np.empty_like(values)
    for start in range(0, len(values), len(epoch)):
        part = values[start : start + len(epoch)]
        sizes = np.array(epoch[: len(part)])
        means[start : start + len(part)] = np.cumsum(part * sizes) / np.cumsum(sizes)
    return means


def rate_errors(oracles: Sequence[Oracle], told: Sequence[Told]) -> tuple[Values, Finding]:
    """Return the distance of each replicate's rate from the one shown, as a share of it, (R,).

    NaN where no constant rate explains the losses; and a finding: which rate, or which known
    mistake, explains those of a replicate.
    """
    pairs = zip(oracles, told, strict=True)
    readings = [read_back(oracle, one, named=False) for oracle, one in pairs]
    shown = np.array([oracle.lesson.parameters.learning_rate for oracle in oracles])

    def found(number: int) -> str:
        reading = readings[number]
        if math.isnan(reading.rate):
            reading = read_back(oracles[number], told[number])
        return reading.remark

    return np.abs(np.array([reading.rate for reading in readings]) / shown - 1), found
