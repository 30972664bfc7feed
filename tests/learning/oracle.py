"""Oracle: softmax SGD in float64, one update after another, straight from the formula."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def replay(
    x: NDArray[np.float32],
    labels: NDArray[np.int32],
    kernel: NDArray[np.float32],
    bias: NDArray[np.float32],
    order: NDArray[np.int32],
    rate: float,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return kernel, bias, and the loss and accuracy of every update, (U,) each.

    ``x`` (N, D), ``kernel`` (D, C), ``bias`` (C,), ``order`` (U, B) with -1 for no photo.
    """
    inputs, w, b = x.astype(np.float64), kernel.astype(np.float64), bias.astype(np.float64)
    y = np.eye(len(b))[labels]
    loss, accuracy = [], []
    for batch in order:
        photos = batch[batch >= 0]
        logits = inputs[photos] @ w + b
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        loss.append(-np.log(p[y[photos] == 1]).mean())
        accuracy.append((logits.argmax(axis=1) == labels[photos]).mean())
        residual = (p - y[photos]) / len(photos)
        w = w - rate * inputs[photos].T @ residual
        b = b - rate * residual.sum(axis=0)
    return w, b, np.array(loss), np.array(accuracy)
