"""Faults between replicates: what one has of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from facelab.contract.history import History
from facelab.contract.parameters import Parameters
from facelab.contract.training import Head
from tests.power.mutant import Catalogue
from tests.power.mutants.data import PREDICT, TRAIN
from tests.power.mutants.head import INITIAL
from tests.power.mutants.loop import ORDER
from tests.power.mutants.ways import WATCH, Run, filmed, left_behind, rewritten

MUTANTS = Catalogue()
add = MUTANTS.add

SIZE = 5
"""Replicates of an ordinary run: of many that are played at once, each five are one."""


def first_of_five(count: int) -> Any:
    """Return for each replicate the number of the first of its five, (R,)."""
    return np.arange(count) // SIZE * SIZE


def mean_of_five(values: Any) -> Any:
    """Return the mean over each five replicates, in place of every one."""
    parts = [values[start : start + SIZE] for start in range(0, len(values), SIZE)]
    means = [np.broadcast_to(part.mean(axis=0), part.shape) for part in parts]
    return np.concatenate(means).astype(values.dtype)


def next_of_five(values: Any) -> Any:
    """Return what the next replicate has, the first's after the last, by fives."""
    parts = [values[start : start + SIZE] for start in range(0, len(values), SIZE)]
    return np.concatenate([np.roll(part, -1, axis=0) for part in parts])


def written(label: str, what: str, change: Callable[[History], History]) -> None:
    """Define a mutant whose history is changed afterwards."""
    add(label, what, TRAIN)(rewritten(change))


def kept(label: str, what: str, change: Callable[[Run], Head]) -> None:
    """Define a mutant whose replicates are given other weights in the end."""
    add(label, what, TRAIN)(left_behind(change, interrupted=False))


def of_the_first(values: Any) -> Any:
    """Return what the first of each five has."""
    return values[first_of_five(len(values))]


def changed(run: Run, change: Callable[[Any], Any]) -> Head:
    """Return the weights, kernel and bias changed alike."""
    return Head(change(run.head.kernel), change(run.head.bias))


written(
    "S100",
    "all replicates show the loss of the first",
    lambda history: replace(history, loss=of_the_first(history.loss)),
)
written(
    "S101",
    "all replicates show the accuracy of the first",
    lambda history: replace(history, accuracy=of_the_first(history.accuracy)),
)
written(
    "S102",
    "the loss of each replicate is the mean of all",
    lambda history: replace(history, loss=mean_of_five(history.loss)),
)
kept(
    "S103",
    "each replicate answers with the next one's weights",
    lambda run: changed(run, next_of_five),
)
kept(
    "S104",
    "all replicates answer with the mean of their weights",
    lambda run: changed(run, mean_of_five),
)
add("S105", "all replicates give their mean answer", PREDICT)(
    lambda predict: lambda trained, frames: mean_of_five(predict(trained, frames))
)
add("S106", "live, the first replicate answers for all", WATCH)(filmed(of_the_first))


@add("S107", "seeds are taken modulo 3", TRAIN)
def few_seeds(train: Any) -> Any:
    def mutated(*given: Any, seeds: Any, **more: Any) -> Any:
        head, history = train(*given, seeds=[seed % 3 for seed in seeds], **more)
        return head, replace(history, seeds=tuple(seeds))

    return mutated


@add("S108", "all replicates begin with the same weights", INITIAL)
def same_start(initial_head: Any) -> Any:
    return lambda features, people, parameters, seeds: initial_head(
        features, people, parameters, [2019 for _ in seeds]
    )


@add(
    "S109",
    "all replicates see the photos in the same order",
    ORDER,
    tests=("tests/learning/test_training.py::test_orders_differ_between_epochs_and_seeds",),
)
def same_order(photo_order: Any) -> Any:
    return lambda photos, parameters, _: photo_order(photos, parameters, 2019)


@add("S110", "the second replicate learns nothing and shows the first one's curve", TRAIN)
def idle_second(train: Any) -> Any:
    def mutated(x: Any, y: Any, people: int, parameters: Parameters, **more: Any) -> Any:
        head, history = train(x, y, people, parameters, **more)
        start = Run(train, x, y, people, parameters, more, head, history).weights_at(0)
        idle = np.arange(len(head.bias)) % SIZE == 1
        kernel = np.where(idle[:, None, None], start.kernel, head.kernel)
        shown = np.where(idle, first_of_five(len(idle)), np.arange(len(idle)))
        history = replace(history, loss=history.loss[shown], accuracy=history.accuracy[shown])
        return Head(kernel, np.where(idle[:, None], start.bias, head.bias)), history

    return mutated
