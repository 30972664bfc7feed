"""First weights: what a seed draws, the same to the bit as Keras' Glorot initialiser, in NumPy.

Philox, the counter-based generator of Salmon et al. (2011), keyed as TensorFlow's stateless random
numbers are. So a stranger is given the weights that facelab itself begins from, without TensorFlow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facelab.contract.parameters import Parameters

_FACTORS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_STEPS = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10
_WORD = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)

_SCRAMBLE = 0x3EC8F720, 0x02461E29
"""The key with which TensorFlow makes a key and a first counter of a seed."""

_SEEDS = 2**31 - 2
"""Keras counts seeds modulo this."""

DRAWN = "glorot_uniform"
"""The only distribution that is known here."""


def first_kernel(
    features: int, people: int, parameters: Parameters, seed: int
) -> NDArray[np.float32]:
    """Return the kernel (features, people) float32 that a seed draws: uniform, by Glorot's rule."""
    assert parameters.kernel_initializer == DRAWN
    limit = np.float32(np.sqrt(6 / (features + people)))
    spread = _uniform(features * people, seed % _SEEDS) * (limit - -limit)
    return (spread - limit).reshape(features, people)


def first_head(
    features: int, people: int, parameters: Parameters, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return kernel (features, people) and bias (people,) before any update."""
    return first_kernel(features, people, parameters, seed), np.zeros(people, np.float32)


def _uniform(count: int, seed: int) -> NDArray[np.float32]:
    """Return numbers from 0 to 1, as TensorFlow's ``stateless_uniform`` with ``[seed, 0]``."""
    mixed = _philox(np.array([[seed, 0, 0, 0]], np.uint64), _SCRAMBLE)[0]
    counters = np.zeros((-(-count // 4), 4), np.uint64)
    counters[:, 0] = np.arange(len(counters))
    counters[:, 2:] = mixed[2:]
    words = _philox(counters, (int(mixed[0]), int(mixed[1]))).ravel()[:count].astype(np.uint32)
    mantissa = words & np.uint32(0x7FFFFF) | np.uint32(0x3F800000)  # of a number from 1 to 2
    return mantissa.view(np.float32) - np.float32(1)


def _philox(counters: NDArray[np.uint64], key: tuple[int, int]) -> NDArray[np.uint64]:
    """Return four words of 32 bits for each counter (n, 4), by Philox 4x32-10."""
    a, b, c, d = counters.T
    for number in range(_ROUNDS):
        first, second = (
            np.uint64((word + number * step) & 0xFFFFFFFF)
            for word, step in zip(key, _STEPS, strict=True)
        )
        low, high = a * _FACTORS[0], c * _FACTORS[1]
        a, b = (high >> _HALF) ^ b ^ first, high & _WORD
        c, d = (low >> _HALF) ^ d ^ second, low & _WORD
    return np.stack([a, b, c, d], axis=1)
