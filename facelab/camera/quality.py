"""Quality: reports the defects of a picture while the person is still there."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.faces.face import Face, FaceDetector

DARK = 32
"""Mean grey level of a face (or of a frame without one), of 255, under which it is too dark. It is
a hundredth of full light (a display's gamma is 2.2), where eight bits leave a face few levels, and
noise the rest."""

BRIGHT = 0.5
"""Share of a face's pixels that are white (250 or more), from which it is too bright."""

SIDE = 64
"""Side of the square in pixels that a face is described in; what is finer does not count."""

BLUR = 1.3
"""Blur in pixels of that square, as ``blur`` tells it, from which a face is blurred. It is what it
tells of faces of the studio (median of 58) blurred by 2 pixels: an edge, four deviations wide, then
fills a whole cell of 8 pixels, in which its direction is to be counted. Sharp ones: 0.2 to 0.5."""

PROBE = 1.5
"""Standard deviation of the blur that is added to see how much there is already."""


def remark(frame: Frame, before: Frame | None, finder: FaceDetector) -> str:
    """Return the defect of a frame (height, width, 3), in two or three words, or nothing.

    ``before`` is the frame before it: a camera's noise never gives the same picture twice.
    """
    if before is not None and np.array_equal(frame, before):
        return "frozen"
    faces = finder.find(frame)
    if len(faces) > 1:
        return "several faces"
    grey = _face(frame, faces[0]) if faces else frame
    if grey.mean() < DARK:
        return "too dark"
    if (grey >= 250).mean() > BRIGHT:
        return "too bright"
    if not faces:
        return "no face"
    return "blurred" if blur(grey) > BLUR else ""


def blur(grey: NDArray[np.uint8]) -> float:
    """Return how blurred a picture (n, m) is: a standard deviation in pixels, were it one edge.

    The energy of an edge's slope falls as 1 / s with its blur s. A further blur of p makes that
    sqrt(s² + p²); from the ratio q of the energies, after to before, s = p q / sqrt(1 - q²).
    A face has finer things than edges, so that it comes out less.
    """
    picture = grey.astype(np.float32)
    ratio = min(_energy(cv2.GaussianBlur(picture, (0, 0), PROBE)) / max(_energy(picture), 1e-9), 1)
    return float(PROBE * ratio / np.sqrt(max(1 - ratio**2, 1e-9)))


def _energy(picture: NDArray[np.float32]) -> float:
    """Return the sum of squared differences between neighbours, across and down."""
    return float(sum((np.diff(picture, axis=axis) ** 2).sum() for axis in (0, 1)))


def _face(frame: Frame, face: Face) -> NDArray[np.uint8]:
    """Return the part of a face's box within the frame, in grey, at the size it is described in."""
    left, top, right, bottom = np.round(face.box).astype(int)
    part = frame[max(top, 0) : max(bottom, 2), max(left, 0) : max(right, 2)]
    if not part.size:
        part = frame
    height, width = part.shape[:2]
    zoom = SIDE / max(bottom - top, 1)
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.cvtColor(cv2.resize(part, size, interpolation=how), cv2.COLOR_BGR2GRAY))
