"""A face in a frame, and the interface of a face finder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.faces.box import Box, area


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
        """Return the faces of a frame (height, width, 3) uint8 BGR, the largest first."""


def largest_first(faces: Sequence[Face]) -> list[Face]:
    """Sort faces by the area of their boxes."""
    return sorted(faces, key=lambda face: -float(area(face.box)))
