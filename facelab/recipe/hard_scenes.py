"""Hard scenes: one person each, in what a finder loses first; what is hard comes in company."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from facelab.recipe.scenes import (
    HEIGHT,
    SCENES_PER_ACTOR,
    VIEW,
    WIDTH,
    Scene,
    draw_camera,
    draw_light,
    draw_shot,
    surroundings,
    taken,
)
from facelab.studio.actor import Actor, Hair, sample
from facelab.studio.light import Light
from facelab.studio.maths import generator
from facelab.studio.shot import Pose

_HEAD = 2.25
"""Height of a skull, dm: a mean."""

_SCENE = 67  # purpose of generators
_PEOPLE = 8_000_000  # numbers of actors that nothing else uses


def hard_scenes(actor: int) -> Iterator[Scene]:
    """Yield the scenes of one actor: in every third the head is far away, in the others near."""
    person = sample(_PEOPLE + actor)
    for number in range(SCENES_PER_ACTOR):
        rng = generator(_SCENE, actor, number)
        shares = (0.13, 0.3) if number % 3 == 2 else (0.3, 0.95)
        yield _scene(person, shares, rng)


def hidden(person: Actor, rng: np.random.Generator) -> Actor:
    """Give a person a fringe, often as low as the brows, and glasses with a thick dark frame."""
    tone = float(rng.uniform(0, 0.06))
    tube, colour = float(rng.uniform(0.025, 0.05)), (tone, tone, tone)
    return replace(
        person,
        hair=Hair.FRINGE,
        hairline=float(rng.uniform(0.38, 0.62)),
        glasses=replace(person.glasses, tube=tube, colour=colour),
    )


def placed(
    shares: tuple[float, float],
    rng: np.random.Generator,
    *,
    yaw: float,
    pitch: float,
    roll: float,
) -> Pose:
    """Put a head, whole, anywhere in the frame, its height within ``shares`` of the frame's."""
    distance = _HEAD / (2 * math.tan(VIEW / 2) * rng.uniform(*shares))
    high = distance * math.tan(VIEW / 2)
    across = rng.uniform(-1, 1) * max(high * WIDTH / HEIGHT - 1.2, 0.05)
    up = rng.uniform(-1, 1) * max(high - 1.5, 0.03)
    return Pose(
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        distance=float(distance),
        across=float(np.clip(across, -10, 10)),
        up=float(np.clip(up, -10, 10)),
    )


def _scene(person: Actor, shares: tuple[float, float], rng: np.random.Generator) -> Scene:
    light, camera = draw_light(rng), draw_camera(rng)
    if rng.random() < 0.5:
        light = _from_the_side(light, rng)
    canvas, shot = surroundings(light, rng), draw_shot(rng)
    if rng.random() < 0.3:
        person = hidden(person, rng)
        shot = replace(shot, glasses=bool(rng.random() < 0.7))
    turned = rng.random()
    yaw, pitch = rng.normal(0, 0.2), rng.normal(0, 0.15)
    if turned < 0.3:
        yaw = rng.uniform(0.4, 1.0) * rng.choice([-1, 1])
    elif turned < 0.65:  # looking down, as at a keyboard
        pitch = rng.uniform(0.15, 0.6)
    pose = placed(
        shares,
        rng,
        yaw=float(yaw),
        pitch=float(pitch),
        roll=float(np.clip(rng.normal(0, 0.12), -0.5, 0.5)),
    )
    return taken([(person, replace(shot, pose=pose))], canvas, light, camera, rng)


def _from_the_side(light: Light, rng: np.random.Generator) -> Light:
    """A small lamp from anywhere but the camera, in a room that throws little back."""
    if rng.random() < 0.75:
        azimuth, elevation = rng.uniform(0.5, 2.1) * rng.choice([-1, 1]), rng.uniform(-0.5, 1.2)
    else:
        azimuth, elevation = rng.uniform(-0.6, 0.6), rng.choice([-1, 1]) * rng.uniform(0.7, 1.4)
    return replace(
        light,
        azimuth=float(azimuth),
        elevation=float(elevation),
        softness=float(rng.uniform(0, 0.3)),
        ambient=float(np.exp(rng.uniform(math.log(0.008), math.log(0.2)))),
        screen=float(rng.uniform(0, 0.1)) if rng.random() < 0.3 else 0.0,
    )
