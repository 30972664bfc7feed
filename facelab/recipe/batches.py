"""Batches: samples and their targets, drawn by as many processes as there are cores.

Nothing here imports TensorFlow: the processes that draw do without it.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import joblib
import numpy as np

from facelab.faces.network import CELL, HEIGHT, TYPICAL, WIDTH, local_contrast
from facelab.recipe.dataset import HARD, PLAIN, read_shards
from facelab.recipe.framing import Sample
from facelab.recipe.samples import Cast, cast, draw_sample
from facelab.studio.maths import Array, Float, generator

BATCH = 64
STEPS = 600
"""Updates an epoch; half of their samples are drawn, the other half are the same mirrored."""

ROWS, COLUMNS = HEIGHT // CELL, WIDTH // CELL

_PART = 10  # batches that are drawn together
_SAMPLE = 63  # purpose of the generators
_SPREAD = 0.13
"""Deviation of the target round the middle of a face, as a share of its box."""


def batches(folder: Path, epoch: int, workers: joblib.Parallel) -> Iterator[tuple[Array, Array]]:
    """Yield the batches of an epoch: pictures (64, 96, 128, 1), targets (64, 12, 16, 7)."""
    parts = STEPS // (2 * _PART)
    draw = joblib.delayed(draw_part)
    for pictures, targets in workers(draw(folder, epoch, part) for part in range(parts)):
        for first in range(0, len(pictures), BATCH):
            chosen = slice(first, first + BATCH)
            yield pictures[chosen].astype(np.float32), targets[chosen]


def draw_part(folder: Path, epoch: int, part: int) -> tuple[Array, Array]:
    """Draw twenty batches of an epoch, half of them mirrored, in random order."""
    rng, scenes = generator(_SAMPLE, epoch, part), scenes_of(folder)
    drawn = [draw_sample(rng, scenes) for _ in range(_PART * BATCH)]
    pictures = np.stack([local_contrast(s.grey) for s in drawn])[..., None].astype(np.float16)
    targets = np.stack([target(s) for s in drawn])
    mirrored = targets[:, :, ::-1] * np.array([1, -1, 1, 1, 1, 1, 1], np.float32)
    order = rng.permutation(2 * _PART * BATCH)
    pictures = np.concatenate([pictures, pictures[:, :, ::-1]])[order]
    return pictures, np.concatenate([targets, mirrored])[order]


@cache
def scenes_of(folder: Path) -> Cast:
    """Scenes of a folder, read once a process."""
    return cast(read_shards(folder, PLAIN), read_shards(folder, HARD))


def target(sample: Sample) -> Array:
    """Return (12, 16, 7) float32: face, four of its box, weight of the box, weight of the face."""
    row, column = np.mgrid[0:ROWS, 0:COLUMNS].astype(Float) + 0.5  # middles, in cells
    wanted = np.zeros((ROWS, COLUMNS, 7), Float)
    wanted[..., 6] = 1
    for left, top, right, bottom in sample.ignored / CELL:
        within = (column > left) & (column < right) & (row > top) & (row < bottom)
        wanted[within, 6] = 0
    for box in sample.boxes:
        x, y = (box[:2] + box[2:]) / 2 / CELL
        size = box[2:] - box[:2]
        spread = np.maximum(0.55, size / CELL * _SPREAD)
        near = np.exp(-(((column - x) / spread[0]) ** 2 + ((row - y) / spread[1]) ** 2) / 2)
        near = near / max(float(near.max()), 1e-6)
        nearer = near > wanted[..., 0]
        wanted[nearer, 0] = near[nearer]
        own = nearer & (near > 0.45)
        wide, high = np.log(size / TYPICAL)
        place = np.stack(
            [x - column, y - row, np.full_like(row, wide), np.full_like(row, high)], -1
        )
        wanted[own, 1:5] = place[own]
        wanted[own, 5] = near[own]
        wanted[near > 0.9, 6] = 1
    return wanted
