"""Crops: what the proposal network takes for faces, cut out for the refinement network to learn.

Nothing here imports TensorFlow: the processes that draw do without it.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from facelab.faces.box import covered, intersection_over_union
from facelab.faces.finder import peaks
from facelab.faces.network import Weights, local_contrast, propose
from facelab.faces.refinement import correction, crop
from facelab.recipe.batches import scenes_of
from facelab.recipe.dataset import Progress, draw_missing
from facelab.recipe.framing import Sample
from facelab.recipe.samples import draw_sample
from facelab.studio.maths import Array, Float, generator

BATCH = 256

_CROP, _ORDER = 64, 65  # purposes of the generators
_PARTS, _SAMPLES = 200, 500
"""Files of crops, and samples of each: about 1,300 crops, a quarter of them faces."""

_LEAST = 0.05
"""Score from which a place is cut out: fainter ones too than the refinement network will see."""


def draw_crops(folder: Path, net: Weights, *, jobs: int, progress: Progress) -> None:
    """Draw what the refinement network learns from, from the scenes of ``folder``, into it."""
    files = {
        folder / f"crops_{part:04d}.npz": partial(_draw_part, folder, part, net)
        for part in range(_PARTS)
    }
    draw_missing(files, jobs=jobs, progress=progress)


def read_crops(folder: Path) -> tuple[Array, Array]:
    """Read pictures (n, 48, 48) float16 in local contrast, and targets (n, 5): face, correction."""
    pictures: list[Array] = []
    targets: list[Array] = []
    for path in sorted(folder.glob("crops_*.npz")):
        with np.load(path) as part:
            pictures += [local_contrast(picture).astype(np.float16) for picture in part["pictures"]]
            targets.append(part["targets"])
    return np.stack(pictures), np.concatenate(targets)


def batches_of_crops(pictures: Array, targets: Array, epoch: int) -> Iterator[tuple[Array, Array]]:
    """Yield the batches of an epoch: pictures (256, 48, 48, 1), targets (256, 5); half mirrored."""
    rng = generator(_ORDER, epoch)
    order = rng.permutation(len(pictures))
    for first in range(0, len(order) - BATCH + 1, BATCH):
        chosen = order[first : first + BATCH]
        batch, wanted = pictures[chosen].astype(Float), targets[chosen]
        mirrored = rng.random(BATCH) < 0.5
        batch[mirrored] = batch[mirrored, :, ::-1]
        wanted[mirrored, 1] *= -1
        yield batch[..., None], wanted


def _draw_part(folder: Path, part: int, net: Weights) -> dict[str, Array]:
    """Draw samples and cut out what the network finds in them."""
    rng, scenes = generator(_CROP, part), scenes_of(folder)
    crops: list[tuple[Array, Array]] = []
    for _ in range(_SAMPLES):
        sample = draw_sample(rng, scenes)
        (heatmap,) = propose(local_contrast(sample.grey)[None], net)
        for found, _ in peaks(heatmap, _LEAST):
            box = _jittered(found, rng)
            wanted = _target(box, sample)
            if wanted is not None:
                crops.append((crop(sample.grey, box), wanted))
    pictures, targets = zip(*crops, strict=True)
    return {"pictures": np.stack(pictures), "targets": np.stack(targets)}


def _target(box: Array, sample: Sample) -> Array | None:
    """Return the answer wanted for a box, (5,): face, correction; None where none is demanded."""
    if len(sample.boxes):
        shared = intersection_over_union(sample.boxes, box)
        if shared.max() >= 0.4:
            truth = sample.boxes[shared.argmax()]
            return np.concatenate([[1], correction(box, truth)]).astype(Float)
        if shared.max() >= 0.2:  # neither a face nor none
            return None
    if len(sample.ignored) and covered(sample.ignored, box).max() > 0.2:
        return None
    return np.zeros(5, Float)


def _jittered(box: Array, rng: np.random.Generator) -> Array:
    """The box a little off, as on another frame it would be."""
    size = (box[2:] - box[:2]) * np.exp(rng.normal(0, 0.1) + rng.normal(0, 0.03, 2))
    middle = (box[:2] + box[2:]) / 2 + rng.normal(0, 0.05, 2) * size
    return np.concatenate([middle - size / 2, middle + size / 2]).astype(Float)
