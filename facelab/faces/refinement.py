"""Refinement: the crop round a proposed box, and what the refinement network changes.

The proposal network locates faces well, but its score is weak for small heads, of which it gets few
pixels. So each proposal is cut out of the frame at full resolution and passed to a second, smaller
network (a cascade, as Viola and Jones, 2001, and MTCNN, Zhang et al., 2016).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facelab.faces.box import Box
from facelab.faces.crop import cut
from facelab.faces.network import CROP, Map

CONTEXT = 1.4
"""Side of the crop, in heights of the box."""

SMALL = CROP / CONTEXT
"""Height of a box, in pixels of the small picture, below which the crop shows more of it.

Then its correction is taken. A larger box is left: the proposed boxes lie more alike from frame to
frame, and the classifier errs less for it.
"""


def square(box: Box) -> tuple[int, int, int]:
    """Return left, top and side of the crop round a box (4,), in whole pixels of the frame."""
    left, top, right, bottom = map(float, box)
    side = max(round((bottom - top) * CONTEXT), 2)
    return round((left + right - side) / 2), round((top + bottom - side) / 2), side


def crop(frame: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Cut the square round a box (4,) out of a frame, (48, 48) uint8 grey.

    ``frame`` is (height, width, 3) blue-green-red or (height, width) grey; its edges are drawn out.
    """
    return cut(frame, *square(box), CROP)


def refined(box: Box, proposed: float, answer: Map, zoom: float) -> tuple[Box, float]:
    """Return a surer score than a box (4,) was proposed with, and another box.

    ``answer`` (5,) is the refinement network's to the crop. Both networks count as independent:
    their logits add up. The box is corrected when it is `SMALL` in a picture of ``zoom``.
    """
    logit = np.log(proposed / max(1 - proposed, 1e-9)) + answer[0]
    if is_small(box, zoom):
        box = corrected(box, answer[1:])
    return box, float(1 / (1 + np.exp(-logit)))


def is_small(box: Box, zoom: float) -> bool:
    """Return whether a box (4,) is `SMALL` in a picture of ``zoom``, and thus corrected."""
    return bool((box[3] - box[1]) * zoom < SMALL)


def correction(box: Box, truth: Box) -> Box:
    """Return what turns a box into another, (4,).

    Shift right and down in sizes of the box, then the logarithms by how much wider and higher.
    """
    size, wanted = box[2:] - box[:2], truth[2:] - truth[:2]
    shift = (truth[:2] + truth[2:] - box[:2] - box[2:]) / 2
    return np.concatenate([shift / size, np.log(wanted / size)])


def corrected(box: Box, by: Box) -> Box:
    """Return a box (4,) after a `correction`."""
    size = box[2:] - box[:2]
    middle, half = (box[:2] + box[2:]) / 2 + by[:2] * size, size * np.exp(by[2:]) / 2
    return np.concatenate([middle - half, middle + half])
