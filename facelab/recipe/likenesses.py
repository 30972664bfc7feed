"""Likenesses: the same people who do not exist, again and again, as a webcam shows them.

A whitening learns from them what changes in a face that stays the same person's: pose, expression,
light, glasses, and where the face finder's square happens to lie.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from facelab.recipe.scenes import Scene, draw_camera
from facelab.studio.actor import sample
from facelab.studio.light import Light
from facelab.studio.maths import generator, linear
from facelab.studio.plan import Variety
from facelab.studio.renderer import take
from facelab.studio.shot import Shot
from facelab.studio.sitting import Garment, Neck, Sitting, Weave
from facelab.studio.takes import draw_expression, draw_motion, draw_pose, draw_shift

SHOTS = 8
"""Shots of a person; each is drawn three times: as it is, in another light, with glasses."""

WIDTH, HEIGHT = 192, 144
"""Pixels of a frame: heads are 48 to 96 pixels high, and are described by 64 x 64."""

ROOMS = 12
"""Rooms that everyone sits in by turns; drawn once, since a room takes as long as four people."""

LAMPS = (-1.32, 0.28), (1.32, 0.28)
"""Azimuth and elevation of the lights that the book asks about and no photo has, in rad."""

APART = 0.5
"""Least angle, in rad, from either of them to a light that is learnt from.

The book turns its lamps by up to 0.18 rad: what is learnt here is never the answer to its question.
"""

_LIKENESS, _NOISE = 63, 64  # purposes of generators
_PEOPLE, _ROOM = 7_000_000, 3_000_000  # numbers of actors and rooms that no cast or finder uses

VARIETY = Variety(
    yaw=0.18,
    pitch=0.08,
    roll=0.07,
    distance=5.4,
    distance_spread=0.17,
    across=0.4,
    up=0.25,
    middle=0.0,
    cut=1.8,
    room_shift=50,
    moving=0.1,
    light_turn=0.0,
    light_strength=0.0,
    strength=(0.3, 1.0),
    expressions={
        "neutral": 40,
        "smile": 18,
        "laugh": 6,
        "talk": 18,
        "surprise": 5,
        "frown": 5,
        "pucker": 3,
        "squint": 3,
        "blink": 2,
    },
)
"""How people sit: near frontal, the head from a third to two thirds of the frame's height."""


def likenesses(person: int) -> Iterator[Scene]:
    """Yield the frames of one person, three a shot, with the true box of the skull."""
    actor = sample(_PEOPLE + person)
    for number in range(SHOTS):
        rng = generator(_LIKENESS, person, number)
        shot = Shot(
            pose=draw_pose(VARIETY, rng),
            expression=draw_expression(VARIETY, rng),
            garment=0,
            noise=(_NOISE, person, number),
            shift=draw_shift(VARIETY, rng),
            motion=draw_motion(VARIETY, rng),
        )
        camera = replace(draw_camera(rng), width=WIDTH, height=HEIGHT)
        room, garment = _ROOM + int(rng.integers(ROOMS)), _garment(rng)
        sitting = Sitting("any", room, draw_light(rng), camera, (garment,) * 4)
        other = draw_light(rng, hard=True)
        for one in (shot, replace(shot, light=other), replace(shot, glasses=True)):
            frame = take(actor, sitting, one, compressed=False, coarse=True)
            left, top, width, height = frame.boxes[0]
            box = np.array([[left, top, left + width, top + height]], np.float32)
            yield Scene(frame.pixels, box)


def draw_light(rng: np.random.Generator, hard: bool = False) -> Light:
    """Draw the light of a room, or a hard one from anywhere; never near one of `LAMPS`."""
    while True:
        if hard:
            azimuth, elevation = rng.uniform(-2.0, 2.0), rng.uniform(-0.7, 1.3)
            softness, ambient, screen = rng.uniform(0, 0.3), rng.uniform(0.05, 0.3), 0.06
        else:
            azimuth, elevation = rng.uniform(-1.0, 1.0), rng.uniform(0.0, 1.0)
            softness, ambient, screen = rng.uniform(0.3, 0.9), rng.uniform(0.4, 1.0), 0.1
        light = Light(
            kind="hard" if hard else "room",
            azimuth=float(azimuth),
            elevation=float(elevation),
            key=float(np.exp(rng.uniform(math.log(1.0), math.log(2.5)))),
            kelvin=float(rng.uniform(2600, 7000)),
            ambient=float(ambient),
            ambient_kelvin=float(rng.uniform(3200, 7000)),
            screen=screen,
            softness=float(softness),
        )
        if from_lamps(light) >= APART:
            return light


def from_lamps(light: Light) -> float:
    """Return the angle from a light to the nearer of `LAMPS`, in rad."""
    lamps = [replace(light, azimuth=across, elevation=up).direction() for across, up in LAMPS]
    nearest = max(float(light.direction() @ lamp) for lamp in lamps)
    return math.acos(min(nearest, 1.0))


def _garment(rng: np.random.Generator) -> Garment:
    red, green, blue = (float(level) for level in linear(rng.uniform(5, 240, 3)))
    neck, weave = list(Neck)[rng.integers(len(Neck))], list(Weave)[rng.integers(len(Weave))]
    return Garment("any", (red, green, blue), neck, weave, float(rng.uniform(0, 100)))
