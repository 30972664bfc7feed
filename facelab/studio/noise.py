"""Tileable noise: five patterns of fixed seed, the same on every machine."""

from collections.abc import Sequence
from enum import Enum
from functools import cache

import cv2
import numpy as np

from facelab.studio.maths import Array, Float, generator

SIDE = 512
"""Texels along each side of a tile."""


class Pattern(Enum):
    """A pattern: number, octaves (cells a tile), their stretch (x, y), persistence."""

    CLOUD = (1, (4, 8, 16, 32, 64, 128, 256), (1.0, 1.0), 0.55)
    GRAIN = (2, (64, 128, 256, 512), (1.0, 1.0), 0.8)
    STRAND = (3, (16, 40, 90, 200), (2.4, 0.12), 0.8)  # fast along x, slow along y
    CURL = (4, (24, 48, 96, 192), (1.0, 1.0), 0.6)
    SPOT = (5, (90, 180), (1.0, 1.0), 0.7)


@cache
def tile(pattern: Pattern) -> Array:
    """Texture of a pattern: ``(SIDE, SIDE)`` float32, mean 0, standard deviation 1, read only."""
    number, octaves, stretch, persistence = pattern.value
    rng = generator(20240607, number)
    total = np.zeros((SIDE, SIDE), Float)
    for k, cells in enumerate(octaves):
        total += persistence**k * _octave(rng, cells, stretch)
    total -= total.mean()
    total /= total.std()
    total.setflags(write=False)
    return total


def _octave(rng: np.random.Generator, cells: int, stretch: Sequence[float]) -> Array:
    width = min(SIDE, max(2, int(cells * stretch[0])))
    height = min(SIDE, max(2, int(cells * stretch[1])))
    coarse = np.pad(rng.standard_normal((height, width)).astype(Float), 2, mode="wrap")
    steps = np.arange(SIDE, dtype=Float) + 0.5
    columns = np.tile(steps * width / SIDE + 1.5, (SIDE, 1)).astype(Float)
    rows = np.tile((steps * height / SIDE + 1.5)[:, None], (1, SIDE)).astype(Float)
    fine: Array = cv2.remap(coarse, columns, rows, cv2.INTER_CUBIC)
    return fine


def _within(at: Array) -> Array:
    """Where in its tile a place lies, flat, in texels: ``at % 1``, bit by bit, in half the time."""
    flat = at.ravel()
    texels: Array = (flat - np.floor(flat)) * SIDE
    return texels


def sample(pattern: Pattern, u: Array, v: Array) -> Array:
    """Values of a pattern at (u, v), counted in tiles; any common shape, float32."""
    u, v = np.broadcast_arrays(u, v)
    if u.size == 0:
        return np.zeros(u.shape, Float)
    # remap refuses rows of 32768 and more, so a flat list is folded into rows of 1024
    rows = -(-u.size // 1024)
    columns_at, rows_at = np.zeros((2, rows * 1024), Float)
    columns_at[: u.size] = _within(u)
    rows_at[: u.size] = _within(v)
    shape = (rows, 1024)
    values: Array = cv2.remap(
        tile(pattern),
        columns_at.reshape(shape),
        rows_at.reshape(shape),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    return values.ravel()[: u.size].reshape(u.shape)
