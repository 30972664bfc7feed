"""HOG against its reference, scikit-image's; NumPy against the layers; centring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.feature import hog as reference_hog

from facelab.faces import hog, layers
from facelab.faces.embedding import Centring
from facelab.faces.hog import SIDE
from facelab.faces.layers import CentreSquare, Crop, Grey, MainFace
from facelab.gallery.source import Recording

pytestmark = pytest.mark.slow

Vectors = NDArray[np.float32]
Squares = NDArray[np.uint8]

WAYS: dict[str, Callable[[Squares], Vectors]] = {
    "numpy": lambda squares: hog.hog(squares),
    "layer": lambda squares: np.asarray(layers.Hog()(squares.astype(np.float32))),
    "compiled layer": lambda squares: layers.compiled_hog(squares),
}


@pytest.fixture(scope="module")
def squares(recording: Recording) -> Squares:
    """Grey squares of a few recorded frames, (12, 64, 64)."""
    grey = Grey()(np.stack(recording.photos("gallery").frames[::20]))
    return np.asarray(Crop()(grey, MainFace()(CentreSquare()(grey)))).astype(np.uint8)


def reference(squares: Squares) -> NDArray[np.float64]:
    told = [reference_hog(square, 9, (8, 8), (2, 2), "L2-Hys") for square in squares]
    return np.asarray(told, np.float64)


def noise() -> Squares:
    return np.random.default_rng(1).integers(0, 256, (50, SIDE, SIDE), np.uint8)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("quarter_turns", range(4))
def test_hog_is_scikit_images(
    squares: Squares, quarter_turns: int, way: Callable[[Squares], Vectors]
) -> None:
    turned = np.rot90(squares, quarter_turns, axes=(1, 2))
    np.testing.assert_allclose(way(turned), reference(turned), atol=1e-4)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_hog_of_noise_is_scikit_images(way: Callable[[Squares], Vectors]) -> None:
    np.testing.assert_allclose(way(noise()), reference(noise()), atol=1e-4)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_hog_of_a_blank_square_is_zero(way: Callable[[Squares], Vectors]) -> None:
    assert not way(np.full((1, SIDE, SIDE), 80, np.uint8)).any()


@pytest.mark.parametrize("kind", ["frames", "noise"])
def test_hog_in_numpy_is_the_layer(squares: Squares, kind: str) -> None:
    asked = squares if kind == "frames" else noise()
    measured = hog.hog(asked)
    assert measured.dtype == np.float32
    np.testing.assert_allclose(measured, WAYS["layer"](asked), atol=1e-6)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_vectors_do_not_depend_on_their_company(
    squares: Squares, way: Callable[[Squares], Vectors]
) -> None:
    alone = np.concatenate([way(square[None]) for square in squares])
    np.testing.assert_allclose(way(squares), alone, atol=1e-6)


def test_centring_gives_the_norm(squares: Squares) -> None:
    vectors = hog.hog(squares)
    mean = vectors.mean(axis=0)
    layer = layers.Centring(mean.tolist(), 4.0)(vectors).numpy()
    placed = Centring(mean, 4.0).place(vectors)
    np.testing.assert_allclose(np.linalg.norm(layer, axis=1), 4, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(placed, axis=1), 4, rtol=1e-5)


def test_centring_of_the_mean_is_zero() -> None:
    mean = np.array([[1.0, 2.0]], np.float32)
    assert not layers.Centring([1.0, 2.0], 4.0)(mean).numpy().any()
    assert not Centring([1.0, 2.0], 4.0).place(mean).any()


def test_centring_in_numpy_is_the_layer(squares: Squares) -> None:
    vectors = hog.hog(squares)
    mean, before = vectors.mean(axis=0), vectors.copy()
    expected = layers.Centring(mean.tolist(), 3.0)(vectors).numpy()
    np.testing.assert_allclose(Centring(mean, 3.0).place(vectors), expected, atol=1e-6)
    np.testing.assert_array_equal(vectors, before)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.Hog(), (2, SIDE, SIDE)),
        (layers.Centring([0.5, 0.25, 0.125], 4.0), (2, 3)),
    ],
)
def test_layers_are_rebuilt_from_their_config(
    layer: keras.layers.Layer, shape: tuple[int, ...]
) -> None:
    inputs: NDArray[Any] = np.random.default_rng(3).integers(0, 256, shape).astype(np.float32)
    rebuilt = type(layer).from_config(layer.get_config())
    np.testing.assert_array_equal(rebuilt(inputs).numpy(), layer(inputs).numpy())
