"""Shards: scenes on disk, so many actors a file, drawn once and continued where they stopped."""

from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np

from facelab.finder.recipe.scenes import Scene, scenes
from facelab.studio.maths import Array

ACTORS_PER_SHARD = 25


def draw_shards(
    folder: Path, actors: int, *, jobs: int, progress: Callable[[int, int], None]
) -> None:
    """Draw the scenes of ``actors`` actors into ``folder``; shards that are there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    first = range(0, actors, ACTORS_PER_SHARD)
    missing = [a for a in first if not _shard(folder, a).exists()]
    progress(len(first) - len(missing), len(first))
    draw = joblib.delayed(draw_shard)
    done = joblib.Parallel(jobs, return_as="generator_unordered")(draw(folder, a) for a in missing)
    for number, _ in enumerate(done, 1):
        progress(len(first) - len(missing) + number, len(first))


def draw_shard(folder: Path, first: int) -> None:
    """Draw the scenes of `ACTORS_PER_SHARD` actors from number ``first`` into one file."""
    drawn = [s for a in range(first, first + ACTORS_PER_SHARD) for s in scenes(a)]
    path = _shard(folder, first)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.savez(
            file,
            pixels=np.stack([scene.pixels for scene in drawn]),
            boxes=np.concatenate([scene.boxes for scene in drawn]),
            people=np.array([len(scene.boxes) for scene in drawn]),
        )
    unfinished.replace(path)


def read_shards(folder: Path) -> list[Scene]:
    """Read every scene of a folder, in order."""
    found: list[Scene] = []
    for path in sorted(folder.glob("scenes_*.npz")):
        with np.load(path) as shard:
            boxes = np.split(shard["boxes"], np.cumsum(shard["people"])[:-1])
            pixels: Array = shard["pixels"]
        found += [Scene(*pair) for pair in zip(pixels, boxes, strict=True)]
    return found


def _shard(folder: Path, first: int) -> Path:
    return folder / f"scenes_{first:07d}.npz"
