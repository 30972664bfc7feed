"""HOG in NumPy: a grey square becomes a vector; the layer in `facelab.faces.layers` is its twin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIDE = 64
"""Side of the grey square that is described, in pixels."""

FEATURES = 1764
"""Length of a vector: 7 x 7 blocks of 2 x 2 cells of 9 orientations."""

CELL, CELLS, ORIENTATIONS = 8, 8, 9
"""Pixels of a cell and cells of a square, each way; orientations over 180 degrees."""

CUT, EPSILON = 0.2, 1e-5
"""L2-Hys: largest share of a block's length; what keeps a blank block from being divided by 0."""

Vectors = NDArray[np.float32]


def hog(squares: NDArray[np.uint8]) -> Vectors:
    """Return histograms of oriented gradients (Dalal and Triggs, CVPR 2005) as scikit-image does.

    9 orientations over 180 degrees, cells of 8 x 8 pixels, blocks of 2 x 2 cells, one cell apart,
    each block normalised by L2-Hys (to length 1, cut at 0.2, to length 1 again).

    ``squares``: (n, 64, 64) uint8. Returns (n, 1764) float32: blocks down, blocks across, cells
    down, cells across, orientations.
    """
    grey = np.asarray(squares, np.float32)
    down, across = np.zeros_like(grey), np.zeros_like(grey)
    np.subtract(grey[:, 2:], grey[:, :-2], out=down[:, 1:-1])
    np.subtract(grey[:, :, 2:], grey[:, :, :-2], out=across[:, :, 1:-1])
    angle = np.arctan2(down, across)
    angle[angle < 0] += np.float32(np.pi)
    # upwards and downwards are one orientation: an angle of pi counts as 0
    orientation = (angle * np.float32(ORIENTATIONS / np.pi)).astype(np.intp) % ORIENTATIONS
    cells = _cells(orientation, np.sqrt(down * down + across * across))
    corners = [cells[:, i : i + 7, j : j + 7] for i in (0, 1) for j in (0, 1)]
    blocks = np.stack(corners, axis=3).reshape(len(grey), 7, 7, 4 * ORIENTATIONS)
    blocks = _unit_length(np.minimum(_unit_length(blocks), np.float32(CUT)))
    return blocks.reshape(len(grey), FEATURES)


def _cells(orientation: NDArray[np.intp], strength: Vectors) -> Vectors:
    """Return the mean strength (n, 8, 8, 9) of each orientation in each cell."""
    count = len(orientation)
    line = np.arange(SIDE) // CELL
    cell = np.arange(count)[:, None, None] * CELLS**2 + line[:, None] * CELLS + line
    place = cell * ORIENTATIONS + orientation
    size = count * CELLS**2 * ORIENTATIONS
    sums = np.bincount(place.ravel(), strength.ravel(), size) / CELL**2
    return sums.astype(np.float32).reshape(count, CELLS, CELLS, ORIENTATIONS)


def _unit_length(blocks: Vectors) -> Vectors:
    """Scale the last axis to Euclidean length 1."""
    square = np.einsum("...k,...k->...", blocks, blocks)
    scaled: Vectors = blocks / np.sqrt(square + np.float32(EPSILON**2))[..., None]
    return scaled
