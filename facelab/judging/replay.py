"""Replay: plain gradient descent in float64, compared with a reported training.

The initial weights, the order of the photos and the rate determine stochastic gradient descent on a
softmax head. A system that is given the weights and names the photos can be checked value by value:
every loss, every accuracy, the rate at every update, and the answers that follow.

The axes are U update, N photo, C person.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.number import apart
from facelab.contract.system import Lesson

Values = NDArray[np.float64]
Batches = Sequence[NDArray[np.int32]]
Scale = Callable[[int], float]

UPDATES = 2048
"""So many updates are replayed at most: all but those of the worked example."""

LARGEST = 2048
"""Photos of a training that is replayed at most: of more, their products would fill the memory."""

RELATIVE, ABSOLUTE = 1e-4, 1e-5
"""How far a loss in float32 may lie from its replay, in shares of it and in nats. In theory float32
drifts by 2e-5 of a loss within 500 updates on embeddings of length 1, in nats near 0."""

UNDECIDED = 1e-3
"""Logits nearer to each other than this may change places by rounding."""


def PLAIN(_: int) -> float:  # noqa: N802 (a constant)
    """Leave the rate as it is, at every update."""
    return 1.0


@dataclass(frozen=True)
class Descent:
    """How a step is made; by default plain: ``rate`` times the gradient.

    ``scale(update)`` multiplies the rate; ``kernel`` and ``bias`` multiply their own steps.
    ``clip``: largest norm of the gradient. ``decay``: weight decay. ``momentum``: share of the last
    step. ``whole``: a partial batch is divided by so many photos instead of its own number.
    """

    rate: float
    scale: Scale = PLAIN
    kernel: float = 1.0
    bias: float = 1.0
    clip: float = math.inf
    decay: float = 0.0
    momentum: float = 0.0
    whole: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether a step is the rate times the gradient, and nothing else."""
        return self == Descent(self.rate, self.scale) and self.scale is PLAIN


@dataclass(frozen=True)
class Replayed:
    """The values that a training must give.

    ``loss`` and ``accuracy`` (U,) float64, before each update; ``undecided`` (U,): by how much an
    accuracy may differ by rounding. ``logits`` (N, C): those of the photos after the last update.
    """

    loss: Values
    accuracy: Values
    undecided: Values
    logits: Values

    def head(self, updates: int) -> Replayed:
        """Return what the first updates gave; the logits stay those of the end."""
        values = (self.loss[:updates], self.accuracy[:updates], self.undecided[:updates])
        return Replayed(*values, self.logits)

    @property
    def probabilities(self) -> Values:
        """The answers to the photos after the last update, (N, C)."""
        shifted = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), np.float64)


class Oracle:
    """Trains a lesson again in float64, as often as one likes.

    The logits of all photos, X W + b, are kept in place of the weights: an update moves them by
    -rate (X X^T + 1) residual.
    """

    def __init__(self, lesson: Lesson, products: Values | None = None) -> None:
        """Take a lesson; ``products`` (N, N): those of its embeddings with each other, if known."""
        self.lesson = lesson
        x = lesson.embeddings.astype(np.float64)
        self.products = x @ x.T if products is None else products
        self._first = x @ lesson.kernel.astype(np.float64) + lesson.bias
        self._target = np.eye(lesson.people)[lesson.labels]
        self._known: dict[tuple[bytes, float], Replayed] = {}

    @property
    def plain(self) -> Descent:
        """The descent that the parameters ask for."""
        return Descent(self.lesson.parameters.learning_rate)

    def replay(self, batches: Batches, descent: Descent | None = None) -> Replayed:
        """Train; ``batches``: the photos of every update."""
        descent = descent or self.plain
        if (known := self._known.get((_key(batches), descent.rate))) and descent.is_plain:
            return known
        inner, target, logits = self.products, self._target, self._first
        moves = descent.kernel * inner + descent.bias
        velocity = np.zeros_like(logits)
        loss, accuracy, undecided = np.empty((3, len(batches)))
        for update, batch in enumerate(batches):
            shifted = logits[batch] - logits[batch].max(axis=1, keepdims=True)
            exp_logits = np.exp(shifted)
            total = exp_logits.sum(axis=1, keepdims=True)
            right = target[batch] == 1
            loss[update] = (np.log(total[:, 0]) - shifted[right]).mean()
            lead = shifted[right] - np.where(right, -np.inf, shifted).max(axis=1)
            accuracy[update] = (lead > 0).mean()
            undecided[update] = (np.abs(lead) < UNDECIDED).mean()
            residual = (exp_logits / total - target[batch]) / (descent.whole or len(batch))
            rate = descent.rate * descent.scale(update)
            if math.isfinite(descent.clip):
                square = (residual * ((inner[np.ix_(batch, batch)] + 1) @ residual)).sum()
                rate *= min(1.0, descent.clip / max(math.sqrt(max(square, 0)), 1e-300))
            velocity = descent.momentum * velocity + moves[:, batch] @ residual
            logits = (1 - rate * descent.decay) * logits - rate * velocity
        return Replayed(loss, accuracy, undecided, logits)


def oracles_of(lessons: Sequence[Lesson]) -> list[Oracle]:
    """Return an oracle a lesson; those that share their embeddings share what follows of these."""
    known: dict[int, Values] = {}
    oracles = []
    for lesson in lessons:
        oracle = Oracle(lesson, known.get(id(lesson.embeddings)))
        known[id(lesson.embeddings)] = oracle.products
        oracles.append(oracle)
    return oracles


LITTLE = 1e-3
"""Share of a rate by which it is moved, to see how the losses follow."""

TOGETHER = 50
"""Replicates that are replayed side by side: more of them leave the processor's cache."""


def replay_together(oracles: Sequence[Oracle], told: Sequence[Told]) -> None:
    """Replay the replicates of one training side by side, and keep what comes for later questions.

    At the rate shown, and at one a little larger. Nothing is kept where the batches of replicates
    differ in size: each is then replayed when it is asked for.
    """
    if not told or told[0].known_to(oracles[0]):
        return
    sizes = [[len(batch) for batch in one.batches] for one in told]
    if any(one != sizes[0] for one in sizes) or not sizes[0] or 0 in sizes[0]:
        return
    for start in range(0, len(told), TOGETHER):
        part = slice(start, start + TOGETHER)
        _replay_some(oracles[part], [one.batches for one in told[part]])


def _replay_some(oracles: Sequence[Oracle], batches: Sequence[Batches]) -> None:
    """Replay some replicates, R, at two rates: the lanes, 2 R."""
    first, count = oracles[0], len(batches)
    shown = first.lesson.parameters.learning_rate
    rates = shown, shown * (1 + LITTLE)
    rate = np.repeat(rates, count)[:, None, None]
    logits = np.stack([oracle._first for _ in rates for oracle in oracles])  # (lanes, N, C)
    moves, target = first.products + 1, first._target
    lane = np.arange(len(logits))[:, None]
    points = np.empty((3, len(batches[0]), len(logits)))
    for update, batch in enumerate(zip(*batches, strict=True)):
        photos = np.tile(np.stack(batch), (len(rates), 1))  # (lanes, B)
        picked, wanted = logits[lane, photos], target[photos]
        shifted = picked - picked.max(axis=2, keepdims=True)
        exp_logits = np.exp(shifted)
        total = exp_logits.sum(axis=2)
        right = (shifted * wanted).sum(axis=2)
        lead = right - np.where(wanted == 1, -np.inf, shifted).max(axis=2)
        points[0, update] = (np.log(total) - right).mean(axis=1)
        points[1, update] = (lead > 0).mean(axis=1)
        points[2, update] = (np.abs(lead) < UNDECIDED).mean(axis=1)
        residual = (exp_logits / total[..., None] - wanted) / photos.shape[1]
        logits = logits - rate * np.matmul(moves[photos].swapaxes(1, 2), residual)
    for number, one in enumerate(logits):
        oracle, values = oracles[number % count], points[:, :, number]
        key = _key(batches[number % count]), rates[number // count]
        if number < count:
            oracle._known.clear()  # what was kept of another training
        oracle._known[key] = Replayed(values[0], values[1], values[2], one)


def _key(batches: Batches) -> bytes:
    return b"".join(batch.tobytes() for batch in batches)


@dataclass(frozen=True)
class Told:
    """The reported updates of one replicate: ``loss``, ``accuracy`` (U,) and ``batches``."""

    loss: NDArray[np.floating[Any]]
    accuracy: NDArray[np.floating[Any]]
    batches: Batches

    def head(self, updates: int = UPDATES) -> Told:
        """Return the first updates, as many as are replayed."""
        return Told(self.loss[:updates], self.accuracy[:updates], self.batches[:updates])

    def known_to(self, oracle: Oracle) -> bool:
        """Return whether an oracle has replayed these updates."""
        return (_key(self.batches), oracle.lesson.parameters.learning_rate) in oracle._known

    def off(self, other: Replayed) -> Values:
        """Return the distance of each loss from a replay's, in multiples of the tolerance, (U,)."""
        allowed = RELATIVE * np.abs(other.loss) + ABSOLUTE
        return np.asarray((other.loss - self.loss) / allowed, np.float64)


def wrong_values(oracle: Oracle, told: Told) -> int:
    """Return the number of updates whose loss or accuracy differs from plain descent."""
    told = told.head()
    losses, accuracies = _wrong(told, oracle.replay(told.batches))
    return int((losses | accuracies).sum())


def _wrong(told: Told, again: Replayed) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which losses and which accuracies, (U,) each, are not those of a replay."""
    losses = ~(np.abs(told.off(again)) <= 1)  # NaN is wrong, too
    return losses, ~(np.abs(again.accuracy - told.accuracy) <= again.undecided + 1e-4)


def wrong_answers(oracle: Oracle, told: Told, answers: NDArray[np.float32]) -> float:
    """Return the largest distance of answers (N, C) to the photos from those of the replayed model.

    Photos that are answered with nobody (all 0) do not count.
    """
    again = oracle.replay(told.batches)
    seen = answers.any(axis=1)
    distance = np.abs(answers[seen].astype(np.float64) - again.probabilities[seen])
    return float(distance.max()) if seen.any() else math.nan


def first_wrong(oracle: Oracle, told: Told) -> str:
    """Say which update is the first whose loss or accuracy differs from the replay."""
    told = told.head()
    again = oracle.replay(told.batches)
    losses, accuracies = _wrong(told, again)
    update = int(np.argmax(losses | accuracies))
    what = "loss" if losses[update] else "accuracy"
    said, due = apart(getattr(told, what)[update], getattr(again, what)[update])
    return f"update {update + 1} says a {what} of {said}; calculated again it is {due}"
