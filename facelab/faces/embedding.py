"""Embedding: a grey square becomes a vector, in two Keras layers.

``Hog`` describes shapes, ``Centring`` places the vectors round the origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

SIDE = 64
"""Side of the grey square that is features, in pixels."""

FEATURES = 1764
"""Length of an embedding: 7 x 7 blocks of 2 x 2 cells of 9 orientations."""

Tensor = Any  # TensorFlow publishes no type that mypy can use.


@keras.saving.register_keras_serializable("facelab")
class Hog(keras.layers.Layer):  # type: ignore[misc]
    """Histograms of oriented gradients (Dalal and Triggs, CVPR 2005), as scikit-image has them.

    9 orientations over 180 degrees, cells of 8 x 8 pixels, blocks of 2 x 2 cells, one cell apart,
    each block normalised by L2-Hys (to length 1, cut at 0.2, to length 1 again).

    Input shape: (frames, 64, 64), float32.
    Output shape: (frames, 1764), float32: blocks down, blocks across, cells down, cells across,
    orientations.
    """

    def call(self, grey: Tensor) -> Tensor:
        """Take gradients, count them in cells, normalise blocks of cells."""
        down = tf.pad(grey[:, 2:] - grey[:, :-2], [[0, 0], [1, 1], [0, 0]])
        across = tf.pad(grey[:, :, 2:] - grey[:, :, :-2], [[0, 0], [0, 0], [1, 1]])
        angle = tf.math.floormod(tf.atan2(down, across), np.pi)
        orientation = tf.cast(angle * (9 / np.pi), tf.int32) % 9
        strength = tf.sqrt(down**2 + across**2)
        votes = tf.one_hot(orientation, 9) * strength[..., None]
        cells = tf.nn.avg_pool2d(votes, 8, 8, "VALID")  # (n, 8, 8, 9)
        corners = [cells[:, i : i + 7, j : j + 7] for i in (0, 1) for j in (0, 1)]
        blocks = tf.stack(corners, axis=3)  # (n, 7, 7, 4, 9)
        blocks = unit_length(tf.minimum(unit_length(blocks), 0.2))
        return tf.reshape(blocks, [-1, FEATURES])


def unit_length(blocks: Tensor, epsilon: float = 1e-5) -> Tensor:
    """Scale the last two axes to Euclidean length 1."""
    square = tf.reduce_sum(blocks**2, axis=[-2, -1], keepdims=True)
    return blocks / tf.sqrt(square + epsilon**2)


@keras.saving.register_keras_serializable("facelab")
class Centring(keras.layers.Layer):  # type: ignore[misc]
    """Vectors less the mean of the training photos', scaled to a fixed Euclidean norm.

    Input shape and output shape: (frames, features), float32.
    """

    def __init__(self, mean: Sequence[float], norm: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mean = np.asarray(mean, np.float32)
        self.norm = norm

    def call(self, vectors: Tensor) -> Tensor:
        """Subtract the mean, scale."""
        return self.norm * tf.math.l2_normalize(vectors - self.mean, axis=-1)

    def place(
        self, vectors: NDArray[np.float32], out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Do the same without TensorFlow, whose calls take longer than that for one frame.

        ``out``: where to, as NumPy has it.
        """
        placed = np.subtract(vectors, self.mean, out=out)
        square = np.einsum("nd,nd->n", placed, placed)
        placed *= (self.norm / np.sqrt(np.maximum(square, 1e-12)))[:, None]
        return placed

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "mean": self.mean.tolist(), "norm": self.norm}
