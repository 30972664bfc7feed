"""An actor as grids at rest, made once and kept; and the same grids where a shot puts them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from facelab.studio.actor import FALLING, Actor, Beard, Hair
from facelab.studio.hair import Locks, bun, grow
from facelab.studio.head import Ground, Head, bearded, ground, head, skull
from facelab.studio.maths import Array, Float, blur, lerp, rotation, smoothstep, unit, vector
from facelab.studio.mesh import ShadowMap, outward
from facelab.studio.noise import Pattern, sample
from facelab.studio.props import Spectacles, ear, neck, spectacles, torso
from facelab.studio.shot import NEUTRAL, Expression, Pose

Mover = Callable[[Array], Array]

_PIVOT = vector(0, -0.95, -0.22)
"""Where the head turns: the top of the spine."""


@dataclass(frozen=True)
class Sculpture:
    """Grids (rows, columns, 3) of an actor, and the share of sky that each point sees."""

    skull: Array
    ground: Ground
    ears: tuple[Array, Array]
    neck: Array
    torso: Array
    locks: Locks | None
    bun: Array | None
    head_sky: Array
    neck_sky: Array
    torso_sky: Array
    hair_sky: Array | None


@lru_cache(maxsize=24)
def sculpt(actor: Actor, *, coarse: bool = False) -> Sculpture:
    """Everything of an actor that no shot changes (some 150 ms, then kept).

    ``coarse`` keeps every second row, and of head and hair every second column: for small frames,
    where a step of the grid is then still about a pixel.
    """
    return _thinned(sculpt(actor)) if coarse else _sculpt(actor)


def _thinned(whole: Sculpture) -> Sculpture:
    locks, sky = whole.locks, whole.hair_sky
    if locks is not None:
        core = None if locks.core is None else _half(locks.core)
        locks = Locks(_half(locks.shell), _half(locks.margin), core)
    return replace(
        whole,
        skull=_half(whole.skull),
        ground=ground(whole.ground.actor, _half(whole.skull)),
        ears=(whole.ears[0][::2], whole.ears[1][::2]),
        neck=whole.neck[::2],
        torso=whole.torso[::2],
        locks=locks,
        head_sky=_half(whole.head_sky),
        neck_sky=whole.neck_sky[::2],
        torso_sky=whole.torso_sky[::2],
        hair_sky=None if sky is None else _half(sky),
    )


def _half(grid: Array) -> Array:
    return np.ascontiguousarray(grid[::2, ::2])


def _sculpt(actor: Actor) -> Sculpture:
    bare = skull(actor)
    locks = grow(actor, bare)
    column, chest = neck(actor), torso(actor)
    base = ground(actor, bare)
    solids = [head(NEUTRAL, base).points[::2, ::2], column, chest]
    if locks is not None:
        solids.append(np.ascontiguousarray(locks.shell[::2, ::2]))
    sky = _sky(solids)
    full = bare.shape[:2]
    return Sculpture(
        skull=bare,
        ground=base,
        ears=(ear(actor, 1, bare), ear(actor, -1, bare)),
        neck=column,
        torso=chest,
        locks=locks,
        bun=bun(actor) if actor.hair is Hair.BUN else None,
        head_sky=0.22 + 0.78 * _resized(sky[0], full),
        neck_sky=sky[1],
        torso_sky=sky[2],
        hair_sky=_resized(sky[3], full) if locks is not None else None,
    )


def _resized(share: Array, shape: tuple[int, int]) -> Array:
    smooth = np.clip(blur(share, 0.8), 0, 1)
    larger: Array = cv2.resize(smooth, shape[::-1], interpolation=cv2.INTER_LINEAR)
    return larger


def _sky(grids: list[Array], directions: int = 26) -> list[Array]:
    """Ambient occlusion: mean over lights from around the front and top, weighted by the cosine."""
    k = np.arange(directions) + 0.5
    turn = np.pi * (1 + 5**0.5) * k
    ahead = 1 - 1.25 * k / directions
    flat = np.sqrt(1 - ahead**2)
    lights = unit(np.stack([flat * np.cos(turn), flat * np.sin(turn) + 0.25, ahead], -1))
    facing = [outward(grid) for grid in grids]
    seen = [np.zeros(grid.shape[:2], Float) for grid in grids]
    weight = [np.full(grid.shape[:2], 1e-3, Float) for grid in grids]
    for light in lights.astype(Float):
        shadows = ShadowMap(grids, light, 150)
        for j, grid in enumerate(grids):
            cosine = np.clip(facing[j] @ light, 0, 1)
            lit = shadows.lit(grid.reshape(-1, 3), 0.04, soft=False).reshape(grid.shape[:2])
            seen[j] += cosine * lit
            weight[j] += cosine
    return [s / w for s, w in zip(seen, weight, strict=True)]


@dataclass(frozen=True)
class Figure:
    """A sculpture with expression and pose: grids in camera space, camera at 0 looking to -z.

    ``turn`` (3, 3) is the rotation of the head, ``place`` (3,) where its origin went, ``face`` the
    head before it was moved.
    """

    face: Head
    turn: Array
    place: Array
    head: Array
    ears: tuple[Array, Array]
    neck: Array
    torso: Array
    shell: Array | None
    core: Array | None
    bun: Array | None
    tubes: tuple[Array, ...]
    lenses: tuple[Array, ...]

    def shadow_casters(self) -> list[Array]:
        """Grids that cast shadows, thinned out where that is not seen."""
        grids = [np.ascontiguousarray(self.head[::2, ::2]), self.neck, self.torso, *self.ears]
        if self.shell is not None:
            grids.append(np.ascontiguousarray(self.shell[::2, ::2]))
        if self.bun is not None:
            grids.append(self.bun)
        return [*grids, *self.tubes]


def pose_figure(
    actor: Actor, rest: Sculpture, expression: Expression, pose: Pose, *, glasses: bool
) -> Figure:
    """Give an actor an expression and put it before the camera; shoulders turn with it a little.

    ``rest`` is the sculpture of the actor, fine or coarse.
    """
    shaped = head(expression, rest.ground)
    points = shaped.points
    if actor.beard is Beard.FULL:
        curls = sample(
            Pattern.CURL, rest.skull[..., 0] * 0.5 + actor.texture, rest.skull[..., 1] * 0.5
        )
        points = bearded(actor, shaped, curls)
    turn = rotation(pose.yaw, pose.pitch, pose.roll)
    lean = rotation(pose.yaw * 0.35, 0, pose.roll * 0.25)
    place = vector(pose.across, pose.up + 0.10, -pose.distance)

    def with_head(grid: Array) -> Array:
        moved: Array = (grid - _PIVOT) @ turn.T + (_PIVOT + place)
        return moved

    def with_body(grid: Array) -> Array:
        moved: Array = (grid - _PIVOT) @ lean.T + (_PIVOT + place)
        return moved

    down = np.linspace(0, 1, len(rest.neck), dtype=Float)[:, None, None]
    shell, core = _posed_hair(actor, rest.locks, with_head, with_body)
    worn = Spectacles((), ())
    if glasses:
        worn = spectacles(actor, actor.glasses, rest.skull, shaped.points)
    return Figure(
        face=shaped,
        turn=turn,
        place=place,
        head=with_head(points),
        ears=(with_head(rest.ears[0]), with_head(rest.ears[1])),
        neck=lerp(with_head(rest.neck), with_body(rest.neck), smoothstep(0.05, 0.75, down)),
        torso=with_body(rest.torso),
        shell=shell,
        core=core,
        bun=None if rest.bun is None else with_head(rest.bun),
        tubes=tuple(with_head(grid) for grid in worn.tubes),
        lenses=tuple(with_head(grid) for grid in worn.lenses),
    )


def _posed_hair(
    actor: Actor, locks: Locks | None, with_head: Mover, with_body: Mover
) -> tuple[Array | None, Array | None]:
    if locks is None:
        return None, None
    shell = with_head(locks.shell)
    core = None if locks.core is None else with_head(locks.core)
    if actor.hair in FALLING and locks.core is not None and core is not None:
        # below the chin hair lies on the shoulders
        low = 0.6 * smoothstep(-0.9, -1.6, locks.shell[..., 1])[..., None]
        shell = lerp(shell, with_body(locks.shell), low)
        core = lerp(core, with_body(locks.core), low[::2, ::2])
    return shell, core


def project(points: Array, focal: float, shape: tuple[int, int]) -> Array:
    """Pixels (n, 2) across and down of points (n, 3) in camera space; ``focal`` in pixels."""
    height, width = shape
    x = width / 2 + points[:, 0] * focal / -points[:, 2]
    return np.stack([x, height / 2 - points[:, 1] * focal / -points[:, 2]], -1)
