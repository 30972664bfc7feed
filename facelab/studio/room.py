"""The room behind: walls, frames, books, a window, a plant, drawn from a seed and defocused."""

from functools import lru_cache

import cv2
import numpy as np

from facelab.studio.maths import Array, Float, blur, generator, linear
from facelab.studio.noise import Pattern, sample

WIDTH, HEIGHT = 760, 600
"""Pixels of the whole picture; a frame shows `SEEN_WIDTH` x `SEEN_HEIGHT` of it."""
SEEN_WIDTH, SEEN_HEIGHT = 640, 480
_ROOM = 11  # purpose of the generator
_WALLS = (
    (225, 220, 210),
    (200, 205, 210),
    (190, 180, 160),
    (150, 165, 160),
    (230, 225, 225),
    (120, 130, 150),
    (170, 140, 120),
)


def background(seed: int, shift: tuple[int, int], shape: tuple[int, int]) -> Array:
    """Part of a room seen by a camera shifted by (right, down) pixels, within +-60.

    Returns reflected light under a light of 1, (height, width, 3) float32 red, green, blue.
    """
    left = (WIDTH - SEEN_WIDTH) // 2 + int(np.clip(shift[0], -60, 60))
    top = (HEIGHT - SEEN_HEIGHT) // 2 + int(np.clip(shift[1], -60, 60))
    seen = picture(seed)[top : top + SEEN_HEIGHT, left : left + SEEN_WIDTH]
    fitted: Array = cv2.resize(seen, shape[::-1], interpolation=cv2.INTER_AREA)
    return fitted


@lru_cache(maxsize=16)
def picture(seed: int) -> Array:
    """Whole picture of a room, (`HEIGHT`, `WIDTH`, 3) float32, read only."""
    rng = generator(_ROOM, seed)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(Float) / np.array([[[HEIGHT]], [[WIDTH]]], Float)
    wall = linear(_WALLS[rng.integers(len(_WALLS))])
    image = np.ones((HEIGHT, WIDTH, 3), Float) * wall
    image *= (1 + 0.03 * sample(Pattern.CLOUD, x * 0.6 + seed, y * 0.6))[..., None]
    middle = rng.uniform(-0.3, 1.3)
    if rng.random() < 0.6:  # a corner: the other wall takes less light
        image[:, int(rng.uniform(0.1, 0.9) * WIDTH) :] *= rng.uniform(0.6, 0.9)
    furnish = ((0.85, _posters), (0.6, _shelf), (0.35, _window), (0.35, _door), (0.45, _sofa))
    for chance, draw in (*furnish, (0.4, _plant), (0.3, _lamp)):
        if rng.random() < chance:
            draw(image, rng)
    image *= (0.35 + 0.9 * np.exp(-((x - middle) ** 2 + (y - 0.2) ** 2) / 0.6))[..., None]
    grey = image.mean(2, keepdims=True)
    image = blur((grey + (image - grey) * 0.55).astype(Float), float(rng.uniform(1.6, 4.5)))
    image *= (1 + 0.02 * sample(Pattern.GRAIN, x * 1.5, y * 1.5))[..., None]
    image.setflags(write=False)
    return image


def _fill(image: Array, box: tuple[float, float, float, float], colour: Array) -> None:
    """Paint a rectangle given as left, top, width, height in shares of the picture."""
    left, top, wide, high = box
    corner = (int(left * WIDTH), int(top * HEIGHT))
    opposite = (int((left + wide) * WIDTH), int((top + high) * HEIGHT))
    cv2.rectangle(image, corner, opposite, [float(c) for c in colour], -1)


def _tint(rng: np.random.Generator, low: float, high: float) -> Array:
    return linear(rng.uniform(low, high, 3))


def _posters(image: Array, rng: np.random.Generator) -> None:
    for _ in range(rng.integers(1, 3)):
        left, top = rng.uniform(-0.05, 0.9), rng.uniform(0.02, 0.35)
        wide, high = rng.uniform(0.08, 0.25), rng.uniform(0.1, 0.28)
        _fill(image, (left, top, wide, high), _tint(rng, 10, 120))
        _fill(image, (left + 0.012, top + 0.015, wide - 0.024, high - 0.03), _tint(rng, 40, 240))
        for _ in range(5):
            at = (
                left + 0.02 + rng.uniform(0, wide * 0.5),
                top + 0.025 + rng.uniform(0, high * 0.5),
            )
            size = (wide * rng.uniform(0.1, 0.4), high * rng.uniform(0.1, 0.4))
            _fill(image, (*at, *size), _tint(rng, 20, 240))


def _shelf(image: Array, rng: np.random.Generator) -> None:
    left, wide, top = rng.uniform(-0.1, 0.7), rng.uniform(0.25, 0.5), rng.uniform(0.1, 0.3)
    for k in range(rng.integers(2, 5)):
        board = top + 0.20 * k
        _fill(image, (left, board - 0.17, wide, 0.17), _tint(rng, 30, 70))
        _fill(
            image,
            (left, board, wide, 0.02),
            linear(np.array([110, 80, 55])) * rng.uniform(0.5, 1.5),
        )
        x = left + 0.01
        while x < left + wide - 0.03:
            book, high = rng.uniform(0.010, 0.034), rng.uniform(0.09, 0.155)
            if rng.random() < 0.85:
                spine = _tint(rng, 10, 160)
                _fill(image, (x, board - high, book, high), 0.5 * (spine + spine.mean()))
            x += book + 0.002


def _window(image: Array, rng: np.random.Generator) -> None:
    left = float(rng.choice([-0.05, 0.7]))
    bar = np.array([0.6, 0.6, 0.6])
    _fill(image, (left, 0.05, 0.33, 0.5), np.array([1.6, 1.7, 1.9]))
    _fill(image, (left + 0.16, 0.05, 0.012, 0.5), bar)
    _fill(image, (left, 0.28, 0.33, 0.012), bar)
    if rng.random() < 0.6:
        _fill(image, (left - 0.06, 0.0, 0.08, 0.7), _tint(rng, 60, 200))


def _door(image: Array, rng: np.random.Generator) -> None:
    left, shade = rng.uniform(0, 0.8), rng.uniform(0.5, 1.3)
    _fill(image, (left, 0.12, 0.2, 0.9), linear(np.array([180, 160, 140])) * shade)
    _fill(image, (left + 0.03, 0.2, 0.14, 0.25), linear(np.array([165, 145, 125])) * shade)


def _sofa(image: Array, rng: np.random.Generator) -> None:
    _fill(image, (-0.1, rng.uniform(0.6, 0.8), rng.uniform(0.5, 1.3), 0.5), _tint(rng, 30, 180))


def _plant(image: Array, rng: np.random.Generator) -> None:
    x, y = rng.uniform(0.03, 0.97), rng.uniform(0.35, 0.65)
    for _ in range(70):
        angle, long = rng.uniform(0, 2 * np.pi), rng.uniform(0.02, 0.16)
        at = (x + 0.5 * long * np.cos(angle), y + 0.8 * long * np.sin(angle))
        centre = (int(at[0] * WIDTH), int(at[1] * HEIGHT))
        axes = (int(long * WIDTH * 0.4), int(4 + 5 * rng.random()))
        turn = float(np.degrees(angle) + rng.normal(0, 20))
        green = linear(np.array([50, 95, 40])) * rng.uniform(0.4, 1.4)
        cv2.ellipse(image, centre, axes, turn, 0, 360, [float(c) for c in green], -1)


def _lamp(image: Array, rng: np.random.Generator) -> None:
    px, py = rng.uniform(0.05, 0.95), rng.uniform(0.2, 0.5)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(Float)
    glow = np.exp(-((x / WIDTH - px) ** 2 + (y / HEIGHT - py) ** 2) / 0.02)
    image += 0.9 * glow[..., None] * np.array([1, 0.75, 0.45], Float)
    cv2.ellipse(
        image, (int(px * WIDTH), int(py * HEIGHT)), (36, 26), 0, 0, 360, (2.2, 1.8, 1.2), -1
    )
