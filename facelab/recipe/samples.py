"""Samples: scenes moved, zoomed, cut out, disturbed and lit anew, as the network sees them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from facelab.faces.box import area, covered
from facelab.faces.network import HEIGHT, WIDTH
from facelab.recipe.clutter import clutter
from facelab.recipe.disguise import add_body, cover_part, wipe_face
from facelab.recipe.exposure import expose_anew
from facelab.recipe.scenes import Scene
from facelab.studio.maths import Array, Float

FRAME = np.array([0, 0, WIDTH, HEIGHT], Float)


@dataclass(frozen=True)
class Sample:
    """One input of the network and what it should say.

    ``grey`` is (96, 128) uint8; ``boxes`` (faces, 4) are to be found; whatever the network says
    within ``ignored`` (n, 4) counts for nothing: a head that is half outside, or too dark to see.
    """

    grey: Array
    boxes: Array
    ignored: Array


@dataclass(frozen=True)
class Cast:
    """Scenes by what is in them."""

    peopled: tuple[Scene, ...]
    empty: tuple[Scene, ...]


def cast(scenes: Sequence[Scene]) -> Cast:
    """Sort scenes into those that show most of a head and those that show nobody."""
    whole = np.array([0, 0, *scenes[0].pixels.shape[1::-1]], Float)
    seen = [s for s in scenes if len(s.boxes) and covered(s.boxes, whole).max() > 0.72]
    return Cast(tuple(seen), tuple(s for s in scenes if not len(s.boxes)))


def draw_sample(rng: np.random.Generator, scenes: Cast) -> Sample:
    """Draw one sample: about one in three shows nobody."""
    if rng.random() < 0.2:
        sample = _nobody(rng, scenes)
    else:
        scene = scenes.peopled[rng.integers(len(scenes.peopled))]
        sample = _cut_out(rng, scene) if rng.random() < 0.18 else _somebody(rng, scene)
    grey = expose_anew(sample.grey, rng)
    return _without_the_unseen(grey, sample)


def _grey(scene: Scene, rng: np.random.Generator) -> Array:
    """A frame through a random mixture of its colours, (h, w) float32: hues the studio lacks."""
    weights = rng.dirichlet((1.2, 5, 3)) if rng.random() < 0.5 else (0.114, 0.587, 0.299)
    return scene.pixels.astype(Float) @ np.asarray(weights, Float)


def _nobody(rng: np.random.Generator, scenes: Cast) -> Sample:
    none = np.zeros((0, 4), Float)
    kind = rng.random()
    if kind < 0.35:
        return Sample(clutter(rng, HEIGHT, WIDTH)[..., 0], none, none)
    if kind < 0.75:
        scene = scenes.empty[rng.integers(len(scenes.empty))]
        zoom = rng.uniform(WIDTH / scene.pixels.shape[1], 1.6)
    else:
        scene = scenes.peopled[rng.integers(len(scenes.peopled))]
        zoom = np.exp(rng.uniform(math.log(0.6), math.log(1.8)))
    grey, size = _grey(scene, rng), np.array(scene.pixels.shape[1::-1])
    half = np.array([WIDTH, HEIGHT]) / 2
    for _ in range(12):  # look for a part without a head
        middle = rng.uniform(half / zoom, np.maximum(size - half / zoom, half / zoom))
        move = np.column_stack([np.eye(2) * zoom, half - zoom * middle])
        boxes = _moved(scene.boxes, move)
        if not len(boxes) or covered(boxes, FRAME).max() < 0.02:
            return Sample(_warp(grey, move, cv2.BORDER_REPLICATE), none, none)
    return Sample(_warp(grey, move, cv2.BORDER_REPLICATE), none, boxes)


def _somebody(rng: np.random.Generator, scene: Scene) -> Sample:
    """A scene turned by a few degrees, its main head of any size at any place."""
    move, size = _placed(rng, scene)
    boxes = _moved(scene.boxes, move)
    if rng.random() < 0.7:
        grey = _warp(_grey(scene, rng), move, cv2.BORDER_REPLICATE)
    else:
        grey = _warp(_grey(scene, rng), move, cv2.BORDER_CONSTANT, rng.uniform(0, 255))
    main = int(area(scene.boxes).argmax())
    if rng.random() < (0.5 if size < 0.35 else 0.25):
        add_body(grey, boxes[main], rng)
    faces, ignored = _judged(boxes, tight=size > 0.75)
    if rng.random() < 0.13:
        wipe_face(grey, boxes[main], rng)
        kept = (faces != boxes[main]).any(axis=1)
        faces = faces[kept]
    if rng.random() < 0.15:
        cover_part(grey, boxes, rng)
    return Sample(grey, faces, ignored)


def _cut_out(rng: np.random.Generator, scene: Scene) -> Sample:
    """A photo cut round the head, or within its hairline, and laid on something else."""
    size = np.exp(rng.uniform(math.log(0.22), math.log(1.3)))
    move = _move(rng, scene, size, _anywhere(rng, scene, size))
    box = _moved(scene.boxes, move)[int(area(scene.boxes).argmax())]
    photo = _warp(_grey(scene, rng), move, cv2.BORDER_REPLICATE)
    low, high = (
        ((-0.10, -0.20, -0.10, -0.12), (0.35, 0.45, 0.35, 0.5))
        if rng.random() < 0.5
        else ((-0.22, -0.38, -0.22, -0.20), (0.05, -0.08, 0.05, 0.05))
    )
    margin = rng.uniform(low, high) * np.tile(box[2:] - box[:2], 2)
    cut = np.clip(box + margin * (-1, -1, 1, 1), 0, FRAME[[2, 3, 2, 3]]).astype(int)
    part = photo[cut[1] : cut[3], cut[0] : cut[2]]
    if min(part.shape) < 8:
        return Sample(photo, *_judged(box[None], tight=True))
    if rng.random() < 0.2:  # its edge drawn out
        sides = (int(cut[1]), HEIGHT - int(cut[3]), int(cut[0]), WIDTH - int(cut[2]))
        below = cv2.copyMakeBorder(part, *sides, cv2.BORDER_REPLICATE)
    else:
        below = clutter(rng, HEIGHT, WIDTH)[..., 0]
        below[cut[1] : cut[3], cut[0] : cut[2]] = part
    return Sample(below, *_judged(box[None], tight=True))


def _placed(rng: np.random.Generator, scene: Scene) -> tuple[Array, float]:
    """Draw a move (2, 3) and the height of the main head that it gives, as a share of the frame."""
    box = scene.boxes[int(area(scene.boxes).argmax())]
    zoom = HEIGHT / scene.pixels.shape[0]
    kind = rng.random()
    if kind < 0.3:  # the frame as it is, nearly
        size = float(
            np.clip((box[3] - box[1]) * zoom / HEIGHT * np.exp(rng.normal(0, 0.1)), 0.12, 1.75)
        )
        middle = (box[:2] + box[2:]) / 2 * zoom + rng.normal(0, 4, 2)
        return _move(rng, scene, size, middle), size
    if kind < 0.6:
        size = float(np.exp(rng.uniform(math.log(0.16), 0)))
    elif kind < 0.8:
        size = float(rng.uniform(0.75, 1.75))
    else:
        size = float(rng.uniform(0.13, 0.32))
    return _move(rng, scene, size, _anywhere(rng, scene, size)), size


def _anywhere(rng: np.random.Generator, scene: Scene, size: float) -> Array:
    """Draw where the middle of the main head goes; large heads stay near the middle."""
    box = scene.boxes[int(area(scene.boxes).argmax())]
    high = size * HEIGHT
    wide = high * (box[2] - box[0]) / (box[3] - box[1])
    middle = np.array([WIDTH, HEIGHT]) / 2
    if size > 0.75 or rng.random() < 0.3:
        return middle + rng.normal(0, 0.06, 2) * (WIDTH, HEIGHT)
    reach = np.maximum(middle - 0.35 * np.array([wide, high]), 2)
    return middle + rng.uniform(-1, 1, 2) * reach


def _move(rng: np.random.Generator, scene: Scene, size: float, middle: Array) -> Array:
    """Affine map (2, 3): the main head ``size`` of the height, at ``middle``, half mirrored."""
    box = scene.boxes[int(area(scene.boxes).argmax())]
    zoom = size * HEIGHT / (box[3] - box[1])
    turn, mirror = math.radians(rng.normal(0, 7)), rng.choice([-1, 1])
    linear = zoom * np.array(
        [[math.cos(turn) * mirror, -math.sin(turn)], [math.sin(turn) * mirror, math.cos(turn)]]
    )
    return np.column_stack([linear, middle - linear @ ((box[:2] + box[2:]) / 2)])


def _moved(boxes: Array, move: Array) -> Array:
    """Boxes under a move: middle mapped, sides scaled (the angle is small)."""
    zoom = math.sqrt(abs(np.linalg.det(move[:, :2])))
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 @ move[:, :2].T + move[:, 2]
    half = (boxes[:, 2:] - boxes[:, :2]) * zoom / 2
    return np.concatenate([middle - half, middle + half], axis=1).astype(Float)


def _warp(grey: Array, move: Array, border: int, value: float = 0) -> Array:
    """Move a picture into a frame of the network; a smaller one is averaged first."""
    zoom = math.sqrt(abs(np.linalg.det(move[:, :2])))
    while zoom < 0.55:
        grey = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        move = np.column_stack([move[:, :2] * 2, move[:, 2]])
        zoom *= 2
    if zoom < 0.8:
        grey = cv2.GaussianBlur(grey, (0, 0), 0.4 / zoom)
    size = (WIDTH, HEIGHT)
    moved: Array = cv2.warpAffine(grey, move, size, borderMode=border, borderValue=value)
    return moved


def _judged(boxes: Array, *, tight: bool) -> tuple[Array, Array]:
    """Split boxes into those to find and those to ignore; the rest is outside."""
    seen = covered(boxes, FRAME)
    largest = int(area(boxes).argmax())
    hidden = covered(boxes, boxes[largest]) > 0.3
    hidden[largest] = False
    wanted = (seen > (0.35 if tight else 0.55)) & ~hidden
    return boxes[wanted], boxes[~wanted & (seen > 0.04)]


def _without_the_unseen(grey: Array, sample: Sample) -> Sample:
    """Ask for nothing where a face is too dark, too bright or too noisy for anybody to see."""
    smooth = cv2.GaussianBlur(grey.astype(Float), (0, 0), 1.5)
    inside = np.clip(sample.boxes, 0, FRAME[[2, 3, 2, 3]]).astype(int)
    seen = np.array(
        [
            smooth[top:bottom, left:right].std()
            > max(6, 0.7 * _noise(grey[top:bottom, left:right]))
            for left, top, right, bottom in inside
        ],
        bool,
    )
    ignored = np.concatenate([sample.ignored, sample.boxes[~seen]])
    return Sample(grey, sample.boxes[seen], ignored)


def _noise(grey: Array) -> float:
    """Deviation of the noise, from differences of neighbours two pixels on (robust to edges)."""
    if grey.shape[1] < 4:
        return 0.0
    steps = np.abs(np.diff(grey.astype(Float), n=2, axis=1))
    return float(np.median(steps) / 0.6745 / math.sqrt(6))
