"""Samples: what the network learns from, a mixture of plain and hard ones, lit anew."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from facelab.faces.box import covered
from facelab.recipe.exposure import expose_anew
from facelab.recipe.framing import FRAME, Sample
from facelab.recipe.hard_samples import far, portrait, rivals_alone, tilted, with_rival
from facelab.recipe.plain_samples import cut_out, nobody, somebody
from facelab.recipe.scenes import Scene
from facelab.studio.maths import Array, Float

FAR = 0.3
"""Share of the frame's height up to which a head is far away."""


INNER = np.array([0.2, 0.3, -0.2, -0.15], Float)
"""From the sides of a head's box to eyes, nose and mouth, in shares of it: its outline left out."""


@dataclass(frozen=True)
class Cast:
    """Scenes by what is in them: most of a head, a hard one near or far, nobody."""

    plain: Sequence[Scene]
    hard: Sequence[Scene]
    far: Sequence[Scene]
    empty: Sequence[Scene]


def cast(plain: Sequence[Scene], hard: Sequence[Scene]) -> Cast:
    """Sort plain and hard scenes."""
    whole = np.array([0, 0, *plain[0].pixels.shape[1::-1]], Float)

    def seen(scenes: Sequence[Scene]) -> list[Scene]:
        return [s for s in scenes if len(s.boxes) and covered(s.boxes, whole).max() > 0.72]

    def is_far(scene: Scene) -> bool:
        heights = scene.boxes[:, 3] - scene.boxes[:, 1]
        return bool(heights.max() < FAR * scene.pixels.shape[0])

    heads = seen(hard)
    return Cast(
        plain=seen(plain),
        hard=[s for s in heads if not is_far(s)],
        far=[s for s in heads if is_far(s)],
        empty=[s for s in plain if not len(s.boxes)],
    )


def draw_sample(rng: np.random.Generator, scenes: Cast) -> Sample:
    """Draw one sample: half as a webcam shows them, 30 % hard, 20 % with a rival; lit anew.

    More than one in four shows nobody.
    """
    kind, large = rng.random(), False
    if kind < 0.34:
        sample = _plain(rng, scenes)
    elif kind < 0.5:
        sample, large = far(rng, _one(rng, scenes.far)), bool(rng.random() < 0.7)
    elif kind < 0.6:
        sample = tilted(rng, _one(rng, scenes.hard if rng.random() < 0.5 else scenes.plain))
    elif kind < 0.71:
        sample = portrait(rng, _one(rng, scenes.hard if rng.random() < 0.7 else scenes.plain))
        large = bool(rng.random() < 0.4)
    elif kind < 0.8:
        sample = somebody(rng, _one(rng, scenes.hard))
    elif kind < 0.88:
        sample = with_rival(rng, _one(rng, scenes.plain))
    else:
        sample = rivals_alone(rng, _one(rng, scenes.empty))
    return _without_the_unseen(expose_anew(sample.grey, rng, large=large), sample)


def _plain(rng: np.random.Generator, scenes: Cast) -> Sample:
    if rng.random() < 0.2:
        return nobody(rng, scenes.plain, scenes.empty)
    scene = _one(rng, scenes.plain)
    return cut_out(rng, scene) if rng.random() < 0.18 else somebody(rng, scene)


def _one(rng: np.random.Generator, scenes: Sequence[Scene]) -> Scene:
    return scenes[int(rng.integers(len(scenes)))]


def _without_the_unseen(grey: Array, sample: Sample) -> Sample:
    """Ask for nothing where a face is too dark, too bright or too noisy for anybody to see."""
    smooth = cv2.GaussianBlur(grey.astype(Float), (0, 0), 1.0)
    inner = sample.boxes + np.tile(sample.boxes[:, 2:] - sample.boxes[:, :2], 2) * INNER
    parts = [
        np.s_[top:bottom, left:right]
        for left, top, right, bottom in np.clip(inner, 0, FRAME[[2, 3, 2, 3]]).astype(int)
    ]
    seen = np.array([_is_seen(smooth[part], grey[part]) for part in parts], bool)
    ignored = np.concatenate([sample.ignored, sample.boxes[~seen]])
    return Sample(grey, sample.boxes[seen], ignored)


def _is_seen(smooth: Array, grey: Array) -> bool:
    """Return whether eyes, nose and mouth stand out of the noise."""
    return smooth.size > 8 and bool(smooth.std() > max(5, 0.7 * _noise(grey)))


def _noise(grey: Array) -> float:
    """Deviation of the noise, from differences of neighbours two pixels on (robust to edges)."""
    if grey.shape[1] < 4:
        return 0.0
    steps = np.abs(np.diff(grey.astype(Float), n=2, axis=1))
    return float(np.median(steps) / 0.6745 / math.sqrt(6))
