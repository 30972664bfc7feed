"""The head: a loft of cross-sections, with the features of the face pushed out of it.

Features are sums of bumps in face coordinates (x, y). The curves of the mouth and of the eyes are
shared with the painting, so that form and paint always agree.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from facelab.studio.actor import Actor
from facelab.studio.maths import Array, Float, bell, bump, lerp, smoothstep, unit
from facelab.studio.mesh import normals
from facelab.studio.shot import Expression

ROWS, COLUMNS = 150, 181
_SPREAD = np.linspace(-1, 1, COLUMNS)
AZIMUTHS = (np.pi * (0.42 * _SPREAD + 0.58 * _SPREAD**3)).astype(Float)
"""Azimuth of each column, rad, 0 at the nose; crowded to the front."""
_DOWN = np.linspace(0, 1, ROWS)
_POLAR = np.clip(np.pi * (_DOWN - 0.045 * np.sin(2 * np.pi * _DOWN)), 0.004, np.pi - 0.004)
POLAR = _POLAR.astype(Float)
"""Angle of each row from the crown, rad; denser in the middle."""

_LEVELS = (-1.15, -1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.5, 0.8, 1.0, 1.15)
_WIDTHS = (0.66, 0.655, 0.665, 0.69, 0.72, 0.74, 0.757, 0.777, 0.845, 0.885, 0.90, 0.90)
_MIDDLES = (0.64, 0.575, 0.44, 0.27, 0.13, 0.04, -0.02, -0.045, -0.05, -0.06, -0.10, -0.12)
_DEPTHS = (0.60, 0.61, 0.635, 0.725, 0.80, 0.85, 0.885, 0.945, 0.985, 0.985, 0.98, 0.98)


@dataclass(frozen=True)
class Head:
    """A head with an expression: three grids (ROWS, COLUMNS, 3 or 2).

    ``points`` are the surface, ``face`` its face coordinates (x, y) after the jaw has dropped,
    ``skull`` the smooth head below the features.
    """

    points: Array
    face: Array
    skull: Array


def _profile(y: Array, values: tuple[float, ...]) -> Array:
    kernel = bell(np.arange(-12, 13), 5)
    smooth = np.pad(np.interp(y, _LEVELS, values), 12, mode="edge")
    return np.convolve(smooth, kernel / kernel.sum(), mode="valid")


def skull(actor: Actor) -> Array:
    """Head without features, (ROWS, COLUMNS, 3)."""
    y = 1.15 * np.cos(_POLAR)
    ring = np.sin(_POLAR)
    wide = _profile(y, _WIDTHS) * actor.head_width
    wide *= (
        1
        + (actor.cheekbone_width - 1) * bell(y + 0.2, 0.25)
        + (actor.temple_width - 1) * bell(y - 0.25, 0.25)
        + (actor.jaw_width - 1) * bell(y + 0.68, 0.22)
        + (actor.chin_width - 1) * bell(y + 1.05, 0.2)
    )
    middle, deep = _profile(y, _MIDDLES), _profile(y, _DEPTHS) * actor.head_depth
    squareness = 2 + (actor.crown_squareness - 2) * smoothstep(0.75, 0.2, y)
    power = (2 / squareness)[:, None]
    ahead, aside = np.cos(AZIMUTHS)[None], np.sin(AZIMUTHS)[None]
    x = (wide * ring)[:, None] * np.sign(aside) * np.abs(aside) ** power
    round_front = np.where(ahead > 0, np.abs(ahead) ** power, ahead)
    z = middle[:, None] + (deep * ring)[:, None] * round_front
    z -= 1.5 * actor.forehead_slope * smoothstep(0.2, 0.8, y)[:, None] * np.maximum(ahead, 0)
    y = np.repeat((y * np.where(y < 0, actor.face_length, 1.0))[:, None], COLUMNS, 1)
    y = y - actor.chin_length * smoothstep(-0.75, -1.1, y)
    return np.stack([x, y, z], -1).astype(Float)


@dataclass(frozen=True)
class Mouth:
    """Curves of the lips at given x, all in dm: half-width, centre line, gap, lips' thickness."""

    half: float
    centre: Array
    gap: Array
    upper: Array
    lower: Array


def mouth(actor: Actor, expression: Expression, x: Array) -> Mouth:
    """Lips at face coordinate ``x`` (any shape), after the jaw has dropped."""
    e = expression
    half = actor.mouth_width * (1 + 0.17 * e.smile - 0.16 * e.pucker - 0.10 * e.open)
    q = np.clip(np.abs(x) / half, 0, 1)
    round_ = np.sqrt(np.clip(1 - q * q, 0, 1))
    rise = actor.mouth_curve + 0.075 * e.smile - 0.03 * e.frown
    centre = actor.mouth_height * actor.face_length + rise * q**2 - 0.007 * bell(x, 0.035)
    upper = actor.upper_lip * (1 - 0.22 * e.smile + 0.3 * e.pucker) * round_**0.95
    upper *= 1 - 0.55 * actor.cupid_bow * bell(x, 0.045)
    upper *= 1 + 0.12 * bell(np.abs(x) - 0.075, 0.05)
    lower = actor.lower_lip * (1 - 0.15 * e.smile + 0.3 * e.pucker) * round_**0.8
    return Mouth(half, centre, 0.34 * e.jaw() * round_**0.9, upper, lower)


@dataclass(frozen=True)
class Eye:
    """Curves of the lids at given x: place along the eye (-1 inner, 1 outer corner), then dm."""

    along: Array
    centre: Array
    upper: Array
    lower: Array


def eyes(actor: Actor, expression: Expression, x: Array) -> Eye:
    """Lids of both eyes at face coordinate ``x`` (any shape); lids are relative to the centre."""
    e = expression
    along = (np.abs(x) - actor.eye_spacing) / actor.eye_width
    q = np.clip(along, -1, 1)
    narrowed = e.squint * 0.35 + e.smile * 0.22
    above = actor.upper_lid * (1 + 0.25 * e.surprise - narrowed)
    below = actor.lower_lid * (1 - 0.3 * narrowed)
    upper = above * np.clip(1 - np.abs(q) ** 2.1, 0, 1) ** 0.72 * (1 - 0.10 * q)
    lower = -below * np.clip(1 - np.abs(q) ** 2.4, 0, 1) ** 0.85 * (1 + 0.10 * q)
    tilt = actor.eye_tilt * q * 1.1 + 0.004 * actor.brow_asymmetry * np.sign(x)
    upper = upper * (1 - e.blink) + lower * 0.75 * e.blink
    return Eye(along, actor.eye_height + tilt, upper, lower)


@dataclass(frozen=True)
class _Front:
    """The columns of a skull that have a face, and what the features need there."""

    actor: Actor
    x: Array
    ax: Array
    y: Array
    mouth_y: float
    tip_y: float


@dataclass(frozen=True)
class Ground:
    """A skull with everything that no expression changes: made once, read by every `head`.

    ``before``, ``around`` … are shares of the features: arrays of the columns ``across``.
    """

    actor: Actor
    bare: Array
    x: Array
    y: Array
    z: Array
    dropping: Array
    receding: Array
    across: slice
    eye_rows: slice
    front: Array
    normal: tuple[Array, Array, Array]
    ahead: tuple[Array, Array, Array]
    face: _Front
    orbits: Array
    nose: Array
    chin: Array
    muzzle: Array
    philtrum: Array
    under: Array
    aged: Array
    cheeks: tuple[Array, ...]
    lifted: Array
    askew: Array


def ground(actor: Actor, bare: Array) -> Ground:
    """Everything of a head that no expression changes, from its ``bare`` skull."""
    x, y, z = (np.ascontiguousarray(bare[..., k]) for k in range(3))
    n = normals(bare)
    front = smoothstep(-0.1, 0.35, z) * smoothstep(0.0, 0.3, n[..., 2])
    faced = np.flatnonzero(front.any(axis=0))
    across = slice(int(faced[0]), int(faced[-1]) + 1)  # elsewhere the features are 0
    near = np.flatnonzero((np.abs(y[:, across] - actor.eye_height) < 0.4).any(axis=1))
    ahead = unit(np.stack([n[..., 0] * 0.25, n[..., 1] * 0.12, np.maximum(n[..., 2], 0.35)], -1))

    def columns(plane: Array) -> Array:
        return np.ascontiguousarray(plane[:, across])

    front = columns(front)
    mouth_y, tip_y = actor.mouth_height * actor.face_length, -actor.nose_length
    f = _Front(actor, columns(x), np.abs(columns(x)), columns(y), mouth_y, tip_y)
    lift = bump(f.ax, f.y, (0, tip_y), (0.13, 0.10))
    return Ground(
        actor=actor,
        bare=bare,
        x=x,
        y=y,
        z=z,
        dropping=_dropping(actor, x, y),
        receding=smoothstep(-0.2, 0.6, z),
        across=across,
        eye_rows=slice(int(near[0]), int(near[-1]) + 1),
        front=front,
        normal=(columns(n[..., 0]), columns(n[..., 1]), columns(n[..., 2])),
        ahead=(columns(ahead[..., 0]), columns(ahead[..., 1]), columns(ahead[..., 2])),
        face=f,
        orbits=_orbits(f),
        nose=_nose(f),
        chin=_chin(f),
        muzzle=actor.muzzle * bump(f.ax, f.y, (0, mouth_y + 0.02), (0.33, 0.20)),
        philtrum=bump(f.x, f.y, (0, (mouth_y + tip_y) / 2 - 0.01), (0.025, 0.07)),
        under=bump(f.ax, f.y, (0, mouth_y - 0.155), (0.20, 0.045)),
        aged=_aged(f),
        cheeks=_cheeks(f),
        lifted=front * 0.9 * (actor.nose_tip_lift - 0.02) * lift,
        askew=front * 0.012 * actor.jaw_asymmetry * smoothstep(-0.2, -1.0, f.y),
    )


def head(expression: Expression, g: Ground) -> Head:
    """Shape a head: jaw first, then features along a forward direction."""
    moved = (0.34 * expression.jaw() * g.dropping).astype(Float)
    drop: Array = cv2.GaussianBlur(moved, (3, 3), 0)
    dropped = g.y - drop
    points = np.stack([g.x, dropped, g.z - 0.22 * drop * g.receding], -1)
    low, lips = dropped[:, g.across], mouth(g.actor, expression, g.face.x)
    forward = g.orbits.copy()
    forward[g.eye_rows] += _lids(g, expression)
    forward = forward + g.nose + _lips(g, expression, lips, low) + g.chin
    out = g.front * (forward + _folds(g, expression, lips))
    full = g.front * _full_cheeks(g, expression)
    for k in range(3):
        points[:, g.across, k] += g.ahead[k] * out + g.normal[k] * full
    points[:, g.across, 1] += g.lifted
    points[:, g.across, 0] += g.askew
    return Head(points.astype(Float), np.stack([g.x, dropped], -1).astype(Float), g.bare)


def _dropping(actor: Actor, x: Array, y: Array) -> Array:
    """How far each point goes down with the jaw: lip-shaped at the lip, the whole chin below."""
    mouth_y = actor.mouth_height * actor.face_length
    below = np.clip((mouth_y + 0.01 - y) / 0.32, 0, 1)
    q = np.clip(np.abs(x) / actor.mouth_width, 0, 1)
    chin = 0.80 * np.exp(-((np.maximum(np.abs(x) - 0.1, 0) / 0.75) ** 4))
    drop = lerp(np.sqrt(1 - q * q) * 0.98, chin, smoothstep(0, 1, below))
    return np.where(y < mouth_y + 0.02, drop, 0) * smoothstep(0.03, -0.02, y - mouth_y)


def _orbits(f: _Front) -> Array:
    a = f.actor
    ridge = bump(f.ax, f.y, (0.27, 0.165), (0.21, 0.08))
    ridge = ridge + 0.7 * bump(f.ax, f.y, (0, 0.17), (0.10, 0.09))
    socket = bump(f.ax, f.y, (a.eye_spacing - 0.03, a.eye_height + 0.005), (0.19, 0.125))
    inner = bump(f.ax, f.y, (0.155, a.eye_height), (0.055, 0.09))
    round_ = 1 - ((f.ax - a.eye_spacing) / 0.16) ** 2 - ((f.y - a.eye_height) / 0.135) ** 2
    ball = np.maximum(0, round_) ** 1.25
    return a.brow_ridge * ridge - a.eye_depth * socket - 0.05 * inner + 0.07 * ball


def _lids(g: Ground, expression: Expression) -> Array:
    """Lids stand proud of the eyeball; a crease above, a bag below. Only the rows of the eyes."""
    a, eye = g.actor, eyes(g.actor, expression, g.face.x[g.eye_rows])
    q = np.abs(eye.along)
    height = g.face.y[g.eye_rows] - eye.centre
    inside = np.where(q < 1, np.minimum(eye.upper - height, height - eye.lower), -1)
    fold = height - np.maximum(eye.upper, 0.02) - 0.045 - 0.018 * (1 - a.lid_crease)
    depth = 0.012 * a.lid_crease * (1 - 0.6 * expression.blink)
    bag = height - eye.lower + 0.055
    relief = 0.010 * a.eye_bags * bell(eye.along, 0.9)
    result: Array = (
        -0.016 * smoothstep(-0.004, 0.012, inside)
        - depth * bell(fold, 0.013) * smoothstep(1.3, 0.95, q)
        + relief * (bell(bag - 0.02, 0.022) - bell(bag + 0.012, 0.016))
    )
    return result


def _nose(f: _Front) -> Array:
    a, tip, root = f.actor, f.tip_y, 0.055
    t = np.clip((root - f.y) / (root - tip), 0, 1)
    ridge = a.bridge_forward + (a.nose_forward - a.bridge_forward) * t**1.25
    ridge = ridge + 1.2 * a.nose_hump * np.sin(np.pi * t) ** 2
    ridge *= smoothstep(root + 0.13, root - 0.06, f.y)
    ridge *= smoothstep(tip - 0.115, tip + 0.045 + 0.3 * a.nose_tip_lift, f.y)  # the underside
    wide = lerp(a.bridge_width, a.nose_tip_width, smoothstep(0.25, 1.0, t))
    nose = ridge * (
        0.62 * np.exp(-((f.ax / wide) ** 2)) + 0.38 * np.exp(-((f.ax / wide / 1.9) ** 2))
    )
    ball = np.exp(-((f.ax / (0.9 * wide)) ** 2) - ((f.y - tip - 0.02) / 0.07) ** 2)
    spread = 0.058 + 0.12 * (a.nostril_width - 0.16)
    wing = np.abs((f.ax - a.nostril_width * 0.80) / spread) ** 2.6
    wing = 0.105 * np.exp(-wing - np.abs((f.y - tip + 0.012) / 0.062) ** 2.6)
    nostril = bump(f.ax, f.y, (a.nostril_width * 0.47, tip - 0.065), (0.036, 0.020))
    return nose + 0.12 * a.nose_forward * ball + wing - 0.05 * nostril


def _lips(g: Ground, expression: Expression, m: Mouth, dropped: Array) -> Array:
    a, ax = g.actor, g.face.ax
    within = smoothstep(1.08, 0.9, ax / m.half)
    above = np.clip((dropped - m.centre) / np.maximum(m.upper, 0.012), -0.6, 2.2)
    below = np.clip((m.centre - m.gap - dropped) / np.maximum(m.lower, 0.014), -0.6, 2.2)
    full = a.lip_forward * (1 + 0.7 * expression.pucker - 0.25 * expression.smile)
    upper = bell(above - 0.55, 0.62) * np.clip(m.upper / 0.04, 0, 1.1)
    lower = 1.15 * bell(below - 0.5, 0.62) * np.clip(m.lower / 0.05, 0, 1.1)
    cavity = np.minimum(m.centre - dropped, dropped - m.centre + m.gap)
    seam = np.exp(-(((dropped - m.centre + m.gap * 0.5) / (0.014 + m.gap * 0.5)) ** 2))
    seam *= 0.022 * smoothstep(1.05, 0.8, ax / m.half)
    hollow = 0.10 * smoothstep(0.0, 0.03, cavity) * np.clip(m.gap / 0.05, 0, 1)
    corner = np.exp(-(((ax - m.half - 0.03) / 0.03) ** 2) - ((dropped - m.centre) / 0.04) ** 2)
    return (
        g.muzzle
        + within * (full * (upper + lower) - seam - hollow)
        - 0.012 * (g.philtrum + corner)
        - 0.030 * g.under
    )


def _chin(f: _Front) -> Array:
    chin_y = -f.actor.face_length - f.actor.chin_length
    return (0.045 + f.actor.chin_forward) * bump(f.ax, f.y, (0, chin_y), (0.17, 0.10))


def _cheeks(f: _Front) -> tuple[Array, ...]:
    """What the cheeks are made of; the second grows with a smile."""
    a = f.actor
    lean = 1 - float(smoothstep(-0.02, 0.06, np.array(a.cheek_fullness)))
    return (
        a.cheekbone * bump(f.ax, f.y, (0.50, -0.17), (0.16, 0.13)),
        bump(f.ax, f.y, (0.40, -0.36), (0.15, 0.15)),
        0.035 * bump(f.ax, f.y, (0.53, 0.03), (0.13, 0.10)),
        0.015 * bump(f.ax, f.y, (0.66, 0.25), (0.14, 0.2)),
        0.03 * lean * bump(f.ax, f.y, (0.50, -0.50), (0.14, 0.16)),
        a.cheek_fullness * bump(f.ax, f.y, (0.48, -0.55), (0.20, 0.24)),
    )


def _full_cheeks(g: Ground, expression: Expression) -> Array:
    bone, smile, temple, side, hollow, full = g.cheeks
    return bone + 0.045 * expression.smile * smile - temple - side - hollow + full


def _folds(g: Ground, expression: Expression, m: Mouth) -> Array:
    """Line from the nostril past the corner of the mouth, and the forehead of an older person."""
    a, f = g.actor, g.face
    t = np.clip((f.tip_y - f.y) / (f.tip_y - f.mouth_y + 0.06), -0.2, 1.25)
    wing = a.nostril_width
    line_x = wing * 1.05 + (m.half + 0.085 - wing) * t
    ends = smoothstep(-0.15, 0.1, t) * smoothstep(1.25, 0.8, t)
    depth = a.smile_fold * (0.5 + a.age) + 0.020 * expression.smile
    crease = -0.78 * bell(f.ax - line_x, 0.042) + bell(f.ax - line_x - 0.065, 0.055)
    result: Array = depth * crease * ends + g.aged
    return result


def _aged(f: _Front) -> Array:
    """Waves of the forehead, and the lines between the brows."""
    waves = np.sin(f.y * 52 + 1.5 * np.cos(f.x * 4)) * bump(f.x, f.y, (0, 0.46), (0.36, 0.13))
    between = bump(f.ax, f.y, (0.045, 0.17), (0.014, 0.06))
    result: Array = f.actor.age * (0.0035 * waves - 0.008 * between)
    return result


def bearded(actor: Actor, shaped: Head, curls: Array) -> Array:
    """Points of a head with the volume of a full beard; ``curls`` is noise of the grid's shape."""
    x, y, z = (shaped.skull[..., k] for k in range(3))
    lower = y + 0.25 * smoothstep(0.68, 0.45, np.abs(x)) * smoothstep(-0.8, -0.45, y)
    face_x, face_y = shaped.face[..., 0], shaped.face[..., 1]
    from_lips = np.abs(face_y - actor.mouth_height * actor.face_length + 0.01)
    from_lips = from_lips + 0.25 * np.clip(np.abs(face_x) - 0.2, 0, 1)
    volume = smoothstep(-0.45, -0.8, lower) * smoothstep(-0.2, 0.15, z)
    volume *= smoothstep(0.03, 0.12, from_lips)
    smooth: Array = cv2.GaussianBlur(shaped.points, (0, 0), 2)
    n = normals(smooth)
    sign = 1.0 if float(((smooth - smooth.reshape(-1, 3).mean(0)) * n).sum()) > 0 else -1.0
    thick = volume * (0.045 + 0.03 * actor.stubble_tone) * (1 + 0.25 * curls)
    return (shaped.points + sign * n * thick[..., None]).astype(Float)
