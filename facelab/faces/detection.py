"""Squares: where the face in a frame may be, and the grey square of it that is features.

By OpenCV, which leaves TensorFlow only small pictures; the layers of `learning/faces.py` do the
same in a saved classifier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.faces.box import area
from facelab.faces.crop import cut
from facelab.faces.embedding import SIDE
from facelab.faces.finder import THRESHOLD, Candidate, FaceFinder
from facelab.faces.layers import MOST, CentreSquare, FaceCandidates
from facelab.faces.network import HEIGHT, WIDTH
from facelab.faces.refinement import SIDE as LOOK
from facelab.faces.yunet import YuNet

MARGIN = 1.0
"""Side of the square that is features, in heights of the box of the skull."""

Rows = NDArray[np.float32]
Detect = Callable[[Sequence[Frame]], Rows]


@dataclass(frozen=True)
class Detection:
    """Where faces may be.

    ``detect`` maps n frames (h, w, 3) to candidates (n, 8, 5): boxes and scores, zeros where there
    are fewer. ``layer`` does so within a Keras model, from grey; None from a detector that cannot.
    ``margin`` is the side of the square that is cut, in heights of the box. Scores from
    ``threshold`` count. ``choice``: what was asked for, so that another process can ask for it.
    """

    name: str
    detect: Detect
    layer: keras.layers.Layer | None
    margin: float
    threshold: float
    choice: str = "facelab"


def detection(choice: str) -> Detection:
    """Return facelab's own face finder (``facelab``), ``none``, or YuNet from a file.

    Raises FacelabError when the file is no such network.
    """
    if choice == "none":
        name = "no face detector: the centre square"
        return Detection(name, centres, CentreSquare(), 1, 0.5, choice)
    if choice == "facelab":
        layer = FaceCandidates()
        finder = FaceFinder(networks=CompiledNetworks(layer))
        return Detection(
            finder.name, lambda frames: rows(finder.candidates(frames)), layer, MARGIN, THRESHOLD
        )
    yunet = YuNet(Path(choice))

    def detect(frames: Sequence[Frame]) -> Rows:
        return rows([[(face.box, face.score) for face in yunet.find(frame)] for frame in frames])

    return Detection(yunet.name, detect, None, MARGIN, 0.5, choice)


class CompiledNetworks:
    """The finder's networks in TensorFlow: those of a layer, for batches of any size."""

    def __init__(self, layer: FaceCandidates) -> None:
        self.layer = layer

    def propose(self, pictures: Rows) -> Rows:
        """Return the maps (n, 12, 16, 5) of pictures (n, 96, 128)."""
        return self._compiled[0](pictures)

    def refine(self, looks: Rows) -> Rows:
        """Return what is said (n, 5) of looks (n, 48, 48)."""
        return self._compiled[1](looks)

    @cached_property
    def _compiled(self) -> tuple[Callable[[Rows], Rows], Callable[[Rows], Rows]]:
        """Both, made when first asked: a run whose frames are all known does without."""
        if not self.layer.built:  # as part of a classifier that was assembled
            self.layer.build(None)
        propose = compiled(self.layer.propose, HEIGHT, WIDTH)
        return propose, compiled(self.layer.refine, LOOK, LOOK)


def compiled(function: Callable[[Any], Any], *shape: int) -> Callable[[Rows], Rows]:
    """Return a function of tensors (n, …) as one of arrays, for any n."""
    signature = [tf.TensorSpec((None, *shape), tf.float32)]
    # concrete: to bind the arguments anew takes half as long as to answer one frame
    graph = tf.function(function, signature, autograph=False).get_concrete_function()
    return lambda array: np.asarray(graph(tf.constant(array)))


def rows(found: Sequence[Sequence[Candidate]]) -> Rows:
    """Return candidates as rows (n, 8, 5): left, top, right, bottom, score; then zeros."""
    told = np.zeros((len(found), MOST, 5), np.float32)
    for row, candidates in zip(told, found, strict=True):
        for place, (box, score) in enumerate(candidates[:MOST]):
            row[place] = [*box, score]
    return told


def centres(frames: Sequence[Frame]) -> Rows:
    """Return the largest square in the middle of each frame as its only candidate, (n, 1, 5)."""
    size = np.array([frame.shape[1::-1] for frame in frames], np.float32)  # width, height
    side = size.min(axis=1, keepdims=True)
    corner = np.floor((size - side) / 2)
    return np.concatenate([corner, corner + side, np.ones_like(side)], axis=1)[:, None]


def main_faces(candidates: Rows, threshold: float) -> Rows:
    """Return the largest sure face of each frame, (n, 5); zeros where none reaches the threshold.

    ``candidates`` is (n, k, 5).
    """
    size = np.where(candidates[..., 4] >= threshold, area(candidates[..., :4]), 0)
    largest = candidates[np.arange(len(size)), size.argmax(axis=1)]
    return np.where(size.max(axis=1, keepdims=True) > 0, largest, np.float32(0))


def face_square(frame: Frame, face: Rows, margin: float) -> NDArray[np.uint8]:
    """Return the square round a face (5,) in grey, (64, 64); the centre square without one."""
    if face[4] > 0:
        middle, side = (face[:2] + face[2:4]) / 2, (face[3] - face[1]) * np.float32(margin)
    else:
        size = np.array(frame.shape[1::-1], np.float32)
        middle, side = size / 2, size.min()
    # whole pixels: then rounding alone moves no square, on any processor
    side = max(np.rint(side), np.float32(2))
    left, top = np.rint(middle - side / 2).astype(int).tolist()
    return cut(frame, left, top, int(side), SIDE)
