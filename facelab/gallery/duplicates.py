"""Duplicates: photos that are the same picture, however it was scaled or saved again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from facelab.base.opencv import opencv
from facelab.contract.frame import Frame

SIDE = 32
"""Pixels along the edge of the small grey pictures that are compared."""

SAME = 0.99
"""Correlation from which two pictures are the same.

Of pictures of one person in one place, 99.9 % correlate by less than 0.985 and none by more than
0.988 (three galleries, 980 photos); a copy at 60 % of the size and JPEG 60 by 0.995 or more.
"""


TOGETHER = 256
"""Pictures that are compared with all others at once."""

Small = NDArray[np.uint8]
"""A picture of 32 x 32 grey levels, (1024,)."""

May = Callable[[slice], NDArray[np.bool_]]
"""Which pictures are compared."""


def small(frame: Frame) -> Small:
    """Return the small grey picture of a frame."""
    cv2 = opencv()
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    resized = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(resized, np.uint8).ravel()


def first_same(pictures: Sequence[Small], may: May) -> NDArray[np.intp]:
    """Return for each small picture which of all is the first that is the same, (n,), -1 for none.

    ``may`` is given a range of pictures and returns which of all each of these is compared with,
    as a mask (those, n).
    """
    found = np.full(len(pictures), -1)
    if not len(pictures):
        return found
    levelled = _levelled(pictures)
    for start in range(0, len(pictures), TOGETHER):
        some = slice(start, start + TOGETHER)
        alike = (levelled[some] @ levelled.T >= SAME) & may(some)
        found[some] = np.where(alike.any(axis=1), alike.argmax(axis=1), -1)
    return found


def _levelled(pictures: Sequence[Small]) -> NDArray[np.float32]:
    """Return pictures (n, 1024) of mean 0 and length 1."""
    rows = np.stack(pictures).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6))
