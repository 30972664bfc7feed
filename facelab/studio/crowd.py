"""A crowd: people invented from one seed, photographed in the sittings of a plan.

Person k depends on the seed and on k alone, so that a small crowd is the beginning of a larger one.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np

from facelab.base.toml import Span, build, load
from facelab.studio.actor import Actor, sample
from facelab.studio.maths import Array, generator
from facelab.studio.plan import PhotoSet, Plan, check_photos, ordered, read_plan
from facelab.studio.renderer import take
from facelab.studio.takes import Take, draw_light, photo_takes

_PERSON, _LIGHT = 41, 42  # purposes of generators
PHOTOS, PROBES = "crowd", "probes/crowd"
"""The sets that a person is in."""

BARE, GLASSES, UNSEEN_LIGHT = "bare", "glasses", "unseen light"
"""How a shot is drawn to be asked about."""

_COUNT = Span(1, 10_000, "frames a person")


@dataclass(frozen=True)
class CrowdPlan:
    """What a crowd's file says: how many frames a person, and what is drawn by chance."""

    seed: Annotated[int, Span(0, 2**31, "seed of all people and shots")]
    plan: str
    sittings: tuple[str, ...]
    vary: str
    width: Annotated[int, Span(64, 1920, "pixels")]
    height: Annotated[int, Span(48, 1080, "pixels")]
    photos: Annotated[int, _COUNT]
    burst: Annotated[tuple[int, int], Span(1, 50, "fewest and most photos of a burst")]
    shots: Annotated[int, _COUNT]
    in_glasses: Annotated[int, Span(0, 10_000, "shots a person")]
    in_unseen_light: Annotated[int, Span(0, 10_000, "shots a person")]
    unseen_lights: tuple[str, ...]


@dataclass(frozen=True)
class Crowd:
    """A crowd's plan with the recording plan that it lies in."""

    own: CrowdPlan
    plan: Plan


@dataclass(frozen=True)
class Likeness:
    """A frame of a crowd: its take, and how its shot is drawn (``bare`` …)."""

    take: Take
    manner: str


@dataclass(frozen=True)
class Sitter:
    """A person of a crowd with all frames to take: photos first, then probes."""

    name: str
    actor: Actor
    likenesses: tuple[Likeness, ...]

    def frames(self) -> list[Array]:
        """Draw all frames, (height, width, 3) uint8 blue, green, red."""
        cv2.setNumThreads(1)  # a crowd is drawn in parallel by process
        takes = [likeness.take for likeness in self.likenesses]
        return [
            take(self.actor, t.sitting, t.shot, coarse=t.sitting.camera.height <= COARSE).pixels
            for t in takes
        ]

    @cached_property
    def key(self) -> str:
        """Fingerprint of all that determines the frames: the studio, the actor, the takes."""
        said = f"{fingerprint()}{self.actor!r}{[one.take for one in self.likenesses]!r}"
        return hashlib.sha256(said.encode()).hexdigest()


COARSE = 180
"""Height of frames, in pixels, up to which every second row of the grids is enough."""


@cache
def fingerprint() -> str:
    """Fingerprint of the studio: its source, and the packages that draw."""
    known = hashlib.sha256(f"{np.__version__} {cv2.__version__}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        known.update(path.read_bytes())
    return known.hexdigest()


def read_crowd(path: Path) -> Crowd:
    """Read a crowd's file and its plan. Raises FacelabError for what is wrong in either."""
    own = build(CrowdPlan, load(path, "it belongs to the fixtures: restore it"), str(path))
    plan, _ = read_plan(path.parent / own.plan)
    check_photos(f"{path}: photos", plan, _photo_set(own), {})
    for entry in ("in_glasses", "in_unseen_light"):
        ordered(f"{path}: {entry} and shots", (getattr(own, entry), own.shots))
    return Crowd(own, plan)


def sitter(crowd: Crowd, number: int) -> Sitter:
    """Return person ``number``, from 1, of a crowd."""
    own, name = crowd.own, f"P{number:04d}"
    actor = sample(int(generator(_PERSON, own.seed, number).integers(2**31)))
    photos, probes = _photos(crowd, name), _probes(crowd, name, number)
    return Sitter(name, actor, (*photos, *probes))


def _photo_set(own: CrowdPlan) -> PhotoSet:
    lit = own.unseen_lights
    return PhotoSet({}, own.sittings, own.vary, own.burst, glasses_every=0, unseen_lights=lit)


def _photos(crowd: Crowd, name: str) -> Iterator[Likeness]:
    plan, photos = _small(crowd), _photo_set(crowd.own)
    for taken in photo_takes(plan, PHOTOS, photos, name, crowd.own.photos):
        yield Likeness(taken, BARE)


def _probes(crowd: Crowd, name: str, number: int) -> Iterator[Likeness]:
    """Every shot bare; some of them again in glasses, or in a light that no photo has."""
    own, plan = crowd.own, _small(crowd)
    photos = replace(_photo_set(own), burst=(1, 1))
    shots = list(photo_takes(plan, PROBES, photos, name, own.shots))
    yield from (Likeness(shot, BARE) for shot in shots)
    for shot in shots[: own.in_glasses]:
        yield Likeness(_changed(shot, "g", glasses=True), GLASSES)
    for k, shot in enumerate(shots[: own.in_unseen_light]):
        light = plan.lights[own.unseen_lights[(number + k) % len(own.unseen_lights)]]
        drawn = draw_light(plan.vary[own.vary], light, generator(_LIGHT, own.seed, number, k))
        yield Likeness(_changed(shot, "l", light=drawn), UNSEEN_LIGHT)


def _changed(shot: Take, mark: str, **changes: object) -> Take:
    """The same shot of the same person, changed in one thing."""
    (name, own), file = shot.people[0], shot.file.replace(".jpg", f"{mark}.jpg")
    changed = replace(own, **changes)  # type: ignore[arg-type]
    return replace(shot, file=file, people=((name, changed),), shot=changed)


def _small(crowd: Crowd) -> Plan:
    """The plan with the crowd's seed and size of frames."""
    own = crowd.own
    sittings = {
        name: replace(sitting, camera=replace(sitting.camera, width=own.width, height=own.height))
        for name, sitting in crowd.plan.sittings.items()
    }
    return replace(crowd.plan, seed=own.seed, sittings=sittings)
