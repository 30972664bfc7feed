"""What the layers of a saved classifier calculate with, on tensors: cut, average, pick faces.

`facelab.faces.crop`, `network` and `finder` do the same in NumPy and OpenCV.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from facelab.faces.detection import MOST
from facelab.faces.finder import APART, PROPOSED
from facelab.faces.network import CELL, FLOOR, HEIGHT, NEIGHBOURHOOD, TYPICAL, WIDTH

Tensor = Any  # TensorFlow publishes no type that mypy can use.


def cut(grey: Tensor, corner: Tensor, square: Tensor, side: int) -> Tensor:
    """Return squares (n, side, side) of frames (n, height, width), averaged down.

    ``corner`` (n, 2): left, top; ``square`` (n,): side in pixels. Beyond its edge a frame goes on
    as it ends.
    """
    step = square / side
    across = area_mean(tf.shape(grey)[2], side, corner[:, 0], step)
    down = area_mean(tf.shape(grey)[1], side, corner[:, 1], step)
    return tf.matmul(tf.matmul(down, tf.cast(grey, tf.float32)), across, transpose_b=True)


def area_mean(size: Tensor, parts: int, start: Tensor, step: Tensor) -> Tensor:
    """Return matrices (n, parts, size) that average ``size`` pixels over ``parts`` intervals.

    Interval k begins ``start + k * step`` (n,) pixels from the edge; the first and the last pixel
    go on for ever. Intervals shorter than a pixel become linear interpolation.
    """
    middle = start[:, None] + (tf.range(parts, dtype=tf.float32)[None] + 0.5) * step[:, None]
    half = tf.maximum(step, 1.0)[:, None, None] / 2
    low, high = middle[..., None] - half, middle[..., None] + half
    pixel = tf.range(tf.cast(size, tf.float32), dtype=tf.float32)
    last = tf.cast(size, tf.float32) - 1
    begin = tf.where(pixel == 0, -1e9, pixel)
    end = tf.where(pixel == last, 1e9, pixel + 1)
    return tf.maximum(tf.minimum(high, end) - tf.maximum(low, begin), 0) / (2 * half)


def local_contrast(picture: Tensor) -> Tensor:
    """Return pictures (n, h, w) less the mean around, in deviations around."""
    down, across = map(_mean_around, picture.shape[1:])

    def mean(x: Tensor) -> Tensor:
        return tf.matmul(tf.matmul(down, x), across, transpose_b=True)

    difference = picture - mean(picture)
    return difference / (tf.sqrt(mean(difference**2)) + FLOOR)


def _mean_around(size: int) -> NDArray[np.float32]:
    """Matrix (size, size) of the mean over a neighbourhood; beyond the edge as at the edge."""
    edge = NEIGHBOURHOOD // 2
    around = np.arange(size)[:, None] + np.arange(-edge, edge + 1)
    matrix = np.zeros((size, size), np.float32)
    np.add.at(matrix, (np.arange(size)[:, None], np.clip(around, 0, size - 1)), 1 / NEIGHBOURHOOD)
    return matrix


def candidates(maps: Tensor) -> Tensor:
    """Return faces (n, 8, 5), in pixels of the network's picture, read off maps (n, 12, 16, 5)."""
    rows, columns = HEIGHT // CELL, WIDTH // CELL
    sure = tf.sigmoid(maps[..., 0])
    peak = sure >= tf.nn.max_pool2d(sure[..., None], 3, 1, "SAME")[..., 0]
    row, column = np.mgrid[0:rows, 0:columns].astype(np.float32) + 0.5
    middle = maps[..., 1:3] + np.stack([column, row], -1)
    cells = tf.concat([middle, maps[..., 3:5], sure[..., None]], -1)
    near = tf.image.extract_patches(cells, [1, 3, 3, 1], [1] * 4, [1] * 4, "SAME")
    near = tf.reshape(near, [-1, rows, columns, 9, 5])
    weight = near[..., 4] * tf.cast(near[..., 4] > 0.4 * sure[..., None], tf.float32)
    mean = tf.reduce_sum(near[..., :4] * weight[..., None], 3)
    mean = tf.reshape(mean / tf.reduce_sum(weight, 3)[..., None], [-1, rows * columns, 4])
    middle, half = mean[..., :2] * CELL, tf.exp(mean[..., 2:]) * TYPICAL / 2
    boxes = tf.concat([middle - half, middle + half], -1)
    scores = tf.reshape(tf.where(peak, sure, 0.0), [-1, rows * columns])
    return distinct(boxes, scores, PROPOSED)


def distinct(boxes: Tensor, scores: Tensor, least: float) -> Tensor:
    """Return faces (n, 8, 5): boxes (n, k, 4) and scores (n, k) above ``least``.

    The surest first, without those that overlap a surer one; then rows of zeros.
    """
    kept = tf.image.combined_non_max_suppression(
        boxes[:, :, None],
        scores[..., None],
        max_output_size_per_class=MOST,
        max_total_size=MOST,
        iou_threshold=APART,
        score_threshold=least,
        clip_boxes=False,
    )
    return tf.concat([kept.nmsed_boxes, kept.nmsed_scores[..., None]], -1)
