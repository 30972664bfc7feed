"""Pictures without a person, drawn from nothing: walls, noise, shapes, lines, letters, gratings."""

from collections.abc import Callable

import cv2
import numpy as np

from facelab.studio.maths import Array, Float, blur

Shape = Callable[[Array, np.random.Generator], None]


def clutter(rng: np.random.Generator, height: int, width: int) -> Array:
    """Return a picture (height, width, 3) float32 in 0..255, in no order of colours."""
    picture = np.ones((height, width, 3), Float) * colour(rng)
    kind = rng.random()
    if 0.2 < kind < 0.5:
        _cloud(picture, rng)
    if kind > 0.42:
        for _ in range(rng.integers(2, 26)):
            draw = _SHAPES[rng.choice(len(_SHAPES), p=_CHANCES)]
            draw(picture, rng)
    if rng.random() < 0.5:
        picture = blur(picture, rng.uniform(0.4, 3))
    if rng.random() < 0.4:
        across = slope(rng, (0.3, 1.2), width)
        down = slope(rng, (0.4, 1.2), height)
        picture *= (down[:, None] * across)[..., None]
    result: Array = np.clip(picture, 0, 255)
    return result


def colour(rng: np.random.Generator) -> Array:
    """Return a colour (3,) float32 in 0..255; two times in five a grey."""
    channels = 3 if rng.random() < 0.6 else 1
    return np.broadcast_to(rng.uniform(0, 255, channels), 3).astype(Float)


def slope(rng: np.random.Generator, span: tuple[float, float], length: int) -> Array:
    """Return (length,) float32 from one number within ``span`` evenly to another."""
    first, last = rng.uniform(*span, 2)
    return np.linspace(float(first), float(last), length).astype(Float)


def _paint(rng: np.random.Generator) -> tuple[float, ...]:
    return tuple(float(c) for c in colour(rng))


def _cloud(picture: Array, rng: np.random.Generator) -> None:
    """Noise of up to four scales."""
    height, width = picture.shape[:2]
    strength = rng.uniform(5, 70)
    for _ in range(rng.integers(1, 5)):
        scale = 2 ** rng.uniform(0, 6)
        channels = 3 if rng.random() < 0.5 else 1
        size = (int(height / scale) + 2, int(width / scale) + 2, channels)
        noise = rng.standard_normal(size, dtype=Float)
        grown = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
        picture += strength * grown.reshape(height, width, channels)


def _somewhere(picture: Array, rng: np.random.Generator) -> tuple[int, int]:
    height, width = picture.shape[:2]
    return int(rng.integers(-20, width + 20)), int(rng.integers(-20, height + 20))


def _thickness(rng: np.random.Generator, most: int) -> int:
    return -1 if rng.random() < 0.7 else int(rng.integers(1, most))


def _rectangle(picture: Array, rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    left, top = _somewhere(picture, rng)
    right = left + 2 + int(rng.exponential(width * 0.15))
    bottom = top + 2 + int(rng.exponential(height * 0.2))
    cv2.rectangle(picture, (left, top), (right, bottom), _paint(rng), _thickness(rng, 4))


def _ellipse(picture: Array, rng: np.random.Generator) -> None:
    axes = rng.exponential(picture.shape[1] * 0.06, 2).astype(int) + 2
    turn = rng.uniform(0, 180)
    where = _somewhere(picture, rng)
    cv2.ellipse(picture, where, axes.tolist(), turn, 0, 360, _paint(rng), _thickness(rng, 5))


def _disc(picture: Array, rng: np.random.Generator) -> None:
    """A shaded disc: coin, ball, moon, clock."""
    height, width = picture.shape[:2]
    x, y = _somewhere(picture, rng)
    radius = height * rng.uniform(0.05, 0.4)
    down, across = np.mgrid[0:height, 0:width].astype(Float)
    inside = np.hypot(across - x, (down - y) * rng.uniform(0.7, 1.3)) < radius
    turn = rng.uniform(0, 2 * np.pi)
    slope = ((across - x) * np.cos(turn) + (down - y) * np.sin(turn)) / radius
    tone = np.clip(1 + slope * rng.uniform(0, 1), 0, 2)
    picture[inside] = (tone[..., None] * colour(rng))[inside]


def _line(picture: Array, rng: np.random.Generator) -> None:
    ends = _somewhere(picture, rng), _somewhere(picture, rng)
    cv2.line(picture, *ends, _paint(rng), int(rng.integers(1, 6)))


def _letters(picture: Array, rng: np.random.Generator) -> None:
    text = "".join(chr(c) for c in rng.integers(65, 91, rng.integers(2, 9)))
    font, size = int(rng.integers(0, 4)), rng.uniform(0.3, 1.4)
    where, ink = _somewhere(picture, rng), np.zeros(picture.shape[:2], np.uint8)
    cv2.putText(ink, text, where, font, size, 255, int(rng.integers(1, 3)))  # bytes only
    picture[ink > 127] = colour(rng)


def _grating(picture: Array, rng: np.random.Generator) -> None:
    across = np.arange(picture.shape[1], dtype=Float) * rng.uniform(0.2, 2)
    picture += (np.sin(across) * rng.uniform(5, 50))[None, :, None]


_SHAPES: tuple[Shape, ...] = (_rectangle, _ellipse, _disc, _line, _letters, _grating)
_CHANCES = (0.38, 0.2, 0.07, 0.2, 0.08, 0.07)
