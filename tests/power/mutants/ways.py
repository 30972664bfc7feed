"""Ways: how a fault gets at answers, films, curves and weights; patches of the core's seams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from facelab.contract.history import History
from facelab.contract.parameters import Parameters
from facelab.contract.training import Head
from tests.power.mutant import Patch

WATCH = "facelab.learning.trainer:Trained.watch"
ANSWER = "facelab.learning.trainer:Trained._answer"


def filmed(change: Callable[[Any], Any]) -> Patch:
    """Return a patch of ``Trained.watch``: ``change`` gets the answers to a whole film, (R, N, C).

    They are handed on in the batches that they came in.
    """

    def patch(watch: Any) -> Any:
        def mutated(trained: Any, clip: Any) -> Iterator[Any]:
            parts = list(watch(trained, clip))
            ends = np.cumsum([part.shape[1] for part in parts])[:-1]
            yield from np.split(change(np.concatenate(parts, axis=1)), ends, axis=1)

        return mutated

    return patch


def leaders(odds: Any) -> Any:
    """Return the most probable person of each frame, (R, N); -1 where nobody is seen."""
    return np.where(odds.any(axis=2), odds.argmax(axis=2), -1)


def surely(leading: Any, people: int) -> Any:
    """Return answers (R, N, C) that are sure of these people, and of nobody at -1."""
    return np.eye(people + 1, dtype=np.float32)[leading][..., :people]


def normalised(odds: Any) -> Any:
    """Return answers that sum to 1 again, zeros where there is nobody."""
    total = odds.sum(axis=2, keepdims=True)
    return (odds / np.where(total > 0, total, 1)).astype(np.float32)


def rewritten(change: Callable[[History], History]) -> Patch:
    """Return a patch of ``train`` that changes the history afterwards."""

    def patch(train: Any) -> Any:
        def mutated(*given: Any, **more: Any) -> Any:
            head, history = train(*given, **more)
            return head, change(history)

        return mutated

    return patch


@dataclass(frozen=True)
class Run:
    """A training that is over: what it was given, and what it left behind."""

    train: Any
    x: Any
    y: Any
    people: int
    parameters: Parameters
    more: dict[str, Any]
    head: Head
    history: History

    @property
    def per_epoch(self) -> int:
        """How many updates an epoch makes."""
        return self.history.updates_per_epoch

    def weights_at(self, update: int) -> Head:
        """Return the weights before an update: whole epochs trained anew, the rest in numpy."""
        from facelab.learning.training import initial_head, photo_order

        seeds, epochs = self.more["seeds"], max(update, 0) // self.per_epoch
        start = self.more.get("start") or initial_head(
            self.x.shape[1], self.people, self.parameters, seeds
        )
        if epochs:
            shorter = self.parameters.with_(epochs=epochs)
            start, _ = self.train(
                self.x, self.y, self.people, shorter, seeds=seeds, start=self.more.get("start")
            )
        kernel, bias = start.kernel.copy(), start.bias.copy()
        longer = self.parameters.with_(epochs=epochs + 1)
        for one, seed in enumerate(seeds):
            order = photo_order(len(self.x), longer, seed)
            for photos in order[epochs * self.per_epoch : update]:
                self._step(kernel[one], bias[one], photos[photos >= 0])
        return Head(kernel, bias)

    def _step(self, kernel: Any, bias: Any, photos: Any) -> None:
        x = self.x[photos]
        logits = x @ kernel + bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        off = odds / odds.sum(axis=1, keepdims=True)
        off = (off - np.eye(self.people)[self.y[photos]]) / len(photos)
        kernel -= self.parameters.learning_rate * x.T @ off
        bias -= self.parameters.learning_rate * off.sum(axis=0)


def left_behind(change: Callable[[Run], Head], *, interrupted: bool) -> Patch:
    """Return a patch of ``train`` that gives other weights back: of interrupted ones, or of all."""

    def patch(train: Any) -> Any:
        def mutated(x: Any, y: Any, people: int, parameters: Parameters, **more: Any) -> Any:
            head, history = train(x, y, people, parameters, **more)
            if interrupted and history.updates == parameters.updates(len(x)):
                return head, history
            return change(Run(train, x, y, people, parameters, more, head, history)), history

        return mutated

    return patch


def mixed(one: Head, other: Head, share: float) -> Head:
    """Return weights between two heads: ``share`` of the second."""
    part = np.float32(share)
    return Head(
        (1 - part) * one.kernel + part * other.kernel, (1 - part) * one.bias + part * other.bias
    )


def coarse(head: Head, levels: int) -> Head:
    """Return a head whose kernel has so many levels on either side of 0, as a small file would."""
    most = np.abs(head.kernel).max(axis=(1, 2), keepdims=True)
    return replace(head, kernel=np.round(head.kernel / most * levels) / levels * most)
