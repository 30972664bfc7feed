"""Paint of brows and eyes, and the direction in which the eyeballs look."""

from dataclasses import dataclass

import numpy as np

from facelab.studio.actor import Actor
from facelab.studio.head import Eye, eyes
from facelab.studio.maths import Array, Float, bell, lerp, smoothstep, unit
from facelab.studio.noise import Pattern, sample
from facelab.studio.paint import Coat, Place, hair_colour, skin_colour
from facelab.studio.shot import Expression

_IRISES = np.array(
    [
        (0.16, 0.27, 0.38),
        (0.20, 0.27, 0.27),
        (0.17, 0.21, 0.10),
        (0.17, 0.10, 0.045),
        (0.060, 0.028, 0.014),
    ]
)


def iris_colour(actor: Actor) -> Array:
    """Albedo of the iris, (3,) linear red, green, blue."""
    steps = range(len(_IRISES))
    read = [np.interp(actor.iris_brownness * 4, steps, _IRISES[:, k]) for k in range(3)]
    return np.array(read, Float)


def add_brows(actor: Actor, expression: Expression, place: Place, coat: Coat) -> None:
    """Eyebrows, moved by surprise, frown and brow."""
    x, y, offset = place.x, place.y, actor.texture
    ax, side = np.abs(x), np.sign(x)
    along = (ax - actor.brow_gap) / actor.brow_length
    q = np.clip(along, 0, 1)
    raised = actor.brow_height + 0.05 * expression.surprise + 0.03 * expression.brow
    middle = raised - 0.035 * expression.frown * (1 - q) + actor.brow_tilt * (q - 0.4)
    middle = (
        middle + actor.brow_arch * np.sin(np.pi * q**0.85 * 1.05) - 0.05 * np.clip(q - 0.62, 0, 1)
    )
    middle = middle + 0.006 * actor.brow_asymmetry * side
    thick = actor.brow_thickness * (0.55 + 0.6 * smoothstep(0, 0.15, q))
    thick = np.maximum(thick * (1 - 0.72 * smoothstep(0.45, 1.0, q)), 0.003)
    hairs = sample(Pattern.STRAND, ax * 0.8 - y * 1.4 + offset + side * 0.2, (y + ax * 0.8) * 0.5)
    grain = sample(Pattern.GRAIN, x * 1.2 + offset, y * 1.2)
    cover = smoothstep(1.25, 0.55, np.abs(y - middle) / thick + 0.20 * hairs + 0.10 * grain)
    cover = cover * smoothstep(-0.05, 0.10, along + 0.03 * hairs) * smoothstep(1.02, 0.85, along)
    cover = np.clip(cover * place.front * actor.brow_density * (0.85 + 0.25 * hairs), 0, 0.95)
    colour = hair_colour(actor) * 0.6
    if actor.grey < 0.4:
        colour = np.maximum(hair_colour(actor) * 0.75, 0.012)
    colour = np.minimum(colour, skin_colour(actor) * 0.45 + 0.01)
    coat.albedo = lerp(coat.albedo, colour * (1 + 0.15 * hairs[:, None]), cover[:, None])
    coat.shine = coat.shine * (1 - 0.6 * cover)


@dataclass(frozen=True)
class Eyeballs:
    """Pixels of the eyes: indices (m,), share of eyeball (m,), its normal at rest (m, 3)."""

    where: Array
    cover: Array
    normal: Array


def add_eyes(actor: Actor, expression: Expression, place: Place, coat: Coat) -> Eyeballs:
    """Eyes within their lids: white, iris, pupil, shadow of the lid, lashes, crease."""
    near = np.abs(np.abs(place.x) - actor.eye_spacing) < 1.25 * actor.eye_width
    near &= (np.abs(place.y - actor.eye_height) < 0.22) & (place.z > 0.2)
    where = np.flatnonzero(near)
    x, y = place.x[where], place.y[where]
    lids = eyes(actor, expression, x)
    height = y - lids.centre
    inside = np.minimum(lids.upper - height, height - lids.lower)
    cover = smoothstep(-0.0055, 0.0055, inside) * smoothstep(1.0, 0.97, np.abs(lids.along))
    painted = lerp(coat.albedo[where], _eyeball(actor, expression, x, y, lids), cover[:, None])
    coat.albedo[where] = _lashes(actor, expression, lids, height, painted)
    coat.shine[where] = lerp(coat.shine[where], 0.045, cover)
    coat.gloss[where] = lerp(coat.gloss[where], 120.0, cover)
    out = x - np.sign(x) * actor.eye_spacing
    normal = np.stack([out / 0.125, (y - actor.eye_height) / 0.125, np.ones_like(x)], -1)
    return Eyeballs(where, cover, unit(normal.astype(Float)))


def _eyeball(actor: Actor, expression: Expression, x: Array, y: Array, lids: Eye) -> Array:
    edge = np.clip(np.abs(lids.along), 0, 1)
    # dark faces make the camera open up: without this their eyes would glow
    white = np.array([0.48, 0.445, 0.42], Float) * (1 - 0.52 * actor.melanin)
    tint = np.array([1, 0.94, 0.92], Float) ** (edge[:, None] * 1.2)
    ball = white[None] * (1 - 0.45 * edge**3)[:, None] * tint
    corner = smoothstep(-0.78, -0.95, lids.along)
    flesh = np.array([0.42, 0.17, 0.14], Float) * (1 - 0.4 * actor.melanin)
    ball = lerp(ball, flesh, 0.8 * corner[:, None])
    across = x - np.sign(x) * actor.eye_spacing - expression.gaze_across * 0.05
    up = y - actor.eye_height - 0.010 - expression.gaze_up * 0.03
    radius = np.sqrt(across**2 + up**2)
    angle = np.arctan2(up, across)
    fibres = sample(Pattern.STRAND, angle / 6.2832 * 2 + actor.texture, radius * 4)
    shade = 1 + 0.20 * fibres - 0.25 * smoothstep(-0.3, 1, up / actor.iris_radius)
    ring = 1.25 - 0.9 * smoothstep(0.70, 1.0, radius / actor.iris_radius)
    iris = iris_colour(actor)[None] * (shade * ring)[:, None]
    iris = lerp(
        iris, np.array([0.006, 0.005, 0.005], Float), smoothstep(0.027, 0.019, radius)[:, None]
    )
    limit = actor.iris_radius
    ball = lerp(ball, iris, smoothstep(limit + 0.005, limit - 0.005, radius)[:, None])
    height = y - lids.centre
    ball = ball * (1 - 0.62 * smoothstep(0.045, 0.0, lids.upper - height))[:, None]
    return ball * (1 - 0.25 * smoothstep(0.014, 0.0, height - lids.lower))[:, None]


def _lashes(
    actor: Actor, expression: Expression, lids: Eye, height: Array, painted: Array
) -> Array:
    q, made_up = lids.along, actor.makeup
    thick = 0.011 + 0.0025 * (q + 1) + 0.006 * made_up + 0.003 * (actor.masculinity < 0)
    upper = np.exp(-(((height - lids.upper - 0.003) / thick) ** 2))
    upper = (
        upper * smoothstep(1.12, 0.9, np.abs(q - 0.03)) * (0.62 + 0.25 * smoothstep(-0.8, 0.4, q))
    )
    lower = bell(height - lids.lower + 0.003, 0.008) * smoothstep(1.05, 0.8, np.abs(q))
    lower = lower * (0.28 + 0.15 * made_up)
    dark = np.minimum(hair_colour(actor) * 0.3 + 0.008, 0.05)
    painted = lerp(painted, dark, np.clip(upper, 0, 0.93)[:, None])
    painted = lerp(painted, dark * 1.5, np.clip(lower, 0, 0.6)[:, None])
    fold = height - np.maximum(lids.upper, 0.02) - 0.040 - 0.018 * (1 - actor.lid_crease)
    fold = bell(fold, 0.010) * smoothstep(1.2, 0.8, np.abs(q))
    painted = painted * (1 - fold * 0.38 * actor.lid_crease * (1 - 0.5 * expression.blink))[:, None]
    above = height - lids.upper
    lid = smoothstep(-0.005, 0.02, above) * smoothstep(0.06, 0.03, above)
    lid = lid * smoothstep(1.1, 0.7, np.abs(q)) * (0.10 + 0.25 * made_up)
    return painted * (1 - lid[:, None] * np.array([0.8, 1, 0.95], Float))
