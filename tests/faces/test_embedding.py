"""The embedding against its reference, scikit-image's HOG."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.feature import hog

from facelab.faces.embedding import SIDE, Centring, Hog
from facelab.faces.layers import CentreSquare, Crop, Grey, MainFace
from facelab.gallery.source import Recording

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def squares(recording: Recording) -> NDArray[np.float32]:
    """Grey squares of a few recorded frames, (12, 64, 64)."""
    grey = Grey()(np.stack(recording.photos("gallery").frames[::20]))
    return np.asarray(Crop()(grey, MainFace()(CentreSquare()(grey))))


def reference(grey: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(hog(grey, 9, (8, 8), (2, 2), "L2-Hys"), np.float64)


@pytest.mark.parametrize("quarter_turns", range(4))
def test_hog_is_scikit_images(squares: NDArray[np.float32], quarter_turns: int) -> None:
    grey = np.rot90(squares, quarter_turns, axes=(1, 2))
    expected = np.stack([reference(square) for square in grey])
    np.testing.assert_allclose(Hog()(grey).numpy(), expected, atol=1e-4)


def test_hog_of_noise_is_scikit_images() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (50, SIDE, SIDE)).astype(np.float32)
    expected = np.stack([reference(square) for square in noise])
    np.testing.assert_allclose(Hog()(noise).numpy(), expected, atol=1e-4)


def test_hog_of_a_blank_square_is_zero() -> None:
    assert not Hog()(np.full((1, SIDE, SIDE), 80, np.float32)).numpy().any()


def test_vectors_do_not_depend_on_their_company(squares: NDArray[np.float32]) -> None:
    alone = np.concatenate([Hog()(square[None]).numpy() for square in squares])
    np.testing.assert_allclose(Hog()(squares).numpy(), alone, atol=1e-6)


def test_centring_gives_the_norm(squares: NDArray[np.float32]) -> None:
    vectors = Hog()(squares).numpy()
    centred = Centring(vectors.mean(axis=0).tolist(), 4.0)(vectors).numpy()
    np.testing.assert_allclose(np.linalg.norm(centred, axis=1), 4, rtol=1e-5)
    placed = Centring(vectors.mean(axis=0).tolist(), 4.0).place(vectors)
    np.testing.assert_allclose(np.linalg.norm(placed, axis=1), 4, rtol=1e-5)


def test_centring_of_the_mean_is_zero() -> None:
    mean = np.array([[1.0, 2.0]], np.float32)
    assert not Centring([1.0, 2.0], 4.0)(mean).numpy().any()
    assert not Centring([1.0, 2.0], 4.0).place(mean).any()


def test_centring_is_the_same_without_tensorflow(squares: NDArray[np.float32]) -> None:
    vectors = Hog()(squares).numpy()
    centring, before = Centring(vectors.mean(axis=0).tolist(), 3.0), vectors.copy()
    np.testing.assert_allclose(centring.place(vectors), centring(vectors).numpy(), atol=1e-6)
    np.testing.assert_array_equal(vectors, before)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
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
