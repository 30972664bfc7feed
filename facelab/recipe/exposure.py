"""Light and camera faults laid over a picture after it was drawn."""

import cv2
import numpy as np

from facelab.studio.maths import Array, Float, blur


def expose_anew(grey: Array, rng: np.random.Generator, *, large: bool = False) -> Array:
    """Return (h, w) uint8 of ``grey`` (h, w) float32 0..255, as some webcam might have seen it.

    ``large``: as a large frame made small, in which blur, noise and blocks are averaged out.
    """
    if rng.random() < 0.4:
        grey = grey * _side_light(grey.shape, rng)
    seen = np.clip(grey, 0, 255) / Float(255)
    if rng.random() < 0.7:
        seen = seen ** Float(np.exp(rng.normal(0, 0.4)))
    seen = (seen - 0.5) * Float(np.exp(rng.normal(0, 0.3))) + Float(0.5 + rng.normal(0, 0.1))
    if large:
        sharper = Float(rng.uniform(0, 1.5)) * (seen - blur(seen, 1.0))
        return (np.clip(seen + sharper, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.5:
        seen = blur(seen, abs(rng.normal(0, 0.9)) + 0.15)
    elif rng.random() < 0.4:
        seen = seen + Float(rng.uniform(0.3, 1.5)) * (seen - blur(seen, 1.0))
    if rng.random() < 0.15:
        coarse = float(rng.uniform(0.4, 0.8))
        small = cv2.resize(seen, None, fx=coarse, fy=coarse, interpolation=cv2.INTER_AREA)
        seen = cv2.resize(small, seen.shape[::-1])
    if rng.random() < 0.6:
        strength = Float(abs(rng.normal(0, 0.035)) + 0.005)
        seen = seen + strength * rng.standard_normal(seen.shape, dtype=Float)
    pixels: Array = (np.clip(seen, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.25:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 90))]
        coded = cv2.imencode(".jpg", pixels, quality)[1]
        pixels = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE))
    return pixels


def _side_light(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """A light that falls off across the frame, as far as black; (h, w)."""
    down, across = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j].astype(Float)
    turn, steep = rng.uniform(0, 2 * np.pi), np.exp(rng.uniform(np.log(0.5), np.log(9)))
    slope = (np.cos(turn) * across + np.sin(turn) * down - rng.uniform(-0.5, 0.5)) * steep
    light: Array = rng.uniform(0.02, 0.7) + 1 / (1 + np.exp(-slope))
    return light.astype(Float)
