"""facelab's own face finder: frames in, faces out, in about two milliseconds without TensorFlow."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from facelab.finder.box import Box, intersection_over_union
from facelab.finder.face import NO_LANDMARKS, Face, largest_first
from facelab.finder.net import (
    CELL,
    HEIGHT,
    TYPICAL,
    WIDTH,
    Convolution,
    Map,
    forward,
    local_contrast,
    weights,
    zoom_into_picture,
)
from facelab.finder.verifier import verify
from facelab.frames.photos import Frame

THRESHOLD = 0.8
"""Score from which a face counts as found."""

PROPOSED = 0.12
"""Score of the first network from which the verifier looks closer."""

APART = 0.35
"""Boxes that share more than this are one face."""


class FaceFinder:
    """Small network trained on people who do not exist."""

    name = "facelab's face finder"

    def __init__(
        self, threshold: float = THRESHOLD, net: dict[str, Convolution] | None = None
    ) -> None:
        """Take a network; the committed one unless told."""
        self.threshold = threshold
        self.net = weights() if net is None else net

    def find(self, frame: Frame) -> list[Face]:
        """Return the faces of a frame (height, width, 3) uint8 BGR, the largest first."""
        judged = [verify(frame, box, score, self.net) for box, score in self.propose(frame)]
        sure = distinct([(box, score) for box, score in judged if score >= self.threshold])
        return largest_first([Face(box, score, NO_LANDMARKS) for box, score in sure])

    def propose(self, frame: Frame) -> list[tuple[Box, float]]:
        """Return boxes (4,), in pixels of the frame, and scores, for the verifier to judge."""
        grey, zoom, corner = fit(frame)
        found = peaks(forward(local_contrast(grey), self.net), PROPOSED)
        return [((box - np.tile(corner, 2)) / zoom, score) for box, score in found]


def fit(frame: Frame) -> tuple[NDArray[np.uint8], float, Box]:
    """Fit a frame into the network's picture, its edges drawn out to fill it.

    Returns the picture (96, 128) uint8, its pixels for one of the frame, and where in it the
    frame's corner lies, (2,).
    """
    height, width = frame.shape[:2]
    zoom = zoom_into_picture(frame)
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
    grey = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), size, interpolation=how)
    left, top = (WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2
    sides = top, HEIGHT - size[1] - top, left, WIDTH - size[0] - left
    picture = cv2.copyMakeBorder(grey, *sides, cv2.BORDER_REPLICATE)
    return picture, zoom, np.array([left, top], np.float32)


def peaks(said: Map, threshold: float) -> list[tuple[Box, float]]:
    """Read boxes (4,), in pixels of the network's picture, and scores off a map (12, 16, 5).

    A cell that outdoes its neighbours is a face; its box is the mean of what the cells around say,
    weighted by how sure they are. Of boxes that overlap, the surest stays.
    """
    sure = (1 / (1 + np.exp(-said[..., 0]))).astype(np.float32)
    around = cv2.dilate(sure, np.ones((3, 3), np.uint8))
    cells = np.argwhere((sure >= around) & (sure >= threshold))
    return distinct([(box_at(said, sure, *cell), float(sure[tuple(cell)])) for cell in cells])


def distinct(found: Iterable[tuple[Box, float]]) -> list[tuple[Box, float]]:
    """Return boxes and scores, the surest first, without those that overlap a surer one."""
    kept: list[tuple[Box, float]] = []
    for box, score in sorted(found, key=lambda one: -one[1]):
        if all(intersection_over_union(box, other) < APART for other, _ in kept):
            kept.append((box, score))
    return kept


def box_at(said: Map, sure: Map, row: int, column: int) -> Box:
    """Mean box (4,) of the cells round one, in pixels of the network's picture."""
    rows = np.arange(max(row - 1, 0), min(row + 2, len(sure)))
    columns = np.arange(max(column - 1, 0), min(column + 2, sure.shape[1]))
    near, told = sure[np.ix_(rows, columns)], said[np.ix_(rows, columns)][..., 1:5]
    weight = near * (near > 0.4 * sure[row, column])
    down, across = np.meshgrid(rows, columns, indexing="ij")
    place = np.stack([across, down], -1) + 0.5 + told[..., :2]
    mean = np.concatenate([place, told[..., 2:]], -1) * (weight / weight.sum())[..., None]
    x, y, wide, high = mean.sum((0, 1))
    middle, half = np.array([x, y]) * CELL, np.exp([wide, high]) * TYPICAL / 2
    return np.concatenate([middle - half, middle + half]).astype(np.float32)
