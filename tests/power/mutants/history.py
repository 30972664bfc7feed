"""Faults in what a training writes down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from facelab.contract.history import History
from tests.power.mutant import TRAINING, Catalogue, Mutant
from tests.power.mutants.data import ORACLE, TRAIN
from tests.power.mutants.head import FORWARD, MEASURE, STEP
from tests.power.mutants.loop import cut

MUTANTS = Catalogue()


def written(label: str, what: str, change: Callable[[History], History], why: str = "") -> None:
    """Define a mutant whose history is changed after the training.

    ``why`` the features may not see it: then the oracle must.
    """

    def patch(train: Any) -> Any:
        def mutated(*given: Any, **more: Any) -> Any:
            head, history = train(*given, **more)
            return head, change(history)

        return mutated

    MUTANTS.add(label, what, TRAIN, tests=ORACLE if why else (), why=why)(patch)


def both(history: History, change: Callable[[Any], Any]) -> History:
    """Return a history with loss and accuracy changed alike."""
    return replace(history, loss=change(history.loss), accuracy=change(history.accuracy))


def running_means(history: History) -> History:
    """Return loss and accuracy as means since the epoch's start, as Keras gives them."""
    sizes = history.batch_sizes.astype(np.float64)
    starts = np.arange(history.updates) // history.updates_per_epoch * history.updates_per_epoch

    def mean(values: Any) -> Any:
        sums, counts = np.cumsum(values * sizes, axis=1), np.cumsum(sizes, axis=1)
        before = [np.pad(total, ((0, 0), (1, 0)))[:, starts] for total in (sums, counts)]
        return ((sums - before[0]) / (counts - before[1])).astype(np.float32)

    return both(history, mean)


def smoothed(values: Any) -> Any:
    """Return means over the last ten updates."""
    sums = np.cumsum(np.pad(values.astype(np.float64), ((0, 0), (10, 0)), mode="edge"), axis=1)
    return ((sums[:, 10:] - sums[:, :-10]) / 10).astype(np.float32)


def late(values: Any) -> Any:
    """Return each value an update later."""
    return np.concatenate([values[:, :1], values[:, :-1]], axis=1)


def doubled(history: History) -> History:
    """Return a history whose first point comes twice."""
    return cut(history, np.r_[0, : history.updates])


written("H1", "running means since the epoch's start", running_means)
written(
    "H3",
    "one point an epoch",
    lambda h: cut(h, slice(h.updates_per_epoch - 1, None, h.updates_per_epoch)),
)
written("H4", "the last point is lost", lambda h: cut(h, slice(-1)))
written("H5", "the first point comes twice", doubled)
written(
    "H6", "loss and accuracy are swapped", lambda h: replace(h, loss=h.accuracy, accuracy=h.loss)
)
written("H7", "errors are called accuracy", lambda h: replace(h, accuracy=1 - h.accuracy))
written("H8", "the accuracy is always 1", lambda h: replace(h, accuracy=np.ones_like(h.accuracy)))
written("H9", "the loss is negated", lambda h: replace(h, loss=-h.loss))
written("H10", "the loss is in bits, not in nats", lambda h: replace(h, loss=h.loss / np.log(2)))
written("H11", "both curves are smoothed over ten updates", lambda h: both(h, smoothed))
written(
    "N29",
    "the loss alone is sorted",
    lambda h: replace(h, loss=-np.sort(-h.loss, axis=1)),
    "a loss that falls looks sorted",
)
written(
    "H13",
    "the accuracy is that of the batch before",
    lambda h: replace(h, accuracy=late(h.accuracy)),
)
written("N30", "the loss is cut at 1 nat", lambda h: replace(h, loss=np.minimum(h.loss, 1)))
written(
    "N31",
    "values that are too large for a chart are written as infinite",
    lambda h: replace(h, loss=np.where(h.loss > 2, np.inf, h.loss).astype(np.float32)),
)
written(
    "N32",
    "a loss under a hundredth is written as 0",
    lambda h: replace(h, loss=np.where(h.loss < 0.01, 0, h.loss)),
    "some loss of the last epoch is larger",
)
written(
    "N33",
    "each epoch's order is written as that of the first",
    lambda h: replace(h, photos=h.photos[:, np.arange(h.updates) % h.updates_per_epoch]),
)


def after_the_update(told: Callable[[Any, Any], Any]) -> dict[str, Any]:
    """Return the patches of a mutant that asks the model again after each update.

    ``told(before, after)``, of loss and accuracy, is what is recorded.
    """
    seen: dict[str, Any] = {}

    def forward(original: Any) -> Any:
        def mutated(x: Any, kernel: Any, bias: Any) -> Any:
            seen.update(x=x, forward=original)
            return original(x, kernel, bias)

        return mutated

    def measure(original: Any) -> Any:
        def mutated(logits: Any, y: Any, share: Any) -> Any:
            seen.update(y=y, share=share, measure=original)
            return original(logits, y, share)

        return mutated

    def step(original: Any) -> Any:
        def mutated(*given: Any) -> Any:
            seen["weights"] = original(*given)
            return seen["weights"]

        return mutated

    def record(original: Any) -> Any:
        def mutated(loss: Any, accuracy: Any, moved: Any, slope: Any) -> Any:
            logits = seen["forward"](seen["x"], *seen["weights"])
            after = seen["measure"](logits, seen["y"], seen["share"])
            return original(*told((loss, accuracy), after), moved, slope)

        return mutated

    return {FORWARD: forward, MEASURE: measure, STEP: step, f"{TRAINING}record": record}


def _after_the_update() -> Mutant:
    return Mutant(
        "H2",
        "loss and accuracy are taken after the update",
        after_the_update(lambda _, after: after),
        tests=ORACLE,
        why="curves that are an update late look the same",
    )


def _appended() -> Mutant:
    kept: dict[str, History] = {}

    def train(original: Any) -> Any:
        kept.clear()

        def mutated(*given: Any, **more: Any) -> Any:
            head, history = original(*given, **more)
            before = kept.get("history")
            kept["history"] = history
            if before is None or before.photos.shape[::2] != history.photos.shape[::2]:
                return head, history
            names = ("loss", "accuracy", "learning_rate", "photos")
            longer = {
                name: np.concatenate([getattr(before, name), getattr(history, name)], axis=1)
                for name in names
            }
            return head, replace(history, **longer)

        return mutated

    return Mutant("H12", "the points of the training before are kept", {TRAIN: train})


MUTANTS.define(_after_the_update())
MUTANTS.define(_appended())
