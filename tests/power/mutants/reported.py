"""Faults in the loss and the accuracy that are shown, while what is learnt is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from facelab.contract.history import History
from tests.power.mutant import Catalogue, Mutant
from tests.power.mutants.data import TRAIN
from tests.power.mutants.head import FORWARD, MEASURE
from tests.power.mutants.history import after_the_update, late
from tests.power.mutants.ways import rewritten

MUTANTS = Catalogue()
add = MUTANTS.add


def shown(label: str, what: str, change: Callable[[History], Any]) -> None:
    """Define a mutant that shows another loss, ``change`` of the history."""
    add(label, what, TRAIN)(
        rewritten(lambda history: replace(history, loss=change(history).astype(np.float32)))
    )


def measured(
    label: str,
    what: str,
    *,
    loss: Callable[..., Any] | None = None,
    accuracy: Callable[..., Any] | None = None,
) -> None:
    """Define a mutant that measures otherwise: of probabilities, y (R, B, C) and share (R, B)."""

    def patch(measure: Any) -> Any:
        def mutated(logits: Any, y: Any, share: Any) -> Any:
            was = measure(logits, y, share)
            odds = tf.nn.softmax(logits)
            return (
                loss(odds, y, share) if loss else was[0],
                accuracy(odds, y, share) if accuracy else was[1],
            )

        return mutated

    add(label, what, MEASURE)(patch)


def smoothed(history: History) -> Any:
    """Return the loss, each value nine tenths of the one before."""
    after = history.loss.copy()
    for number in range(1, history.updates):
        after[:, number] = 0.9 * after[:, number - 1] + 0.1 * history.loss[:, number]
    return after


def of_the_epoch(history: History) -> Any:
    """Return at each update the mean loss of its epoch."""
    places = np.arange(history.updates) // history.updates_per_epoch
    after = history.loss.astype(np.float64)
    for epoch in range(history.epochs):
        after[:, places == epoch] = after[:, places == epoch].mean(axis=1, keepdims=True)
    return after


def by_full_size(history: History) -> Any:
    """Return the loss summed over the batch and divided by the size of a whole one."""
    sizes = history.batch_sizes
    return history.loss * sizes / sizes.max()


def at_right(odds: Any, y: Any) -> Any:
    """Return the probability of the right person, (R, B)."""
    return tf.reduce_sum(odds * y, axis=2)


def mean(values: Any, share: Any) -> Any:
    """Return the mean over the batch, (R,)."""
    return tf.reduce_sum(tf.cast(values, tf.float32) * share, axis=1)


def smooth_labels(odds: Any, y: Any, share: Any) -> Any:
    """Return the cross-entropy with labels smoothed by 0.02."""
    soft = 0.98 * y + 0.02 / y.shape[2]
    return mean(-tf.reduce_sum(soft * tf.math.log(tf.maximum(odds, 1e-7)), axis=2), share)


def expected_hits(odds: Any, y: Any, share: Any) -> Any:
    """Return the photos that it would get right by drawing, as a whole number of them."""
    size = 1 / tf.reduce_max(share, axis=1)
    return tf.round(mean(at_right(odds, y), share) * size) / size


shown("S61", "the loss is rounded to two decimals", lambda h: np.round(h.loss, 2))
shown("S62", "the loss is smoothed, the accuracy is not", smoothed)
shown("S63", "the loss is that of the batch before", lambda h: late(h.loss))
shown("S64", "the loss of an update is its epoch's mean", of_the_epoch)
shown(
    "S65",
    "the loss never rises: its smallest value so far",
    lambda h: np.minimum.accumulate(h.loss, 1),
)
shown("S66", "the loss of a partial batch is divided by a whole one's size", by_full_size)
shown("S67", "the loss is 5 % too large", lambda h: 1.05 * h.loss)
measured("S68", "labels are smoothed in the loss that is shown", loss=smooth_labels)
measured(
    "S69", "the accuracy is what drawing by the probabilities would give", accuracy=expected_hits
)
measured(
    "S70",
    "an answer counts as right if it is within 0.1 of the best",
    accuracy=lambda odds, y, share: mean(
        at_right(odds, y) > tf.reduce_max(odds, axis=2) - 0.1, share
    ),
)
measured(
    "S71",
    "an answer counts as right only if it has more than 0.5",
    accuracy=lambda odds, y, share: mean(at_right(odds, y) > 0.5, share),
)
measured(
    "S72",
    "the seventh photo of a batch counts as right, whatever was answered",
    accuracy=lambda odds, y, share: mean(
        tf.maximum(
            tf.cast(tf.argmax(odds, 2) == tf.argmax(y, 2), tf.float32),
            tf.cast(tf.range(odds.shape[1]) == 6, tf.float32),
        ),
        share,
    ),
)


def _accuracy_after() -> Mutant:
    return Mutant(
        "S73",
        "the accuracy is taken after the update, the loss before",
        after_the_update(lambda before, after: (before[0], after[1])),
    )


def _with_penalty() -> Mutant:
    kept: dict[str, Any] = {}

    def forward(original: Any) -> Any:
        def mutated(x: Any, kernel: Any, bias: Any) -> Any:
            kept["penalty"] = 0.001 * tf.reduce_sum(kernel**2, axis=[1, 2])
            return original(x, kernel, bias)

        return mutated

    def measure(original: Any) -> Any:
        def mutated(*given: Any) -> Any:
            loss, accuracy = original(*given)
            return loss + kept["penalty"], accuracy

        return mutated

    return Mutant(
        "S74",
        "the loss shown holds a penalty on the weights that is not learnt",
        {FORWARD: forward, MEASURE: measure},
    )


MUTANTS.define(_accuracy_after())
MUTANTS.define(_with_penalty())
