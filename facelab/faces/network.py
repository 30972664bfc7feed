"""The network of the face finder, in plain NumPy: a frame goes in, a map of faces comes out.

Eleven convolutions over a small grey picture in local contrast, after CenterNet (Zhou et al.,
2019): every cell of 8 x 8 pixels says how near the middle of a face is, and where its box lies.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 128, 96
"""Pixels of the picture that the network sees."""

CELL = 8
"""Pixels of a cell of the map, each way."""

TYPICAL = np.array([32, 40], np.float32)
"""Width and height of a box whose logarithms are 0, in pixels."""

NEIGHBOURHOOD, FLOOR = 25, 4.0
"""Side of the square that contrast is measured in, in pixels; grey levels added to it."""

Map = NDArray[np.float32]


@dataclass(frozen=True)
class Convolution:
    """``kernel`` (side, side, channels in, channels out) and ``bias`` (channels out,), float32."""

    kernel: Map
    bias: Map
    stride: int = 1


STRIDES = {"c1": 2, "c2": 2, "c3": 2, "d1": 2, "v1": 2, "v2": 2, "v3": 2}
"""Layers that halve the picture; those in v are the verifier's."""


@cache
def weights() -> dict[str, Convolution]:
    """Read the committed weights."""
    with (files("facelab.faces") / "weights.npz").open("rb") as file, np.load(file) as stored:
        names = {name.partition("_")[0]: None for name in stored.files}
        return {
            name: Convolution(
                stored[f"{name}_kernel"].astype(np.float32),
                stored[f"{name}_bias"].astype(np.float32),
                STRIDES.get(name, 1),
            )
            for name in names
        }


def local_contrast(grey: NDArray[np.uint8]) -> Map:
    """Return ``grey`` (h, w) less the mean around, in deviations around; float32."""
    levels = grey.astype(np.float32)
    size, border = (NEIGHBOURHOOD, NEIGHBOURHOOD), cv2.BORDER_REPLICATE
    difference = levels - cv2.blur(levels, size, borderType=border)
    variance = np.maximum(cv2.blur(difference * difference, size, borderType=border), 0)
    contrast: Map = difference / (np.sqrt(variance) + FLOOR)
    return contrast


def forward(contrast: Map, net: Mapping[str, Convolution]) -> Map:
    """Return the map (12, 16, 5) of a picture (96, 128) in local contrast.

    The five are: face (logit), offset of the middle right and down (cells), width and height
    (logarithms of shares of `TYPICAL`).
    """
    fine = contrast[..., None]
    for name in ("c1", "c2", "c3", "c4"):
        fine = relu(convolve(fine, net[name]))
    coarse = fine
    for name in ("d1", "d2", "d3", "up"):
        coarse = relu(convolve(coarse, net[name]))
    both = coarse.repeat(2, axis=0).repeat(2, axis=1) + relu(convolve(fine, net["side"]))
    return convolve(relu(convolve(both, net["join"])), net["out"])


def convolve(x: Map, layer: Convolution) -> Map:
    """Convolve (h, w, c) as Keras does with ``padding="same"``: a product over unfolded patches."""
    side, stride = layer.kernel.shape[0], layer.stride
    if side == 1:
        mixed: Map = x @ layer.kernel[0, 0] + layer.bias
        return mixed
    high, wide, channels = x.shape
    before = (side - stride) // 2 if stride > 1 else side // 2
    # by hand: np.pad and sliding_window_view take longer than the product
    padded = np.zeros((high + before + side // 2, wide + before + side // 2, channels), np.float32)
    padded[before : before + high, before : before + wide] = x
    down, across, deep = padded.strides
    patches = np.lib.stride_tricks.as_strided(
        padded,
        (high // stride, wide // stride, side, side, channels),
        (down * stride, across * stride, down, across, deep),
    )
    columns = layer.kernel.reshape(-1, layer.kernel.shape[-1])
    product: Map = patches.reshape(-1, len(columns)) @ columns + layer.bias
    return product.reshape(high // stride, wide // stride, -1)


def relu(x: Map) -> Map:
    """Set negative values to 0, in place."""
    positive: Map = np.maximum(x, 0, out=x)
    return positive
