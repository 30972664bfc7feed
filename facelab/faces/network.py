"""The two networks of the face finder: their architecture, their weights, and both in NumPy.

`propose` takes a whole frame, small and in local contrast, after CenterNet (Zhou et al., 2019): for
every cell of 8 x 8 pixels it gives the nearness to the middle of a face, and its box. `refine`
takes a crop, as in MTCNN (Zhang et al., 2016): it scores the face and corrects the box.

The architecture is written once, as `through_proposal` and `through_refinement`. Each user brings
its own ``block`` that convolves: NumPy here, TensorFlow in a saved classifier, Keras in the recipe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from importlib.resources import files
from typing import IO, Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 128, 96
"""Pixels of the picture that the proposal network sees."""

CELL = 8
"""Pixels of a cell of its map, each way."""

TYPICAL = np.array([32, 40], np.float32)
"""Width and height of a box whose logarithms are 0, in pixels."""

CROP = 48
"""Pixels of the square that the refinement network sees, each way."""

NEIGHBOURHOOD, FLOOR = 25, 4.0
"""Side of the square that contrast is measured in, in pixels; grey levels added to it."""

Map = NDArray[np.float32]


class Layer(NamedTuple):
    """A convolution: kernels of ``side`` x ``side``, ``channels`` out.

    ``linear``: no ReLU follows. ``whole``: the kernel is as large as what it sees, and leaves one
    cell; otherwise the edges are filled up with zeros.
    """

    name: str
    side: int
    channels: int
    stride: int = 1
    linear: bool = False
    whole: bool = False


FINE = Layer("c1", 3, 16, 2), Layer("c2", 3, 24, 2), Layer("c3", 3, 32, 2), Layer("c4", 3, 32)
"""From the picture to cells of 8 x 8 pixels."""

COARSE = Layer("d1", 3, 48, 2), Layer("d2", 3, 48), Layer("d3", 3, 48), Layer("up", 1, 32)
"""Over cells of 16 x 16 pixels, which see more of the picture."""

BESIDE, JOIN = Layer("side", 1, 32), Layer("join", 3, 32)
OUT = Layer("out", 1, 5, linear=True)

CLOSER = Layer("v1", 3, 16, 2), Layer("v2", 3, 32, 2), Layer("v3", 3, 48, 2), Layer("v4", 3, 32)
LAST = Layer("v5", 6, 5, linear=True, whole=True)

CHANNELS = tuple(layer.channels for layer in CLOSER)
"""Channels of the refinement network's layers but the last."""

EARLIER = 8, 16, 24, 16
"""Those of classifiers that facelab 1.0 saved, and that bring weights of their own."""


def saved_channels(config: Mapping[str, Any]) -> list[int]:
    """Return the channels of a saved layer's refinement network; facelab 1.0 did not write them."""
    channels: list[int] = config.get("refinement", [*EARLIER])
    return channels


PROPOSAL = (*FINE, *COARSE, BESIDE, JOIN, OUT)
REFINEMENT = (*CLOSER, LAST)

Tensor = Any
"""An array (n, h, w, channels) of whoever convolves."""

Block = Callable[[Tensor, Layer], Tensor]
"""Convolves, adds the bias, sets negative values to 0 unless the layer is linear."""


def through_proposal(pictures: Tensor, block: Block, double: Callable[[Tensor], Tensor]) -> Tensor:
    """Return maps (n, 12, 16, 5) of pictures (n, 96, 128, 1).

    ``double`` repeats each cell of (n, h, w, channels), down and across. The five are: face
    (logit), offset of the middle right and down (cells), width and height (logarithms of shares of
    `TYPICAL`).
    """
    fine = reduce(block, FINE, pictures)
    both = double(reduce(block, COARSE, fine)) + block(fine, BESIDE)
    return block(block(both, JOIN), OUT)


def through_refinement(crops: Tensor, block: Block) -> Tensor:
    """Return (n, 1, 1, 5) of crops (n, 48, 48, 1): face (logit), correction of the box."""
    return block(reduce(block, CLOSER, crops), LAST)


@dataclass(frozen=True)
class Convolution:
    """``kernel`` (side, side, channels in, channels out) and ``bias`` (channels out,), float32."""

    kernel: Map
    bias: Map


Weights = Mapping[str, Convolution]
"""Convolutions by the names of their layers."""


@cache
def weights() -> Weights:
    """Read the committed weights of both networks."""
    with (files("facelab.faces") / "weights.npz").open("rb") as file:
        return read_weights(file)


def read_weights(file: IO[bytes]) -> Weights:
    """Read the weights of both networks from an open file (.npz)."""
    with np.load(file) as stored:
        return {
            layer.name: Convolution(
                stored[f"{layer.name}_kernel"].astype(np.float32),
                stored[f"{layer.name}_bias"].astype(np.float32),
            )
            for layer in (*PROPOSAL, *REFINEMENT)
        }


def shapes(channels: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all kernels by the names of their layers.

    ``channels``: of the refinement network's layers but the last.
    """
    inputs, outputs = (1, *channels), (*channels, LAST.channels)
    closer = zip(REFINEMENT, inputs, outputs, strict=True)
    own = {layer.name: (layer.side, layer.side, *ends) for layer, *ends in closer}
    return {name: own.get(name, one.kernel.shape) for name, one in weights().items()}


def local_contrast(grey: NDArray[np.uint8]) -> Map:
    """Return ``grey`` (h, w) less the mean around, in deviations around; float32."""
    levels = grey.astype(np.float32)
    size, border = (NEIGHBOURHOOD, NEIGHBOURHOOD), cv2.BORDER_REPLICATE
    difference = levels - cv2.blur(levels, size, borderType=border)
    variance = np.maximum(cv2.blur(difference * difference, size, borderType=border), 0)
    contrast: Map = difference / (np.sqrt(variance) + FLOOR)
    return contrast


def propose(pictures: Map, net: Weights) -> Map:
    """Return the maps (n, 12, 16, 5) of pictures (n, 96, 128) in local contrast, float32."""
    maps: Map = through_proposal(pictures[..., None], _block(net), doubled)
    return maps


def doubled(x: Map) -> Map:
    """Repeat each cell of (n, h, w, channels), down and across."""
    return x.repeat(2, axis=1).repeat(2, axis=2)


def refine(crops: Map, net: Weights) -> Map:
    """Return the answers (n, 5) to crops (n, 48, 48) in local contrast, float32."""
    answers: Map = through_refinement(crops[..., None], _block(net))
    return answers.reshape(-1, LAST.channels)


def _block(net: Weights) -> Block:
    def block(x: Map, layer: Layer) -> Map:
        x = convolve(x, net[layer.name], layer)
        return x if layer.linear else np.maximum(x, 0, out=x)

    return block


def convolve(x: Map, weights: Convolution, layer: Layer) -> Map:
    """Convolve (n, h, w, c) as Keras does, by one product over unfolded patches."""
    channels = weights.kernel.shape[-1]  # an earlier classifier's are not the table's
    columns = weights.kernel.reshape(-1, channels)
    if layer.whole:
        patches, shape = x.reshape(len(x), -1), (len(x), 1, 1)
    elif layer.side == 1:
        patches, shape = x.reshape(-1, x.shape[-1]), x.shape[:3]
    else:
        unfolded = _unfolded(x, layer)
        patches, shape = unfolded.reshape(-1, len(columns)), unfolded.shape[:3]
    product: Map = patches @ columns
    product += weights.bias
    return product.reshape(*shape, channels)


def _unfolded(x: Map, layer: Layer) -> Map:
    """Return what each cell sees, (n, h / stride, w / stride, side, side, c)."""
    side, stride = layer.side, layer.stride
    count, high, wide, channels = x.shape
    before = (side - stride) // 2 if stride > 1 else side // 2
    # by hand: np.pad and sliding_window_view take longer than the product
    beyond = before + side // 2
    padded = np.zeros((count, high + beyond, wide + beyond, channels), np.float32)
    padded[:, before : before + high, before : before + wide] = x
    each, down, across, deep = padded.strides
    view = np.lib.stride_tricks.as_strided(
        padded,
        (count, high // stride, wide // stride, side, side, channels),
        (each, down * stride, across * stride, down, across, deep),
    )
    if channels > 1:
        return view
    # of a grey picture place by place: NumPy copies runs of 3 numbers four times as slowly
    patches = np.empty(view.shape, np.float32)
    for place in np.ndindex(side, side):
        patches[:, :, :, *place] = view[:, :, :, *place]
    return patches
