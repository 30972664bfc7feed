"""The networks of `facelab.faces.network` as Keras models to be trained, and their losses."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from facelab.faces.network import (
    CROP,
    HEIGHT,
    WIDTH,
    Convolution,
    Layer,
    Weights,
    convolve,
    doubled,
    through_proposal,
    through_refinement,
)
from facelab.studio.maths import Array

Tensor = Any  # TensorFlow publishes no type that mypy can use.


FEW = (-3.0, 0, 0, 0, 0)
"""Bias that the last layer of a map begins with: few cells are faces."""


def build() -> keras.Model:
    """Return the model from pictures (n, 96, 128, 1) in local contrast to maps (n, 12, 16, 5)."""
    picture = keras.Input((HEIGHT, WIDTH, 1))
    return keras.Model(picture, through_proposal(picture, _block, layers.UpSampling2D(2)))


def build_refinement() -> keras.Model:
    """Return the model from crops (n, 48, 48, 1) in local contrast to answers (n, 5)."""
    crop = keras.Input((CROP, CROP, 1))
    return keras.Model(crop, layers.Flatten()(through_refinement(crop, _block)))


def _block(x: Tensor, layer: Layer) -> Tensor:
    """Convolve; then normalise the batch and cut at 0, unless the layer is linear."""
    name = layer.name
    shape = layer.channels, layer.side, layer.stride, "valid" if layer.whole else "same"
    if layer.linear:
        bias = "zeros" if layer.whole else keras.initializers.Constant(FEW)
        return layers.Conv2D(*shape, bias_initializer=bias, name=name)(x)
    x = layers.Conv2D(*shape, use_bias=False, name=name)(x)
    x = layers.BatchNormalization(momentum=0.97, name=f"{name}_norm")(x)
    return layers.ReLU()(x)


@keras.saving.register_keras_serializable("facelab.faces")  # type: ignore[untyped-decorator]
def loss(wanted: Tensor, maps: Tensor) -> Tensor:
    """Quality focal loss (Li et al., 2020) of faces, Huber's of boxes; one value a sample."""
    face, logit = wanted[..., 0], maps[..., 0]
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(face, logit)
    focus = tf.abs(face - tf.sigmoid(logit)) ** 2 * wanted[..., 6]
    faces = tf.reduce_sum(tf.cast(face > 0.999, tf.float32)) / tf.cast(
        tf.shape(face)[0], tf.float32
    )
    heat = tf.reduce_sum(focus * entropy, [1, 2]) / (faces + 0.1)
    error = tf.abs(maps[..., 1:5] - wanted[..., 1:5])
    huber = tf.where(error < 0.1, 5 * error**2, error - 0.05) * wanted[..., 5:6]
    mean = tf.reduce_mean(tf.reduce_sum(wanted[..., 5], [1, 2]))
    return heat + tf.reduce_sum(huber * [1.0, 1.0, 2.0, 2.0], [1, 2, 3]) / (mean + 0.1)


@keras.saving.register_keras_serializable("facelab.faces")  # type: ignore[untyped-decorator]
def refinement_loss(wanted: Tensor, answers: Tensor) -> Tensor:
    """Cross-entropy of face or none (smoothed by 1 %), Huber's of the correction; one a sample."""
    face = wanted[:, 0]
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(0.98 * face + 0.01, answers[:, 0])
    error = tf.abs(answers[:, 1:] - wanted[:, 1:])
    huber = tf.where(error < 0.1, 5 * error**2, error - 0.05)
    return entropy + face * tf.reduce_sum(huber, 1)


def folded(model: keras.Model) -> dict[str, Convolution]:
    """Return the convolutions with their batch normalisation folded in."""
    net: dict[str, Convolution] = {}
    for layer in model.layers:
        if not isinstance(layer, layers.Conv2D):
            continue
        kernel = np.asarray(layer.kernel)
        if layer.use_bias:
            bias = np.asarray(layer.bias)
        else:
            norm = model.get_layer(f"{layer.name}_norm")
            scale = np.asarray(norm.gamma) / np.sqrt(
                np.asarray(norm.moving_variance) + norm.epsilon
            )
            kernel = kernel * scale
            bias = np.asarray(norm.beta) - np.asarray(norm.moving_mean) * scale
        net[layer.name] = Convolution(kernel, bias)
    return net


def unfold(model: keras.Model, net: Weights, pictures: Array) -> None:
    """Let a proposal network go on from weights that were `folded`: give it those, in place.

    Each batch normalisation takes mean and variance of what its convolution gives for some
    ``pictures``, as the model takes them, and undoes both: the model says what the weights say.
    """
    measured: dict[str, tuple[Array, Array]] = {}

    def block(x: Array, layer: Layer) -> Array:
        x = convolve(x, net[layer.name], layer)
        if layer.linear:
            return x
        measured[layer.name] = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
        return np.maximum(x, 0)

    through_proposal(pictures, block, doubled)
    for layer in model.layers:
        if not isinstance(layer, layers.Conv2D):
            continue
        kernel, bias = net[layer.name].kernel, net[layer.name].bias
        if layer.use_bias:
            layer.set_weights([kernel, bias])
            continue
        mean, variance = measured[layer.name]
        norm = model.get_layer(f"{layer.name}_norm")
        layer.set_weights([kernel])
        norm.set_weights([np.sqrt(variance + norm.epsilon), mean, mean - bias, variance])
