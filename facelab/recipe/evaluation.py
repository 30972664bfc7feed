"""How well a detector finds: on people and rooms that no training has seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from facelab.faces.box import covered, intersection_over_union
from facelab.faces.face import FaceDetector
from facelab.recipe.scenes import Scene, empty_room, scenes
from facelab.studio.maths import Array

UNSEEN = 1_000_000
"""Actors from this number on are never trained on."""


@dataclass(frozen=True)
class Finding:
    """What a detector did: shares of frames, and the mean overlap of the boxes."""

    found: float
    placed: float
    overlap: float
    frames: int


def unseen_people(actors: int) -> list[Scene]:
    """Draw scenes that show at least 72 % of a head, of actors that were never trained on."""
    drawn = [scene for k in range(actors) for scene in scenes(UNSEEN + k)]
    whole = np.array([0, 0, *drawn[0].pixels.shape[1::-1]], np.float32)
    return [s for s in drawn if len(s.boxes) and covered(s.boxes, whole).max() > 0.72]


def new_rooms(count: int) -> list[Scene]:
    """Draw empty rooms that were never trained on."""
    return [empty_room(k) for k in range(count)]


def evaluate(detector: FaceDetector, cases: Iterable[tuple[Array, Array]]) -> Finding:
    """Compare the main face of each frame with the true box of its largest head.

    ``cases`` are pairs of a frame and a box (4,). ``found`` counts faces with at least half in
    common with the truth, ``placed`` those among the frames where any face was found.
    """
    shared = []
    for frame, truth in cases:
        faces = detector.find(frame)
        shared.append(float(intersection_over_union(faces[0].box, truth)) if faces else np.nan)
    values = np.array(shared)
    right = values >= 0.5
    return Finding(
        float(right.mean()),
        float(right.sum() / max(np.isfinite(values).sum(), 1)),
        float(np.nanmean(values)) if np.isfinite(values).any() else 0.0,
        len(values),
    )


def false_boxes(detector: FaceDetector, frames: Sequence[Array]) -> float:
    """Share of frames without anybody in which a face is found."""
    return float(np.mean([bool(detector.find(frame)) for frame in frames]))


def largest(scene: Scene) -> tuple[Array, Array]:
    """A frame and the box (4,) of its largest head."""
    return scene.pixels, scene.largest
