"""Boxes (..., 4): left, top, right, bottom in pixels; they may reach beyond the frame."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Box = NDArray[np.floating[Any]]

Candidates = NDArray[np.float32]
"""Boxes with scores (..., 5): left, top, right, bottom, score from 0 to 1; zeros for none."""


def area(boxes: Box) -> Box:
    """Areas (...) of boxes, 0 for one turned inside out."""
    sides = np.maximum(boxes[..., 2:] - boxes[..., :2], 0)
    return sides[..., 0] * sides[..., 1]


def overlap(a: Box, b: Box) -> Box:
    """Common areas (...) of boxes."""
    corners = np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., 2:], b[..., 2:])
    return area(np.concatenate(corners, axis=-1))


def intersection_over_union(a: Box, b: Box) -> Box:
    """Common area as a share of the area of both, (...)."""
    common = overlap(a, b)
    return common / np.maximum(area(a) + area(b) - common, 1e-9)


def covered(boxes: Box, by: Box) -> Box:
    """Share of each box's area that lies in ``by``, (...)."""
    return overlap(boxes, by) / np.maximum(area(boxes), 1e-9)
