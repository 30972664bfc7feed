"""Rivals of a face, drawn from nothing: skulls, dials, emblems, checked cloth, gravel and coins."""

from collections.abc import Callable

import cv2
import numpy as np

from facelab.recipe.clutter import clutter
from facelab.studio.maths import Array, Float, blur, lerp

Rival = Callable[[np.random.Generator, int, int], tuple[Array, Array]]
"""Draws a picture (height, width) float32 in 0..255 and how much of it covers what is behind."""


def rival(rng: np.random.Generator, height: int, width: int) -> tuple[Array, Array]:
    """Return a picture (height, width) float32 in 0..255, and its cover (height, width) 0..1."""
    draw = _RIVALS[rng.choice(len(_RIVALS), p=_CHANCES)]
    picture, cover = draw(rng, height, width)
    soft = float(rng.uniform(0.2, 1.0))
    return np.clip(blur(picture, soft), 0, 255), blur(cover, soft)


def lay(grey: Array, rng: np.random.Generator, middle: Array, size: float) -> None:
    """Lay a rival of a size (its height in pixels) on a picture (h, w) float32, in place."""
    high = max(int(size), 6)
    wide = max(int(size * rng.uniform(0.75, 1.15)), 6)
    left, top = (np.asarray(middle) - (wide / 2, high / 2)).astype(int)
    picture, cover = rival(rng, high, wide)
    rows = slice(max(top, 0), min(top + high, grey.shape[0]))
    columns = slice(max(left, 0), min(left + wide, grey.shape[1]))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    own = np.s_[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    grey[rows, columns] = lerp(grey[rows, columns], picture[own], cover[own])


def leaves(rng: np.random.Generator, height: int, width: int) -> Array:
    """Return shaded discs and ellipses that cover each other, of all sizes, (height, width).

    Dead leaves (Lee, Mumford and Huang, 2001): their sizes follow a power law, as in pictures of
    nature. Of one size they are gravel, or coins.
    """
    picture = np.full((height, width), rng.uniform(0, 255), Float)
    least, most = 0.02 * height, rng.uniform(0.05, 0.5) * height
    for _ in range(int(rng.integers(30, 180))):
        radius = (least**-2 - rng.random() * (least**-2 - most**-2)) ** -0.5
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        axes = max(int(radius), 1), max(int(radius * rng.uniform(0.5, 1)), 1)
        turn, tone = float(rng.uniform(0, 180)), float(rng.uniform(0, 255))
        cv2.ellipse(picture, (int(x), int(y)), axes, turn, 0, 360, tone * 0.6, -1)
        within = max(axes[0] - 2, 1), max(axes[1] - 2, 1)
        cv2.ellipse(picture, (int(x - 1), int(y - 1)), within, turn, 0, 360, tone, -1)
    return picture


def _tones(rng: np.random.Generator) -> tuple[float, float]:
    """Two greys (levels) that are clearly apart."""
    first = float(rng.uniform(0, 255))
    apart = float(rng.uniform(60, 160))
    return first, first + apart if first < 128 else first - apart


def _skull(rng: np.random.Generator, height: int, width: int) -> tuple[Array, Array]:
    ground, bone = _tones(rng)
    picture, cover = np.full((height, width), ground, Float), np.zeros((height, width), Float)

    def oval(x: float, y: float, wide: float, high: float, tone: float) -> None:
        at, axes = (int(x * width), int(y * height)), (int(wide * width), int(high * height))
        cv2.ellipse(picture, at, axes, 0, 0, 360, tone, -1)
        cv2.ellipse(cover, at, axes, 0, 0, 360, 1.0, -1)

    oval(0.5, 0.4, rng.uniform(0.38, 0.48), 0.38, bone)
    oval(0.5, 0.75, rng.uniform(0.2, 0.3), 0.22, bone)
    eye = float(rng.uniform(0.08, 0.14))
    for x in (0.5 - rng.uniform(0.17, 0.22), 0.5 + rng.uniform(0.17, 0.22)):
        oval(x, 0.45, eye, eye, ground)
    oval(0.5, 0.62, rng.uniform(0.03, 0.07), 0.06, ground)
    for x in np.linspace(0.36, 0.64, int(rng.integers(4, 8))):
        ends = (int(x * width), int(0.76 * height)), (int(x * width), int(0.9 * height))
        cv2.line(picture, *ends, ground, 1)
    if rng.random() < 0.4:  # on a patch of its own
        cover[:] = 1
    return picture, cover


def _dial(rng: np.random.Generator, height: int, width: int) -> tuple[Array, Array]:
    ground, ink = _tones(rng)
    picture, cover = np.full((height, width), ground, Float), np.zeros((height, width), Float)
    middle, radius = (width // 2, height // 2), min(height, width) // 2 - 1
    cv2.circle(cover, middle, radius, 1.0, -1)
    cv2.circle(picture, middle, radius, ink, max(1, int(radius * rng.uniform(0, 0.15))))
    marks = int(rng.choice([4, 8, 12]))
    for angle in np.arange(marks) * 2 * np.pi / marks:
        _hand(picture, middle, (0.75 * radius, 0.92 * radius), float(angle), ink)
    for length in rng.uniform(0.3, 0.85, rng.integers(1, 4)):
        _hand(picture, middle, (0, length * radius), float(rng.uniform(0, 2 * np.pi)), ink)
    return picture, cover


def _hand(
    picture: Array, middle: tuple[int, int], reach: tuple[float, float], angle: float, ink: float
) -> None:
    first, last = (
        (int(middle[0] + far * np.sin(angle)), int(middle[1] - far * np.cos(angle)))
        for far in reach
    )
    cv2.line(picture, first, last, ink, max(1, picture.shape[0] // 30))


def _emblem(rng: np.random.Generator, height: int, width: int) -> tuple[Array, Array]:
    """Clutter and its mirror image in an oval or a shield: as symmetric as a face."""
    half = clutter(rng, height, (width + 1) // 2)[..., 0]
    picture = np.concatenate([half, half[:, ::-1]], axis=1)[:, :width]
    cover = np.zeros((height, width), Float)
    middle, axes = (width // 2, height // 2), (width // 2 - 1, height // 2 - 1)
    cv2.ellipse(cover, middle, axes, 0, 0, 360, 1.0, -1)
    if rng.random() < 0.5:
        cover[: height // 2] = 1
    return picture.astype(Float), cover


def _cloth(rng: np.random.Generator, height: int, width: int) -> tuple[Array, Array]:
    """Checks, stripes, dots."""
    down, across = np.mgrid[0:height, 0:width].astype(Float)
    first, second = _tones(rng)
    pace = rng.uniform(0.15, 1.2, 2)
    turn = rng.uniform(0, np.pi)
    x = across * np.cos(turn) + down * np.sin(turn)
    y = down * np.cos(turn) - across * np.sin(turn)
    waves = np.sin(x * pace[0]), np.sin(y * pace[1])
    kind = rng.random()
    share = (waves[0] + waves[1]) / 2 if kind < 0.4 else waves[0] * waves[1]
    if kind > 0.75:
        share = waves[0]
    share = np.clip(share * rng.uniform(0.5, 4), -1, 1) / 2 + 0.5
    return lerp(first, second, share).astype(Float), np.ones((height, width), Float)


def _gravel(rng: np.random.Generator, height: int, width: int) -> tuple[Array, Array]:
    return leaves(rng, height, width), np.ones((height, width), Float)


_RIVALS: tuple[Rival, ...] = (_skull, _dial, _emblem, _cloth, _gravel)
_CHANCES = (0.25, 0.15, 0.25, 0.2, 0.15)
