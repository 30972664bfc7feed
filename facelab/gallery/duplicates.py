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


def same_pictures(
    frames: Sequence[Frame], others: Sequence[Frame]
) -> Iterator[tuple[int, int, float]]:
    """Yield which of ``frames`` is the same picture as which of ``others``, and how much so."""
    if not frames or not others:
        return
    small, against = _small(frames), _small(others)
    for start in range(0, len(small), 256):
        alike = small[start : start + 256] @ against.T
        for one, other in np.argwhere(alike >= SAME):
            yield start + int(one), int(other), float(alike[one, other])


def _small(frames: Sequence[Frame]) -> NDArray[np.float32]:
    """Return pictures (n, 1024) of mean 0 and length 1."""
    cv2 = opencv()
    rows = np.empty((len(frames), SIDE * SIDE), np.float32)
    for row, frame in zip(rows, frames, strict=True):
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        row[:] = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).ravel()
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6))
