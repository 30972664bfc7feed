"""Orders: compares the order of the photos with chance, epoch by epoch.

Patterns without a repetition (read backwards, rotated by a photo, the same batches mixed, a shuffle
within a buffer) spare every curve here and may not on other photos. Orders are compared with others
drawn at random (Monte Carlo test: Barnard, 1963).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from facelab.contract.history import History

DRAWN = 399
"""Orders that are drawn to compare with."""

Orders = NDArray[np.int64]
"""The photos of each whole epoch, (E, N)."""

Values = NDArray[np.float64]


def chance_of_order(history: History) -> Values:
    """Return how probable so regular an order is by chance, (R,); 1 where no two epochs are whole.

    The smallest of three: neighbours that are neighbours again in the next epoch, photos that share
    a batch again, and the rank correlation with the gallery's order; times three, for three are
    looked at.
    """
    return np.array([_chance(order, history) for order in history.photos], np.float64)


def _chance(order: NDArray[np.int32], history: History) -> float:
    each = history.updates_per_epoch
    whole = order[: history.updates // each * each]
    size, epochs = whole.shape[1], len(whole) // each
    photos = whole.reshape(epochs, -1) if epochs else whole
    seen = [one[one >= 0] for one in photos]
    if epochs < 2 or len({len(one) for one in seen}) > 1 or len(set(seen[0])) < len(seen[0]):
        return 1.0  # how often each photo is seen is for another phrase to judge
    measured = _regular(np.stack(seen).astype(np.int64), size)
    drawn = _drawn(epochs, len(seen[0]), size)
    p_values = (1 + (drawn >= measured).sum(axis=0)) / (1 + DRAWN)
    return float(min(1.0, 3 * p_values.min()))


@lru_cache(maxsize=8)
def _drawn(epochs: int, photos: int, size: int) -> Values:
    """Return the three measures of orders drawn by chance, (DRAWN, 3)."""
    draw = np.random.default_rng(0)
    shape = np.broadcast_to(np.arange(photos), (epochs, photos))
    return np.array([_regular(draw.permuted(shape, axis=1), size) for _ in range(DRAWN)])


def _regular(orders: Orders, size: int) -> Values:
    """Return how regular an order is, (3,), each the largest over its epochs."""
    photos = orders.shape[1]
    place = np.argsort(orders, axis=1)  # where each photo comes
    before, after = orders[:-1, :-1], orders[:-1, 1:]
    next_place = place[1:]
    rows = np.arange(len(next_place))[:, None]
    apart = np.abs(next_place[rows, before] - next_place[rows, after])
    neighbours = (apart == 1).sum(axis=1).max()
    batch = place // size
    pair = batch[:-1].astype(np.int64) * photos + batch[1:]
    again = max(int((np.bincount(one) ** 2).sum()) for one in pair)
    ranks = place - (photos - 1) / 2
    gallery = np.arange(photos) - (photos - 1) / 2
    correlation = np.abs(ranks @ gallery / (gallery @ gallery)).max()
    return np.array([neighbours, again, correlation], np.float64)
