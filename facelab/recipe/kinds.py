"""Kinds of scenes that are hard to find a face in, one person each, to measure a finder on."""

import math
from dataclasses import replace
from enum import StrEnum

import numpy as np

from facelab.recipe.hard_scenes import hidden, placed
from facelab.recipe.scenes import (
    Scene,
    draw_camera,
    draw_light,
    draw_shot,
    surroundings,
    taken,
)
from facelab.studio.actor import sample
from facelab.studio.light import Light
from facelab.studio.maths import generator
from facelab.studio.shot import Pose

_KIND = 66  # purpose of generators
_PEOPLE = 7_000_000  # numbers of actors of whom no finder learns; the whitening does


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
        person = hidden(person, rng)
        shot = replace(shot, glasses=True)
    return taken([(person, shot)], canvas, light, camera, rng)


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
    turn, tilt = rng.normal(0, 0.15), rng.normal(0, 0.07)
    if kind is Kind.TURNED:
        turn = math.radians(rng.uniform(25, 50)) * rng.choice([-1, 1])
    if kind is Kind.TILTED:
        tilt = math.radians(rng.uniform(20, 35)) * rng.choice([-1, 1])
    nod = float(np.clip(rng.normal(0, 0.1), -0.3, 0.3))
    return placed(share, rng, yaw=float(turn), pitch=nod, roll=float(tilt))
