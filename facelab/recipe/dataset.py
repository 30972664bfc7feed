"""Shards: what was drawn, on disk; drawn once, by every core, and continued where it stopped."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import joblib
import numpy as np

from facelab.recipe.hard_scenes import hard_scenes
from facelab.recipe.scenes import Scene, scenes
from facelab.studio.maths import Array

ACTORS_PER_SHARD = 25

PLAIN, HARD = "plain", "hard"
"""What the names of the files begin with."""

CHECKPOINT = "proposal.keras"
"""The proposal network as it was after the last epoch, in the same folder."""

Progress = Callable[[int, int], None]
"""Told how many are done, of how many."""


def draw_missing(
    files: Mapping[Path, Callable[[], dict[str, Array]]], *, jobs: int, progress: Progress
) -> None:
    """Draw the arrays of each file that is not there yet, and write it."""
    missing = {path: draw for path, draw in files.items() if not path.exists()}
    progress(len(files) - len(missing), len(files))
    tasks = (joblib.delayed(_draw_file)(path, draw) for path, draw in missing.items())
    done = joblib.Parallel(jobs, return_as="generator_unordered")(tasks)
    for number, _ in enumerate(done, 1):
        progress(len(files) - len(missing) + number, len(files))


def _draw_file(path: Path, draw: Callable[[], dict[str, Array]]) -> None:
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.savez(file, **draw())  # type: ignore[arg-type]
    unfinished.replace(path)


def draw_shards(folder: Path, actors: int, *, jobs: int, progress: Progress) -> None:
    """Draw the scenes of ``actors`` actors into ``folder``, so many actors a file: plain and hard.

    Everyone is in plain scenes or in hard ones, half of the actors in each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        folder / f"{name}_{first:07d}.npz": partial(draw_shard, draw, first)
        for name, draw in ((PLAIN, scenes), (HARD, hard_scenes))
        for first in range(0, actors // 2, ACTORS_PER_SHARD)
    }
    draw_missing(files, jobs=jobs, progress=progress)


def draw_shard(draw: Callable[[int], Iterator[Scene]], first: int) -> dict[str, Array]:
    """Draw the scenes of `ACTORS_PER_SHARD` actors from number ``first`` on."""
    drawn = [s for a in range(first, first + ACTORS_PER_SHARD) for s in draw(a)]
    return {
        "pixels": np.stack([scene.pixels for scene in drawn]),
        "boxes": np.concatenate([scene.boxes for scene in drawn]),
        "people": np.array([len(scene.boxes) for scene in drawn]),
    }


def read_shards(folder: Path, name: str) -> list[Scene]:
    """Read every scene of a folder in the files of a name, `PLAIN` or `HARD`, in order."""
    found: list[Scene] = []
    for path in sorted(folder.glob(f"{name}_*.npz")):
        with np.load(path) as shard:
            boxes = np.split(shard["boxes"], np.cumsum(shard["people"])[:-1])
            pixels: Array = shard["pixels"]
        found += [Scene(*pair) for pair in zip(pixels, boxes, strict=True)]
    return found
