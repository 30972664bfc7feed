"""Squares cut out of frames, as OpenCV averages them: what is looked at, and what is features."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def cut(frame: Pixels, left: int, top: int, side: int, pixels: int) -> Pixels:
    """Cut a square of ``side`` pixels out of a frame and scale it to (pixels, pixels) uint8 grey.

    ``frame`` is (height, width, 3) blue-green-red or (height, width) grey; its edges are drawn out.
    """
    height, width = frame.shape[:2]
    # a square that lies wholly outside shows the nearest edge
    rows = slice(min(max(top, 0), height - 1), max(min(top + side, height), 1))
    columns = slice(min(max(left, 0), width - 1), max(min(left + side, width), 1))
    part = grey_of(frame[rows, columns])
    high, wide = part.shape[:2]
    # outside the frame by more than the square's side, one line of pixels is all that is left
    above, before = min(max(-top, 0), side - high), min(max(-left, 0), side - wide)
    sides = above, side - above - high, before, side - before - wide
    if any(sides):
        part = cv2.copyMakeBorder(part, *sides, cv2.BORDER_REPLICATE)
    return scaled(part, (pixels, pixels))


def grey_of(frame: Pixels) -> Pixels:
    """Take the colours off a frame, if it has any."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)) if frame.ndim == 3 else frame


def scaled(grey: Pixels, size: tuple[int, int]) -> Pixels:
    """Scale a grey picture to a size (width, height): by means over areas, or by interpolation."""
    how = cv2.INTER_AREA if size[0] < grey.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, size, interpolation=how), np.uint8)
