"""Kinds of scenes that are hard to find a face in, one person each, to measure a finder on."""

import math
from dataclasses import replace
from enum import StrEnum

import numpy as np

from facelab.recipe.scenes import (
    VIEW,
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

_KIND = 66  # purpose of generators
_PEOPLE = 7_000_000  # numbers of actors of whom no finder learns; the whitening does
_HEAD = 2.25
"""Height of a skull, dm: a mean."""


class Kind(StrEnum):
    """What is hard; everything else about the scene is easy."""

    EASY = "nothing hard"
    LARGE = "head of 60 to 95 % of the height"
    FRINGE = "fringe and thick glasses"
    TILTED = "tilted by 20 to 35 degrees"
    TURNED = "turned by 25 to 50 degrees"
    FAR = "head of a sixth to a quarter of the height"
    LIGHT = "hard light from the side"


def scene_of(kind: Kind, number: int) -> Scene:
    """Take a frame of one person whom no training knows; the whole head is in it."""
    rng = generator(_KIND, list(Kind).index(kind), number)
    person = sample(_PEOPLE + number)
    light, camera = _light(kind, rng), draw_camera(rng)
    camera = replace(camera, exposure=float(np.clip(camera.exposure, -0.4, 0.4)))
    canvas, shot = surroundings(light, rng), draw_shot(rng)
    shot = replace(shot, pose=_pose(kind, rng))
    if kind is Kind.FRINGE:
        person = _hidden(person, rng)
        shot = replace(shot, glasses=True)
    return taken([(person, shot)], canvas, light, camera, rng)


def _hidden(person: Actor, rng: np.random.Generator) -> Actor:
    """Give a person a fringe, often as low as the brows, and glasses with a thick dark frame."""
    tone = float(rng.uniform(0, 0.06))
    tube, colour = float(rng.uniform(0.025, 0.05)), (tone, tone, tone)
    return replace(
        person,
        hair=Hair.FRINGE,
        hairline=float(rng.uniform(0.38, 0.62)),
        glasses=replace(person.glasses, tube=tube, colour=colour),
    )


def _light(kind: Kind, rng: np.random.Generator) -> Light:
    light = draw_light(rng)
    if kind is Kind.LIGHT:
        return replace(
            light,
            azimuth=float(rng.uniform(1.0, 1.7) * rng.choice([-1, 1])),
            elevation=float(rng.uniform(-0.3, 0.9)),
            softness=float(rng.uniform(0, 0.3)),
            ambient=float(np.exp(rng.uniform(math.log(0.01), math.log(0.1)))),
            screen=0.0,
        )
    return replace(
        light,
        azimuth=float(rng.uniform(-0.8, 0.8)),
        elevation=float(rng.uniform(0, 0.8)),
        ambient=float(rng.uniform(0.3, 0.9)),
    )


def _pose(kind: Kind, rng: np.random.Generator) -> Pose:
    share = {Kind.LARGE: (0.6, 0.95), Kind.FAR: (1 / 6, 1 / 4)}.get(kind, (0.25, 0.6))
    distance = _HEAD / (2 * math.tan(VIEW / 2) * rng.uniform(*share))
    turn, tilt = rng.normal(0, 0.15), rng.normal(0, 0.07)
    if kind is Kind.TURNED:
        turn = math.radians(rng.uniform(25, 50)) * rng.choice([-1, 1])
    if kind is Kind.TILTED:
        tilt = math.radians(rng.uniform(20, 35)) * rng.choice([-1, 1])
    high = distance * math.tan(VIEW / 2)
    across = rng.uniform(-1, 1) * max(high * 4 / 3 - 1.2, 0.05)
    return Pose(
        yaw=float(turn),
        pitch=float(np.clip(rng.normal(0, 0.1), -0.3, 0.3)),
        roll=float(tilt),
        distance=float(distance),
        across=float(np.clip(across, -10, 10)),
        up=float(np.clip(rng.uniform(-1, 1) * max(high - 1.5, 0.03), -10, 10)),
    )
