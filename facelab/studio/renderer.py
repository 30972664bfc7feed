"""Draws people into a picture, layer by layer, and takes the frame.

The rasteriser says which part is seen where; paint and light are then evaluated only at the pixels
that are seen. No textures and no atlas.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facelab.studio import gaze, paint
from facelab.studio.actor import Actor, Hair
from facelab.studio.camera import Camera, compress, decode, expose, tinted
from facelab.studio.cloth import dress
from facelab.studio.hair import NOISY, opacity, thinned
from facelab.studio.head import AZIMUTHS
from facelab.studio.light import Light
from facelab.studio.maths import Array, Float, blur, dot, generator, lerp, smoothstep, unit, vector
from facelab.studio.mesh import ShadowMap, Visible, at, look, normals, outward, tangents
from facelab.studio.noise import Pattern, sample
from facelab.studio.room import background
from facelab.studio.sculpture import Figure, Sculpture, pose_figure, project, sculpt
from facelab.studio.shading import (
    Strands,
    Surface,
    catch_light,
    reflected_room,
    shade,
    shade_hair,
)
from facelab.studio.shot import Shot
from facelab.studio.sitting import Garment, Sitting

HEAD, RIGHT_EAR, LEFT_EAR, NECK, TORSO, CORE, TUBES = 0, 1, 2, 3, 4, 5, 8
_EAR_PAINT = np.array([1.05, 0.86, 0.84], Float)
_NECK_PAINT = np.array([1.0, 0.94, 0.93], Float)
_SHADOW = 360  # pixels each way of a shadow map
_BOX = tuple[int, int, int, int]


@dataclass(frozen=True)
class Frame:
    """A frame as taken.

    ``pixels`` is (height, width, 3) uint8 blue, green, red; ``jpeg`` its code, empty when not asked
    for; ``boxes`` are the true boxes of the skulls, without hair: x, y, width, height in pixels of
    the frame, cut to it, in the order of the people.
    """

    pixels: Array
    jpeg: bytes
    boxes: tuple[_BOX, ...]


def take(
    actor: Actor, sitting: Sitting, shot: Shot, *, compressed: bool = True, coarse: bool = False
) -> Frame:
    """Take a frame of one person; its pixels are those of its JPEG when ``compressed``.

    ``coarse`` draws from every second row and column of head and hair: twice as fast, for frames
    of up to 240 x 180 pixels.
    """
    return take_group([(actor, shot)], sitting, shot, compressed=compressed, coarse=coarse)


def take_group(
    people: Sequence[tuple[Actor, Shot]],
    sitting: Sitting,
    shot: Shot,
    *,
    compressed: bool = True,
    coarse: bool = False,
) -> Frame:
    """Take a frame of any number of people, even none.

    ``shot`` gives what belongs to the frame (light, shift, motion, noise), the shot of each person
    what belongs to that person.
    """
    camera = sitting.camera
    light = shot.light or sitting.light
    canvas = tinted(background(sitting.room, shot.shift, camera.drawing()), light.on_room())
    boxes: dict[int, _BOX] = {}
    farthest_first = sorted(range(len(people)), key=lambda k: -people[k][1].pose.distance)
    for k in farthest_first:
        person, own = people[k]
        box = draw(
            canvas,
            person,
            own,
            sitting.garments[own.garment],
            light,
            camera.view_angle,
            coarse=coarse,
        )
        boxes[k] = _cut(box / camera.scale, camera)
    pixels = expose(camera, canvas, shot.motion, generator(*shot.noise))
    jpeg = compress(camera, pixels) if compressed else b""
    return Frame(
        decode(jpeg) if compressed else pixels, jpeg, tuple(boxes[k] for k in range(len(people)))
    )


def _cut(box: Array, camera: Camera) -> _BOX:
    limits = (camera.width, camera.height)
    left, top = (int(np.clip(math.floor(box[k]), 0, limits[k])) for k in (0, 1))
    right, bottom = (int(np.clip(math.ceil(box[k + 2]), 0, limits[k])) for k in (0, 1))
    return left, top, right - left, bottom - top


@dataclass(frozen=True)
class _Scene:
    """What every layer needs while one person is drawn; ``canvas`` is (pixels, 3), painted over.

    ``step`` is how many rows of the finest grid one of head and hair has.
    """

    actor: Actor
    shot: Shot
    light: Light
    rest: Sculpture
    figure: Figure
    visible: Visible
    shadows: ShadowMap
    canvas: Array
    shape: tuple[int, int]
    view_angle: float
    step: int


def draw(
    canvas: Array,
    actor: Actor,
    shot: Shot,
    garment: Garment,
    light: Light,
    view_angle: float,
    *,
    coarse: bool = False,
) -> Array:
    """Draw a person over ``canvas`` (height, width, 3) float32 linear light, in place.

    Returns the box of the skull (4,): left, top, right, bottom in pixels of the canvas.
    """
    height, width = canvas.shape[:2]
    rest = sculpt(actor, coarse=coarse)
    figure = pose_figure(actor, rest, shot.expression, shot.pose, glasses=shot.glasses)
    parts = [(HEAD, figure.head), (RIGHT_EAR, figure.ears[0]), (LEFT_EAR, figure.ears[1])]
    parts += [(NECK, figure.neck), (TORSO, figure.torso)]
    if figure.core is not None:
        parts.insert(0, (CORE, figure.core))
    parts += [(TUBES + k, tube) for k, tube in enumerate(figure.tubes)]
    visible = look(parts, (height, width), view_angle)
    centre = figure.place + vector(0, -0.35, 0)
    size = _SHADOW // 2 if coarse else _SHADOW
    shadows = ShadowMap(figure.shadow_casters(), light.direction(), size, centre, 2.05)
    scene = _Scene(
        actor,
        shot,
        light,
        rest,
        figure,
        visible,
        shadows,
        canvas.reshape(-1, 3),
        (height, width),
        view_angle,
        2 if coarse else 1,
    )
    _draw_head(scene)
    _draw_ears(scene)
    _draw_neck(scene)
    _draw_torso(scene, garment)
    _draw_core(scene)
    _draw_tubes(scene)
    depth = _draw_hair(scene)
    _draw_lenses(scene, depth)
    focal = height / 2 / math.tan(view_angle / 2)
    outline = project(figure.head.reshape(-1, 3), focal, (height, width))
    return np.concatenate([outline.min(0), outline.max(0)])


def _draw_head(scene: _Scene) -> None:
    where, u, v = scene.visible.of(HEAD)
    if where.size == 0:
        return
    figure, rest, light = scene.figure, scene.rest, scene.light
    facing = outward(figure.head)
    soft = unit(blur(facing, 2.6 / scene.step))
    grids = (figure.head, facing, soft, figure.face.face, rest.skull, rest.head_sky[..., None])
    read = at(np.concatenate(grids, -1), u, v)
    points, sky = read[:, :3], read[:, 14]
    place = paint.place_of(read[:, 9:14], u, AZIMUTHS)
    coat = paint.face(scene.actor, scene.shot.expression, place)
    gaze.add_brows(scene.actor, scene.shot.expression, place, coat)
    balls = gaze.add_eyes(scene.actor, scene.shot.expression, place, coat)
    normal = unit(read[:, 3:6] + _pores(place, coat))
    soft_normal = unit(read[:, 6:9])
    eye, cover = balls.where, balls.cover[:, None]
    looking = balls.normal @ figure.turn.T
    normal[eye] = unit(lerp(normal[eye], looking, cover))
    soft_normal[eye] = lerp(soft_normal[eye], looking, cover)
    sky[eye] = np.maximum(sky[eye], 0.55 * balls.cover * (1 - 0.3 * scene.actor.melanin))
    lit = scene.shadows.lit(points + normal * 0.02, 0.015)
    view = unit(-points)
    albedo = np.clip(coat.albedo, 0.002, 0.95).astype(Float)
    surface = Surface(albedo, normal, soft_normal, view, coat.shine, coat.gloss, sky, lit)
    scene.canvas[where] = shade(surface, light)
    spark = catch_light(normal[eye], view[eye], lit[eye], light)
    dim = 1 - 0.7 * scene.actor.melanin
    scene.canvas[where[eye]] += (spark * balls.cover * dim)[:, None]


def _pores(place: paint.Place, coat: paint.Coat) -> Array:
    """Small tilt of the normals by pores and, much more, by a beard; (n, 3)."""
    x, y = place.x * 0.66, place.y * 0.66
    depth = 0.030 * (1 + 5 * coat.beard)
    across = sample(Pattern.GRAIN, x + 0.5, y) * depth
    upward = sample(Pattern.GRAIN, x + 0.25, y + 0.7) * depth
    return np.stack([across, upward, np.zeros_like(across)], -1)


def _towards(normal: Array, view: Array) -> Array:
    """Turn normals of a thin surface to the camera."""
    sides = np.where(dot(normal, view) < 0, -1, 1).astype(Float)
    return normal * sides[:, None]


def _plain(
    scene: _Scene,
    albedo: Array,
    points: Array,
    normal: Array,
    sky: Array,
    finish: tuple[Array, float],
) -> Surface:
    """Surface without a soft normal; ``finish`` is strength and sharpness of its highlight."""
    lit = scene.shadows.lit(points + normal * 0.03, 0.03)
    shine, gloss = np.broadcast_to(finish[0], sky.shape), np.full(sky.shape, finish[1], Float)
    return Surface(albedo, normal, normal, unit(-points), shine, gloss, sky, lit)


def _draw_ears(scene: _Scene) -> None:
    for part, grid in zip((RIGHT_EAR, LEFT_EAR), scene.figure.ears, strict=True):
        where, u, v = scene.visible.of(part)
        if where.size == 0:
            continue
        read = at(np.concatenate([grid, normals(grid)], -1), u, v)
        points = read[:, :3]
        normal = _towards(unit(read[:, 3:6]), unit(-points))
        # v runs from the hollow in the middle (0) to the rim (1)
        deep = 0.30 * np.exp(-(((v - 0.68) / 0.10) ** 2)) + 0.50 * np.exp(-((v / 0.33) ** 2))
        albedo = paint.skin_colour(scene.actor) * _EAR_PAINT * (1 - deep)[:, None]
        sky = np.full(where.size, 0.62, Float)
        surface = _plain(scene, albedo, points, normal, sky, (np.array(0.03, Float), 14.0))
        scene.canvas[where] = shade(surface, scene.light)


def _skin_below(scene: _Scene, u: Array, v: Array) -> Array:
    mottle = sample(Pattern.CLOUD, u * 0.8 + scene.actor.texture, v * 0.5)
    return paint.skin_colour(scene.actor) * _NECK_PAINT * (1 + 0.05 * mottle)[:, None]


def _draw_neck(scene: _Scene) -> None:
    where, u, v = scene.visible.of(NECK)
    if where.size == 0:
        return
    grid = scene.figure.neck
    read = at(np.concatenate([grid, outward(grid), scene.rest.neck_sky[..., None]], -1), u, v)
    normal = unit(read[:, 3:6])
    finish = (np.array(0.022, Float), 14.0)
    surface = _plain(scene, _skin_below(scene, u, v), read[:, :3], normal, read[:, 6] * 0.9, finish)
    scene.canvas[where] = shade(surface, scene.light)


def _draw_torso(scene: _Scene, garment: Garment) -> None:
    where, u, v = scene.visible.of(TORSO)
    if where.size == 0:
        return
    grid = scene.figure.torso
    read = at(np.concatenate([grid, outward(grid), scene.rest.torso_sky[..., None]], -1), u, v)
    dressed = dress(garment, u, v, _skin_below(scene, u, v), unit(read[:, 3:6]))
    shine = 0.022 * (1 - 0.8 * dressed.cover)
    surface = _plain(
        scene, dressed.albedo, read[:, :3], dressed.normal, read[:, 6] * 0.9, (shine, 14.0)
    )
    scene.canvas[where] = shade(surface, scene.light)


def _draw_core(scene: _Scene) -> None:
    """The opaque mass under the strands."""
    where, u, v = scene.visible.of(CORE)
    core, locks, sky = scene.figure.core, scene.rest.locks, scene.rest.hair_sky
    if where.size == 0 or core is None or locks is None or locks.core is None or sky is None:
        return
    facing = unit(blur(outward(core), 1.5 / scene.step))
    read = at(np.concatenate([core, facing, sky[::2, ::2, None], locks.core], -1), u, v)
    points = read[:, :3]
    normal = _towards(unit(read[:, 3:6]), unit(-points))
    full = np.ones(where.size, Float)
    _, coarse, fine = opacity(scene.actor, u, v, full, read[:, 7:10])
    tone = np.clip(0.8 + 0.2 * coarse + 0.2 * fine, 0.3, 2)
    albedo = paint.hair_colour(scene.actor) * tone[:, None]
    lit = scene.shadows.lit(points + normal * 0.04, 0.06)
    finish = (full * 0.012, full * 8)
    surface = Surface(albedo, normal, normal, unit(-points), *finish, read[:, 6] * 0.85, lit)
    scene.canvas[where] = shade(surface, scene.light, (0.2, 0.2, 0.2))


def _draw_tubes(scene: _Scene) -> None:
    worn = scene.actor.glasses
    shine = 0.25 if worn.tube < 0.013 else 0.09  # thin frames are metal
    for k, tube in enumerate(scene.figure.tubes):
        where, u, v = scene.visible.of(TUBES + k)
        if where.size == 0:
            continue
        read = at(np.concatenate([tube, normals(tube)], -1), u, v)
        view = unit(-read[:, :3])
        normal = _towards(unit(read[:, 3:6]), view)
        full = np.ones(where.size, Float)
        albedo = np.tile(np.array(worn.colour, Float), (where.size, 1))
        surface = Surface(albedo, normal, normal, view, full * shine, full * 40, full * 0.8, full)
        scene.canvas[where] = shade(surface, scene.light, (0.1, 0.1, 0.1))


def _draw_hair(scene: _Scene) -> Array:
    """Strands over all that is drawn; returns the depth map with the hair in it."""
    depth = scene.visible.depth
    if scene.figure.shell is not None:
        depth = _draw_locks(scene, scene.figure.shell, depth, loose=True)
    if scene.figure.bun is not None:
        depth = _draw_locks(scene, scene.figure.bun, depth, loose=False)
    return depth


def _draw_locks(scene: _Scene, grid: Array, behind: Array, *, loose: bool) -> Array:
    seen = look([(1, grid)], scene.shape, scene.view_angle, behind)
    where, u, v = seen.of(1)
    locks, hair_sky = scene.rest.locks, scene.rest.hair_sky
    if where.size == 0 or locks is None or hair_sky is None:
        return behind
    facing = outward(grid)
    if loose:
        facing = unit(blur(facing, 1.5 / scene.step))
        margin, sky, rest = locks.margin, hair_sky, locks.shell
    else:
        margin, sky, rest = np.ones(grid.shape[:2]), np.full(grid.shape[:2], 0.7), grid
    grids = (grid, facing, tangents(grid), margin[..., None], sky[..., None], rest)
    read = at(np.concatenate(grids, -1).astype(Float), u, v)
    points, view = read[:, :3], unit(-read[:, :3])
    normal = _towards(unit(read[:, 3:6]), view)
    cover, coarse, fine = opacity(scene.actor, u, v, read[:, 9], read[:, 11:14])
    cover = cover if loose else np.ones_like(cover)
    lit = scene.shadows.lit(points + normal * 0.04, 0.05)
    gleam = 0.35 if scene.actor.hair in NOISY else 1.0
    albedo = _strand_colour(scene.actor, coarse, fine)
    strands = Strands(
        albedo, normal, unit(read[:, 6:9]), view, read[:, 10], lit, coarse, fine, gleam
    )
    cover = cover * thinned(scene.actor, np.abs(dot(normal, view)), coarse, fine)
    over = shade_hair(strands, scene.light)
    scene.canvas[where] = lerp(scene.canvas[where], over, cover[:, None])
    depth = behind.copy()
    solid = where[cover > 0.5]
    depth.reshape(-1)[solid] = seen.depth.reshape(-1)[solid]
    return depth


def _strand_colour(actor: Actor, coarse: Array, fine: Array) -> Array:
    tone = np.clip(1 + 0.20 * coarse + 0.20 * fine, 0.3, 2.0)
    colour = paint.hair_colour(actor) * tone[:, None]
    if actor.grey <= 0.1 or actor.hair is Hair.BALD:
        return colour
    silver = smoothstep(0.4, 1.2, fine) * actor.grey * 0.7
    return lerp(colour, vector(0.45, 0.45, 0.46), silver[:, None])


def _draw_lenses(scene: _Scene, depth: Array) -> None:
    for lens in scene.figure.lenses:
        seen = look([(1, lens)], scene.shape, scene.view_angle, depth)
        where, u, v = seen.of(1)
        if where.size == 0:
            continue
        read = at(np.concatenate([lens, normals(lens)], -1), u, v)
        view = unit(-read[:, :3])
        normal = _towards(unit(read[:, 3:6]), view)
        mirrored = reflected_room(normal, view, scene.light)
        scene.canvas[where] = scene.canvas[where] * 0.93 + mirrored
