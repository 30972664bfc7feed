"""Verifier: a closer look at each face that may be one, in plain NumPy.

The network of `facelab.faces.network` says well where a face would be, and less well whether it is
one: of a small head it sees few pixels. So what it proposes is cut out of the frame at its full
resolution and judged by a second, smaller network (a cascade, as Viola and Jones, 2001, and the
refinement of MTCNN, Zhang et al., 2016).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from facelab.faces.box import Box
from facelab.faces.crop import cut
from facelab.faces.network import Convolution, Map, convolve, relu

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
    return cut(frame, *square(box), SIDE)


def refined(box: Box, proposed: float, said: Map, zoom: float) -> tuple[Box, float]:
    """Return a surer score than a box (4,) was proposed with, and another box.

    ``said`` (5,) is what `refine` says of the closer look. Both looks count as independent: their
    logits add up. The box is corrected when it is `SMALL` in a picture of ``zoom``.
    """
    logit = np.log(proposed / (1 - proposed)) + said[0]
    if (box[3] - box[1]) * zoom < SMALL:
        box = corrected(box, said[1:])
    return box, float(1 / (1 + np.exp(-logit)))


def refine(contrast: Map, net: Mapping[str, Convolution]) -> Map:
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
