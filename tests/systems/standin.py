"""A stand-in in NumPy: the smallest that sits the whole exam, and nothing else is asked of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facelab.contract.system import Lesson, Predict, Tell


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


class StandIn:
    name, version = "a stand-in", "1"
    capabilities: tuple[str, ...] = ("initial weights", "photo ids", "stop")

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        x, target = lesson.embeddings.astype(float), np.eye(lesson.people)[lesson.labels]
        kernel, bias = lesson.kernel.astype(float), lesson.bias.astype(float)
        size, random = lesson.parameters.batch_size, np.random.default_rng(lesson.seed)
        epochs = (self.shuffled(len(x), random) for _ in range(lesson.parameters.epochs))
        for batch in (o[i : i + size] for o in epochs for i in range(0, len(x), size)):
            p, y = softmax(x[batch] @ kernel + bias), target[batch]
            right = (p.argmax(axis=1) == lesson.labels[batch]).mean()
            stop = tell(-np.log(p[y == 1]).mean(), right, batch)
            slope = (p - y) / len(batch)
            kernel -= lesson.parameters.learning_rate * x[batch].T @ slope
            bias -= lesson.parameters.learning_rate * slope.sum(axis=0)
            if stop:
                break
        return lambda embeddings: softmax(embeddings @ kernel + bias)

    def shuffled(self, count: int, random: np.random.Generator) -> NDArray[np.int64]:
        return random.permutation(count)
