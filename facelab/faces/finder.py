"""facelab's own face finder: frames in, faces out, in a millisecond or two, by NumPy and OpenCV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facelab.base.blas import one_thread
from facelab.contract.frame import Frame
from facelab.faces.box import Box, intersection_over_union
from facelab.faces.crop import grey_of, scaled
from facelab.faces.face import NO_LANDMARKS, Face, main_first
from facelab.faces.looks import Looks
from facelab.faces.network import (
    CELL,
    HEIGHT,
    TYPICAL,
    WIDTH,
    Map,
    Weights,
    local_contrast,
    propose,
    refine,
    weights,
)
from facelab.faces.refinement import crop, is_small, refined

THRESHOLD = 0.8
"""Score from which a face counts as found."""

PROPOSED = 0.12
"""Score of the proposal network from which the refinement network looks closer."""

APART = 0.35
"""Boxes that share more than this are one face."""

FAR = 20
"""Sizes of the frame beyond which no box is one; only the weights of a stranger give such."""

Candidate = tuple[Box, float]
"""A box (4,), and a score from 0 to 1."""


class FaceFinder:
    """Small networks trained on people who do not exist."""

    name = "facelab's face finder"

    def __init__(
        self,
        threshold: float = THRESHOLD,
        net: Weights | None = None,
        looks: Looks | None = None,
    ) -> None:
        """Take the weights of both networks; by default the committed ones.

        ``looks``: for the frames of one film, in order; places that were just looked at are known.
        """
        self.threshold = threshold
        self._net = net or weights()
        self._looks = looks

    def find(self, frame: Frame) -> list[Face]:
        """Return the faces of a frame (height, width, 3) uint8 BGR, the main one first."""
        (found,) = self.candidates([frame])
        sure = [Face(box, score, NO_LANDMARKS) for box, score in found if score >= self.threshold]
        return main_first(sure)

    def candidates(self, frames: Sequence[Frame]) -> list[list[Candidate]]:
        """Return what may be faces in each of some frames (height, width, 3), the surest first."""
        # one by one: a second frame's patches cost more in fresh memory than a product saves
        with one_thread():
            return [self._candidates(frame) for frame in frames]

    def _candidates(self, frame: Frame) -> list[Candidate]:
        fitted = fit(frame)
        [heatmap] = propose(local_contrast(fitted.picture)[None], self._net)
        far = FAR * max(fitted.grey.shape)
        read = ((fitted.in_frame(box), score) for box, score in peaks(heatmap, PROPOSED))
        proposed = [(box, score) for box, score in read if np.abs(box).max() < far]
        boxes = [box for box, _ in proposed]
        small = [is_small(box, fitted.zoom) for box in boxes]
        known = self._looks.known(boxes, small) if self._looks else [None] * len(boxes)
        crops = [
            local_contrast(crop(fitted.grey, box))
            for box, score in zip(boxes, known, strict=True)
            if score is None
        ]
        answers = iter(refine(np.stack(crops), self._net) if crops else ())
        found = [
            refined(box, score, next(answers), fitted.zoom) if said is None else (box, said)
            for (box, score), said in zip(proposed, known, strict=True)
        ]
        if self._looks:
            self._looks.keep(boxes, [score for _, score in found])
        return distinct([(box, score) for box, score in found if np.abs(box).max() < far])


@dataclass(frozen=True)
class Fitted:
    """A frame in ``grey`` (height, width) uint8, and small in the proposal network's ``picture``.

    ``picture``: (96, 128) uint8, the edges of the frame drawn out to fill it. ``zoom``: pixels of
    the picture for one of the frame. ``corner`` (2,): where the frame's lies.
    """

    grey: NDArray[np.uint8]
    picture: NDArray[np.uint8]
    zoom: float
    corner: Box

    def in_frame(self, box: Box) -> Box:
        """Return a box (4,) of the picture in pixels of the frame."""
        return (box - np.tile(self.corner, 2)) / self.zoom


def fit(frame: Frame) -> Fitted:
    """Fit a frame (height, width, 3) into the proposal network's picture."""
    grey = grey_of(frame)
    height, width = grey.shape
    zoom = min(WIDTH / width, HEIGHT / height)
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    left, top = (WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2
    sides = top, HEIGHT - size[1] - top, left, WIDTH - size[0] - left
    picture = cv2.copyMakeBorder(scaled(grey, size), *sides, cv2.BORDER_REPLICATE)
    return Fitted(grey, picture, zoom, np.array([left, top], np.float32))


def peaks(heatmap: Map, threshold: float) -> list[Candidate]:
    """Read boxes (4,), in pixels of the network's picture, and scores off a map (12, 16, 5).

    A cell that outdoes its neighbours is a face; its box is the mean of the boxes of the cells
    around, weighted by their scores. Of boxes that overlap, the surest stays.
    """
    sure = (1 / (1 + np.exp(-heatmap[..., 0]))).astype(np.float32)
    around = cv2.dilate(sure, np.ones((3, 3), np.uint8))
    cells = np.argwhere((sure >= around) & (sure >= threshold))
    return distinct([(box_at(heatmap, sure, *cell), float(sure[tuple(cell)])) for cell in cells])


def distinct(found: Iterable[Candidate]) -> list[Candidate]:
    """Return boxes and scores, the surest first, without those that overlap a surer one."""
    kept: list[Candidate] = []
    for box, score in sorted(found, key=lambda one: -one[1]):
        if all(intersection_over_union(box, other) < APART for other, _ in kept):
            kept.append((box, score))
    return kept


def box_at(heatmap: Map, sure: Map, row: int, column: int) -> Box:
    """Mean box (4,) of the cells round one, in pixels of the network's picture."""
    rows = np.arange(max(row - 1, 0), min(row + 2, len(sure)))
    columns = np.arange(max(column - 1, 0), min(column + 2, sure.shape[1]))
    around = np.ix_(rows, columns)
    near, boxes = sure[around], heatmap[around][..., 1:5]
    weight = near * (near > 0.4 * sure[row, column])
    down, across = np.meshgrid(rows, columns, indexing="ij")
    place = np.stack([across, down], -1) + 0.5 + boxes[..., :2]
    mean = np.concatenate([place, boxes[..., 2:]], -1) * (weight / weight.sum())[..., None]
    x, y, wide, high = mean.sum((0, 1))
    middle, half = np.array([x, y]) * CELL, np.exp([wide, high]) * TYPICAL / 2
    return np.concatenate([middle - half, middle + half]).astype(np.float32)
