"""Description: frames become HOG vectors of the face in them, each frame once."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from facelab.finder.finder import THRESHOLD, FaceFinder
from facelab.finder.track import Track
from facelab.finder.yunet import YuNet
from facelab.frames.photos import Frame
from facelab.learning.embedding import FEATURES, Centring, Hog
from facelab.learning.faces import CentreSquare, Crop, FaceCandidates, MainFace

BATCH = 64
"""Frames described together: enough to be fast, few enough to be small."""

Vectors = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Detect = Callable[[Pixels, Pixels], Vectors]


@dataclass(frozen=True)
class Detection:
    """Where faces may be.

    ``detect`` maps frames (n, h, w, 3) and the same in grey (n, h, w) to candidates (n, k, 5).
    ``layer`` does so within a Keras model, from grey; None from a detector that cannot. ``margin``
    is the side of the square that is cut, in heights of the box. Scores from ``threshold`` count.
    """

    name: str
    detect: Detect
    layer: keras.layers.Layer | None
    margin: float
    threshold: float


def detection(choice: str) -> Detection:
    """Return facelab's own face finder (``facelab``), ``none``, or YuNet from a file.

    Raises FacelabError when the file is no such network.
    """
    if choice == "none":
        layer = CentreSquare()
        return Detection("no face detector: the centre square", compiled(layer), layer, 1, 0.5)
    if choice == "facelab":
        layer = FaceCandidates()
        return Detection(FaceFinder.name, compiled(layer), layer, MARGIN, THRESHOLD)
    yunet = YuNet(Path(choice))
    return Detection(yunet.name, _rows(yunet), None, MARGIN, 0.5)


MARGIN = 1.0
"""Side of the square that is described, in heights of the box of the skull."""


def compiled(layer: keras.layers.Layer) -> Detect:
    """A layer as a compiled function of frames in grey."""
    layer.build(None)
    signature = [tf.TensorSpec((None, None, None), tf.uint8)]
    function = tf.function(layer, input_signature=signature, autograph=False)
    return lambda _, grey: np.asarray(function(grey))


def _rows(yunet: YuNet) -> Detect:
    """YuNet's faces as candidates (n, 8, 5)."""

    def detect(frames: Pixels, _: Pixels) -> Vectors:
        rows = np.zeros((len(frames), 8, 5), np.float32)
        for frame, row in zip(frames, rows, strict=True):
            for place, face in enumerate(yunet.find(frame)[:8]):
                row[place] = [*face.box, face.score]
        return rows

    return detect


@dataclass(frozen=True)
class Described:
    """``vectors`` (n, 1764) and ``faces`` (n, 5): box and score, zeros where nobody is seen.

    ``several`` (n,) tells where more than one face is seen.
    """

    vectors: Vectors
    faces: Vectors
    several: NDArray[np.bool_]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Where a face is seen, (n,)."""
        return np.asarray(self.faces[:, 4] > 0)


class Describer:
    """Describes frames of any sizes. A frame is described once, as long as it is kept."""

    def __init__(self, detection: Detection) -> None:
        self.detection = detection
        self._main = MainFace(detection.threshold)
        crop, hog = Crop(margin=detection.margin), Hog()
        signature = [
            tf.TensorSpec((None, None, None), tf.uint8),
            tf.TensorSpec((None, 5), tf.float32),
        ]
        self._vectors = tf.function(
            lambda grey, faces: hog(crop(grey, faces)), signature, autograph=False
        )
        self._known: dict[int, tuple[Vectors, Vectors, bool]] = {}

    def describe(self, frames: Sequence[Frame]) -> Described:
        """Describe the largest face of each frame; the centre square where nobody is seen."""
        new = [frame for frame in frames if id(frame) not in self._known]
        for batch in batches(new):
            described = self._describe(np.stack(batch), self._main)
            rows = zip(described.vectors, described.faces, described.several, strict=True)
            for frame, row in zip(batch, rows, strict=True):
                self._known[id(frame)] = row
                weakref.finalize(frame, self._known.pop, id(frame), None)
        known = [self._known[id(frame)] for frame in frames]
        return Described(
            np.reshape(np.array([row[0] for row in known], np.float32), (len(frames), FEATURES)),
            np.reshape(np.array([row[1] for row in known], np.float32), (len(frames), 5)),
            np.array([row[2] for row in known], bool),
        )

    def follow(self, clip: Iterable[Sequence[Frame]]) -> Iterator[Described]:
        """Describe one face followed through a clip, batch by batch."""
        track = Track()
        for batch in clip:
            yield self._describe(
                np.stack(batch), lambda rows: np.stack([track.follow(row) for row in rows])
            )

    def _describe(self, frames: Pixels, choose: Callable[[Vectors], Any]) -> Described:
        grey = np.stack([cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in frames])
        candidates = self.detection.detect(frames, grey)
        faces = np.asarray(choose(candidates))
        sure = candidates[..., 4] >= self.detection.threshold
        return Described(self._vectors(grey, faces).numpy(), faces, sure.sum(axis=1) > 1)


@dataclass(frozen=True)
class Embedder:
    """What describes frames, and what then places the vectors round the origin."""

    describer: Describer
    centring: Centring

    def embed(self, frames: Sequence[Frame]) -> Described:
        """Describe frames, with embeddings for vectors."""
        return self._centred(self.describer.describe(frames))

    def follow(self, clip: Iterable[Sequence[Frame]]) -> Iterator[Described]:
        """Do the same for each batch of a clip, following one face through it."""
        return map(self._centred, self.describer.follow(clip))

    def _centred(self, described: Described) -> Described:
        return replace(described, vectors=np.asarray(self.centring(described.vectors)))


def batches(frames: Sequence[Frame]) -> Iterator[list[Frame]]:
    """Yield runs of up to 64 frames of one size."""
    for _, same in groupby(frames, key=np.shape):
        run = list(same)
        for start in range(0, len(run), BATCH):
            yield run[start : start + BATCH]
