"""Small functions on arrays, of any shape unless said otherwise, float32 in and float32 out."""

import zlib
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Float = np.float32


def smoothstep(low: float, high: float, x: Array) -> Array:
    """Rise smoothly from 0 at ``low`` to 1 at ``high``; ``low > high`` gives a fall."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def bell(x: Array, width: float) -> Array:
    """``exp(-(x / width)**2)``."""
    return np.exp(-((x / width) ** 2))


def bump(x: Array, y: Array, at: tuple[float, float], size: tuple[float, float]) -> Array:
    """Two-dimensional bell of height 1 at ``at``, with half-widths ``size``."""
    return np.exp(-(((x - at[0]) / size[0]) ** 2 + ((y - at[1]) / size[1]) ** 2))


def lerp(a: Any, b: Any, t: Any) -> Array:
    """``a`` at ``t = 0``, ``b`` at ``t = 1``."""
    mixed: Array = a + (b - a) * t
    return mixed


def dot(a: Array, b: Array) -> Array:
    """Inner product over the last axis, of length 3."""
    product: Array = a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2]
    return product


def unit(v: Array) -> Array:
    """Vectors ``(..., 3)`` scaled to length 1."""
    scale = 1 / (np.sqrt(dot(v, v)) + 1e-9)
    scaled = np.empty_like(v)
    for k in range(3):  # NumPy's loops over the last axis, of length 3, take twice as long
        np.multiply(v[..., k], scale, out=scaled[..., k])
    return scaled


def vector(*values: float) -> Array:
    """Make a float32 vector of the given numbers."""
    return np.array(values, Float)


def interpolate(x: Array, knots: Sequence[float], values: Sequence[float] | Array) -> Array:
    """Linear interpolation as ``numpy.interp``, kept in float32."""
    return np.interp(x, knots, values).astype(Float)


def blur(a: Array, sigma: float) -> Array:
    """Gaussian blur over the first two axes; ``sigma`` in grid steps or pixels."""
    blurred: Array = cv2.GaussianBlur(a, (0, 0), sigma)
    return blurred


def linear(srgb: Sequence[float] | Array) -> Array:
    """SRGB values 0..255 as linear light 0..1."""
    c = np.asarray(srgb, float) / 255.0
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4).astype(Float)


def rotation(yaw: float, pitch: float, roll: float) -> Array:
    """Rotation matrix ``(3, 3)``: about y by yaw, then about x by pitch, then about z by roll."""
    cy, sy = np.cos(yaw), np.sin(yaw)
    cp, sp = np.cos(pitch), np.sin(pitch)
    cr, sr = np.cos(roll), np.sin(roll)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    result: Array = (about_z @ about_x @ about_y).astype(Float)
    return result


def code(name: str) -> int:
    """Stable number of a name, to key generators: adding a person moves nobody."""
    return zlib.crc32(name.encode())


def generator(*key: int) -> np.random.Generator:
    """Random generator of a purpose: the same key gives the same numbers, always."""
    return np.random.Generator(np.random.PCG64(list(key)))
