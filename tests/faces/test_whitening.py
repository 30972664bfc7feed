"""The whitening: its committed file, NumPy against the layer, and what it is for."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError
from facelab.faces import layers
from facelab.faces.embedding import Centring
from facelab.faces.hog import FEATURES
from facelab.faces.whitening import Whitening, whitening, whitening_of

pytestmark = pytest.mark.slow

BYTES = 400_000
"""Of the committed file, at most: it is part of every installation."""


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    return np.random.default_rng(4).uniform(0, 0.3, (9, FEATURES)).astype(np.float32)


def test_the_committed_axes_are_orthonormal_and_shorten() -> None:
    axes, shares = whitening().axes.astype(np.float64), whitening().shares
    assert axes.shape == (FEATURES, len(shares))
    # float16 rounds a number by 2^-12 of it: the squares of an axis add up to 1 within 2^-11
    np.testing.assert_allclose(axes.T @ axes, np.eye(len(shares)), atol=2**-11)
    assert (np.diff(shares) <= 0).all()
    assert 0 < shares[-1] < shares[0] < 1
    file = files("facelab.faces") / "whitening.npz"
    assert len(file.read_bytes()) < BYTES


def test_along_an_axis_a_vector_loses_its_share() -> None:
    axes, shares = whitening().axes, whitening().shares
    kept = np.einsum("kd,dk->k", whitening().shorten(axes.T.copy()), axes)
    np.testing.assert_allclose(kept, 1 - shares, atol=2**-10)


def test_what_lies_across_all_axes_is_left_as_it_is() -> None:
    axes = np.eye(5, 2, dtype=np.float32)
    across = np.array([[0, 0, 1, 2, 3]], np.float32)
    left = Whitening(axes, np.array([0.5, 0.25], np.float32)).shorten(across.copy())
    np.testing.assert_array_equal(left, across)


def test_numpy_is_the_layer(vectors: NDArray[np.float32]) -> None:
    mean, own = vectors.mean(axis=0), whitening()
    layer = layers.Whitening(len(own.shares), 3.0)
    centred = layers.Centring(mean.tolist(), 3.0)(vectors)
    layer.build(centred.shape)
    layer.set_weights([own.axes, own.shares])
    placed = Centring(mean, 3.0, own).place(vectors)
    np.testing.assert_allclose(layer(centred).numpy(), placed, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(placed, axis=1), 3, rtol=1e-5)
    plain = Centring(mean, 3.0).place(vectors)
    assert np.abs(placed - plain).max() > 0.01


def test_the_layer_is_rebuilt_from_its_config() -> None:
    layer = layers.Whitening(7, 3.0)
    assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()


def test_an_embedding_that_is_none_is_refused_in_one_line() -> None:
    with pytest.raises(FacelabError) as raised:
        whitening_of("deep")
    assert str(raised.value) == (
        "--embedding: received 'deep', allowed is hog or whitened; choose one"
    )
