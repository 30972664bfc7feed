"""A visit: people who come, sit and go before one webcam, and who is in view on each frame."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np

from facelab.studio.actor import Actor
from facelab.studio.camera import Camera
from facelab.studio.maths import Array, code
from facelab.studio.motion import shot_at
from facelab.studio.plan import Clip, Guest, Place, Plan, Visit
from facelab.studio.sculpture import Figure, pose_figure, project, sculpt
from facelab.studio.shot import Shot
from facelab.studio.sitting import Sitting
from facelab.studio.takes import ClipTake

_NOISE = 51  # purpose of a generator
_TURN, _LIFT = 0.45, 0.15
"""Half-way, whoever moves looks where the way goes (rad), and is a little higher (dm)."""

_WIDEST = 3.2
"""No one reaches further from the middle of the own head, dm."""

View = tuple[tuple[str, ...], tuple[str, ...]]
"""Whose whole face is in view, and of whom anything else is."""


@dataclass(frozen=True)
class VisitTake:
    """One visit: its file, where, and each guest alone, moving as in a clip of one's own."""

    file: str
    visit: Visit
    sitting: Sitting
    guests: tuple[ClipTake, ...]
    seed: int


def visit_takes(plan: Plan, chosen: Sequence[str]) -> list[VisitTake]:
    """All visits, when the set "clips" is ``chosen``."""
    found = plan.visits.items() if "clips" in chosen else ()
    return [_take(plan, name, visit) for name, visit in found]


def _take(plan: Plan, name: str, visit: Visit) -> VisitTake:
    file, sitting = f"clips/{name}.mp4", plan.sittings[visit.sitting]

    def seed(key: str) -> int:
        return plan.seed + code(key) % 1_000_000

    def alone(guest: Guest) -> ClipTake:
        clip = Clip(
            person=guest.person,
            frames=visit.frames,
            rate=visit.rate,
            sitting=visit.sitting,
            garment=guest.garment,
            vary=visit.vary,
            drift_to=visit.drift_to,
            drift=visit.drift,
            drift_seconds=visit.drift_seconds,
        )
        towards, variety = plan.lights[visit.drift_to], plan.vary[visit.vary]
        return ClipTake(file, clip, sitting, towards, variety, seed(f"{name}/{guest.person}"))

    return VisitTake(file, visit, sitting, tuple(map(alone, visit.guests)), seed(name))


def group_at(take: VisitTake, frame: int) -> tuple[list[tuple[str, Shot]], Shot]:
    """Return who may be in the picture of one frame, from 0, and the shot of the whole."""
    shots = [
        (guest.person, _placed(take, guest, alone, frame))
        for guest, alone in zip(take.visit.guests, take.guests, strict=True)
    ]
    whole = replace(shots[0][1], noise=(_NOISE, take.seed, frame))
    return [(who, shot) for who, shot in shots if _near(take.sitting.camera, shot)], whole


def _placed(take: VisitTake, guest: Guest, alone: ClipTake, frame: int) -> Shot:
    """The shot of a guest alone, moved to where the guest is."""
    shot, camera = shot_at(alone, frame), take.sitting.camera
    across, distance = guest.places[0].across, guest.places[0].distance
    yaw, lift = _facing(camera, guest.places[0]), 0.0
    for before, place in pairwise(guest.places):
        way = (frame + 1 - place.frame) / (take.visit.move_seconds * take.visit.rate)
        if way <= 0:
            break
        way = min(way, 1.0)
        done = way**2 * (3 - 2 * way)
        across = _between(before.across, place.across, done)
        distance = _between(before.distance, place.distance, done)
        far = float(np.clip((place.across - before.across) / 4, -1, 1))  # a small move is a slide
        middle = math.sin(math.pi * way)
        yaw = _between(_facing(camera, before), _facing(camera, place), done)
        yaw += _TURN * middle * far
        lift = _LIFT * middle * abs(far)
    pose = shot.pose
    moved = replace(
        pose,
        yaw=pose.yaw + yaw,
        across=pose.across + across,
        distance=pose.distance * distance / alone.variety.distance,
        up=pose.up + lift,
    )
    return replace(shot, pose=moved)


def _between(before: float, after: float, done: float) -> float:
    return before + done * (after - before)


def _facing(camera: Camera, place: Place) -> float:
    """Yaw by which one looks from a place to the camera, rad; 0 outside of the picture."""
    inside = abs(place.across) < _half_width(camera) * place.distance
    return -math.atan(place.across / place.distance) if inside else 0.0


def _half_width(camera: Camera) -> float:
    """Half of what a frame shows across, dm for each dm of distance."""
    return math.tan(camera.view_angle / 2) * camera.width / camera.height


def _near(camera: Camera, shot: Shot) -> bool:
    """Whether someone may be seen at all: others need not be drawn."""
    return abs(shot.pose.across) - _WIDEST < _half_width(camera) * shot.pose.distance


def view_at(take: VisitTake, cast: Mapping[str, Actor], frame: int) -> View:
    """Return who is in view on one frame, from 0."""
    camera = take.sitting.camera
    wholly, partly = [], []
    for person, shot in group_at(take, frame)[0]:
        actor = cast[person]
        figure = pose_figure(actor, sculpt(actor), shot.expression, shot.pose, glasses=False)
        skull, everything = _outline([figure.head], camera), _outline(_grids(figure), camera)
        if skull[:2].min() >= 0 and (skull[2:] <= (camera.width, camera.height)).all():
            wholly.append(person)
        elif everything[0] < camera.width and everything[2] > 0:
            partly.append(person)
    return tuple(wholly), tuple(partly)


def truth_csv(views: Sequence[View]) -> bytes:
    """Return who is in view when as a file: a line a stretch of frames, names joined by ``+``."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("first", "last", "people", "partly"))
    for view, stretch in groupby(enumerate(views, 1), key=itemgetter(1)):
        numbers = [number for number, _ in stretch]
        lines.writerow((numbers[0], numbers[-1], *map("+".join, view)))
    return text.getvalue().encode()


def _grids(figure: Figure) -> list[Array]:
    hair = [grid for grid in (figure.shell, figure.core, figure.bun) if grid is not None]
    return [figure.head, *figure.ears, figure.neck, figure.torso, *hair]


def _outline(grids: Sequence[Array], camera: Camera) -> Array:
    """Left, top, right and bottom (4,) of grids in pixels of the frame, not cut to it."""
    points = np.concatenate([grid.reshape(-1, 3) for grid in grids])
    focal = camera.height / 2 / math.tan(camera.view_angle / 2)
    seen = project(points, focal, (camera.height, camera.width))
    return np.concatenate([seen.min(0), seen.max(0)])
