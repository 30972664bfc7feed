"""Plain samples: scenes as a webcam shows them, moved, zoomed, cut out, disturbed."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from facelab.faces.box import area, covered
from facelab.faces.network import HEIGHT, WIDTH
from facelab.recipe.clutter import clutter
from facelab.recipe.disguise import add_body, cover_part, wipe_face
from facelab.recipe.framing import (
    FRAME,
    NONE,
    Sample,
    anywhere,
    grey_of,
    judged,
    move_to,
    moved,
    warp,
)
from facelab.recipe.scenes import Scene
from facelab.studio.maths import Array


def nobody(rng: np.random.Generator, peopled: Sequence[Scene], empty: Sequence[Scene]) -> Sample:
    """Clutter, an empty room, or a part of a scene without a head."""
    kind = rng.random()
    if kind < 0.35:
        return Sample(clutter(rng, HEIGHT, WIDTH)[..., 0], NONE, NONE)
    if kind < 0.75:
        scene = empty[int(rng.integers(len(empty)))]
        zoom = rng.uniform(WIDTH / scene.pixels.shape[1], 1.6)
    else:
        scene = peopled[int(rng.integers(len(peopled)))]
        zoom = np.exp(rng.uniform(math.log(0.6), math.log(1.8)))
    grey, size = grey_of(scene, rng), np.array(scene.pixels.shape[1::-1])
    half = np.array([WIDTH, HEIGHT]) / 2
    for _ in range(12):  # look for a part without a head
        middle = rng.uniform(half / zoom, np.maximum(size - half / zoom, half / zoom))
        move = np.column_stack([np.eye(2) * zoom, half - zoom * middle])
        boxes = moved(scene.boxes, move)
        if not len(boxes) or covered(boxes, FRAME).max() < 0.02:
            return Sample(warp(grey, move, cv2.BORDER_REPLICATE), NONE, NONE)
    return Sample(warp(grey, move, cv2.BORDER_REPLICATE), NONE, boxes)


def somebody(rng: np.random.Generator, scene: Scene, turn: float | None = None) -> Sample:
    """A scene turned by ``turn`` rad or a few degrees, its main head of any size at any place."""
    move, size = _placed(rng, scene, turn)
    boxes = moved(scene.boxes, move)
    if rng.random() < 0.7:
        grey = warp(grey_of(scene, rng), move, cv2.BORDER_REPLICATE)
    else:
        grey = warp(grey_of(scene, rng), move, cv2.BORDER_CONSTANT, rng.uniform(0, 255))
    main = int(area(scene.boxes).argmax())
    if rng.random() < (0.5 if size < 0.35 else 0.25):
        add_body(grey, boxes[main], rng)
    faces, ignored = judged(boxes, tight=size > 0.75)
    if rng.random() < 0.13:
        wipe_face(grey, boxes[main], rng)
        kept = (faces != boxes[main]).any(axis=1)
        faces = faces[kept]
    if rng.random() < 0.15:
        cover_part(grey, boxes, rng)
    return Sample(grey, faces, ignored)


def cut_out(rng: np.random.Generator, scene: Scene) -> Sample:
    """A photo cut round the head, or within its hairline, and laid on something else."""
    size = np.exp(rng.uniform(math.log(0.22), math.log(1.3)))
    move = move_to(rng, scene, size, anywhere(rng, scene, size))
    box = moved(scene.boxes, move)[int(area(scene.boxes).argmax())]
    photo = warp(grey_of(scene, rng), move, cv2.BORDER_REPLICATE)
    low, high = (
        ((-0.10, -0.20, -0.10, -0.12), (0.35, 0.45, 0.35, 0.5))
        if rng.random() < 0.5
        else ((-0.22, -0.38, -0.22, -0.20), (0.05, -0.08, 0.05, 0.05))
    )
    margin = rng.uniform(low, high) * np.tile(box[2:] - box[:2], 2)
    cut = np.clip(box + margin * (-1, -1, 1, 1), 0, FRAME[[2, 3, 2, 3]]).astype(int)
    part = photo[cut[1] : cut[3], cut[0] : cut[2]]
    if min(part.shape) < 8:
        return Sample(photo, *judged(box[None], tight=True))
    if rng.random() < 0.2:  # its edge drawn out
        sides = (int(cut[1]), HEIGHT - int(cut[3]), int(cut[0]), WIDTH - int(cut[2]))
        below = cv2.copyMakeBorder(part, *sides, cv2.BORDER_REPLICATE)
    else:
        below = clutter(rng, HEIGHT, WIDTH)[..., 0]
        below[cut[1] : cut[3], cut[0] : cut[2]] = part
    return Sample(below, *judged(box[None], tight=True))


def _placed(rng: np.random.Generator, scene: Scene, turn: float | None) -> tuple[Array, float]:
    """Draw a move (2, 3) and the height of the main head that it gives, as a share of the frame."""
    box = scene.largest
    zoom = HEIGHT / scene.pixels.shape[0]
    kind = rng.random()
    if kind < 0.3:  # the frame as it is, nearly
        size = float(
            np.clip((box[3] - box[1]) * zoom / HEIGHT * np.exp(rng.normal(0, 0.1)), 0.12, 1.75)
        )
        middle = (box[:2] + box[2:]) / 2 * zoom + rng.normal(0, 4, 2)
        return move_to(rng, scene, size, middle, turn), size
    if kind < 0.6:
        size = float(np.exp(rng.uniform(math.log(0.16), 0)))
    elif kind < 0.8:
        size = float(rng.uniform(0.75, 1.75))
    else:
        size = float(rng.uniform(0.13, 0.32))
    return move_to(rng, scene, size, anywhere(rng, scene, size), turn), size
