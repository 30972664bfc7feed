"""The recording plan: which sets of frames to record, of whom, where and how varied.

Every number that decides how hard the frames are stands in the plan file and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from facelab.base.toml import Span, build, load, nearest, refusal
from facelab.contract.errors import FacelabError
from facelab.studio.actor import Actor, read_cast, sample
from facelab.studio.light import Light
from facelab.studio.maths import code, generator
from facelab.studio.sitting import Sitting

_STRANGER = 26  # purpose of a generator

WORDS = ("neutral", "smile", "laugh", "talk", "surprise", "frown", "pucker", "squint", "blink")
"""Expressions that a plan may weigh."""

_SHARE = Span(0, 1, "share")
_COUNT = Span(0, 100_000, "frames")
_GARMENT = Span(0, 3, "number of a garment")


@dataclass(frozen=True)
class Variety:
    """How much shots differ: standard deviations, cut at ``cut`` deviations."""

    yaw: Annotated[float, Span(0, 1, "rad, sd")]
    pitch: Annotated[float, Span(0, 1, "rad, sd")]
    roll: Annotated[float, Span(0, 1, "rad, sd")]
    distance: Annotated[float, Span(2.5, 30, "dm, mean")]
    distance_spread: Annotated[float, Span(0, 1, "share of the distance, sd")]
    across: Annotated[float, Span(0, 10, "dm, sd")]
    up: Annotated[float, Span(0, 10, "dm, sd")]
    middle: Annotated[float, Span(-3, 3, "dm up, mean")]
    cut: Annotated[float, Span(0.5, 5, "deviations")]
    room_shift: Annotated[int, Span(0, 60, "pixels of the room, most")]
    moving: Annotated[float, Span(0, 1, "share of frames with motion blur")]
    light_turn: Annotated[float, Span(0, 2, "rad, sd of the key light's azimuth")]
    light_strength: Annotated[float, Span(0, 1, "share of the key light, sd")]
    strength: Annotated[tuple[float, float], Span(0, 1, "weakest and strongest expression")]
    expressions: dict[str, Annotated[float, Span(0, 1000, "weight")]]


@dataclass(frozen=True)
class PhotoSet:
    """Photos of people one by one, in bursts that share sitting, garment and light."""

    photos: dict[str, Annotated[int, _COUNT]]
    sittings: tuple[str, ...]
    vary: str
    burst: Annotated[tuple[int, int], Span(1, 50, "fewest and most photos of a burst")]
    glasses_every: Annotated[int, Span(0, 1000, "one photo in so many, 0 for none")]
    unseen_share: Annotated[float, _SHARE] = 0.0
    unseen_lights: tuple[str, ...] = ()


@dataclass(frozen=True)
class StrangerSet:
    """Photos of people whom no other set shows, invented from the plan's seed; nobody in glasses.

    Each person has so many ``photos``; the last ``unseen_share`` of them are taken under lights
    that the sittings do not have.
    """

    people: Annotated[int, _COUNT]
    photos: Annotated[int, _COUNT]
    sittings: tuple[str, ...]
    vary: str
    burst: Annotated[tuple[int, int], Span(1, 50, "fewest and most photos of a burst")]
    unseen_share: Annotated[float, _SHARE] = 0.0
    unseen_lights: tuple[str, ...] = ()

    @property
    def taken(self) -> PhotoSet:
        """The set as photos of people one by one."""
        photos = dict.fromkeys(map(stranger, range(1, self.people + 1)), self.photos)
        lit = self.unseen_share, self.unseen_lights
        return PhotoSet(photos, self.sittings, self.vary, self.burst, 0, *lit)


def stranger(number: int) -> str:
    """Return the name of a stranger, from 1: nobody of a cast can be called so."""
    return f"stranger-{number:02d}"


@dataclass(frozen=True)
class TwinSet:
    """The same shot twice, without and with glasses."""

    people: tuple[str, ...]
    shots: Annotated[int, _COUNT]
    sittings: tuple[str, ...]
    vary: str
    burst: Annotated[tuple[int, int], Span(1, 50, "fewest and most shots of a burst")]


@dataclass(frozen=True)
class Clip:
    """A film of one person in one sitting and garment; the light may drift to another and back."""

    person: str
    frames: Annotated[int, Span(1, 100_000, "frames")]
    rate: Annotated[int, Span(1, 120, "frames a second")]
    sitting: str
    garment: Annotated[int, _GARMENT]
    vary: str
    drift_to: str
    drift: Annotated[float, Span(0, 1, "share of the way to that light, at most")]
    drift_seconds: Annotated[float, Span(0.5, 1000, "s, there and back")]


@dataclass(frozen=True)
class Place:
    """Where a guest goes, and when: a move of `Visit.move_seconds` begins at ``frame``, from 1."""

    frame: Annotated[int, Span(1, 100_000, "number of a frame")]
    across: Annotated[float, Span(-9, 9, "dm to the viewer's right")]
    distance: Annotated[float, Span(2.5, 30, "dm from the camera")]


@dataclass(frozen=True)
class Guest:
    """Who comes and goes in a visit; at the first of the places from the beginning."""

    person: str
    garment: Annotated[int, _GARMENT]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Visit:
    """A film of people who come and go before one webcam; the light may drift as in a clip."""

    guests: tuple[Guest, ...]
    frames: Annotated[int, Span(1, 100_000, "frames")]
    rate: Annotated[int, Span(1, 120, "frames a second")]
    move_seconds: Annotated[float, Span(0.1, 60, "s from one place to the next")]
    sitting: str
    vary: str
    drift_to: str
    drift: Annotated[float, Span(0, 1, "share of the way to that light, at most")]
    drift_seconds: Annotated[float, Span(0.5, 1000, "s, there and back")]


@dataclass(frozen=True)
class SeatingSet:
    """People anywhere in the frame, near and far, alone, by two or not at all."""

    frames: Annotated[int, _COUNT]
    empty: Annotated[int, _COUNT]
    pairs: Annotated[int, _COUNT]
    sittings: tuple[str, ...]
    other_rooms: tuple[Annotated[int, Span(0, 1_000_000, "seed of a room")], ...]
    other_lights: tuple[str, ...]
    vary: str
    nearest: Annotated[float, Span(2.5, 30, "dm")]
    farthest: Annotated[float, Span(2.5, 30, "dm")]
    glasses_every: Annotated[int, Span(0, 1000, "one frame in so many, 0 for none")]


@dataclass(frozen=True)
class Plan:
    """A whole plan, as its file has it; sets by their folder below the fixtures."""

    seed: Annotated[int, Span(0, 2**31, "seed of all that is drawn by chance")]
    cast: str
    sittings: dict[str, Sitting]
    lights: dict[str, Light]
    vary: dict[str, Variety]
    photos: dict[str, PhotoSet] = field(default_factory=dict)
    strangers: dict[str, StrangerSet] = field(default_factory=dict)
    twins: dict[str, TwinSet] = field(default_factory=dict)
    clips: dict[str, Clip] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    seating: dict[str, SeatingSet] = field(default_factory=dict)

    def sets(self) -> tuple[str, ...]:
        """Return the names of all sets, as the manifest has them."""
        clips = ("clips",) if self.clips or self.visits else ()
        return (*self.photos, *self.strangers, *self.twins, *clips, *self.seating)

    def chosen(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the sets that ``names`` choose: a set, or a folder of sets; all for none."""
        picked: set[str] = set()
        for name in names:
            found = [s for s in self.sets() if s == name or s.startswith(f"{name}/")]
            if not found:
                raise FacelabError(f"the plan has no set {name!r}; {nearest(name, self.sets())}")
            picked.update(found)
        return tuple(s for s in self.sets() if s in picked or not picked)


def read_plan(path: Path) -> tuple[Plan, dict[str, Actor]]:
    """Read a plan and its cast, with its strangers; every name in it is checked here, once."""
    table = load(path, "name an existing one with --plan")
    if isinstance(table.get("sittings"), dict):
        named = {k: {"name": k, **t} for k, t in table["sittings"].items() if isinstance(t, dict)}
        table["sittings"] |= named
    plan = build(Plan, table, str(path))
    cast = read_cast(path.parent / plan.cast)
    where = str(path)
    for name, photos in plan.photos.items():
        check_photos(f"{where}: photos.{name}", plan, photos, cast)
    for name, strangers in plan.strangers.items():
        cast |= {person: invented(plan, name, person) for person in strangers.taken.photos}
        check_photos(f"{where}: strangers.{name}", plan, strangers.taken, cast)
    for name, twins in plan.twins.items():
        here = f"{where}: twins.{name}"
        _known(here, "person", twins.people, cast)
        _known(here, "sitting", twins.sittings, plan.sittings)
        _known(here, "variety", [twins.vary], plan.vary)
        ordered(f"{here}: burst", twins.burst)
    for name, clip in plan.clips.items():
        _check_film(f"{where}: clips.{name}", plan, clip, [clip.person], cast)
    for name, visit in plan.visits.items():
        here = f"{where}: visits.{name}"
        people = [guest.person for guest in visit.guests]
        _check_film(here, plan, visit, people, cast)
        if not people:
            raise FacelabError(f"{here}: names no guest; name at least one")
        if twice := [person for person in people if people.count(person) > 1]:
            cure = "name everyone once, with all places"
            raise FacelabError(f"{here}: {twice[0]} is a guest twice; {cure}")
        if name in plan.clips:
            raise FacelabError(f"{here}: there is a clip of that name; give one of them another")
        for guest in visit.guests:
            _check_places(f"{here}: places of {guest.person}", visit, guest)
    for name, seating in plan.seating.items():
        here = f"{where}: seating.{name}"
        _known(here, "sitting", seating.sittings, plan.sittings)
        _known(here, "light", seating.other_lights, plan.lights)
        _known(here, "variety", [seating.vary], plan.vary)
        ordered(f"{here}: nearest and farthest", (seating.nearest, seating.farthest))
    for name, variety in plan.vary.items():
        _known(f"{where}: vary.{name}", "expression", variety.expressions, WORDS)
        ordered(f"{where}: vary.{name}: strength", variety.strength)
    return plan, cast


def invented(plan: Plan, label: str, person: str) -> Actor:
    """Return the actor of a stranger in a set: the plan's seed and the names decide."""
    key = plan.seed, code(label), code(person)
    return sample(int(generator(_STRANGER, *key).integers(2**31)))


def check_photos(where: str, plan: Plan, photos: PhotoSet, cast: Iterable[str]) -> None:
    """Raise FacelabError where a set of photos names what a plan or a cast does not have."""
    _known(where, "person", photos.photos, cast)
    _known(where, "sitting", photos.sittings, plan.sittings)
    _known(where, "variety", [photos.vary], plan.vary)
    _known(where, "light", photos.unseen_lights, plan.lights)
    if photos.unseen_share and not photos.unseen_lights:
        raise refusal(f"{where}: unseen_lights", [], "at least one light", "name one")
    ordered(f"{where}: burst", photos.burst)


def _check_film(
    where: str, plan: Plan, film: Clip | Visit, people: Iterable[str], cast: Iterable[str]
) -> None:
    _known(where, "person", people, cast)
    _known(where, "sitting", [film.sitting], plan.sittings)
    _known(where, "variety", [film.vary], plan.vary)
    _known(where, "light", [film.drift_to], plan.lights)


def _check_places(where: str, visit: Visit, guest: Guest) -> None:
    begins = [place.frame for place in guest.places]
    moving = visit.move_seconds * visit.rate
    apart = [later - begin for begin, later in pairwise(begins)]
    # the first place is where a guest is from the beginning, and takes no time
    if not begins or min(apart[:1], default=1) < 1 or min(apart[1:], default=moving) < moving:
        allowed = f"a first place, and then {moving:g} frames or more from one to the next"
        raise refusal(where, begins, allowed, "let the later one begin later")


def _known(where: str, kind: str, names: Iterable[str], allowed: Iterable[str]) -> None:
    allowed, names = list(allowed), list(names)
    if not names and kind in ("sitting", "expression"):
        raise FacelabError(f"{where}: names no {kind}; name at least one of {', '.join(allowed)}")
    for name in names:
        if name not in allowed:
            raise FacelabError(f"{where}: unknown {kind} {name!r}; {nearest(name, allowed)}")


def ordered(where: str, pair: tuple[float, float]) -> None:
    """Raise FacelabError for a pair whose first number is the larger one."""
    if pair[0] > pair[1]:
        raise refusal(where, list(pair), "the smaller number first", "swap them")
