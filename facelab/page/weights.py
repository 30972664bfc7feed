"""Weights: the face finder's numbers as a browser reads them, made from the committed ones.

``/weights.bin`` holds float32, little-endian, layer after layer: the kernel (side, side, inputs,
outputs) row by row, then the bias (outputs,). ``/weights.json`` says where each begins, counted in
numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from facelab.faces.network import PROPOSAL, REFINEMENT, Convolution, Layer, weights

NUMBER = np.dtype("<f4")


def weights_bytes() -> bytes:
    """Return all kernels and biases, one after another."""
    parts = [part for _, layer in _layers() for part in (layer.kernel, layer.bias)]
    return b"".join(part.astype(NUMBER).tobytes() for part in parts)


def weights_json() -> dict[str, Any]:
    """Return the layers in order; ``kernel`` and ``bias`` are places of a number in the bytes."""
    layers, place = [], 0
    for layer, convolution in _layers():
        bias = place + convolution.kernel.size
        layers.append(
            {
                "name": layer.name,
                "side": layer.side,
                "stride": layer.stride,
                "inputs": convolution.kernel.shape[2],
                "outputs": layer.channels,
                "linear": layer.linear,
                "kernel": place,
                "bias": bias,
            }
        )
        place = bias + convolution.bias.size
    return {"numbers": place, "layers": layers}


def _layers() -> list[tuple[Layer, Convolution]]:
    net = weights()
    return [(layer, net[layer.name]) for layer in (*PROPOSAL, *REFINEMENT)]
