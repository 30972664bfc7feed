"""The steps from frame to vector inside a saved classifier, as Keras layers.

``Grey`` removes the colours, ``FaceCandidates`` runs the networks of `facelab.faces.network`,
``MainFace`` picks the main face, ``Crop`` cuts a square round it, ``Hog`` describes its shapes,
``Centring`` subtracts the mean and scales, ``Whitening`` whitens, where a classifier is trained so.
The rest of this package does the same, faster, in NumPy and OpenCV; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError
from facelab.faces.detection import Detection
from facelab.faces.face import SURELY
from facelab.faces.finder import THRESHOLD
from facelab.faces.hog import CUT, EPSILON, FEATURES, ORIENTATIONS, SIDE, Vectors
from facelab.faces.network import (
    CHANNELS,
    CROP,
    HEIGHT,
    WIDTH,
    Layer,
    saved_channels,
    shapes,
    through_proposal,
    through_refinement,
    weights,
)
from facelab.faces.refinement import CONTEXT, SMALL
from facelab.faces.tensors import Tensor, area_mean, candidates, cut, distinct, local_contrast

GREY = (3735, 19235, 9798)
"""Weights of blue, green and red in a grey level (ITU-R BT.601), in 32768ths as OpenCV has them."""


@keras.saving.register_keras_serializable("facelab")
class Grey(keras.layers.Layer):  # type: ignore[misc]
    """Frames in grey, bit by bit as ``cv2.cvtColor`` has it.

    Input shape: (frames, height, width, 3), uint8, blue-green-red.
    Output shape: (frames, height, width), uint8.
    """

    def call(self, frames: Tensor) -> Tensor:
        """Weigh the colours in whole numbers."""
        colours = tf.cast(frames, tf.int32)
        weighed = tf.add_n([colours[..., k] * weight for k, weight in enumerate(GREY)])
        return tf.cast(tf.bitwise.right_shift(weighed + (1 << 14), 15), tf.uint8)


@keras.saving.register_keras_serializable("facelab")
class FaceCandidates(keras.layers.Layer):  # type: ignore[misc]
    """Faces that may be in frames.

    Input shape: (frames, height, width), uint8, as `Grey` gives them.
    Output shape: (frames, 8, 5), float32: left, top, right, bottom in pixels, score; the surest
    first, then rows of zeros.
    """

    def __init__(self, refinement: Sequence[int] = CHANNELS, **options: Any) -> None:
        """Take the channels of the refinement network."""
        super().__init__(**options)
        self.refinement = tuple(refinement)

    def get_config(self) -> dict[str, Any]:
        """Return the configuration that Keras saves."""
        return {**super().get_config(), "refinement": list(self.refinement)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> FaceCandidates:
        """Make a saved layer again."""
        return cls(**config | {"refinement": saved_channels(config)})

    def build(self, _: Any) -> None:
        """Take over the committed weights; a saved classifier brings its own.

        Of another size they are zeros until it does.
        """
        self.net, own = {}, weights()
        for name, shape in shapes(self.refinement).items():
            parts = {"kernel": (own[name].kernel, shape), "bias": (own[name].bias, shape[3:])}
            self.net[name] = tuple(
                self.add_weight(
                    name=f"{name}_{part}",
                    shape=wanted,
                    initializer=keras.initializers.Constant(value)
                    if value.shape == wanted
                    else "zeros",
                    trainable=False,
                )
                for part, (value, wanted) in parts.items()
            )

    def call(self, grey: Tensor) -> Tensor:
        """Fit, take local contrast, convolve, read off the boxes."""
        size = tf.cast(tf.shape(grey)[1:3], tf.float32)
        zoom = tf.reduce_min(tf.constant([HEIGHT, WIDTH], tf.float32) / size)
        fitted = tf.maximum(tf.round(size * zoom), 1)  # height, width in the network's picture
        corner = tf.floor((tf.constant([HEIGHT, WIDTH], tf.float32) - fitted) / 2)
        step = size / fitted
        down = area_mean(tf.shape(grey)[1], HEIGHT, -corner[:1] * step[0], step[:1])
        across = area_mean(tf.shape(grey)[2], WIDTH, -corner[1:] * step[1], step[1:])
        # one product over all lines: a batched one that shares its matrix is twice as slow
        lines = tf.reshape(tf.cast(grey, tf.float32), [-1, tf.shape(grey)[2]])
        narrow = tf.matmul(lines, across[0], transpose_b=True)
        narrow = tf.reshape(narrow, [-1, tf.shape(grey)[1], WIDTH])
        picture = tf.round(tf.matmul(tf.repeat(down, tf.shape(grey)[0], axis=0), narrow))
        found = candidates(self.propose(local_contrast(picture)))
        shift = tf.concat([corner[::-1], corner[::-1]], 0)
        there = tf.cast(found[..., 4:] > 0, tf.float32)
        boxes = (found[..., :4] - shift) / zoom * there
        return self._refined(grey, boxes, found[..., 4], SMALL / zoom)

    def _refined(self, grey: Tensor, boxes: Tensor, proposed: Tensor, small: Tensor) -> Tensor:
        """Look closer at each box (frames, 8, 4), as `facelab.faces.refinement`."""
        place = tf.where(proposed > 0)
        box, before = tf.gather_nd(boxes, place), tf.gather_nd(proposed, place)
        side = tf.maximum(tf.round((box[:, 3] - box[:, 1]) * CONTEXT), 2)
        corner = tf.round((box[:, :2] + box[:, 2:] - side[:, None]) / 2)
        crops = tf.round(cut(tf.gather(grey, place[:, 0]), corner, side, CROP))
        answers = self.refine(local_contrast(crops))
        score = tf.sigmoid(tf.math.log(before / (1 - before)) + answers[:, 0])
        size = box[:, 2:] - box[:, :2]
        middle = (box[:, :2] + box[:, 2:]) / 2 + answers[:, 1:3] * size
        half = size * tf.exp(answers[:, 3:]) / 2
        corrected = tf.where(size[:, 1:] < small, tf.concat([middle - half, middle + half], 1), box)
        shape = tf.shape(boxes, tf.int64)
        scores = tf.scatter_nd(place, score, shape[:2])
        return distinct(tf.scatter_nd(place, corrected, shape), scores, least=0.0)

    def propose(self, pictures: Tensor) -> Tensor:
        """Return the maps (n, 12, 16, 5) of pictures (n, 96, 128) in local contrast."""

        def double(x: Tensor) -> Tensor:
            return tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2)

        return through_proposal(pictures[..., None], self._block, double)

    def refine(self, crops: Tensor) -> Tensor:
        """Return the answers (n, 5) to crops (n, 48, 48) in local contrast."""
        count = tf.shape(crops)[0]
        # oneDNN mistakes the shapes of a batch of none on some processors: a blank one goes along
        blank = tf.zeros([tf.cast(count == 0, tf.int32), *crops.shape[1:]])
        some = tf.concat([crops, blank], 0)
        return through_refinement(some[..., None], self._block)[:count, 0, 0]

    def _block(self, x: Tensor, layer: Layer) -> Tensor:
        kernel, bias = self.net[layer.name]
        padding = "VALID" if layer.whole else "SAME"
        x = tf.nn.conv2d(x, kernel, layer.stride, padding) + bias
        return x if layer.linear else tf.nn.relu(x)


@keras.saving.register_keras_serializable("facelab")
class CentreSquare(keras.layers.Layer):  # type: ignore[misc]
    """The centre square of frames, for want of a face detector.

    Input shape: (frames, height, width), uint8. Output shape: (frames, 1, 5), float32: its box in
    pixels, score 1.
    """

    def call(self, grey: Tensor) -> Tensor:
        """Lay the largest square in the middle."""
        size = tf.cast(tf.shape(grey)[1:3], tf.float32)[::-1]  # width, height
        side = tf.reduce_min(size)
        corner = tf.floor((size - side) / 2)
        row = tf.concat([corner, corner + side, [1.0]], 0)
        return tf.tile(row[None, None], [tf.shape(grey)[0], 1, 1])


@keras.saving.register_keras_serializable("facelab")
class MainFace(keras.layers.Layer):  # type: ignore[misc]
    """The main face of each frame, as `facelab.faces.detection.main_faces`.

    Input shape: (frames, candidates, 5) as `FaceCandidates` gives them.
    Output shape: (frames, 5), float32; zeros where no candidate reaches ``threshold``.
    """

    def __init__(self, threshold: float = THRESHOLD, surely: float = SURELY, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.threshold = threshold
        self.surely = surely

    def call(self, found: Tensor) -> Tensor:
        """Pick by area among those that surely are faces, or else are sure enough."""
        size = (found[..., 2] - found[..., 0]) * (found[..., 3] - found[..., 1])
        certain = found[..., 4] >= self.surely
        any_is = tf.reduce_any(certain, axis=-1, keepdims=True)
        size = tf.where(tf.where(any_is, certain, found[..., 4] >= self.threshold), size, 0.0)
        main = tf.gather(found, tf.argmax(size, axis=1), axis=1, batch_dims=1)
        return main * tf.cast(tf.reduce_max(size, axis=1, keepdims=True) > 0, tf.float32)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "threshold": self.threshold, "surely": self.surely}


@keras.saving.register_keras_serializable("facelab")
class Crop(keras.layers.Layer):  # type: ignore[misc]
    """A square round each face, in grey, averaged down to ``side`` x ``side`` pixels.

    Inputs: grey frames (n, height, width) uint8; faces (n, 5) float32 as `MainFace` gives them.
    Where there is no face, the centre square of the frame is cut.
    Output shape: (n, side, side), float32, whole grey levels from 0 to 255.
    """

    def __init__(self, side: int = SIDE, margin: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.side = side
        self.margin = margin

    def call(self, grey: Tensor, faces: Tensor) -> Tensor:
        """Cut and average."""
        size = tf.cast(tf.shape(grey)[1:3], tf.float32)[::-1]  # width, height
        middle = (faces[:, :2] + faces[:, 2:4]) / 2
        square = (faces[:, 3] - faces[:, 1]) * self.margin
        there = faces[:, 4] > 0
        middle = tf.where(there[:, None], middle, size / 2)
        square = tf.where(there, square, tf.reduce_min(size))
        # Whole pixels: then rounding alone moves no square, on any processor.
        square = tf.maximum(tf.round(square), 2)
        corner = tf.round(middle - square[:, None] / 2)
        # Whole grey levels, as a camera gives: then no gradient's angle lies on the edge between
        # two orientations by rounding alone, and every processor gives the same embedding.
        return tf.round(cut(grey, corner, square, self.side))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "side": self.side, "margin": self.margin}


@keras.saving.register_keras_serializable("facelab")
class Hog(keras.layers.Layer):  # type: ignore[misc]
    """Histograms of oriented gradients, as `facelab.faces.hog`.

    Input shape: (frames, 64, 64), float32. Output shape: (frames, 1764), float32.
    """

    def call(self, grey: Tensor) -> Tensor:
        """Take gradients, count them in cells, normalise blocks of cells."""
        down = tf.pad(grey[:, 2:] - grey[:, :-2], [[0, 0], [1, 1], [0, 0]])
        across = tf.pad(grey[:, :, 2:] - grey[:, :, :-2], [[0, 0], [0, 0], [1, 1]])
        angle = tf.math.floormod(tf.atan2(down, across), np.pi)
        orientation = tf.cast(angle * (ORIENTATIONS / np.pi), tf.int32) % ORIENTATIONS
        strength = tf.sqrt(down**2 + across**2)
        votes = tf.one_hot(orientation, ORIENTATIONS) * strength[..., None]
        cells = tf.nn.avg_pool2d(votes, 8, 8, "VALID")  # (n, 8, 8, 9)
        corners = [cells[:, i : i + 7, j : j + 7] for i in (0, 1) for j in (0, 1)]
        blocks = tf.stack(corners, axis=3)  # (n, 7, 7, 4, 9)
        blocks = unit_length(tf.minimum(unit_length(blocks), CUT))
        return tf.reshape(blocks, [-1, FEATURES])


def unit_length(blocks: Tensor, epsilon: float = EPSILON) -> Tensor:
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

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "mean": self.mean.tolist(), "norm": self.norm}


@keras.saving.register_keras_serializable("facelab")
class Whitening(keras.layers.Layer):  # type: ignore[misc]
    """Vectors whitened, as `facelab.faces.whitening`, and scaled to a fixed Euclidean norm.

    Input shape and output shape: (frames, features), float32, centred. ``rank``: how many axes.
    """

    def __init__(self, rank: int, norm: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rank = rank
        self.norm = norm

    def build(self, shape: Any) -> None:
        """Make room for the axes and their shares; float16 holds the axes exactly."""
        self.axes = self.add_weight(
            name="axes", shape=(shape[-1], self.rank), dtype="float16", trainable=False
        )
        self.shares = self.add_weight(name="shares", shape=(self.rank,), trainable=False)

    def call(self, vectors: Tensor) -> Tensor:
        """Shorten along the axes, scale."""
        axes = tf.cast(self.axes, tf.float32)
        along = tf.matmul(vectors, axes) * self.shares
        whitened = vectors - tf.matmul(along, axes, transpose_b=True)
        return self.norm * tf.math.l2_normalize(whitened, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "rank": self.rank, "norm": self.norm}


def layer_of(detection: Detection) -> keras.layers.Layer:
    """Return the layer from grey frames to candidates that finds faces as a detection does.

    Raises FacelabError for a face detector that no Keras model can hold.
    """
    if detection.choice == "facelab":
        return FaceCandidates()
    if detection.choice == "none":
        return CentreSquare()
    raise FacelabError(
        f"{detection.name} cannot be kept in a classifier; train with --face-detector facelab "
        "or none"
    )


def compiled_hog(squares: NDArray[np.uint8]) -> Vectors:
    """Return the vectors (n, 1764) of squares (n, 64, 64) uint8, by the layer `Hog`, compiled."""
    return np.asarray(_graph()(tf.constant(squares, tf.float32)))


@cache
def _graph() -> Any:
    signature = [tf.TensorSpec((None, SIDE, SIDE), tf.float32)]
    # concrete: to bind the arguments anew takes half as long as to answer one frame
    return tf.function(Hog().call, signature, autograph=False).get_concrete_function()
