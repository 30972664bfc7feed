"""Within: what changes in a face that stays the same person's, as a covariance and its axes."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facelab.base.files import whole
from facelab.faces.box import intersection_over_union
from facelab.faces.extractor import FeatureExtractor
from facelab.faces.whitening import Whitening
from facelab.recipe.dataset import Progress, draw_missing
from facelab.recipe.likenesses import likenesses
from facelab.studio.maths import Array

PER_FILE = 10
"""People drawn into one file."""

FOUND = 0.5
"""Least intersection over union of a found face with the true one."""


def draw_people(folder: Path, people: int, *, jobs: int, progress: Progress) -> list[Path]:
    """Draw so many people into files of a folder, unless they are there; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for first in range(0, people, PER_FILE):
        count = min(PER_FILE, people - first)
        files[folder / f"likenesses_{first:05d}_{count:02d}.npz"] = partial(draw_file, first, count)
    draw_missing(files, jobs=jobs, progress=progress)
    return list(files)


def draw_file(first: int, people: int) -> dict[str, Array]:
    """Draw ``people`` people from number ``first`` on: frames, true boxes, whose they are."""
    drawn = [(person, one) for person in range(first, first + people) for one in likenesses(person)]
    return {
        "pixels": np.stack([one.pixels for _, one in drawn]),
        "boxes": np.concatenate([one.boxes for _, one in drawn]),
        "people": np.array([person for person, _ in drawn]),
    }


def describe(
    files: Sequence[Path], extractor: FeatureExtractor, *, progress: Progress
) -> tuple[NDArray[np.float32], NDArray[np.int64], int]:
    """Return the vectors (n, 1764) of the frames in files, whose they are (n,), and all frames.

    Frames whose face is not found where it is are left out.
    """
    vectors, people, frames = [], [], 0
    for number, path in enumerate(files, 1):
        with np.load(path) as drawn:
            pixels, boxes, whose = drawn["pixels"], drawn["boxes"], drawn["people"]
        features = extractor.extract(list(pixels))
        overlap = [
            float(intersection_over_union(face[:4], box))
            for face, box in zip(features.faces, boxes, strict=True)
        ]
        right = features.seen & (np.array(overlap) >= FOUND)
        vectors.append(features.vectors[right])
        people.append(whose[right])
        frames += len(pixels)
        progress(number, len(files))
    return np.concatenate(vectors), np.concatenate(people), frames


def within_class(vectors: NDArray[np.float32], people: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the covariance (D, D) of vectors (n, D) round the mean of their person, (n,).

    Everyone counts alike; who has a single vector does not count.
    """
    numbers, counts = np.unique(people, return_counts=True)
    covariance: NDArray[np.float64] = np.zeros((vectors.shape[1],) * 2)
    for person in numbers[counts > 1]:
        own = vectors[people == person].astype(np.float64)
        own -= own.mean(axis=0)
        covariance += own.T @ own / (len(own) - 1)
    covariance /= (counts > 1).sum()
    return covariance


def whitening_from(covariance: NDArray[np.float64], rank: int) -> Whitening:
    """Return the whitening of a within-class covariance (D, D), along ``rank`` axes.

    The covariance is shrunk towards a multiple of the identity by adding its mean variance to every
    axis (Ledoit and Wolf's target, 2004). Whitened and scaled so that an axis without variance
    keeps its length, an axis of variance v keeps sqrt(mean / (v + mean)) of it. Of the axes, those
    that are shortened most are kept.
    """
    variances, axes = np.linalg.eigh(covariance)
    mean = variances.mean()
    largest = np.argsort(variances)[::-1][:rank]
    shares = 1 - np.sqrt(mean / (variances[largest] + mean))
    # rounded as in the file: what is measured here is what is used there
    kept = axes[:, largest].astype(np.float16).astype(np.float32)
    return Whitening(kept, shares.astype(np.float32))


def store(whitening: Whitening, path: Path) -> None:
    """Write a whitening, its axes as float16."""
    with whole(path) as half, half.open("wb") as file:
        np.savez_compressed(file, axes=whitening.axes.astype(np.float16), shares=whitening.shares)
