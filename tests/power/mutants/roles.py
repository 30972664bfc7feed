"""Faults in who is who: labels, numbers and weights of people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from facelab.contract.parameters import Parameters
from facelab.contract.training import Head
from tests.power.mutant import Catalogue, Mutant
from tests.power.mutants.data import TRAIN, Labels
from tests.power.mutants.head import GRADIENT, STEP

MUTANTS = Catalogue()
add = MUTANTS.add


def labelled(label: str, what: str, change: Callable[[Labels, int], Any]) -> None:
    """Define a mutant that learns other labels: ``change(labels, people)``."""

    def patch(train: Any) -> Any:
        def mutated(x: Any, y: Labels, people: int, parameters: Parameters, **more: Any) -> Any:
            return train(x, np.asarray(change(y, people), np.int32), people, parameters, **more)

        return mutated

    add(label, what, TRAIN)(patch)


def place_of(y: Labels) -> Any:
    """Return each photo's place among those of its person, as a share, (N,)."""
    places = np.zeros(len(y))
    for person in np.unique(y):
        mine = np.flatnonzero(y == person)
        places[mine] = np.arange(len(mine)) / len(mine)
    return places


def last_as_next(person: int, part: float) -> Callable[[Labels, int], Any]:
    """Return a change that gives the last part of a person's photos to the next one."""
    return lambda y, _: np.where((y == person) & (place_of(y) >= 1 - part), person + 1, y)


def by_count(y: Labels, people: int) -> Any:
    """Number people by how many photos they have, while the names stay."""
    order = np.argsort(-np.bincount(y, minlength=people), kind="stable")
    return np.argsort(order)[y]


labelled("S89", "people beyond the fourth are the fourth", lambda y, _: np.minimum(y, 3))
labelled("S90", "the eleventh person is taken for the second", lambda y, _: np.where(y == 10, 1, y))
labelled("S91", "people are numbered by how many photos they have", by_count)
labelled("S92", "a fifth of the first man's photos are the second one's", last_as_next(0, 0.2))
labelled(
    "S93",
    "one photo in twenty has the next person's label",
    lambda y, people: np.where(np.arange(len(y)) % 20 == 7, (y + 1) % people, y),
)


@add("S94", "only one sitting is learnt: half of each person's photos twice, in silence", TRAIN)
def one_sitting(train: Any) -> Any:
    def mutated(x: Any, y: Labels, people: int, parameters: Parameters, **more: Any) -> Any:
        places, taken = place_of(y), np.arange(len(y))
        for person in range(people):
            mine = np.flatnonzero(y == person)
            first = mine[places[mine] < 0.5]
            taken[mine] = np.resize(first, len(mine))
        return train(x[taken], y, people, parameters, **more)

    return mutated


@add("S95", "the last person's weights never change", STEP)
def never_the_last(step: Any) -> Any:
    def mutated(kernel: Any, bias: Any, slope: Any, rate: Any) -> Any:
        others = tf.cast(tf.range(bias.shape[1]) < bias.shape[1] - 1, tf.float32)
        return step(kernel, bias, (slope[0] * others, slope[1] * others), rate)

    return mutated


@add("S96", "labels are smoothed by 0.1 in what is learnt", GRADIENT)
def smooth_labels(gradient: Any) -> Any:
    return lambda x, logits, y, share: gradient(x, logits, 0.9 * y + 0.1 / y.shape[2], share)


def _balanced() -> Mutant:
    weights: dict[int, Any] = {}

    def train(original: Any) -> Any:
        def mutated(x: Any, y: Labels, people: int, parameters: Parameters, **more: Any) -> Any:
            counts = np.maximum(np.bincount(y, minlength=people), 1)
            weights[people] = (len(y) / people / counts).astype(np.float32)
            return original(x, y, people, parameters, **more)

        return mutated

    def gradient(original: Any) -> Any:
        def mutated(x: Any, logits: Any, y: Any, share: Any) -> Any:
            # people of one number have the same photos throughout the book but for the first 200
            return original(x, logits, y, share * tf.reduce_sum(y * weights[y.shape[2]], axis=2))

        return mutated

    return Mutant(
        "S97",
        "who has few photos counts for more in the gradient",
        {TRAIN: train, GRADIENT: gradient},
    )


MUTANTS.define(_balanced())


@add("S98", "a class nobody has photos of is learnt, and left out of the answers", TRAIN)
def hidden_class(train: Any) -> Any:
    def mutated(x: Any, y: Labels, people: int, parameters: Parameters, **more: Any) -> Any:
        head, history = train(x, y, people + 1, parameters, **more)
        shown = Head(head.kernel[:, :, :people].copy(), head.bias[:, :people].copy())
        return shown, replace(history, people=people)

    return mutated


@add("S99", "people beyond the fourth learn at half the rate", STEP)
def slow_crowd(step: Any) -> Any:
    def mutated(kernel: Any, bias: Any, slope: Any, rate: Any) -> Any:
        pace = tf.where(tf.range(bias.shape[1]) < 4, 1.0, 0.5)
        return step(kernel, bias, (slope[0] * pace, slope[1] * pace), rate)

    return mutated
