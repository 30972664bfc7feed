"""The layers from frames to grey squares: against OpenCV, and against the finder in NumPy."""

from __future__ import annotations

import cv2
import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.faces.finder import FaceFinder
from facelab.faces.layers import CentreSquare, Crop, FaceCandidates, Grey, MainFace
from facelab.faces.network import EARLIER

pytestmark = pytest.mark.slow

SIDE = 64


def test_grey_is_opencvs_bit_by_bit(pixels: NDArray[np.uint8], grey: NDArray[np.uint8]) -> None:
    np.testing.assert_array_equal(Grey()(pixels).numpy(), grey)
    noise = np.random.default_rng(1).integers(0, 256, (1, 300, 300, 3), np.uint8)
    expected = cv2.cvtColor(noise[0], cv2.COLOR_BGR2GRAY)
    np.testing.assert_array_equal(Grey()(noise).numpy()[0], expected)


def box(left: float, top: float, side: float) -> NDArray[np.float32]:
    return np.array([[left, top, left + side, top + side, 1]], np.float32)


@pytest.mark.parametrize("shape", [(240, 320), (480, 640), (320, 240), (64, 64), (101, 77)])
def test_the_centre_square_is_the_mean_over_areas(shape: tuple[int, int]) -> None:
    frame = np.random.default_rng(2).integers(0, 256, shape, np.uint8)
    side = min(shape)
    top, left = (shape[0] - side) // 2, (shape[1] - side) // 2
    square = frame[top : top + side, left : left + side].astype(np.float64)
    expected = cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    faces = MainFace()(CentreSquare()(frame[None]))
    measured = Crop()(frame[None], faces).numpy()[0]
    np.testing.assert_allclose(measured, expected, atol=0.501)
    assert (measured == measured.round()).all()


def test_where_nobody_is_seen_the_centre_square_is_cut(grey: NDArray[np.uint8]) -> None:
    nobody = np.zeros((len(grey), 5), np.float32)
    square = MainFace()(CentreSquare()(grey))
    np.testing.assert_array_equal(Crop(margin=1.3)(grey, nobody), Crop()(grey, square))


@pytest.mark.parametrize(("left", "top", "side"), [(30, 20, 128), (0, 0, 64), (100, 50, 171)])
def test_a_crop_is_the_mean_over_areas(
    grey: NDArray[np.uint8], left: int, top: int, side: int
) -> None:
    cut = grey[0][top : top + side, left : left + side].astype(np.float64)
    expected = cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    measured = Crop()(grey[:1], box(left, top, side)).numpy()[0]
    np.testing.assert_allclose(measured, expected, atol=0.501)


def test_beyond_its_edge_a_frame_goes_on_as_it_ends(grey: NDArray[np.uint8]) -> None:
    padded = cv2.copyMakeBorder(grey[0], 50, 50, 50, 50, cv2.BORDER_REPLICATE)
    beyond = Crop()(grey[:1], box(-40, -30, 128)).numpy()
    np.testing.assert_allclose(beyond, Crop()(padded[None], box(10, 20, 128)).numpy(), atol=1)


def test_a_small_face_is_enlarged_smoothly() -> None:
    ramp = np.repeat(np.arange(0, 160, 4, dtype=np.uint8)[None], 40, axis=0)
    enlarged = Crop()(ramp[None], box(10, 10, 16)).numpy()[0]
    steps = np.diff(enlarged[32])
    assert steps.max() <= 2  # a sixteenth of 64 pixels rises by 4: one grey level a pixel
    assert (steps >= 0).all()


def test_the_layer_finds_what_the_finder_finds(
    pixels: NDArray[np.uint8], grey: NDArray[np.uint8]
) -> None:
    faces = MainFace()(FaceCandidates()(grey)).numpy()
    for frame, (*found, score) in zip(pixels, faces, strict=True):
        expected = FaceFinder().find(frame)[0]
        np.testing.assert_allclose(found, expected.box, atol=1.5)
        assert score == pytest.approx(expected.score, abs=0.03)


def test_candidates_of_a_black_frame_are_nobody() -> None:
    candidates = FaceCandidates()(np.zeros((2, 90, 160), np.uint8)).numpy()
    assert candidates.shape == (2, 8, 5)
    assert not MainFace()(candidates).numpy().any()


def test_the_main_face_is_surely_one_then_the_largest() -> None:
    rows = np.zeros((1, 8, 5), np.float32)
    rows[0, 0] = [0, 0, 10, 10, 0.9]
    rows[0, 1] = [0, 0, 20, 20, 0.8]
    rows[0, 2] = [0, 0, 90, 90, 0.2]
    np.testing.assert_array_equal(MainFace(0.5)(rows).numpy(), rows[:, 1])
    rows[0, 0, 4] = 0.99  # surely one, where the larger may be a print
    np.testing.assert_array_equal(MainFace(0.5)(rows).numpy(), rows[:, 0])
    rows[0, 1, 4] = 0.98
    np.testing.assert_array_equal(MainFace(0.5)(rows).numpy(), rows[:, 1])


@pytest.mark.parametrize(
    "layer",
    [FaceCandidates(), FaceCandidates(EARLIER), CentreSquare(), MainFace(0.4), Crop(32, 1.2)],
)
def test_layers_are_rebuilt_from_their_config(layer: keras.layers.Layer) -> None:
    rebuilt = type(layer).from_config(layer.get_config())
    assert rebuilt.get_config() == layer.get_config()


def test_a_face_finder_that_does_not_say_its_size_is_of_the_first_release() -> None:
    config = FaceCandidates().get_config()
    del config["refinement"]
    assert FaceCandidates.from_config(config).refinement == EARLIER
