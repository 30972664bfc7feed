"""Faults that show when a training is interrupted: what it then is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from facelab.contract.parameters import Parameters
from facelab.contract.training import Head
from tests.power.mutant import Catalogue, Mutant
from tests.power.mutants.data import TRAIN
from tests.power.mutants.loop import going_on
from tests.power.mutants.ways import Run, coarse, left_behind, mixed

MUTANTS = Catalogue()
add = MUTANTS.add


def interrupted(label: str, what: str, change: Callable[[Run], Head]) -> None:
    """Define a mutant that gives other weights back when it was interrupted."""
    add(label, f"interrupted, {what}", TRAIN)(left_behind(change, interrupted=True))


def best_epoch(run: Run) -> Head:
    """Return each replicate's weights after the first epoch of its highest accuracy."""
    whole = run.history.updates // run.per_epoch
    drawn = run.history.accuracy[:, : whole * run.per_epoch]
    best = drawn.reshape(len(drawn), whole, -1).mean(axis=2).argmax(axis=1) + 1
    heads = {epoch: run.weights_at(int(epoch) * run.per_epoch) for epoch in set(best.tolist())}
    chosen = [(heads[epoch], row) for row, epoch in enumerate(best.tolist())]
    return Head(
        np.stack([head.kernel[row] for head, row in chosen]),
        np.stack([head.bias[row] for head, row in chosen]),
    )


def only_the_first(run: Run) -> Head:
    """Keep what the first replicate of each five learnt, and begin anew with the others."""
    first = np.arange(len(run.head.bias)) % 5 == 0
    start = run.weights_at(0)
    return Head(
        np.where(first[:, None, None], run.head.kernel, start.kernel),
        np.where(first[:, None], run.head.bias, start.bias),
    )


interrupted("S17", "it gives the initial weights back", lambda run: run.weights_at(0))
interrupted(
    "S18",
    "it gives the weights of an epoch before back",
    lambda run: run.weights_at(run.history.updates - run.per_epoch),
)
interrupted(
    "S19",
    "it gives the weights of the first epoch back",
    lambda run: run.weights_at(run.per_epoch),
)
interrupted("S20", "it gives the weights of its best epoch back", best_epoch)
interrupted(
    "S21",
    "it gives the mean of the first and the last weights back",
    lambda run: mixed(run.head, run.weights_at(0), 0.5),
)
interrupted("S22", "the bias is lost", lambda run: replace(run.head, bias=0 * run.head.bias))
interrupted(
    "S23",
    "its people are in the reverse order",
    lambda run: Head(run.head.kernel[:, :, ::-1], run.head.bias[:, ::-1]),
)
interrupted("S24", "its weights are kept in three bits", lambda run: coarse(run.head, 3))
interrupted(
    "S25",
    "each replicate has the next one's weights",
    lambda run: Head(np.roll(run.head.kernel, 1, axis=0), np.roll(run.head.bias, 1, axis=0)),
)
interrupted("S26", "only the first replicate has learnt", only_the_first)


@add(
    "S27",
    "an interrupt is heard twenty epochs late",
    TRAIN,
    tests=("tests/learning/test_training.py::test_interrupted_training_is_the_head_of_the_whole",),
    why="how soon an interrupt is heard depends on the machine: a compiled call takes 10 ms",
)
def hard_of_hearing(train: Any) -> Any:
    def mutated(x: Any, y: Any, people: int, parameters: Parameters, **more: Any) -> Any:
        if stop := more.get("stop"):
            late = 20 * parameters.updates_per_epoch(len(x))
            more["stop"] = lambda done: stop(done - late)
        return train(x, y, people, parameters, **more)

    return mutated


MUTANTS.define(
    Mutant(
        "S28",
        "after an interrupt the next training goes on from its weights",
        going_on(lambda history, updates: history.updates < updates),
    )
)
