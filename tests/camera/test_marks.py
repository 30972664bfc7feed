"""The picture of a watched camera: a mirror, with a box and words that can be read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from facelab.camera.marks import FOUND, marked
from facelab.contract.frame import Frame

FACE = np.array([40, 60, 100, 140, 0.9], np.float32)


def grey(height: int = 240, width: int = 320) -> Frame:
    return np.full((height, width, 3), 100, np.uint8)


def test_the_box_is_where_the_mirror_shows_the_face() -> None:
    before = grey()
    picture = marked(before, FACE, "Ada, 0.93")
    rows, columns = np.nonzero((picture == FOUND).all(axis=2))
    assert (columns.min(), columns.max()) == pytest.approx((320 - 100, 320 - 40), abs=2)
    assert rows.max() == pytest.approx(140, abs=2)
    assert (before == 100).all()


def test_words_are_not_mirrored() -> None:
    """Those over a face are those below a frame without one."""
    over, below = marked(grey(), FACE, "Ada, 0.93"), marked(grey(), None, "Ada, 0.93")
    word = below[222:, :90]
    assert word.std() > 30
    assert cv2.matchTemplate(over, word, cv2.TM_CCOEFF_NORMED).max() > 0.99
    assert cv2.matchTemplate(over, word[:, ::-1].copy(), cv2.TM_CCOEFF_NORMED).max() < 0.9


def test_letters_of_every_language_are_drawn() -> None:
    pictures = [marked(grey(), None, name) for name in ("???", "李小龙", "Зоя")]
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize("box", [[-500, -500, 9000, 9000], [310, 0, 400, 9], [-90, 200, -9, 300]])
@pytest.mark.parametrize("size", [(240, 320), (1, 1), (2000, 30)])
def test_a_face_at_the_edge_or_beyond_harms_nothing(
    box: list[float], size: tuple[int, int]
) -> None:
    face = np.array([*box, 0.9], np.float32)
    picture = marked(grey(*size), face, "a name that is far too long for so small a frame " * 3)
    assert picture.shape == (*size, 3)
