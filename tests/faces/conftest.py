"""Recorded frames as arrays, for tests of what is done to them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.gallery.source import Recording


@pytest.fixture(scope="module")
def pixels(recording: Recording) -> NDArray[np.uint8]:
    """A few recorded frames, (12, 240, 320, 3)."""
    return np.stack(recording.photos("gallery").frames[::20])


@pytest.fixture(scope="module")
def grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same in grey, (12, 240, 320)."""
    return np.stack([cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in pixels])
