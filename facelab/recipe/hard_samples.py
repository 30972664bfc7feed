"""Hard samples: heads tilted, cut within the hairline, far away; and what is no face."""

import math

import cv2
import numpy as np

from facelab.faces.box import area
from facelab.faces.network import HEIGHT, WIDTH
from facelab.recipe.clutter import clutter
from facelab.recipe.disguise import wipe_face
from facelab.recipe.framing import NONE, Sample, grey_of, judged, move_to, moved, warp
from facelab.recipe.plain_samples import somebody
from facelab.recipe.rivals import lay, leaves
from facelab.recipe.scenes import Scene
from facelab.studio.maths import Array


def tilted(rng: np.random.Generator, scene: Scene) -> Sample:
    """Tilt a scene by 8 to 38 degrees."""
    return somebody(rng, scene, turn=math.radians(rng.uniform(8, 38)) * rng.choice([-1, 1]))


def portrait(rng: np.random.Generator, scene: Scene) -> Sample:
    """Cut a photo round the face, often within its hairline, and fit it as `faces.finder.fit` does.

    Its edges are drawn out to fill the picture; at times something else lies beside it.
    """
    box = scene.largest
    photo = np.array([rng.uniform(0.7, 1.4), 1]) * (box[3] - box[1]) * rng.uniform(0.68, 1.15)
    zoom = float((np.array([WIDTH, HEIGHT]) / photo).min())
    shift = rng.normal((0, 0.05), (0.05, 0.05)) * (box[2:] - box[:2])  # the forehead is cut first
    middle = np.array([WIDTH, HEIGHT]) / 2 - shift * zoom
    move = move_to(rng, scene, zoom * float(box[3] - box[1]) / HEIGHT, middle)
    grey = warp(grey_of(scene, rng), move, cv2.BORDER_REPLICATE)
    wide, high = np.minimum(np.rint(photo * zoom), (WIDTH, HEIGHT)).astype(int)
    left, top = (WIDTH - wide) // 2, (HEIGHT - high) // 2
    part = grey[top : top + high, left : left + wide]
    sides = top, HEIGHT - high - top, left, WIDTH - wide - left
    if rng.random() < 0.8:
        below: Array = cv2.copyMakeBorder(part, *sides, cv2.BORDER_REPLICATE)
    else:
        below = clutter(rng, HEIGHT, WIDTH)[..., 0]
        below[top : top + high, left : left + wide] = part
    return Sample(below, *judged(moved(scene.boxes, move), tight=True))


def far(rng: np.random.Generator, scene: Scene) -> Sample:
    """Show a scene, a little nearer or farther: a small head, its body and its room.

    Half of them are mirrored about the head, and lose the room of one side.
    """
    box = scene.largest
    zoom = HEIGHT / scene.pixels.shape[0] * math.exp(rng.normal(0, 0.12))
    middle = (box[:2] + box[2:]) / 2 * (WIDTH / scene.pixels.shape[1]) + rng.normal(0, 6, 2)
    move = move_to(rng, scene, zoom * float(box[3] - box[1]) / HEIGHT, middle)
    grey = warp(grey_of(scene, rng), move, cv2.BORDER_REPLICATE)
    boxes = moved(scene.boxes, move)
    if rng.random() < 0.3:
        _on_chest(grey, boxes, rng)
    return Sample(grey, *judged(boxes, tight=False))


def with_rival(rng: np.random.Generator, scene: Scene) -> Sample:
    """Print a rival on a chest, where there is room; half of the faces above are destroyed."""
    move = move_to(rng, scene, math.exp(rng.uniform(math.log(0.16), math.log(0.5))), _above(rng))
    grey = warp(grey_of(scene, rng), move, cv2.BORDER_REPLICATE)
    boxes = moved(scene.boxes, move)
    faces, ignored = judged(boxes, tight=False)
    if rng.random() < 0.5:
        main = boxes[int(area(scene.boxes).argmax())]
        wipe_face(grey, main, rng)
        faces = faces[(faces != main).any(axis=1)]
    _on_chest(grey, boxes, rng)
    return Sample(grey, faces, ignored)


def rivals_alone(rng: np.random.Generator, empty: Scene) -> Sample:
    """Lay up to three rivals on gravel, clutter or an empty room."""
    kind = rng.random()
    if kind < 0.35:
        grey = leaves(rng, HEIGHT, WIDTH)
    elif kind < 0.6:
        grey = np.ascontiguousarray(clutter(rng, HEIGHT, WIDTH)[..., 0])
    else:
        grey = cv2.resize(grey_of(empty, rng), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    for _ in range(int(rng.integers(0 if kind < 0.35 else 1, 4))):
        size = HEIGHT * math.exp(rng.uniform(math.log(0.15), math.log(1.1)))
        lay(grey, rng, rng.uniform(0, (WIDTH, HEIGHT)), size)
    return Sample(grey, NONE, NONE)


def _above(rng: np.random.Generator) -> Array:
    """Where the middle of a head goes that leaves room for its chest."""
    middle: Array = np.array([rng.uniform(0.2, 0.8) * WIDTH, rng.uniform(0.15, 0.5) * HEIGHT])
    return middle


def _on_chest(grey: Array, boxes: Array, rng: np.random.Generator) -> None:
    """Lay a rival on the chest below the largest head, in place, clear of every head."""
    left, top, right, bottom = boxes[int(area(boxes).argmax())]
    size = float(bottom - top) * rng.uniform(0.35, 1.2)
    x = (left + right) / 2 + rng.normal(0, 0.25) * (right - left)
    y = bottom + 0.25 * (bottom - top) + size / 2
    clear = (np.abs((boxes[:, 1] + boxes[:, 3]) / 2 - y) * 2 > boxes[:, 3] - boxes[:, 1] + size) | (
        np.abs((boxes[:, 0] + boxes[:, 2]) / 2 - x) * 2 > boxes[:, 2] - boxes[:, 0] + 1.2 * size
    )
    if clear.all():
        lay(grey, rng, np.array([x, y]), size)
