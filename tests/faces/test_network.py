"""The network in NumPy against the same network in Keras."""

import cv2
import numpy as np
import pytest

from facelab.faces.network import HEIGHT, WIDTH, Convolution, forward, local_contrast, weights
from facelab.gallery.source import Recording
from facelab.recipe.model import build, folded

pytestmark = pytest.mark.slow


def test_numpy_is_keras_with_batch_normalisation_folded_in() -> None:
    model, rng = build(), np.random.default_rng(5)
    for layer in model.layers:  # as after a training: no layer is at its first values
        layer.set_weights([v + rng.uniform(0, 0.3, v.shape) for v in layer.get_weights()])
    grey = rng.integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8)
    contrast = local_contrast(cv2.GaussianBlur(grey, (0, 0), 3))
    expected = model(contrast[None, ..., None], training=False).numpy()[0]
    assert expected.std() > 0.01
    np.testing.assert_allclose(forward(contrast, folded(model)), expected, atol=1e-4, rtol=1e-4)


def test_numpy_is_keras_on_the_committed_weights(recording: Recording) -> None:
    model, net = build(), weights()
    for name, layer in net.items():
        if name.startswith("v"):  # the verifier's
            continue
        if name == "out":
            model.get_layer(name).set_weights([layer.kernel, layer.bias])
            continue
        norm = model.get_layer(f"{name}_norm")
        ones, zeros = np.ones_like(layer.bias), np.zeros_like(layer.bias)
        model.get_layer(name).set_weights([layer.kernel])
        norm.set_weights([ones, layer.bias, zeros, ones - norm.epsilon])
    for frame in recording.photos("gallery").frames[::60]:
        grey = cv2.cvtColor(cv2.resize(frame, (WIDTH, HEIGHT)), cv2.COLOR_BGR2GRAY)
        contrast = local_contrast(grey)
        expected = model(contrast[None, ..., None], training=False).numpy()[0]
        np.testing.assert_allclose(forward(contrast, net), expected, atol=1e-4)


def test_the_network_is_small() -> None:
    def size(layer: Convolution) -> int:
        return layer.kernel.size + layer.bias.size

    assert sum(size(layer) for layer in weights().values()) < 100_000


@pytest.mark.parametrize("level", [0, 7, 255])
def test_a_blank_picture_has_no_contrast(level: int) -> None:
    assert not local_contrast(np.full((HEIGHT, WIDTH), level, np.uint8)).any()


def test_contrast_is_the_same_in_dim_light(recording: Recording) -> None:
    grey = cv2.cvtColor(recording.photos("gallery").frames[0], cv2.COLOR_BGR2GRAY)
    full = cv2.resize(grey, (WIDTH, HEIGHT))
    dim = local_contrast((full * 0.6).astype(np.uint8))
    assert np.corrcoef(local_contrast(full).ravel(), dim.ravel())[0, 1] > 0.97
