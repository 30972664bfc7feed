"""Verifier: a closer look at each face that may be one, in plain NumPy.

The network of `facelab.finder.net` says well where a face would be, and less well whether it is
one: of a small head it sees few pixels. So what it proposes is cut out of the frame at its full
resolution and judged by a second, smaller network (a cascade, as Viola and Jones, 2001, and the
refinement of MTCNN, Zhang et al., 2016).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from facelab.finder.box import Box
from facelab.finder.net import Convolution, Map, convolve, local_contrast, relu, zoom_into_picture

SIDE = 48
"""Pixels of the square that is looked at, each way."""

CONTEXT = 1.4
"""Side of that square, in heights of the box."""

SMALL = SIDE / CONTEXT
"""Height of a box, in pixels of the network's picture, below which the verifier sees more of it.

Then its correction is taken. A larger box is left: the network's boxes lie more alike from frame to
frame, and the classifier errs less for it.
"""


def square(box: Box) -> tuple[int, int, int]:
    """Return left, top and side of the square to look at, in whole pixels of the frame."""
    left, top, right, bottom = map(float, box)
    side = max(round((bottom - top) * CONTEXT), 2)
    return round((left + right - side) / 2), round((top + bottom - side) / 2), side


def look(frame: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Cut the square round a box out of a frame, (48, 48) uint8 grey.

    ``frame`` is (height, width, 3) blue-green-red or (height, width) grey; its edges are drawn out.
    """
    left, top, side = square(box)
    height, width = frame.shape[:2]
    # a square that lies wholly outside shows the nearest edge
    rows = slice(min(max(top, 0), height - 1), max(min(top + side, height), 1))
    columns = slice(min(max(left, 0), width - 1), max(min(left + side, width), 1))
    part = frame[rows, columns]
    if part.ndim == 3:
        part = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY)
    above, before = max(-top, 0), max(-left, 0)
    high, wide = part.shape[:2]
    # outside the frame by more than the square's side, one line of pixels is all that is left
    above, before = min(above, side - high), min(before, side - wide)
    sides = above, side - above - high, before, side - before - wide
    if any(sides):
        part = cv2.copyMakeBorder(part, *sides, cv2.BORDER_REPLICATE)
    how = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (SIDE, SIDE), interpolation=how), np.uint8)


def verify(
    frame: NDArray[np.uint8], box: Box, proposed: float, net: dict[str, Convolution]
) -> tuple[Box, float]:
    """Judge a box (4,) that was proposed with a score: return another box, and a surer score.

    The two looks count as independent: their logits add up. The box is corrected when it is
    `SMALL`.
    """
    said = judge(local_contrast(look(frame, box)), net)
    logit = np.log(proposed / (1 - proposed)) + said[0]
    if (box[3] - box[1]) * zoom_into_picture(frame) < SMALL:
        box = corrected(box, said[1:])
    return box, float(1 / (1 + np.exp(-logit)))


def judge(contrast: Map, net: dict[str, Convolution]) -> Map:
    """Return (5,) of a picture (48, 48) in local contrast: logit of a face, correction."""
    x = contrast[..., None]
    for name in ("v1", "v2", "v3", "v4"):
        x = relu(convolve(x, net[name]))
    last = net["v5"]
    said: Map = x.ravel() @ last.kernel.reshape(-1, 5) + last.bias
    return said


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
