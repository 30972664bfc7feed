"""A webcam: from linear light to the pixels of a frame, with its noise and its faults."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

import cv2
import numpy as np

from facelab.base.toml import Span
from facelab.studio.maths import Array, Float, bell, blur

_LUMA = np.array([0.2126, 0.7152, 0.0722], Float)


@dataclass(frozen=True)
class Camera:
    """The settings of a webcam; the size of a frame and its quality as a JPEG included."""

    width: Annotated[int, Span(64, 1920, "pixels")] = 320
    height: Annotated[int, Span(48, 1080, "pixels")] = 240
    view_angle: Annotated[float, Span(0.2, 1.6, "rad, vertical")] = 0.80
    exposure: Annotated[float, Span(-2, 2, "stops")] = 0.0
    white: Annotated[tuple[float, float, float], Span(0.5, 2, "gain of red, green, blue")] = (
        1,
        1,
        1,
    )
    noise: Annotated[float, Span(0, 4, "x mean sensor noise")] = 1.0
    blur: Annotated[float, Span(0, 3, "pixels, defocus")] = 0.3
    sharpening: Annotated[float, Span(0, 2, "share")] = 0.3
    contrast: Annotated[float, Span(0.5, 2, "x")] = 1.0
    saturation: Annotated[float, Span(0, 2, "x")] = 1.0
    vignette: Annotated[float, Span(0, 1, "share lost in the corners")] = 0.08
    target: Annotated[float, Span(0.05, 0.5, "linear grey that auto-exposure aims at")] = 0.17
    gain_limit: Annotated[float, Span(1, 20, "x, most that auto-exposure may do")] = 7.0
    quality: Annotated[int, Span(30, 100, "JPEG quality")] = 85
    scale: Annotated[float, Span(1, 3, "drawn pixels a frame pixel, each way")] = 1.25

    def drawing(self) -> tuple[int, int]:
        """Height and width of the picture to draw before `expose`, in pixels."""
        return round(self.height * self.scale), round(self.width * self.scale)


def expose(
    camera: Camera, light: Array, motion: tuple[float, float], rng: np.random.Generator
) -> Array:
    """Take a picture of linear light.

    ``light`` is (h, w, 3) float32 red, green, blue, sized as `Camera.drawing`; ``motion`` is the
    blur of a moving camera (length in drawn pixels, angle in rad); ``rng`` draws the sensor noise.
    Returns (height, width, 3) uint8 blue, green, red.
    """
    sharp = blur(_moved(light, *motion), 0.45 + camera.blur)
    size = (camera.width, camera.height)
    seen: Array = cv2.resize(sharp, size, interpolation=cv2.INTER_AREA)
    gain, white = _automatic(camera, seen)
    seen = np.maximum(tinted(seen, gain * white), 0)
    seen = seen * _vignette(camera.height, camera.width, camera.vignette)
    seen = _noisy(seen, gain, camera.noise, rng)
    toned = np.clip(seen / (1 + seen * 0.28) * 1.2544, 0, 1)  # a soft shoulder instead of clipping
    toned = np.where(
        toned <= 0.0031308, 12.92 * toned, 1.055 * np.power(toned, Float(1 / 2.4)) - 0.055
    )
    toned = np.clip((toned - 0.5) * camera.contrast + 0.5, 0, 1)
    grey = thrice(toned @ np.array([0.3, 0.59, 0.11], Float))
    toned = grey + (toned - grey) * camera.saturation
    toned = toned + camera.sharpening * (toned - blur(toned, 1.1))
    coded: Array = (np.clip(toned, 0, 1) * 255 + 0.5).astype(np.uint8)
    pixels: Array = cv2.cvtColor(coded, cv2.COLOR_RGB2BGR)
    return pixels


def tinted(picture: Array, colour: Array) -> Array:
    """A picture (h, w, 3) times a colour (3,), by whole rows: runs of 3 are slow."""
    height, width = picture.shape[:2]
    rows: Array = picture.reshape(height, -1) * np.tile(colour, width)
    return rows.reshape(picture.shape)


def thrice(plane: Array) -> Array:
    """A plane (h, w) as the three channels of a picture (h, w, 3)."""
    picture: Array = cv2.merge([plane, plane, plane])
    return picture


def compress(camera: Camera, pixels: Array) -> bytes:
    """Code pixels (h, w, 3) uint8 blue, green, red as the camera's JPEG."""
    done, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, camera.quality])
    if not done:
        raise RuntimeError("OpenCV could not code a JPEG")
    return bytes(coded.tobytes())


def decode(jpeg: bytes) -> Array:
    """Pixels (h, w, 3) uint8 blue, green, red of a JPEG."""
    pixels: Any = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    result: Array = pixels
    return result


def _moved(light: Array, length: float, angle: float) -> Array:
    if length < 0.3:
        return light
    kernel = np.zeros((9, 9), Float)
    for t in np.linspace(-1, 1, 21):
        row = round(4 + t * min(length, 4) * float(np.sin(angle)))
        kernel[row, round(4 + t * min(length, 4) * float(np.cos(angle)))] += 1
    smeared: Array = cv2.filter2D(light, -1, kernel / kernel.sum())
    return smeared


@lru_cache(maxsize=4)
def _metering(height: int, width: int) -> Array:
    """Where auto-exposure looks: mostly the middle; (h, w, 3), the sum of each channel is 1."""
    across = bell(np.arange(width) / width - 0.5, 0.35)
    weights = (across[None] * bell(np.arange(height) / height - 0.5, 0.4)[:, None]).astype(Float)
    result: Array = thrice(weights / weights.sum())
    result.setflags(write=False)
    return result


def _automatic(camera: Camera, seen: Array) -> tuple[float, Array]:
    """Gain by auto-exposure and, per channel, by a white balance that goes part of the way."""
    weights = _metering(*seen.shape[:2])
    level = float((np.minimum(seen @ _LUMA, 2.0) * weights[..., 0]).sum())
    gain = min(camera.target / max(level, 1e-4), camera.gain_limit) * 2.0**camera.exposure
    mean = (np.minimum(seen, 1.5) * weights).sum((0, 1))
    white = (mean[1] / np.maximum(mean, 1e-6)) ** 0.4 * np.array(camera.white)
    return gain, white.astype(Float)


@lru_cache(maxsize=4)
def _vignette(height: int, width: int, lost: float) -> Array:
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    result: Array = thrice((1 - lost * (x * x + y * y)).astype(Float))
    result.setflags(write=False)
    return result


def _noisy(seen: Array, gain: float, amount: float, rng: np.random.Generator) -> Array:
    """Shot and read noise, half of it smeared over neighbours by demosaicing, colour damped."""
    sigma = np.sqrt(seen * (0.0006 * gain) + (0.004 * gain) ** 2 * 0.5) * amount
    white = rng.standard_normal(seen.shape, dtype=Float)
    grain = 0.45 * white + 0.8 * blur(cv2.flip(white, -1), 0.9)
    luma = thrice((grain[..., 0] + grain[..., 1] + grain[..., 2]) / 3)
    result: Array = np.maximum(seen + sigma * (luma + (grain - luma) * 0.6), 0)
    return result
