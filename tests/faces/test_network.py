"""The networks in NumPy against the same networks in Keras and in a classifier's layer."""

import cv2
import numpy as np
import pytest

from facelab.faces.layers import FaceCandidates
from facelab.faces.network import (
    CROP,
    HEIGHT,
    PROPOSAL,
    REFINEMENT,
    WIDTH,
    Convolution,
    local_contrast,
    propose,
    refine,
    weights,
)
from facelab.gallery.source import Recording
from facelab.recipe.model import build, build_refinement, folded, unfold

pytestmark = pytest.mark.slow


def test_numpy_is_keras_with_batch_normalisation_folded_in() -> None:
    model, rng = build(), np.random.default_rng(5)
    for layer in model.layers:  # as after a training: no layer is at its first values
        layer.set_weights([v + rng.uniform(0, 0.3, v.shape) for v in layer.get_weights()])
    grey = rng.integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8)
    contrast = local_contrast(cv2.GaussianBlur(grey, (0, 0), 3))
    expected = model(contrast[None, ..., None], training=False).numpy()[0]
    assert expected.std() > 0.01
    (measured,) = propose(contrast[None], folded(model))
    np.testing.assert_allclose(measured, expected, atol=1e-4, rtol=1e-4)


def test_the_refinement_network_in_numpy_is_keras() -> None:
    model, rng = build_refinement(), np.random.default_rng(6)
    for layer in model.layers:
        layer.set_weights([v + rng.uniform(0, 0.3, v.shape) for v in layer.get_weights()])
    crops = rng.normal(0, 1, (3, CROP, CROP)).astype(np.float32)
    expected = model(crops[..., None], training=False).numpy()
    assert expected.std() > 0.01
    np.testing.assert_allclose(refine(crops, folded(model)), expected, atol=1e-4, rtol=1e-4)


def test_a_model_goes_on_from_folded_weights() -> None:
    model, rng = build(), np.random.default_rng(7)
    pictures = rng.normal(0, 1, (6, HEIGHT, WIDTH)).astype(np.float32)
    unfold(model, weights(), pictures[..., None])
    expected = propose(pictures, weights())
    measured = model(pictures[..., None], training=False).numpy()
    np.testing.assert_allclose(measured, expected, atol=1e-4, rtol=1e-4)
    # while it learns it normalises by the batch, and says the same of the one it was given
    learning = model(pictures[..., None], training=True).numpy()
    np.testing.assert_allclose(learning, expected, atol=1e-3, rtol=1e-3)


def test_the_models_of_the_recipe_have_the_layers_of_the_table() -> None:
    for model, table in ((build(), PROPOSAL), (build_refinement(), REFINEMENT)):
        assert list(folded(model)) == [layer.name for layer in table]
        shapes = [(each.kernel.shape, each.bias.shape) for each in folded(model).values()]
        committed = [weights()[layer.name] for layer in table]
        assert shapes == [(each.kernel.shape, each.bias.shape) for each in committed]


@pytest.mark.parametrize("count", [1, 5, 20])
def test_numpy_is_the_layer_of_a_classifier(count: int) -> None:
    random, layer = np.random.default_rng(4), FaceCandidates()
    layer.build(None)
    pictures = random.normal(0, 1, (count, HEIGHT, WIDTH)).astype(np.float32)
    np.testing.assert_allclose(
        propose(pictures, weights()), layer.propose(pictures).numpy(), atol=1e-4
    )
    crops = random.normal(0, 1, (count, CROP, CROP)).astype(np.float32)
    np.testing.assert_allclose(refine(crops, weights()), layer.refine(crops).numpy(), atol=1e-4)


def test_a_picture_is_answered_alone_as_in_company() -> None:
    pictures = np.random.default_rng(7).normal(0, 1, (6, HEIGHT, WIDTH)).astype(np.float32)
    together = propose(pictures, weights())
    for picture, expected in zip(pictures, together, strict=True):
        np.testing.assert_allclose(propose(picture[None], weights())[0], expected, atol=1e-5)


def test_numpy_is_keras_on_the_committed_weights(recording: Recording) -> None:
    model, net = build(), weights()
    for name, layer in ((layer.name, net[layer.name]) for layer in PROPOSAL):
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
        np.testing.assert_allclose(propose(contrast[None], net)[0], expected, atol=1e-4)


def test_the_network_is_small() -> None:
    def size(layer: Convolution) -> int:
        return layer.kernel.size + layer.bias.size

    assert sum(size(layer) for layer in weights().values()) < 160_000


@pytest.mark.parametrize("level", [0, 7, 255])
def test_a_blank_picture_has_no_contrast(level: int) -> None:
    assert not local_contrast(np.full((HEIGHT, WIDTH), level, np.uint8)).any()


def test_contrast_is_the_same_in_dim_light(recording: Recording) -> None:
    grey = cv2.cvtColor(recording.photos("gallery").frames[0], cv2.COLOR_BGR2GRAY)
    full = cv2.resize(grey, (WIDTH, HEIGHT))
    dim = local_contrast((full * 0.6).astype(np.uint8))
    assert np.corrcoef(local_contrast(full).ravel(), dim.ravel())[0, 1] > 0.97
