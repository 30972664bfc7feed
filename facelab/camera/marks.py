"""Marks: a frame as a mirror, with the box of the face and the name drawn over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facelab.base.opencv import opencv
from facelab.contract.frame import Frame

FOUND, UNSURE, WORDS, BEHIND = (90, 220, 90), (170, 170, 170), (255, 255, 255), (40, 40, 40)
"""Blue, green, red of the box of who has a name and who has none, of words, and behind them."""


def marked(
    frame: Frame, face: NDArray[np.float32] | None, said: str, more: str = "", *, sure: bool = True
) -> Frame:
    """Return a frame mirrored, with a face's box (5,), what is ``said`` of it, and ``more`` below.

    The box is grey unless it is ``sure`` who it is.

    Without a face both stand below. Letters of every language are drawn, the sizes fit the frame.
    """
    cv2 = opencv()
    picture = np.asarray(cv2.flip(frame, 1), np.uint8)
    height, width = picture.shape[:2]
    size = max(height // 20, 10)
    font = cv2.FontFace("sans")

    def write(text: str, left: int, bottom: int) -> None:
        wide = cv2.getTextSize((width, height), text, (0, 0), font, size, 500)[2] + size // 2
        left, bottom = max(min(left, width - wide), 0), max(min(bottom, height), size * 3 // 2)
        corner = left + wide, bottom - size * 3 // 2
        cv2.rectangle(picture, (left, bottom), corner, BEHIND, cv2.FILLED)
        at = left + size // 4, bottom - size // 2
        cv2.putText(picture, text, at, WORDS, font, size, 500)

    if face is not None and face[4] > 0:
        x0, y0, x1, y1 = np.clip(face[:4], -width, 2 * max(width, height)).astype(int).tolist()
        left, right = width - x1, width - x0
        colour = FOUND if sure else UNSURE
        cv2.rectangle(picture, (left, y0), (right, y1), colour, max(height // 160, 1))
        write(said, left, y0)
        said = ""
    if below := " · ".join(filter(None, (said, more))):
        write(below, 0, height)
    return picture
