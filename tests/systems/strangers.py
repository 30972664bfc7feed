"""Honest strangers: systems on features of their own, of four designs, none tuned to the book.

Each sees the middle of a frame in grey, without looking for a face, and says of itself what is so:
its photos, its losses before each update and, where it trains by plain gradient descent, the rate
as its weights moved by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from facelab import Frame, History, Photos, TrainingRequest

Array = NDArray[np.float64]


def middle(frame: Frame, side: int) -> Array:
    """Return the centre square of a frame in grey, (side, side), 0 to 1."""
    height, width = frame.shape[:2]
    size = min(height, width)
    top, left = (height - size) // 2, (width - size) // 2
    grey = cv2.cvtColor(frame[top : top + size, left : left + size], cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small, float) / 255


def pixels(frame: Frame) -> Array:
    """Return 32 x 32 grey pixels."""
    return middle(frame, 32).ravel()


_DRAWN = np.random.default_rng(0).normal(size=(48, 7, 7))
_KERNELS = (_DRAWN - _DRAWN.mean(axis=(1, 2), keepdims=True)).astype(np.float32)


_seen: dict[bytes, Array] = {}
"""What was seen of the frames that were shown: a book shows the same ones again and again."""


def convolutions(frame: Frame) -> Array:
    """Return what 48 random convolutions see that are never trained: rectified, then pooled."""
    square = middle(frame, 64).astype(np.float32)  # OpenCV filters these in a third of the time
    if (known := _seen.get(key := blake2b(square.tobytes()).digest())) is not None:
        return known
    seen = [np.maximum(cv2.filter2D(square, cv2.CV_32F, kernel), 0) for kernel in _KERNELS]
    pooled = [cv2.resize(one, (8, 8), interpolation=cv2.INTER_AREA) for one in seen]
    return _seen.setdefault(key, np.stack(pooled).ravel().astype(float))


def softmax(logits: Array) -> Array:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def glorot(random: np.random.Generator, rows: int, columns: int) -> Array:
    bound = np.sqrt(6 / (rows + columns))
    return random.uniform(-bound, bound, (rows, columns))


class Softmax:
    """A softmax layer by plain gradient descent.

    ``turns``: its steps stay the same when the axes of the features are turned.
    """

    turns = True

    def __init__(self, random: np.random.Generator, width: int, people: int) -> None:
        self.weights = [glorot(random, width, people), np.zeros(people)]

    def logits(self, x: Array) -> Array:
        kernel, bias = self.weights
        return np.asarray(x @ kernel + bias)

    def slopes(self, x: Array, off: Array) -> list[Array]:
        """Return the slope of the loss along every weight; ``off``: probabilities less truth."""
        return [x.T @ off / len(x), off.mean(axis=0)]

    def update(self, x: Array, off: Array, rate: float) -> float:
        """Take a step; return the rate that the weights moved by."""
        before = [weight.copy() for weight in self.weights]
        slopes = self.slopes(x, off)
        self.move(slopes, rate)
        moves = [old - new for old, new in zip(before, self.weights, strict=True)]
        moved = sum((move * slope).sum() for move, slope in zip(moves, slopes, strict=True))
        return float(moved / sum((slope**2).sum() for slope in slopes))

    def move(self, slopes: Sequence[Array], rate: float) -> None:
        for weight, slope in zip(self.weights, slopes, strict=True):
            weight -= rate * slope


class Adam(Softmax):
    """The same by Adam: each weight takes steps of about the rate, whatever its slope."""

    turns = False

    def __init__(self, random: np.random.Generator, width: int, people: int) -> None:
        super().__init__(random, width, people)
        self.steps = 0
        self.first = [np.zeros_like(weight) for weight in self.weights]
        self.second = [np.zeros_like(weight) for weight in self.weights]

    def move(self, slopes: Sequence[Array], rate: float) -> None:
        self.steps += 1
        moments = zip(self.weights, slopes, self.first, self.second, strict=True)
        for weight, slope, first, second in moments:
            first += 0.1 * (slope - first)
            second += 0.001 * (slope**2 - second)
            mean, power = first / (1 - 0.9**self.steps), second / (1 - 0.999**self.steps)
            weight -= rate * mean / (np.sqrt(power) + 1e-8)


class Hidden(Softmax):
    """A hidden layer of 32, rectified, by gradient descent with momentum 0.9."""

    def __init__(self, random: np.random.Generator, width: int, people: int) -> None:
        self.weights = [glorot(random, width, 32), np.zeros(32), glorot(random, 32, people)]
        self.weights.append(np.zeros(people))
        self.speed: list[Array] = []

    def logits(self, x: Array) -> Array:
        return np.asarray(self.hidden(x) @ self.weights[2] + self.weights[3])

    def hidden(self, x: Array) -> Array:
        return np.asarray(np.maximum(x @ self.weights[0] + self.weights[1], 0))

    def slopes(self, x: Array, off: Array) -> list[Array]:
        hidden = self.hidden(x)
        back = off @ self.weights[2].T * (hidden > 0)
        return [x.T @ back / len(x), back.mean(0), hidden.T @ off / len(x), off.mean(0)]

    def move(self, slopes: Sequence[Array], rate: float) -> None:
        self.speed = self.speed or [np.zeros_like(weight) for weight in self.weights]
        for weight, slope, speed in zip(self.weights, slopes, self.speed, strict=True):
            speed *= 0.9
            speed -= rate * slope
            weight += speed


@dataclass
class Stranger:
    """A system: features, and a head that learns on them."""

    features: Any
    head: type[Softmax]
    name: str
    capabilities: tuple[str, ...] = ("photo ids", "stop")
    version: ClassVar[str] = "1"

    def train(self, photos: Photos, request: TrainingRequest) -> Trained:
        seen = np.stack([self.features(frame) for frame in photos.frames])
        embedding = Embedding(self.features, seen.mean(axis=0))
        x, labels = embedding.of(seen), photos.numbers(photos.people)
        lessons = [self._learn(x, labels, len(photos.people), request, s) for s in request.seeds]
        updates = min(len(lesson.loss) for lesson in lessons)
        size = request.parameters.batch_size
        ids = np.full((len(lessons), updates, size), -1, np.int32)
        for row, lesson in zip(ids, lessons, strict=True):
            for place, batch in zip(row, lesson.batches, strict=False):
                place[: len(batch)] = batch
        told = [
            np.array([getattr(lesson, what)[:updates] for lesson in lessons], np.float32)
            for what in ("loss", "accuracy", "rate")
        ]
        each = request.parameters.updates_per_epoch(len(x))
        seeds, people = tuple(request.seeds), len(photos.people)
        history = History(seeds, told[0], told[1], told[2], ids, each, people)
        return Trained(history, embedding, [lesson.head for lesson in lessons])

    def _learn(
        self, x: Array, labels: NDArray[np.int32], people: int, request: TrainingRequest, seed: int
    ) -> Lesson:
        random, truth = np.random.default_rng(seed), np.eye(people)[labels]
        lesson = Lesson(self.head(random, x.shape[1], people))
        weights = lesson.head.weights
        # every slope is a sum of photos: on axes along these alone, steps are the same and shorter
        axes = np.linalg.qr(x.T).Q if lesson.head.turns and len(x) < x.shape[1] else None
        if axes is not None:
            whole, x = weights[0], x @ axes
            start = axes.T @ whole
            weights[0] = start.copy()
        size, rate = request.parameters.batch_size, request.parameters.learning_rate
        total = request.parameters.updates(len(x))
        known = "learning rate" in self.capabilities
        orders = (random.permutation(len(x)) for _ in range(request.parameters.epochs))
        for batch in (o[i : i + size] for o in orders for i in range(0, len(x), size)):
            answers = softmax(lesson.head.logits(x[batch]))
            right = np.maximum(answers[truth[batch] == 1], 1e-300)
            off = answers - truth[batch]
            if known:
                lesson.rate.append(lesson.head.update(x[batch], off, rate))
            else:
                lesson.head.move(lesson.head.slopes(x[batch], off), rate)
                lesson.rate.append(np.nan)
            lesson.loss.append(-np.log(right).mean())
            lesson.accuracy.append((answers.argmax(axis=1) == labels[batch]).mean())
            lesson.batches.append(batch)
            if request.progress:
                request.progress(len(lesson.loss), total)
            if request.stop and request.stop(len(lesson.loss)):
                break
        if axes is not None:
            weights[0] = whole + axes @ (weights[0] - start)
        return lesson


@dataclass
class Lesson:
    """What one replicate did, update by update."""

    head: Softmax
    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    batches: list[NDArray[np.intp]] = field(default_factory=list)


@dataclass
class Embedding:
    """Features less the mean of the photos learnt from, of norm 3."""

    features: Any
    mean: Array

    def of(self, seen: Array) -> Array:
        off = seen - self.mean
        return np.asarray(3 * off / np.linalg.norm(off, axis=1, keepdims=True))


@dataclass
class Trained:
    """What was learnt."""

    history: History
    embedding: Embedding
    heads: list[Softmax]

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        x = self.embedding.of(np.stack([self.embedding.features(frame) for frame in frames]))
        return np.stack([softmax(head.logits(x)) for head in self.heads]).astype(np.float32)


def random_convolutions() -> Stranger:
    """Frozen random convolutions, a softmax head by plain gradient descent."""
    capabilities = ("photo ids", "stop", "learning rate")
    return Stranger(convolutions, Softmax, "random convolutions", capabilities)


def grey_pixels() -> Stranger:
    """Grey pixels, a softmax head by plain gradient descent."""
    capabilities = ("photo ids", "stop", "learning rate")
    return Stranger(pixels, Softmax, "grey pixels", capabilities)


def hidden_layer() -> Stranger:
    """Frozen random convolutions, a hidden layer, momentum."""
    return Stranger(convolutions, Hidden, "a hidden layer with momentum")


def adam() -> Stranger:
    """Frozen random convolutions, a softmax head by Adam, whose step is the rate shown."""
    return Stranger(convolutions, Adam, "a softmax head by Adam")
