"""What belongs to a person but is not the head: ears, neck, torso, glasses."""

from dataclasses import dataclass

import numpy as np

from facelab.studio.actor import Actor, Glasses, Lens
from facelab.studio.maths import Array, Float, bell, bump, interpolate, lerp, smoothstep, unit
from facelab.studio.mesh import at


def _widest(bare: Array, height: float) -> float:
    """Half-width of the skull at a height, dm."""
    row = int(np.argmin(np.abs(bare[:, 0, 1] - height)))
    return float(bare[row, :, 0].max())


def ear(actor: Actor, side: int, bare: Array) -> Array:
    """Ear of a side (1 viewer's right, -1 left), (26, 48, 3): rim, inner fold, hollow, lobe."""
    radius, turn = np.meshgrid(np.linspace(0, 1, 26), np.linspace(0, 2 * np.pi, 48), indexing="ij")
    cos, sin = np.cos(turn), np.sin(turn)
    outline = 1 - 0.30 * smoothstep(-0.2, -1, sin)
    outline = outline + 0.10 * smoothstep(0.2, 1, sin) * smoothstep(-0.3, 0.6, cos)
    across = 0.165 * actor.ear_size * radius * cos * outline
    up = 0.31 * actor.ear_size * radius * sin
    rim = 0.055 * bell(radius - 0.86, 0.12) * smoothstep(-0.95, -0.2, cos + 0.35 * sin + 0.4)
    fold = 0.038 * bell(radius - 0.52, 0.12) * smoothstep(-0.2, 0.5, cos)
    hollow = 0.065 * np.exp(-((radius * cos + 0.25) ** 2 + (radius * sin + 0.12) ** 2) / 0.09)
    tragus = 0.035 * np.exp(-((radius * cos + 0.72) ** 2 + (radius * sin + 0.10) ** 2) / 0.02)
    out = 0.03 + rim + fold + tragus - hollow - 0.05 * smoothstep(0.9, 1.0, radius)
    angle = actor.ear_angle
    back = np.array([np.sin(angle), 0.0, -np.cos(angle)])
    away = np.array([np.cos(angle), 0.0, np.sin(angle)])
    upright = unit(np.array([0.0, 1.0, -0.20]))
    centre = np.array([_widest(bare, -0.12) - 0.01, -0.13, -0.10])
    points = centre + (across + 0.10)[..., None] * back + up[..., None] * upright
    points = points + out[..., None] * away
    points[..., 0] *= side
    result: Array = points.astype(Float)
    return result


def neck(actor: Actor) -> Array:
    """Neck, (24, 48, 3), from inside the head into the torso."""
    down, turn = np.linspace(0, 1, 24)[:, None], np.linspace(-np.pi, np.pi, 48)[None]
    y = lerp(-0.52, -1.85, down)
    radius = lerp(0.50, 0.56, smoothstep(0.55, 1, down)) * actor.neck_width
    z = lerp(-0.10, -0.34, down) + radius * np.cos(turn) * 0.98
    if actor.masculinity > 0:  # the Adam's apple
        z = z + 0.035 * bump(turn, y, (0, -1.22), (0.18, 0.10))
    z = z + 0.02 * bell(np.abs(turn) - 0.55 - 0.3 * (1 - down), 0.13)
    return np.stack([radius * np.sin(turn) * 1.02, y + 0 * turn, z], -1).astype(Float)


def torso(actor: Actor) -> Array:
    """Shoulders and chest, (44, 72, 3)."""
    down, turn = np.linspace(0, 1, 44), np.linspace(-np.pi, np.pi, 72)[None]
    knots = (0, 0.10, 0.22, 0.34, 0.45, 0.56, 0.68, 1.0)
    kernel = bell(np.arange(-4, 5), 2.0)

    def smooth(values: Array) -> Array:
        return np.convolve(np.pad(values, 4, mode="edge"), kernel / kernel.sum(), mode="valid")[
            :, None
        ]

    y = smooth(interpolate(down, knots, (-1.24, -1.33, -1.46, -1.57, -1.70, -1.92, -2.35, -3.9)))
    wide = interpolate(down, knots, (0.58, 0.70, 1.08, 1.52, 1.90, 2.16, 2.24, 2.15))
    wide = smooth(wide * lerp(1, actor.shoulder_width, smoothstep(0.1, 0.4, down)))
    deep = smooth(interpolate(down, knots, (0.56, 0.60, 0.66, 0.70, 0.74, 0.80, 0.86, 0.92)))
    sin, cos = np.sin(turn), np.cos(turn)
    x = wide * np.sign(sin) * np.abs(sin) ** (2 / 2.3)
    z = -0.36 + deep * np.sign(cos) * np.abs(cos) ** (2 / 2.3)
    z = z + 0.10 * smoothstep(0.1, 0.6, down)[:, None] * cos
    y = y + 0 * turn - 0.16 * smoothstep(0.3, 0.9, cos) * bell(y + 1.33, 0.2)
    return np.stack([x, y, z], -1).astype(Float)


@dataclass(frozen=True)
class Spectacles:
    """Glasses as grids: the tubes of the frame, the two lenses."""

    tubes: tuple[Array, ...]
    lenses: tuple[Array, ...]


def spectacles(actor: Actor, worn: Glasses, bare: Array, points: Array) -> Spectacles:
    """Glasses on the nose of a head: ``bare`` skull and shaped ``points``, (ROWS, COLUMNS, 3)."""
    half_width, half_height = worn.half_width, worn.half_height
    if worn.shape is Lens.ROUND:
        half_height = half_width * 0.92
    if worn.shape is Lens.RECT:
        half_height = min(half_height, 0.175)
    power = 2 / {Lens.ROUND: 2.0, Lens.OVAL: 2.2, Lens.RECT: 4.5, Lens.SQUARE: 3.2}[worn.shape]
    middle = max(0.085 + half_width, actor.eye_spacing * 0.97)
    height = -0.045 + actor.eye_height
    face = 0.965 + max(0.0, actor.bridge_forward - 0.05) * 0.6
    # never inside a strong brow or nose
    face = max(face + max(0.0, actor.brow_ridge - 0.03) * 0.5, _front(points, height) + 0.02)

    def depth(x: Array) -> Array:
        return face - 0.16 * (np.abs(x) / 0.6) ** 2.2

    def rim(turn: Array, radius: Array) -> tuple[Array, Array]:
        cos, sin = np.cos(turn), np.sin(turn)
        x = radius * np.sign(cos) * np.abs(cos) ** power * half_width
        return x, radius * np.sign(sin) * np.abs(sin) ** power * half_height

    tubes, lenses = [], []
    for side in (-1, 1):
        x, y = rim(np.linspace(0, 2 * np.pi, 40, endpoint=False), np.ones(1))
        x = side * (middle + x)
        ring = np.stack([x, height + y, depth(x) - 0.05 * y], -1)
        tubes.append(_tube(ring, worn.tube, 7, closed=True))
        radius = np.linspace(0, 1, 8)[:, None]
        x, y = rim(np.linspace(0, 2 * np.pi, 40), radius)
        x = side * (middle + x)
        z = depth(x) - 0.05 * y + 0.03 * (1 - radius**2)
        lenses.append(np.stack([x, height + y, z], -1).astype(Float))
        end = float(side * (middle + half_width))
        temple = _temple(end, side * (_widest(bare, 0.03) + 0.012), height, half_height, face)
        tubes.append(_tube(temple, worn.tube * 1.1 + 0.003, 6))
    reach = max(middle - half_width, 0.03)
    x = np.linspace(-reach, reach, 9)
    arch = height + half_height * 0.35 + 0.03 * np.cos(x / reach * 1.5)
    bridge = np.stack([x, arch, np.full(9, face + 0.02)], -1)
    tubes.append(_tube(bridge, worn.tube * 0.9, 6))
    return Spectacles(tuple(tubes), tuple(lenses))


def _front(points: Array, height: float) -> float:
    """How far the bridge of the nose comes forward where glasses sit on it."""
    u = np.full(1, 0.5, Float)
    row = int(np.argmin(np.abs(points[:, points.shape[1] // 2, 1] - height)))
    v = np.full(1, row / (points.shape[0] - 1), Float)
    return float(at(points, u, v)[0, 2])


def _temple(end: float, skull: float, height: float, half_height: float, face: float) -> Array:
    """Path of a temple from the rim over the ear, (16, 3)."""
    knots = np.array(
        [
            [end, height + 0.4 * half_height, face - 0.16 * (abs(end) / 0.6) ** 2.2],
            [skull * 0.6 + end * 0.4, height + 0.4 * half_height, 0.72],
            [skull * 0.995, height + 0.36 * half_height, 0.35],
            [skull * 1.012, height + 0.3 * half_height, 0.0],
            [skull, height + 0.1 * half_height, -0.16],
        ]
    )
    steps = np.linspace(0, 4, 16)
    return np.stack([np.interp(steps, np.arange(5), knots[:, k]) for k in range(3)], -1)


def _tube(path: Array, radius: float, segments: int, *, closed: bool = False) -> Array:
    """A tube of ``radius`` around a path (n, 3)."""
    along = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    along = unit(along)
    reference = np.array([0, 0, 1.0]) if closed else np.array([0, 1.0, 0])
    binormal = unit(np.cross(along, reference))
    normal = np.cross(binormal, along)
    turn = np.linspace(0, 2 * np.pi, segments)[None, :, None]
    ring = np.cos(turn) * binormal[:, None] + np.sin(turn) * normal[:, None]
    points = path[:, None] + radius * ring
    return np.concatenate([points, points[:1]], 0).astype(Float) if closed else points.astype(Float)
