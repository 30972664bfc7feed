"""Crops: squares cut out of frames, in grey, as OpenCV averages them."""

from __future__ import annotations

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


def face_crop(frame: Pixels, face: NDArray[np.float32], margin: float, pixels: int) -> Pixels:
    """Return the square round a face in grey, (pixels, pixels) uint8; the centre square for none.

    ``frame``: as for `cut`. ``face`` (5,): left, top, right, bottom, score; a score of 0 says that
    there is none. ``margin``: side of the square in heights of the box.
    """
    if face[4] > 0:
        middle, side = (face[:2] + face[2:4]) / 2, (face[3] - face[1]) * np.float32(margin)
    else:
        size = np.array(frame.shape[1::-1], np.float32)
        middle, side = size / 2, size.min()
    # whole pixels: then rounding alone moves no square, on any processor
    side = max(np.rint(side), np.float32(2))
    left, top = np.rint(middle - side / 2).astype(int).tolist()
    return cut(frame, left, top, int(side), pixels)
