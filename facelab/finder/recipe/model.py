"""The network as a Keras model, and its loss; `facelab.finder.net` runs the result."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from facelab.finder.net import HEIGHT, WIDTH, Convolution

Tensor = Any  # TensorFlow publishes no type that mypy can use.


def build() -> keras.Model:
    """Return the model from pictures (n, 96, 128, 1) in local contrast to maps (n, 12, 16, 5)."""

    def block(x: Tensor, name: str, channels: int, side: int = 3, stride: int = 1) -> Tensor:
        x = layers.Conv2D(channels, side, stride, "same", use_bias=False, name=name)(x)
        x = layers.BatchNormalization(momentum=0.97, name=f"{name}_norm")(x)
        return layers.ReLU()(x)

    picture = keras.Input((HEIGHT, WIDTH, 1))
    x = block(picture, "c1", 16, stride=2)
    x = block(x, "c2", 24, stride=2)
    x = block(x, "c3", 32, stride=2)
    fine = block(x, "c4", 32)
    x = block(fine, "d1", 48, stride=2)
    x = block(block(x, "d2", 48), "d3", 48)
    coarse = layers.UpSampling2D(2)(block(x, "up", 32, side=1))
    both = layers.Add()([coarse, block(fine, "side", 32, side=1)])
    rare = keras.initializers.Constant([-3.0, 0, 0, 0, 0])  # few cells are faces
    out = layers.Conv2D(5, 1, bias_initializer=rare, name="out")(block(both, "join", 32))
    return keras.Model(picture, out)


@keras.saving.register_keras_serializable("facelab.finder")  # type: ignore[untyped-decorator]
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


def folded(model: keras.Model) -> dict[str, Convolution]:
    """Return the convolutions with their batch normalisation folded in."""
    net: dict[str, Convolution] = {}
    for layer in model.layers:
        if not isinstance(layer, layers.Conv2D):
            continue
        kernel = np.asarray(layer.kernel)
        if layer.name == "out":
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
