"""Hair: a shell of strands with an edge (its margin), over an opaque core.

Without the core, hair would be see-through where the eye grazes it.
"""

from dataclasses import dataclass

import numpy as np

from facelab.studio.actor import FALLING, Actor, Hair
from facelab.studio.head import AZIMUTHS, COLUMNS, POLAR, ROWS
from facelab.studio.maths import Array, Float, blur, interpolate, lerp, smoothstep
from facelab.studio.mesh import normals
from facelab.studio.noise import Pattern, sample

NOISY = frozenset({Hair.CURLY, Hair.AFRO})
_CROWN_ROWS = 12
_ROW = (np.arange(ROWS, dtype=Float) / ROWS)[:, None]
_TURN = AZIMUTHS[None]
_LENGTHS = {Hair.BOB: -0.95, Hair.LONG: -2.0, Hair.FRINGE: -1.55}


@dataclass(frozen=True)
class Locks:
    """Hair of an actor at rest: grids (ROWS, COLUMNS, 3) and (ROWS, COLUMNS).

    ``margin`` is how far (dm) a point is above the hairline or the ends; below 0 there is no hair.
    ``core`` has every second row and column; it is None for hair cut to the skin.
    """

    shell: Array
    margin: Array
    core: Array | None


def hairline(actor: Actor, azimuth: Array) -> Array:
    """Lowest y of the scalp's hair at each absolute azimuth, any shape, dm."""
    receding = actor.hair is Hair.RECEDING
    line = actor.hairline + (0.14 if receding else 0)
    corner = actor.hair_recession + (0.13 if receding else 0)
    sideburn = -0.12 if actor.masculinity > 0 else 0.0
    knots = (0, 0.25, 0.5, 0.75, 0.95, 1.12, 1.28, 1.42, 1.6, 1.9, 2.3, 3.2)
    front = (line - 0.02, line + 0.01 + corner * 0.3, line - 0.02 + corner)
    values = (
        *front,
        line - 0.12 + corner * 0.6,
        0.42,
        0.25,
        sideburn,
        0.12,
        0.16,
        -0.35,
        -0.52,
        -0.55,
    )
    return interpolate(azimuth, knots, values)


def _thickness(actor: Actor) -> tuple[float, float]:
    """Thickness at the sides and on top, dm."""
    top, side = actor.hair_top, actor.hair_side
    on_top, at_side = {
        Hair.BUZZ: (0.012, 0.012),
        Hair.SHORT: (top * 0.60, side * 0.38),
        Hair.SIDE: (top * 0.95, side * 0.5),
        Hair.QUIFF: (top * 1.25, side * 0.5),
        Hair.CURLY: (top * 1.35, side * 1.7),
        Hair.AFRO: (0.34 + top, 0.30 + side),
        Hair.BOB: (top * 0.75, side * 1.5),
        Hair.LONG: (top * 0.65, side * 1.1),
        Hair.FRINGE: (top * 0.8, side * 1.2),
        Hair.BUN: (top * 0.35, side * 0.35),
        Hair.RECEDING: (top * 0.35, side * 0.5),
    }[actor.hair]
    return at_side, on_top


def grow(actor: Actor, bare: Array) -> Locks | None:
    """Hair of an actor on a ``bare`` skull (ROWS, COLUMNS, 3); None for the bald."""
    if actor.hair is Hair.BALD:
        return None
    if actor.hair in FALLING:
        shell, margin = _falling(actor, bare)
    else:
        shell, margin = _standing(actor, bare)
    _close_crown(shell)
    return Locks(shell, margin, _core(actor, bare, shell, margin))


def _standing(actor: Actor, bare: Array) -> tuple[Array, Array]:
    """Hair that stands on the scalp: the skull, moved out by its thickness."""
    style, offset = actor.hair, actor.texture
    y, z = bare[..., 1], bare[..., 2]
    at_side, on_top = _thickness(actor)
    top = smoothstep(0.45, 1.0, y)
    clumps = sample(Pattern.CLOUD, _TURN * 0.11 + offset * 0.7, _ROW * 0.35)
    thick = lerp(at_side, on_top, top) * (1 + 0.16 * clumps * smoothstep(0, 0.12, _ROW))
    side = np.tanh(actor.parting * 2.5)
    line = hairline(actor, np.abs(_TURN))
    if style is not Hair.BUZZ:
        line = line + (0.05 * side * np.sin(_TURN) + 0.018 * clumps) * (np.abs(_TURN) < 1.1)
    if style in (Hair.SIDE, Hair.QUIFF):
        lift = 0.07 if style is Hair.QUIFF else 0.03
        thick = thick + 0.05 * np.sign(actor.parting + 0.01) * np.sin(_TURN) * top
        thick = thick + lift * smoothstep(0.5, 0.75, y) * smoothstep(0.2, 0.7, z)
    if style in NOISY:
        curls = sample(Pattern.CURL, _TURN * 0.16 + offset, _ROW * 0.55)
        thick = thick * (
            1 + (0.13 if style is Hair.CURLY else 0.05) * curls * smoothstep(0.02, 0.16, _ROW)
        )
    elif on_top > 0.02:
        thick = thick + 0.010 * sample(Pattern.STRAND, _TURN * 0.35 + offset, _ROW * 0.3)
    above = y - line
    rising = 0.25 + 0.75 * smoothstep(-0.02, 0.10, above)
    out = thick * rising * smoothstep(-0.03, 0.03, above) - 0.05 * smoothstep(0.03, -0.02, above)
    return (bare + normals(blur(bare, 3)) * out[..., None]).astype(Float), above.astype(Float)


def _falling(actor: Actor, bare: Array) -> tuple[Array, Array]:
    """Hair that follows the skull down to the ears and falls from there."""
    style, offset = actor.hair, actor.texture
    fringe = style is Hair.FRINGE
    from_front = np.abs(AZIMUTHS)
    aside = smoothstep(-0.06, 0.10, from_front - 1.02 - 0.04 * actor.hair_bulge)
    forehead = _forehead_edge(actor)
    ends = _LENGTHS[style] - 0.1 * actor.hair_bulge + 0.05 * np.sin(AZIMUTHS * 7 + offset)
    lowest = lerp(forehead, ends, aside)[None]
    fall = 1.15 * np.cos(np.clip(np.linspace(0, np.pi * 0.62, ROWS), 0.004, 3))[:, None]
    y = (1.15 - (1.15 - fall) / (1.15 - fall[-1]) * (1.15 - lowest)).astype(Float)
    x, z = _skull_at(bare, np.maximum(y, 0))
    down = smoothstep(0.2, -1.2, y)
    at_side, on_top = _thickness(actor)
    thick = lerp(at_side, on_top, smoothstep(0.45, 1.0, y)) * (1 + 0.6 * down)
    thick = thick * (1 + 0.18 * sample(Pattern.CLOUD, _TURN * 0.13 + offset * 0.7, _ROW * 0.3))
    thick = thick + 0.012 * sample(Pattern.STRAND, _TURN * 0.35 + offset, _ROW * 0.2)
    if fringe:
        # a rounded fringe, fuller in the middle, that thins out at its ends
        full = smoothstep(0.9, 0.4, from_front)[None]
        thick = thick + 0.035 * full * smoothstep(0.0, 0.18, y - lowest)
    else:
        edge = smoothstep(0.0, 0.06, y - lowest)
        thick = thick * (0.35 + 0.65 * np.maximum(edge, aside[None]))
    up = smoothstep(0.5, 1.15, y)
    out = thick / np.sqrt(1 + up * up)
    ahead = np.cos(_TURN)
    shell = np.stack([x + np.sin(_TURN) * out, y + up * out, z + ahead * out], -1)
    shell[..., 2] -= 0.10 * down + 0.12 * down * np.maximum(ahead, 0)
    shell[..., 0] *= 1 + 0.10 * down
    return shell.astype(Float), (y - lowest).astype(Float)


def _forehead_edge(actor: Actor) -> Array:
    """Lower edge of falling hair above the face at each column, dm."""
    from_front = np.abs(AZIMUTHS)
    line = hairline(actor, from_front)
    if actor.hair is not Hair.FRINGE:
        side = np.tanh(actor.parting * 2.5)
        result: Array = line - 0.07 * side * np.sin(AZIMUTHS * 1.3) * (from_front < 1.1)
        return result
    # locks of unequal length over the brows, shorter in the middle, longer at the temples
    locks = sample(Pattern.STRAND, AZIMUTHS * 0.22 + actor.texture, AZIMUTHS * 0 + 0.3)
    locks = locks + 0.7 * sample(Pattern.CLOUD, AZIMUTHS * 0.35 + actor.texture, AZIMUTHS * 0)
    edge = 0.285 - 0.10 * smoothstep(0.15, 0.8, from_front) + 0.022 * locks
    return lerp(edge, line, smoothstep(0.60, 0.95, from_front))


def _skull_at(bare: Array, y: Array) -> tuple[Array, Array]:
    """X and z of the skull at the heights ``y`` (ROWS, COLUMNS), column by column."""
    heights = bare[::-1, 0, 1]
    x, z = np.empty((2, ROWS, COLUMNS), Float)
    for column in range(COLUMNS):
        x[:, column] = np.interp(y[:, column], heights, bare[::-1, column, 0])
        z[:, column] = np.interp(y[:, column], heights, bare[::-1, column, 2])
    return x, z


def _close_crown(shell: Array) -> None:
    """Replace the noisy rows around the pole by a dome over the first row that is kept."""
    ring = shell[_CROWN_ROWS]
    radius = float(np.linalg.norm(ring - ring.mean(0), axis=1).mean())
    top = ring.mean(0) + np.array([0, 1.15 * (1 - np.cos(POLAR[_CROWN_ROWS])) * 0.9, 0], Float)
    top[1] = min(top[1], ring[:, 1].mean() + 0.25 * radius)
    for k in range(_CROWN_ROWS):
        t = k / _CROWN_ROWS
        shell[k] = top + (ring - top) * t
        shell[k, :, 1] = top[1] + (ring[:, 1] - top[1]) * t * t  # a parabola: no tip at the pole


def _core(actor: Actor, bare: Array, shell: Array, margin: Array) -> Array | None:
    if actor.hair is Hair.BUZZ:
        return None
    if actor.hair in FALLING:
        core = shell.copy()
        core[..., 0] *= 0.955
        core[..., 2] = (core[..., 2] + 0.1) * 0.955 - 0.1
        core[..., 1] += np.maximum(0, 0.12 - margin) - 0.02 * smoothstep(0.6, 1.1, core[..., 1])
    else:
        # where there is no hair the core collapses deep inside, or it would show at the eye corners
        inside = bare * np.array([0.7, 1, 0.7], Float) - np.array([0, 0, 0.05], Float)
        covered = smoothstep(0.05, 0.09, margin)[..., None]
        core = lerp(inside, bare + (shell - bare) * 0.86, covered)
    return np.ascontiguousarray(core[::2, ::2]).astype(Float)


def bun(actor: Actor) -> Array:
    """A bun at the back of the crown, (24, 36, 3)."""
    turn, fall = np.meshgrid(np.linspace(0, 2 * np.pi, 36), np.linspace(0.01, np.pi - 0.01, 24))
    rough = 1 + 0.03 * sample(Pattern.STRAND, turn / 6, fall / 3)
    radius = (0.30 + 0.05 * np.tanh(actor.hair_bulge)) * rough
    height = 1.02 + 0.1 * np.tanh(actor.hair_tone)
    x = np.sin(fall) * np.cos(turn) * radius * 1.1
    z = np.sin(fall) * np.sin(turn) * radius - 0.52
    return np.stack([x, np.cos(fall) * radius * 0.8 + height, z], -1).astype(Float)


def opacity(
    actor: Actor, u: Array, v: Array, margin: Array, rest: Array
) -> tuple[Array, Array, Array]:
    """Opacity of the shell at flat (u, v), with the coarse and the fine noise of its strands.

    ``margin`` is (n,) dm, ``rest`` the points (n, 3) of the hair at rest. Three arrays (n,).
    """
    style, offset = actor.hair, actor.texture
    x, y, z = rest[:, 0], rest[:, 1], rest[:, 2]
    if style in NOISY:
        coarse = sample(Pattern.CURL, x * 0.55 + z * 0.33 + offset, y * 0.55 + z * 0.2)
        fine = sample(Pattern.GRAIN, x * 0.6 + z * 0.4, y * 0.6 - z * 0.2)
        seen = smoothstep(-0.015, 0.045, margin + 0.02 * coarse + 0.012 * fine)
        return np.clip(seen, 0, 1), coarse, fine
    azimuth = interpolate(u, np.linspace(0, 1, COLUMNS).tolist(), AZIMUTHS)
    waver = 0.012 * sample(Pattern.CLOUD, azimuth * 0.25 + offset, v * 0.8)
    coarse = sample(Pattern.STRAND, azimuth * 0.8 + waver + offset, v * 0.30)
    fine = sample(Pattern.STRAND, azimuth * 2.1 + waver * 2 + 0.3 + offset, v * 0.55)
    ragged = 0.038 if style is Hair.FRINGE else 0.022
    width = 0.11 if style in FALLING else 0.10
    seen = smoothstep(-0.01, width, margin + ragged * coarse + ragged * fine)
    if style is Hair.BUZZ:
        seen = seen * 0.55
    if style is Hair.RECEDING:
        seen = seen * (0.55 + 0.2 * np.clip(coarse, -1, 1))
    return np.clip(seen, 0, 1), coarse, fine


def thinned(actor: Actor, facing: Array, coarse: Array, fine: Array) -> Array:
    """Share of strands left where the shell is seen at a grazing angle: soft silhouettes."""
    if actor.hair in NOISY:
        limit, rough = 0.10, 0.03 * fine + 0.02 * coarse
    elif actor.hair in FALLING:
        limit, rough = 0.05, 0.03 * fine + 0.02 * coarse
    else:
        limit, rough = 0.20, 0.05 * fine + 0.03 * coarse
    return smoothstep(-0.01, limit, facing + rough + 0.01)
