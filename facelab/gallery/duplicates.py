"""Duplicates: photos that are the same picture, however it was scaled or saved again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


Small = NDArray[np.uint8]
"""A picture of 32 x 32 grey levels, (1024,)."""


def small(frame: Frame) -> Small:
    """Return the small grey picture of a frame."""
    cv2 = opencv()
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    resized = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(resized, np.uint8).ravel()


def same_pictures(ones: Sequence[Small], others: Sequence[Small]) -> Iterator[tuple[int, int]]:
    """Yield which of some small pictures is the same as which of others."""
    if not ones or not others:
        return
    some, against = _levelled(ones), _levelled(others)
    for start in range(0, len(some), 256):
        alike = some[start : start + 256] @ against.T
        for one, other in np.argwhere(alike >= SAME):
            yield start + int(one), int(other)


def _levelled(pictures: Sequence[Small]) -> NDArray[np.float32]:
    """Return pictures (n, 1024) of mean 0 and length 1."""
    rows = np.stack(pictures).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6))
