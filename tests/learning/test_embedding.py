"""The embedding against its references: OpenCV's area average, scikit-image's HOG."""

from __future__ import annotations

from typing import Any

import cv2
import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.feature import hog

from facelab.frames.source import Recording
from facelab.learning.embedding import SIDE, CentreSquare, Centring, Hog, hog_vectors


@pytest.fixture(scope="module")
def frames(recording: Recording) -> NDArray[np.uint8]:
    """A few recorded frames, (12, 240, 320, 3)."""
    return np.stack(recording.photos("gallery").frames[::20])


def reference(grey: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(hog(grey, 9, (8, 8), (2, 2), "L2-Hys"), np.float64)


@pytest.mark.parametrize("quarter_turns", range(4))
def test_hog_is_scikit_images(frames: NDArray[np.uint8], quarter_turns: int) -> None:
    grey = np.rot90(CentreSquare()(frames).numpy(), quarter_turns, axes=(1, 2))
    expected = np.stack([reference(square) for square in grey])
    np.testing.assert_allclose(Hog()(grey).numpy(), expected, atol=1e-4)


def test_hog_of_noise_is_scikit_images() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (50, SIDE, SIDE)).astype(np.float32)
    expected = np.stack([reference(square) for square in noise])
    np.testing.assert_allclose(Hog()(noise).numpy(), expected, atol=1e-4)


def test_hog_of_a_blank_square_is_zero() -> None:
    assert not Hog()(np.full((1, SIDE, SIDE), 80, np.float32)).numpy().any()


@pytest.mark.parametrize("shape", [(240, 320), (480, 640), (320, 240), (64, 64), (101, 77)])
def test_centre_square_is_the_mean_over_areas(shape: tuple[int, int]) -> None:
    frame = np.random.default_rng(2).integers(0, 256, (*shape, 3), np.uint8)
    side = min(shape)
    top, left = (shape[0] - side) // 2, (shape[1] - side) // 2
    square = frame[top : top + side, left : left + side].astype(np.float64)
    grey = square @ [0.114, 0.587, 0.299]
    expected = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    measured = CentreSquare()(frame[None]).numpy()[0]
    np.testing.assert_allclose(measured, expected, atol=0.501)
    assert (measured == measured.round()).all()


def test_centre_square_is_opencvs(frames: NDArray[np.uint8]) -> None:
    square = frames[0][:, 40:280]
    grey = cv2.cvtColor(square, cv2.COLOR_BGR2GRAY)
    expected = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(float)
    np.testing.assert_allclose(CentreSquare()(frames[:1]).numpy()[0], expected, atol=1)


def test_vectors_do_not_depend_on_their_company(frames: NDArray[np.uint8]) -> None:
    alone = np.concatenate([hog_vectors(frame[None]) for frame in frames])
    np.testing.assert_allclose(hog_vectors(frames), alone, atol=1e-6)


def test_centring_gives_the_norm(frames: NDArray[np.uint8]) -> None:
    vectors = hog_vectors(frames)
    centred = Centring(vectors.mean(axis=0).tolist(), 4.0)(vectors).numpy()
    np.testing.assert_allclose(np.linalg.norm(centred, axis=1), 4, rtol=1e-5)


def test_centring_of_the_mean_is_zero() -> None:
    assert not Centring([1.0, 2.0], 4.0)(np.array([[1.0, 2.0]], np.float32)).numpy().any()


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (CentreSquare(), (2, 48, 64, 3)),
        (Hog(), (2, SIDE, SIDE)),
        (Centring([0.5, 0.25, 0.125], 4.0), (2, 3)),
    ],
)
def test_layers_are_rebuilt_from_their_config(
    layer: keras.layers.Layer, shape: tuple[int, ...]
) -> None:
    inputs = np.random.default_rng(3).integers(0, 256, shape).astype(np.float32)
    rebuilt = type(layer).from_config(layer.get_config())
    np.testing.assert_array_equal(rebuilt(inputs).numpy(), layer(inputs).numpy())
