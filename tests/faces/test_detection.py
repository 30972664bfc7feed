"""Candidates, the main face and its square, by OpenCV: against the layers of a classifier."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.faces.crop import face_crop
from facelab.faces.detection import as_array, centres, detection, main_faces
from facelab.faces.face import SURELY
from facelab.faces.hog import SIDE
from facelab.faces.layers import CentreSquare, Crop, FaceCandidates, MainFace

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("margin", [0.5, 1.0, 1.3, 2.5])
def test_squares_are_those_of_the_layers(
    pixels: NDArray[np.uint8], grey: NDArray[np.uint8], margin: float
) -> None:
    faces = main_faces(detection("facelab").detect(list(pixels)), 0.8)
    faces[3] = 0  # nobody: the centre square
    measured = [face_crop(*pair, margin, SIDE) for pair in zip(pixels, faces, strict=True)]
    expected = Crop(margin=margin)(grey, faces).numpy()
    # half a grey level is rounded up by the one and down by the other: no more than that
    assert np.abs(measured - expected).max() <= 1
    assert (measured != expected).mean() < 1e-3


def test_candidates_are_those_of_the_layer(
    pixels: NDArray[np.uint8], grey: NDArray[np.uint8]
) -> None:
    measured, expected = detection("facelab").detect(list(pixels)), FaceCandidates()(grey).numpy()
    np.testing.assert_array_equal(measured[..., 4] >= 0.8, expected[..., 4] >= 0.8)
    sure = expected[..., 4] >= 0.8
    np.testing.assert_allclose(measured[sure], expected[sure], atol=0.05)


@pytest.mark.parametrize("shape", [(240, 320), (320, 240), (101, 77)])
def test_the_centre_square_is_that_of_the_layer(shape: tuple[int, int]) -> None:
    measured = centres([np.zeros((*shape, 3), np.uint8)] * 2)
    np.testing.assert_array_equal(measured, CentreSquare()(np.zeros((2, *shape), np.uint8)))


def test_the_main_face_is_that_of_the_layer() -> None:
    random = np.random.default_rng(3)
    rows = random.uniform(0, 1, (100, 8, 5)).astype(np.float32)
    rows[:, :, 2:4] += rows[:, :, :2]
    rows[:5, :, 4] = 0.3
    rows[5:50, :, 4] *= 0.97  # none is surely a face
    measured = main_faces(rows, 0.8)
    np.testing.assert_array_equal(measured, MainFace(0.8)(rows))
    assert not measured[:5].any()
    assert measured[5:].any()
    assert (measured[5:50, 4] < SURELY).all()
    surely = (rows[50:, :, 4] >= SURELY).any(axis=1)
    assert surely.any()
    np.testing.assert_array_equal(measured[50:, 4] >= SURELY, surely)


def test_frames_of_several_sizes_are_looked_at_together(pixels: NDArray[np.uint8]) -> None:
    large = cv2.resize(pixels[1], (640, 480))
    detect = detection("facelab").detect
    together = detect([pixels[0], large])
    np.testing.assert_allclose(together[0], detect([pixels[0]])[0], atol=1e-3)
    np.testing.assert_allclose(together[1], detect([large])[0], atol=1e-3)


def test_no_more_faces_are_told_apart_than_there_is_room_for() -> None:
    found = [(np.array([k, 0, k + 1, 1], np.float32), 0.9) for k in range(12)]
    rows = as_array([found, []])
    assert rows.shape == (2, 8, 5)
    assert rows[0, 7].tolist() == pytest.approx([7, 0, 8, 1, 0.9])
    assert not rows[1].any()
