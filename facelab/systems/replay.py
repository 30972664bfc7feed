"""Replay: what the losses of plain SGD must be, in float64, and which rate explains those told.

Stochastic gradient descent on a softmax head is fixed by the first weights, the order of the
photos and the rate. Whoever is given the weights and names the photos can be checked value by
value, and the rate that was really used be read back from the losses.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from facelab.contract.system import Lesson

Values = NDArray[np.float64]
Batches = list[NDArray[np.int32]]

UPDATES = 512
"""So many updates are replayed at most: the basic trainings whole, the head of long ones."""

WIDE = math.log(1000)

RELATIVE, ABSOLUTE = 1e-3, 1e-5
"""How far a loss in float32 may lie from its replay: what the core's own oracle allows."""


def replay(lesson: Lesson, batches: Batches, rate: float) -> tuple[Values, Values]:
    """Return the loss and the accuracy of every update of plain SGD, (U,) each, float64.

    ``batches``: the photos of every update. The logits of all photos, X W + b, are kept in place
    of the weights: an update moves them by -rate (X X^T + 1) residual.
    """
    x = lesson.embeddings.astype(np.float64)
    gram = x @ x.T + 1
    logits = x @ lesson.kernel.astype(np.float64) + lesson.bias
    target = np.eye(lesson.people)[lesson.labels]
    loss, accuracy = np.empty(len(batches)), np.empty(len(batches))
    for update, batch in enumerate(batches):
        shifted = logits[batch] - logits[batch].max(axis=1, keepdims=True)
        exp_logits = np.exp(shifted)
        total = exp_logits.sum(axis=1, keepdims=True)
        loss[update] = ((np.log(total) - shifted) * target[batch]).sum(axis=1).mean()
        accuracy[update] = (shifted.argmax(axis=1) == lesson.labels[batch]).mean()
        residual = (exp_logits / total - target[batch]) / len(batch)
        logits -= rate * gram[:, batch] @ residual
    return loss, accuracy


@dataclass(frozen=True)
class Reading:
    """What the losses of a replicate say. ``rate``: NaN when no rate explains them."""

    rate: float
    remark: str = ""


def read_back(lesson: Lesson, told: Values, batches: Batches) -> Reading:
    """Return the learning rate that explains the losses ``told`` (U,), and what looks wrong.

    When none does, known mistakes are tried: zero weights, labels shifted, running means.
    """
    told, batches = told[:UPDATES], batches[:UPDATES]
    shown = lesson.parameters.learning_rate
    rate = explaining(lesson, told, batches, wide=True)
    if abs(rate / shown - 1) <= 0.01:
        return Reading(rate)
    if math.isfinite(rate):
        return Reading(rate, f"the losses are those of a learning rate of {rate:.3g}")
    if np.allclose(told, running_means(lesson, replay(lesson, batches, shown)[0]), RELATIVE, 1e-4):
        return Reading(math.nan, "the losses are means since the beginning of the epoch")
    for mistaken, remark in _mistakes(lesson):
        if math.isfinite(explaining(mistaken, told, batches)):
            return Reading(math.nan, remark)
    first = replay(lesson, batches[:1], shown)[0][0]
    if not np.isclose(told[0], first, RELATIVE, ABSOLUTE):
        return Reading(
            math.nan,
            f"the first loss is {told[0]:.5g}; with the weights that were given it is {first:.5g}",
        )
    return Reading(math.nan, "no learning rate explains the losses by plain SGD on cross-entropy")


def explaining(lesson: Lesson, told: Values, batches: Batches, wide: bool = False) -> float:
    """Return the rate whose replay gives the losses ``told``, NaN when there is none.

    It is looked for near the rate that is shown; ``wide``: up to a factor of 1,000 away.
    """

    def off(logarithm: Values) -> Values:
        loss = replay(lesson, batches, float(np.exp(logarithm[0])))[0]
        return (loss - told) / (RELATIVE * np.abs(told) + ABSOLUTE)

    def fit(start: float) -> float:
        found = least_squares(off, [start], bounds=(start - 1, start + 1), xtol=1e-6)
        return float(np.exp(found.x[0])) if np.abs(found.fun).max() <= 1 else math.nan

    start = math.log(lesson.parameters.learning_rate)
    rate = fit(start)
    if math.isnan(rate) and wide:
        # Far from the truth the losses do not tell in which direction it lies.
        grid = start + np.linspace(-WIDE, WIDE, 25)
        rate = fit(min(grid, key=lambda one: float(np.abs(off(np.array([one]))).sum())))
    return rate


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


def _mistakes(lesson: Lesson) -> Iterator[tuple[Lesson, str]]:
    zero = replace(lesson, kernel=np.zeros_like(lesson.kernel))
    yield zero, "the losses are those of zero weights, not of the weights that were given"
    for shift in range(1, lesson.people):
        moved = replace(lesson, labels=(lesson.labels + shift) % lesson.people)
        yield moved, f"the losses are those of labels shifted by {shift}"
