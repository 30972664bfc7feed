"""What makes finding hard: bodies, hands, prints, faces wiped out, things in the way."""

import cv2
import numpy as np

from facelab.faces.box import covered
from facelab.recipe.clutter import clutter, slope
from facelab.studio.maths import Array, Float, blur, lerp


def wipe_face(grey: Array, box: Array, rng: np.random.Generator) -> None:
    """Take the face out of a head, in place: then there is nothing to find.

    ``grey`` (h, w) float32; ``box`` (4,) the head's. An egg, plain or shaded or textured, shuffled
    tiles, or the head upside down.
    """
    height, width = grey.shape
    hull = np.clip(np.add(box, (-3, -3, 3, 2)), 0, (width, height) * 2)
    left, top, right, bottom = hull.astype(int)
    head = grey[top:bottom, left:right]
    if min(head.shape) < 6:
        return
    kind = rng.random()
    if kind < 0.7:
        filling = _egg(head, rng) if kind < 0.4 else clutter(rng, *head.shape)[..., 0]
        cover = np.zeros(grey.shape, Float)
        middle = ((box[:2] + box[2:]) / 2).astype(int)
        axes = np.maximum((box[2:] - box[:2]) * rng.uniform(0.36, 0.56, 2), 2).astype(int)
        cv2.ellipse(cover, middle.tolist(), axes.tolist(), 0, 0, 360, 1.0, -1)
        cover = blur(cover, 0.6)[top:bottom, left:right]
        head[:] = lerp(head, filling, cover)
    elif kind < 0.87:
        head[:] = _shuffled(head, rng)
    else:
        head[:] = head[::-1].copy()


def _egg(head: Array, rng: np.random.Generator) -> Array:
    """One tone of the head, or any, shaded across and down."""
    tone = rng.choice(head.ravel()) if rng.random() < 0.6 else rng.uniform(0, 255)
    across = slope(rng, (0.2, 1.2), head.shape[1])
    down = slope(rng, (0.5, 1.2), head.shape[0])
    shaded: Array = np.clip(tone * down[:, None] * across, 0, 255)
    return shaded


def _shuffled(head: Array, rng: np.random.Generator) -> Array:
    """Two by two or three by three tiles, none at its place."""
    shuffled, count = head.copy(), int(rng.integers(2, 4))
    high, wide = head.shape[0] // count, head.shape[1] // count
    order = np.roll(np.arange(count * count), int(rng.integers(1, count * count)))
    for place, tile in enumerate(order):
        row, column = divmod(place, count)
        from_row, from_column = divmod(int(tile), count)
        shuffled[row * high : (row + 1) * high, column * wide : (column + 1) * wide] = head[
            from_row * high : (from_row + 1) * high,
            from_column * wide : (from_column + 1) * wide,
        ]
    return shuffled


def add_body(grey: Array, box: Array, rng: np.random.Generator) -> None:
    """Draw arms, hands, a broader chest, a print or a badge below the head ``box``, in place."""
    height, width = grey.shape
    wide, high = box[2:] - box[:2]
    middle = (box[0] + box[2]) / 2
    column = int(np.clip(middle, 0, width - 1))
    chest, face = box[3] + 0.5 * high, (box[1] + box[3]) / 2
    cloth = float(grey[int(np.clip(chest, 0, height - 1)), column] * rng.uniform(0.6, 1.4))
    skin = float(grey[int(np.clip(face, 0, height - 1)), column] * rng.uniform(0.8, 1.2))
    if rng.random() < 0.3:
        reach, top = wide * rng.uniform(0.6, 1.1, 2), box[3] + high * rng.uniform(0.2, 0.5)
        corners = _point(middle - reach[0], top), _point(middle + reach[1], height)
        cv2.rectangle(grey, *corners, cloth, -1)
    for side in (-1, 1):
        if rng.random() < 0.5:
            _arm(grey, (middle, float(box[3])), (wide * side, high), (cloth, skin), rng)
    if rng.random() < 0.5:
        size = np.maximum(wide * rng.uniform(0.15, 0.9, 2), 3).astype(int)
        left = int(middle + wide * rng.uniform(-0.5, 0.5) - size[0] / 2)
        top = int(box[3] + high * rng.uniform(0.35, 1.0))
        _print(grey, (left, top), (int(size[0]), int(size[1])), rng)


def _arm(
    grey: Array,
    chin: tuple[float, float],
    head: tuple[float, float],
    tones: tuple[float, float],
    rng: np.random.Generator,
) -> None:
    """Upper arm, forearm, hand, fingers; ``head`` is its width, signed by the side, and height."""
    (x, y), (wide, high), (cloth, skin) = chin, head, tones
    shoulder = _point(x + wide * rng.uniform(0.7, 1.1), y + high * rng.uniform(0.3, 0.7))
    elbow = _point(x + wide * rng.uniform(0.7, 1.7), y + high * rng.uniform(0.9, 2.0))
    hand = _point(x + wide * rng.uniform(-0.4, 1.6), y + high * rng.uniform(-0.1, 1.4))
    thick, size = max(1, int(abs(wide) * rng.uniform(0.2, 0.45))), abs(wide)
    cv2.line(grey, shoulder, elbow, cloth, thick)
    bare = rng.random() < 0.5
    cv2.line(grey, elbow, hand, skin if bare else cloth, max(1, int(thick * 0.8)))
    axes = np.maximum(size * rng.uniform(0.13, 0.33, 2), 1).astype(int)
    cv2.ellipse(grey, hand, axes.tolist(), rng.uniform(0, 180), 0, 360, skin, -1)
    for angle in rng.uniform(0, 2 * np.pi, rng.integers(0, 5)):
        tip = _point(hand[0] + np.cos(angle) * size * 0.4, hand[1] + np.sin(angle) * size * 0.4)
        cv2.line(grey, hand, tip, skin * rng.uniform(0.8, 1.1), max(1, int(size * 0.08)))


def _print(
    grey: Array, corner: tuple[int, int], size: tuple[int, int], rng: np.random.Generator
) -> None:
    """Something printed on the shirt, square or round."""
    height, width = grey.shape
    left, top = max(corner[0], 0), max(corner[1], 0)
    right, bottom = min(corner[0] + size[0], width), min(corner[1] + size[1], height)
    if right - left < 2 or bottom - top < 2:
        return
    cover = np.ones((bottom - top, right - left), Float)
    if rng.random() < 0.5:
        cover[:] = 0
        middle = ((right - left) // 2, (bottom - top) // 2)
        cv2.ellipse(cover, middle, (size[0] // 2, size[1] // 2), 0, 0, 360, 1.0, -1)
    picture = clutter(rng, bottom - top, right - left)[..., 0]
    grey[top:bottom, left:right] = lerp(grey[top:bottom, left:right], picture, cover)


def cover_part(grey: Array, boxes: Array, rng: np.random.Generator) -> None:
    """Hold a hand, a cup, a sheet into the frame, in place, over at most 35 % of a face."""
    height, width = grey.shape
    middle = _point(rng.uniform(0, width), rng.uniform(height * 0.2, height * 1.1))
    axes = rng.uniform(4, (18, 26)).astype(int)
    reach = int(axes.max())
    hull = np.array([middle[0] - reach, middle[1] - reach, middle[0] + reach, middle[1] + reach])
    if len(boxes) and covered(boxes, hull).max() > 0.35:
        return
    cover = np.zeros(grey.shape, np.uint8)
    cv2.ellipse(cover, middle, axes.tolist(), rng.uniform(0, 180), 0, 360, 255, -1)
    if rng.random() < 0.5:
        filling = clutter(rng, height, width)[..., 0]
    else:
        filling = np.full(grey.shape, rng.choice(grey.ravel()) * rng.uniform(0.7, 1.2), Float)
    grey[cover > 0] = filling[cover > 0]


def _point(x: float, y: float) -> tuple[int, int]:
    return int(x), int(y)
