"""A face in a frame, and the interface of a face finder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.faces.box import Box, Candidates, area

SURELY = 0.98
"""Score of facelab's own finder from which a place surely shows a face."""


@dataclass(frozen=True)
class Face:
    """``box`` (4,) is the skull without hair: left, top, right, bottom in pixels of the frame.

    ``score`` is from 0 to 1. ``landmarks`` (5, 2) are the eyes, the tip of the nose and the corners
    of the mouth, in pixels, as the viewer sees them from left to right and downwards; (0, 2) from a
    detector that has none.
    """

    box: Box
    score: float
    landmarks: NDArray[np.float32]


NO_LANDMARKS = np.zeros((0, 2), np.float32)


class FaceDetector(Protocol):
    """Finds faces in frames."""

    @property
    def name(self) -> str:
        """What the report calls it."""

    def find(self, frame: Frame) -> list[Face]:
        """Return the faces of a frame (height, width, 3) uint8 BGR, the main one first."""


def main_first(faces: Sequence[Face], surely: float = SURELY) -> list[Face]:
    """Sort faces: those that surely are some first, of these and of the others the larger."""
    return sorted(faces, key=lambda face: (face.score < surely, -float(area(face.box))))


def claims(
    candidates: Candidates, threshold: float, surely: float = SURELY
) -> NDArray[np.floating[Any]]:
    """Return what speaks for each candidate as the main face, (...,).

    That is its area; 0 where its score is below ``threshold``, or below ``surely`` while another
    candidate of the same frame surely is a face. ``candidates`` is (..., 5), those of a frame along
    the last axis but one.
    """
    certain = candidates[..., 4] >= surely
    counts = np.where(certain.any(axis=-1, keepdims=True), certain, candidates[..., 4] >= threshold)
    return np.where(counts, area(candidates[..., :4]), 0)
