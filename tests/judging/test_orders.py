"""Orders: chance passes, patterns do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from facelab.contract.history import History
from facelab.judging.orders import chance_of_order

PHOTOS, EPOCHS, SIZE = 103, 20, 16


def history(orders: Any) -> History:
    """Return a history of one replicate that saw photos in these orders, (E, N)."""
    each = -(-PHOTOS // SIZE)
    padded = np.full((EPOCHS, each * SIZE), -1, np.int32)
    padded[:, :PHOTOS] = orders
    photos = padded.reshape(1, -1, SIZE)
    values = np.zeros(photos.shape[:2], np.float32)
    return History((0,), values, values, values, photos, each, 4)


def drawn(seed: int) -> Any:
    return np.stack([np.random.default_rng([seed, e]).permutation(PHOTOS) for e in range(EPOCHS)])


def test_chance_is_probable() -> None:
    chances = [chance_of_order(history(drawn(seed)))[0] for seed in range(100)]
    assert sum(chance < 0.01 for chance in chances) <= 4  # 1 is expected at most


def batches_again(orders: Any) -> Any:
    """Mix the batches of the first epoch, and leave each together."""
    whole = PHOTOS // SIZE * SIZE
    batches = orders[0, :whole].reshape(-1, SIZE)
    return np.stack(
        [
            np.r_[batches[np.argsort(one[: len(batches)])].ravel(), orders[0, whole:]]
            for one in orders
        ]
    )


def buffered(orders: Any) -> Any:
    """Move each photo a little from its place in the gallery."""
    return np.argsort(np.arange(PHOTOS) + orders / 6, axis=1)


PATTERNS: dict[str, Callable[[Any], Any]] = {
    "backwards": lambda o: np.where(
        (np.arange(EPOCHS) % 2 == 1)[:, None], np.roll(o, 1, axis=0)[:, ::-1], o
    ),
    "turned by a photo": lambda o: np.stack([np.roll(o[0], -n) for n in range(EPOCHS)]),
    "the same batches": batches_again,
    "within a buffer": buffered,
    "the gallery's, once": lambda o: np.concatenate([np.sort(o[:1], axis=1), o[1:]]),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_not(pattern: str) -> None:
    assert chance_of_order(history(PATTERNS[pattern](drawn(1))))[0] < 0.01


def test_one_epoch_says_nothing() -> None:
    one = history(drawn(0))
    loss = one.loss[:, :7]
    short = History(one.seeds, loss, loss, loss, one.photos[:, :7], 7, 4)
    assert chance_of_order(short).tolist() == [1]
