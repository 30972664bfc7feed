"""Framing: where a scene's head goes in the network's picture, and what is demanded there."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from facelab.faces.box import area, covered
from facelab.faces.network import HEIGHT, WIDTH
from facelab.recipe.scenes import Scene
from facelab.studio.maths import Array, Float

FRAME = np.array([0, 0, WIDTH, HEIGHT], Float)

NONE = np.zeros((0, 4), Float)
"""No boxes."""


@dataclass(frozen=True)
class Sample:
    """One input of the network and what it should say.

    ``grey`` is (96, 128) uint8; ``boxes`` (faces, 4) are to be found; whatever the network says
    within ``ignored`` (n, 4) counts for nothing: a head that is half outside, or too dark to see.
    """

    grey: Array
    boxes: Array
    ignored: Array


def grey_of(scene: Scene, rng: np.random.Generator) -> Array:
    """A frame through a random mixture of its colours, (h, w) float32: hues the studio lacks."""
    weights = rng.dirichlet((1.2, 5, 3)) if rng.random() < 0.5 else (0.114, 0.587, 0.299)
    return scene.pixels.astype(Float) @ np.asarray(weights, Float)


def anywhere(rng: np.random.Generator, scene: Scene, size: float) -> Array:
    """Draw where the middle of the main head goes; large heads stay near the middle."""
    box = scene.largest
    high = size * HEIGHT
    wide = high * (box[2] - box[0]) / (box[3] - box[1])
    middle = np.array([WIDTH, HEIGHT]) / 2
    if size > 0.75 or rng.random() < 0.3:
        return middle + rng.normal(0, 0.06, 2) * (WIDTH, HEIGHT)
    reach = np.maximum(middle - 0.35 * np.array([wide, high]), 2)
    return middle + rng.uniform(-1, 1, 2) * reach


def move_to(
    rng: np.random.Generator,
    scene: Scene,
    size: float,
    middle: Array,
    turn: float | None = None,
) -> Array:
    """Affine map (2, 3): the main head ``size`` of the height, at ``middle``, half mirrored.

    It turns by ``turn`` rad, or by a few degrees.
    """
    box = scene.largest
    zoom = size * HEIGHT / (box[3] - box[1])
    turn = math.radians(rng.normal(0, 7)) if turn is None else turn
    mirror = rng.choice([-1, 1])
    linear = zoom * np.array(
        [[math.cos(turn) * mirror, -math.sin(turn)], [math.sin(turn) * mirror, math.cos(turn)]]
    )
    return np.column_stack([linear, middle - linear @ ((box[:2] + box[2:]) / 2)])


def moved(boxes: Array, move: Array) -> Array:
    """Boxes round the ellipses in ``boxes`` (n, 4) under a move (2, 3): heads are nearly such."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 @ move[:, :2].T + move[:, 2]
    half = np.sqrt(((boxes[:, 2:] - boxes[:, :2]) / 2) ** 2 @ (move[:, :2] ** 2).T)
    return np.concatenate([middle - half, middle + half], axis=1).astype(Float)


def warp(grey: Array, move: Array, border: int, value: float = 0) -> Array:
    """Move a picture into a frame of the network; a smaller one is averaged first."""
    zoom = math.sqrt(abs(np.linalg.det(move[:, :2])))
    while zoom < 0.55:
        grey = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        move = np.column_stack([move[:, :2] * 2, move[:, 2]])
        zoom *= 2
    if zoom < 0.8:
        grey = cv2.GaussianBlur(grey, (0, 0), 0.4 / zoom)
    size = (WIDTH, HEIGHT)
    drawn: Array = cv2.warpAffine(grey, move, size, borderMode=border, borderValue=value)
    return drawn


def judged(boxes: Array, *, tight: bool) -> tuple[Array, Array]:
    """Split boxes into those to find and those to ignore; the rest is outside."""
    seen = covered(boxes, FRAME)
    largest = int(area(boxes).argmax())
    hidden = covered(boxes, boxes[largest]) > 0.3
    hidden[largest] = False
    wanted = (seen > (0.35 if tight else 0.55)) & ~hidden
    return boxes[wanted], boxes[~wanted & (seen > 0.04)]
