"""Scenes to learn from: frames of people who do not exist, with the true boxes of their skulls.

Every scene is keyed by its actor's number and its own, so that any of them can be drawn again.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from facelab.faces.box import area
from facelab.recipe.clutter import clutter
from facelab.studio.actor import Actor, sample
from facelab.studio.camera import Camera, expose
from facelab.studio.light import Light
from facelab.studio.maths import Array, Float, generator, linear
from facelab.studio.renderer import draw
from facelab.studio.room import background
from facelab.studio.shot import Expression, Pose, Shot
from facelab.studio.sitting import Garment, Neck, Weave

WIDTH, HEIGHT = 240, 180
SCENES_PER_ACTOR = 6
_SCENE, _ROOM = 61, 62  # purposes of generators
_PEOPLE = 5_000_000  # numbers of actors that no cast uses
VIEW = 0.80  # rad, vertical


@dataclass(frozen=True)
class Scene:
    """A frame and what is in it.

    ``pixels`` is (180, 240, 3) uint8 blue, green, red; ``boxes`` (people, 4) float32 are the skulls
    without hair: left, top, right, bottom in pixels, not cut to the frame.
    """

    pixels: Array
    boxes: Array

    @property
    def largest(self) -> Array:
        """Box (4,) of the largest head; a scene that shows nobody has none."""
        box: Array = self.boxes[int(area(self.boxes).argmax())]
        return box


def scenes(actor: int) -> Iterator[Scene]:
    """Yield the scenes of one actor; about one in ten shows nobody, one in twelve two people."""
    person = sample(_PEOPLE + actor)
    for number in range(SCENES_PER_ACTOR):
        rng = generator(_SCENE, actor, number)
        kind = rng.random()
        people = [] if kind < 0.1 else [person]
        if kind > 0.92:
            people.append(sample(_PEOPLE + int(rng.integers(actor + 1))))
        yield scene(people, rng)


def scene(people: list[Actor], rng: np.random.Generator) -> Scene:
    """Take a frame of people, or of a room when there are none."""
    light, camera = draw_light(rng), draw_camera(rng)
    canvas = surroundings(light, rng)
    shots = [draw_shot(rng) for _ in people]
    if len(shots) == 2:  # beside each other, the second farther away
        near, far = shots
        reach = near.pose.distance * math.tan(VIEW / 2)
        side = float(rng.choice([-1, 1])) * reach * rng.uniform(0.5, 1.1)
        distance = near.pose.distance * rng.uniform(1.05, 1.9)
        pose = replace(far.pose, distance=distance, across=side * distance / near.pose.distance)
        shots = [replace(near, pose=replace(near.pose, across=-side)), replace(far, pose=pose)]
    return taken(list(zip(people, shots, strict=True)), canvas, light, camera, rng)


def taken(
    people: list[tuple[Actor, Shot]],
    canvas: Array,
    light: Light,
    camera: Camera,
    rng: np.random.Generator,
) -> Scene:
    """Draw people over a canvas (180, 240, 3) linear light, the last one first, and expose it."""
    boxes = np.zeros((0, 4), Float)
    for person, shot in people[::-1]:
        box = draw(canvas, person, shot, _garment(rng), light, VIEW)
        boxes = np.vstack([boxes, box[None]])
    motion = (float(rng.uniform(0, 4)) if rng.random() < 0.2 else 0.0, float(rng.uniform(0, 3)))
    return Scene(expose(camera, canvas, motion, rng), boxes)


def empty_room(number: int) -> Scene:
    """Take a frame of a room without anybody; rooms here are shared with no other purpose."""
    rng = generator(_ROOM, number)
    light, camera = draw_light(rng), draw_camera(rng)
    canvas = background(2_000_000 + number, _shift(rng), (HEIGHT, WIDTH)) * light.on_room()
    return Scene(expose(camera, canvas.astype(Float), (0, 0), rng), np.zeros((0, 4), Float))


def draw_light(rng: np.random.Generator) -> Light:
    """Draw a light: three in ten hard from one side, above or below, one in eight flat."""
    kind = rng.random()
    if kind < 0.3:
        azimuth = rng.uniform(0.7, 2.0) * rng.choice([-1, 1])
        elevation, softness = rng.uniform(-0.4, 1.2), rng.uniform(0, 0.4)
        ambient, screen = rng.uniform(0.01, 0.35), rng.uniform(0, 0.15)
    elif kind < 0.42:
        azimuth, elevation = rng.uniform(-0.3, 0.3), rng.uniform(0, 0.4)
        softness, ambient, screen = rng.uniform(0.3, 1), rng.uniform(0.6, 1.4), rng.uniform(0, 0.3)
    else:
        azimuth, elevation = rng.uniform(-1.3, 1.3), rng.uniform(-0.1, 1.0)
        softness, ambient = rng.uniform(0.1, 0.9), rng.uniform(0.2, 0.9)
        screen = rng.uniform(0, 0.3)
    return Light(
        kind="any",
        azimuth=float(azimuth),
        elevation=float(elevation),
        key=float(np.exp(rng.uniform(math.log(0.6), math.log(3)))),
        kelvin=float(rng.uniform(2600, 7500)),
        ambient=float(ambient),
        ambient_kelvin=float(rng.uniform(3000, 8000)),
        screen=float(screen),
        softness=float(softness),
        rim=float(rng.uniform(0, 0.8)) if rng.random() < 0.2 else 0.0,
    )


def draw_camera(rng: np.random.Generator) -> Camera:
    """Draw a webcam of 240 x 180 pixels, good or bad."""
    return Camera(
        width=WIDTH,
        height=HEIGHT,
        view_angle=VIEW,
        exposure=float(rng.normal(0, 0.4)),
        white=_three(np.exp(rng.normal(0, 0.08, 3))),
        noise=float(rng.uniform(0.3, 2.5)),
        blur=float(rng.uniform(0, 1.0)),
        sharpening=float(rng.uniform(0, 0.9)),
        contrast=float(np.exp(rng.normal(0, 0.12))),
        saturation=float(rng.uniform(0.5, 1.3)),
        vignette=float(rng.uniform(0, 0.3)),
        scale=1,
    )


def _shift(rng: np.random.Generator) -> tuple[int, int]:
    return int(rng.integers(-60, 61)), int(rng.integers(-60, 61))


def surroundings(light: Light, rng: np.random.Generator) -> Array:
    """Draw a room in its light, or clutter that is nowhere in particular."""
    if rng.random() < 0.55:
        room = int(rng.integers(1 << 20))
        canvas = background(room, _shift(rng), (HEIGHT, WIDTH)) * light.on_room()
    else:
        canvas = linear(clutter(rng, HEIGHT, WIDTH)) * light.on_room() * rng.uniform(0.3, 1.5)
    return np.ascontiguousarray(canvas, Float)


def _garment(rng: np.random.Generator) -> Garment:
    return Garment(
        name="any",
        colour=_three(linear(rng.uniform(5, 240, 3))),
        neck=list(Neck)[rng.integers(len(Neck))],
        weave=list(Weave)[rng.choice(len(Weave), p=[0.6, 0.2, 0.2])],
        texture=float(rng.uniform(0, 100)),
    )


def draw_shot(rng: np.random.Generator) -> Shot:
    """Draw how one person sits: one head in ten partly or wholly outside the frame."""
    distance = float(np.exp(rng.uniform(math.log(3.1), math.log(12))))
    high = distance * math.tan(VIEW / 2)
    wide = high * WIDTH / HEIGHT
    kind = rng.random()
    if kind < 0.03:  # head above the frame: only a body
        across, up = rng.uniform(-1, 1) * wide, high + rng.uniform(1.3, 2)
    elif kind < 0.1:
        across = rng.choice([-1, 1]) * (wide + rng.uniform(-0.8, 1.0))
        up = rng.uniform(-0.5, 0.4) * high
    else:
        across = rng.uniform(-1, 1) * max(wide - 0.7, 0.15)
        up = rng.uniform(-0.9, 1) * max(high - 1.1, 0.12)
    pose = Pose(
        yaw=float(np.clip(rng.normal(0, 0.38), -1.0, 1.0)),
        pitch=float(np.clip(rng.normal(0.02, 0.18), -0.5, 0.5)),
        roll=float(np.clip(rng.normal(0, 0.14), -0.5, 0.5)),
        distance=distance,
        across=float(np.clip(across, -10, 10)),
        up=float(np.clip(up, -10, 10)),
    )
    return Shot(pose, _expression(rng), 0, (1,), glasses=bool(rng.random() < 0.28))


def _expression(rng: np.random.Generator) -> Expression:
    """Draw a face that does up to three things at once."""
    doing = ("open", "smile", "pucker", "frown", "squint", "surprise", "blink")
    strength: dict[str, Any] = {n: float(rng.uniform()) * (rng.random() < 0.22) for n in doing}
    brow, across, up = np.clip(rng.normal(0, (0.25, 0.3, 0.2)), -1, 1)
    return Expression(**strength, brow=float(brow), gaze_across=float(across), gaze_up=float(up))


def _three(numbers: Array) -> tuple[float, float, float]:
    first, second, third = (float(number) for number in numbers)
    return first, second, third
