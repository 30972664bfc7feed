"""The networks as Keras models, and their losses; `facelab.faces.network` runs the result."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from facelab.faces.network import HEIGHT, STRIDES, WIDTH, Convolution
from facelab.faces.refinement import SIDE

Tensor = Any  # TensorFlow publishes no type that mypy can use.


def build() -> keras.Model:
    """Return the model from pictures (n, 96, 128, 1) in local contrast to maps (n, 12, 16, 5)."""
    picture = keras.Input((HEIGHT, WIDTH, 1))
    x = _block(picture, "c1", 16)
    x = _block(x, "c2", 24)
    x = _block(x, "c3", 32)
    fine = _block(x, "c4", 32)
    x = _block(fine, "d1", 48)
    x = _block(_block(x, "d2", 48), "d3", 48)
    coarse = layers.UpSampling2D(2)(_block(x, "up", 32, side=1))
    both = layers.Add()([coarse, _block(fine, "side", 32, side=1)])
    rare = keras.initializers.Constant([-3.0, 0, 0, 0, 0])  # few cells are faces
    out = layers.Conv2D(5, 1, bias_initializer=rare, name="out")(_block(both, "join", 32))
    return keras.Model(picture, out)


def build_refinement() -> keras.Model:
    """Return the model from looks (n, 48, 48, 1) in local contrast to (n, 5).

    Logit of a face, correction of the box.
    """
    picture = keras.Input((SIDE, SIDE, 1))
    x = picture
    for name, channels in {"v1": 8, "v2": 16, "v3": 24, "v4": 16}.items():
        x = _block(x, name, channels)
    return keras.Model(picture, layers.Flatten()(layers.Conv2D(5, x.shape[1], name="v5")(x)))


def _block(x: Tensor, name: str, channels: int, side: int = 3) -> Tensor:
    stride = STRIDES.get(name, 1)
    x = layers.Conv2D(channels, side, stride, "same", use_bias=False, name=name)(x)
    x = layers.BatchNormalization(momentum=0.97, name=f"{name}_norm")(x)
    return layers.ReLU()(x)


@keras.saving.register_keras_serializable("facelab.faces")  # type: ignore[untyped-decorator]
def loss(wanted: Tensor, said: Tensor) -> Tensor:
    """Quality focal loss (Li et al., 2020) of faces, Huber's of boxes; one value a sample."""
    face, logit = wanted[..., 0], said[..., 0]
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(face, logit)
    focus = tf.abs(face - tf.sigmoid(logit)) ** 2 * wanted[..., 6]
    faces = tf.reduce_sum(tf.cast(face > 0.999, tf.float32)) / tf.cast(
        tf.shape(face)[0], tf.float32
    )
    heat = tf.reduce_sum(focus * entropy, [1, 2]) / (faces + 0.1)
    error = tf.abs(said[..., 1:5] - wanted[..., 1:5])
    huber = tf.where(error < 0.1, 5 * error**2, error - 0.05) * wanted[..., 5:6]
    mean = tf.reduce_mean(tf.reduce_sum(wanted[..., 5], [1, 2]))
    return heat + tf.reduce_sum(huber * [1.0, 1.0, 2.0, 2.0], [1, 2, 3]) / (mean + 0.1)


@keras.saving.register_keras_serializable("facelab.faces")  # type: ignore[untyped-decorator]
def refinement_loss(wanted: Tensor, said: Tensor) -> Tensor:
    """Cross-entropy of face or none (smoothed by 1 %), Huber's of the correction; one a sample."""
    face = wanted[:, 0]
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(0.98 * face + 0.01, said[:, 0])
    error = tf.abs(said[:, 1:] - wanted[:, 1:])
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
        net[layer.name] = Convolution(kernel, bias, layer.strides[0])
    return net
