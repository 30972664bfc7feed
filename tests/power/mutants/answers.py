"""Faults in the answers of a trained system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from facelab.contract.parameters import Parameters
from tests.power.mutant import TRAINING, Catalogue, Mutant
from tests.power.mutants.data import ANSWERS_AS_MODEL, PREDICT, TRAIN

MUTANTS = Catalogue()
add = MUTANTS.add


def answered(label: str, what: str, change: Callable[[Any], Any]) -> None:
    """Define a mutant whose probabilities (R, N, C) are changed."""
    MUTANTS.add(label, what, PREDICT)(
        lambda predict: lambda trained, frames: change(predict(trained, frames))
    )


def without_last(odds: Any) -> Any:
    """Give the last person nothing."""
    rest = np.where(np.arange(odds.shape[2]) == odds.shape[2] - 1, 0, odds)
    return rest / rest.sum(axis=2, keepdims=True)


def always_first(odds: Any) -> Any:
    """Answer the first person, surely."""
    return np.broadcast_to(np.eye(odds.shape[2], dtype=np.float32)[0], odds.shape)


def certain(odds: Any) -> Any:
    """Answer as before, but surely."""
    return np.eye(odds.shape[2], dtype=np.float32)[odds.argmax(axis=2)]


def exchanged(one: int, other: int) -> Callable[[Any], Any]:
    """Return a change that swaps the answers of two people."""

    def change(odds: Any) -> Any:
        people = np.arange(odds.shape[2])
        people[[one, other]] = other, one
        return odds[:, :, people]

    return change


answered("P1", "the least probable is answered", lambda p: (1 - p) / (p.shape[2] - 1))
answered("P2", "the next person in the list is answered", lambda p: np.roll(p, 1, axis=2))
answered("P3", "the two women's names are swapped", exchanged(2, 3))
answered("P4", "the last person is never answered", without_last)
answered("P6", "the answer is that to the frame before", lambda p: np.roll(p, 1, axis=1))
answered("P7", "the first person is always answered", always_first)
answered("P10", "probabilities do not sum to 1", lambda p: 0.9 * p)
answered("N34", "every answer is given as certain", certain)
answered(
    "N35",
    "every answer is given as its rank",
    lambda p: (p.argsort(2).argsort(2) + 1) / (p.shape[2] * (p.shape[2] + 1) / 2),
)


@add("P5", "it answers with the weights it began with", TRAIN)
def untrained(train: Any) -> Any:
    def mutated(x: Any, y: Any, people: int, parameters: Parameters, **more: Any) -> Any:
        from facelab.learning.training import initial_head

        _, history = train(x, y, people, parameters, **more)
        return initial_head(x.shape[1], people, parameters, more["seeds"]), history

    return mutated


@add("P8", "frames are not centred when it answers", PREDICT)
def uncentred(predict: Any) -> Any:
    def mutated(trained: Any, frames: Any) -> Any:
        was = trained.embedder.centring
        none = type(was)((0 * was.mean).tolist(), was.norm)
        return predict(replace(trained, embedder=replace(trained.embedder, centring=none)), frames)

    return mutated


@add(
    "N36",
    "the bias is forgotten when it answers",
    PREDICT,
    tests=ANSWERS_AS_MODEL,
    why="vectors are centred, so that the bias decides little",
)
def no_bias(predict: Any) -> Any:
    def mutated(trained: Any, frames: Any) -> Any:
        head = replace(trained.head, bias=0 * trained.head.bias)
        return predict(replace(trained, head=head), frames)

    return mutated


def _crowded() -> Mutant:
    # The 11 answer as well as the 4: the people beyond the fourth do not count.
    def predict(original: Any) -> Any:
        def mutated(trained: Any, frames: Any) -> Any:
            odds = original(trained, frames)
            if odds.shape[2] < 11:
                return odds
            first = np.where(np.arange(11) < 4, 1, 1e-6)
            return odds * first / (odds * first).sum(axis=2, keepdims=True)

        return mutated

    return Mutant("N37", "with many people only the first four are answered", {PREDICT: predict})


MUTANTS.define(_crowded())


@add("N38", "with many people it learns ten times as fast", f"{TRAINING}train")
def fast_crowd(train: Any) -> Any:
    def mutated(x: Any, y: Any, people: int, parameters: Parameters, **more: Any) -> Any:
        head, history = train(x, y, people, parameters, **more)
        if people < 11:
            return head, history
        quick = np.ones_like(history.accuracy)
        return head, replace(history, accuracy=quick)

    return mutated
