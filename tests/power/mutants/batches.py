"""Faults in the order and the batches: which photos an update sees, and which it says it saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from facelab.contract.history import History
from facelab.contract.parameters import Parameters
from tests.power.mutant import Catalogue, Mutant
from tests.power.mutants.data import TRAIN
from tests.power.mutants.head import GRADIENT, STEP
from tests.power.mutants.loop import ORDER, RUN, by_epoch
from tests.power.mutants.ways import rewritten

MUTANTS = Catalogue()
add = MUTANTS.add


def shuffled(label: str, what: str, change: Callable[[Any, Any, Parameters], Any]) -> None:
    """Define a mutant with another order of the photos.

    ``change(epochs, generator, parameters)`` gets each epoch's photos (E, N) and returns others.
    """

    def patch(photo_order: Any) -> Any:
        def mutated(photos: int, parameters: Parameters, seed: int) -> Any:
            order = photo_order(photos, parameters, seed)
            epochs = by_epoch(order, parameters)[:, :photos]
            changed = change(epochs, np.random.default_rng(seed), parameters)
            spare = ((0, 0), (0, order.size // parameters.epochs - photos))
            padded = np.pad(changed, spare, constant_values=-1)
            return padded.reshape(order.shape).astype(np.int32)

        return mutated

    add(label, what, ORDER)(patch)


def seen(label: str, what: str, change: Callable[[Any], Any]) -> None:
    """Define a mutant that learns from other photos than it writes down, of order (U, R, B)."""

    def patch(run_chunk: Any) -> Any:
        return lambda x, y, order, *more: run_chunk(x, y, change(order), *more)

    add(label, what, RUN)(patch)


def there_and_back(epochs: Any, *_: Any) -> Any:
    """Run every second epoch backwards through the one before."""
    backwards = epochs[np.arange(len(epochs)) // 2 * 2][:, ::-1]
    return np.where((np.arange(len(epochs)) % 2 == 1)[:, None], backwards, epochs)


def same_batches(epochs: Any, generator: Any, parameters: Parameters) -> Any:
    """Shuffle the photos once and then only the batches; the partial one stays the last."""
    photos, size = epochs.shape[1], parameters.batch_size
    whole = photos // size * size
    orders = [generator.permutation(whole // size) for _ in epochs]
    batches = epochs[0, :whole].reshape(-1, size)
    return np.stack([np.r_[batches[order].ravel(), epochs[0, whole:]] for order in orders])


def buffered(epochs: Any, generator: Any, _: Parameters) -> Any:
    """Draw each photo from a buffer of 16 that is filled in the gallery's order."""
    orders = []
    for _epoch in epochs:
        waiting, order = list(range(epochs.shape[1])), []
        while waiting:
            order.append(waiting.pop(int(generator.integers(min(16, len(waiting))))))
        orders.append(order)
    return np.array(orders)


def turning(epochs: Any, *_: Any) -> Any:
    """Begin each epoch one photo later in the order of the first."""
    return np.stack([np.roll(epochs[0], -number) for number in range(len(epochs))])


def gallery_first(epochs: Any, *_: Any) -> Any:
    """Take the photos of the first epoch as they lie in the gallery, person by person."""
    return np.concatenate([np.sort(epochs[:1], axis=1), epochs[1:]])


shuffled("S51", "every second epoch runs backwards through the one before", there_and_back)
shuffled("S52", "the same batches in every epoch, in another order", same_batches)
shuffled("S53", "photos are shuffled within a buffer of 16", buffered)
shuffled("S54", "each epoch begins a photo later in one order", turning)
shuffled("S55", "the first epoch goes person by person", gallery_first)


def other_epoch(history: History) -> History:
    """Write each epoch's photos one epoch late, as a log that is flushed at the end of each."""
    return replace(history, photos=np.roll(history.photos, history.updates_per_epoch, axis=1))


add("S56", "the photos written down are those of another epoch", TRAIN)(rewritten(other_epoch))
seen(
    "S57",
    "the second half of a batch is its first half again, in silence",
    lambda order: np.where(
        np.arange(order.shape[2]) * 2 < (order >= 0).sum(axis=2).max(),
        order,
        np.where(order < 0, -1, np.roll(order, (order >= 0).sum(axis=2).max() // 2, axis=2)),
    ),
)
seen(
    "S58",
    "one photo is never learnt: its neighbour is taken, in silence",
    lambda o: np.where(o == 5, 4, o),
)
seen("S59", "only even photos are learnt, in silence", lambda o: np.where(o >= 0, o // 2 * 2, -1))


def _full_size() -> Mutant:
    share_of: dict[str, Any] = {}

    def run_chunk(original: Any) -> Any:
        def mutated(x: Any, y: Any, order: Any, count: Any, rate: Any, *more: Any) -> Any:
            size = np.float32((order >= 0).sum(axis=2).max())
            return original(x, y, order, count, tf.stack([rate, size]), *more)

        return mutated

    def gradient(original: Any) -> Any:
        def mutated(x: Any, logits: Any, y: Any, share: Any) -> Any:
            share_of["batch"] = share
            return original(x, logits, y, share)

        return mutated

    def step(original: Any) -> Any:
        def mutated(kernel: Any, bias: Any, slope: Any, rate: Any) -> Any:
            # the share of a photo, times the size of a whole batch: over 1 in a partial one
            part = 1 / (tf.reduce_max(share_of["batch"], axis=1) * rate[1])
            smaller = slope[0] * part[:, None, None], slope[1] * part[:, None]
            return original(kernel, bias, smaller, rate[0])

        return mutated

    return Mutant(
        "S60",
        "the gradient of a partial batch is a mean over a whole one",
        {RUN: run_chunk, GRADIENT: gradient, STEP: step},
    )


MUTANTS.define(_full_size())
