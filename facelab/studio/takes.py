"""From a plan to the list of takes: each take says all about one file, before anything is drawn.

Every take has a generator of its own, keyed by set, person and number, so that any subset in any
order gives the same takes.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from facelab.studio.light import Light
from facelab.studio.maths import code, generator
from facelab.studio.plan import Clip, PhotoSet, Plan, SeatingSet, TwinSet, Variety
from facelab.studio.shot import Expression, Pose, Shot
from facelab.studio.sitting import Sitting

_BURST, _SHOT, _NOISE, _SEATING, _ANEW = 21, 22, 23, 24, 25  # purposes of generators


@dataclass(frozen=True)
class Take:
    """One still: its file, who sits how, and what the manifest says about it."""

    file: str
    set: str
    people: tuple[tuple[str, Shot], ...]
    sitting: Sitting
    shot: Shot
    burst: str = ""
    pair: str = ""

    def group(self) -> str:
        """Folder of the file: the unit in which recordings are known to be up to date."""
        return self.file.rpartition("/")[0]


@dataclass(frozen=True)
class ClipTake:
    """One clip: its file, where, and the plan's words for it."""

    file: str
    clip: Clip
    sitting: Sitting
    towards: Light
    variety: Variety
    seed: int


def takes(plan: Plan, chosen: Sequence[str], anew: int | None = None) -> list[Take]:
    """All stills of the ``chosen`` sets, in the order of the plan.

    ``anew``: a seed to draw the shots of photos and twins by, instead of the plan's: other poses,
    expressions, noise and small changes of light; sittings, garments, glasses and bursts stay.
    """
    found: list[Take] = []
    for name, photos in plan.photos.items():
        if name in chosen:
            for person, count in photos.photos.items():
                found += photo_takes(plan, name, photos, person, count, anew)
    for name, strangers in plan.strangers.items():
        if name in chosen:
            for person, count in strangers.taken.photos.items():
                found += photo_takes(plan, name, strangers.taken, person, count, anew)
    for name, twins in plan.twins.items():
        if name in chosen:
            for person in twins.people:
                found += _twins(plan, name, twins, person, anew)
    for name, seating in plan.seating.items():
        if name in chosen:
            people = sorted({p for s in plan.photos.values() for p in s.photos})
            found += _seating(plan, name, seating, people)
    return found


def clip_takes(plan: Plan, chosen: Sequence[str]) -> list[ClipTake]:
    """All clips, when the set "clips" is ``chosen``."""
    if "clips" not in chosen:
        return []
    return [
        ClipTake(
            f"clips/{name}.mp4",
            clip,
            plan.sittings[clip.sitting],
            plan.lights[clip.drift_to],
            plan.vary[clip.vary],
            plan.seed + code(name) % 1_000_000,
        )
        for name, clip in plan.clips.items()
    ]


@dataclass(frozen=True)
class _Burst:
    """Photos taken one after another: their numbers, where, in what, in which light."""

    name: str
    numbers: range
    sitting: Sitting
    garment: int
    light: Light


def _bursts(
    plan: Plan, label: str, person: str, count: int, photos: PhotoSet | TwinSet
) -> Iterator[_Burst]:
    """Cut ``count`` photos into bursts that go round sittings and garments.

    The last ``unseen_share`` of them are taken under lights that the sittings do not have.
    """
    rng = generator(_BURST, plan.seed, code(label), code(person))
    share, lights = 0.0, tuple[str, ...]()
    if isinstance(photos, PhotoSet):
        share, lights = photos.unseen_share, photos.unseen_lights
    known = count - round(count * share)
    start, first, k = int(rng.integers(8)), 0, 0
    while first < count:
        end = known if first < known else count
        size = int(rng.integers(photos.burst[0], photos.burst[1] + 1))
        if end - first - size < photos.burst[0]:  # no crumbs: the last burst takes the rest
            size = min(end - first, max(size, photos.burst[1]))
        turn = start + k
        name = photos.sittings[turn % len(photos.sittings)]
        garment = (turn // len(photos.sittings) + turn) % 4
        sitting, light = plan.sittings[name], plan.sittings[name].light
        if first >= known:
            light = plan.lights[lights[int(rng.integers(len(lights)))]]
        k += 1
        burst = f"{label.rpartition('/')[2]}-{person}-{name}-{k}"
        yield _Burst(burst, range(first, first + size), sitting, garment, light)
        first += size


def photo_takes(
    plan: Plan, label: str, photos: PhotoSet, person: str, count: int, anew: int | None = None
) -> Iterator[Take]:
    """All takes of a person in a set, in bursts; ``anew`` as in `takes`."""
    for burst in _bursts(plan, label, person, count, photos):
        for number in burst.numbers:
            worn = photos.glasses_every > 0 and (number + 1) % photos.glasses_every == 0
            shot = _shot(plan, label, person, number, burst, photos.vary, anew)
            shot = replace(shot, glasses=worn)
            file = f"{label}/{person}/{number + 1:03d}.jpg"
            yield Take(file, label, ((person, shot),), burst.sitting, shot, burst.name)


def _twins(plan: Plan, label: str, twins: TwinSet, person: str, anew: int | None) -> Iterator[Take]:
    for burst in _bursts(plan, label, person, twins.shots, twins):
        for number in burst.numbers:
            shot = _shot(plan, label, person, number, burst, twins.vary, anew)
            for k, worn in enumerate((False, True)):
                same = replace(shot, glasses=worn)
                file = f"{label}/{person}/{2 * number + k + 1:03d}.jpg"
                pair = f"{label}-{person}-{number + 1:03d}"
                yield Take(file, label, ((person, same),), burst.sitting, same, burst.name, pair)


def _shot(
    plan: Plan,
    label: str,
    person: str,
    number: int,
    burst: _Burst,
    vary: str,
    anew: int | None,
) -> Shot:
    # longer keys than the plan's own: no seed gives a recorded shot again
    seeds = (plan.seed,) if anew is None else (_ANEW, plan.seed, anew)
    key = (*seeds, code(label), code(person), number)
    rng = generator(_SHOT, *key)
    variety = plan.vary[vary]
    return Shot(
        pose=draw_pose(variety, rng),
        expression=draw_expression(variety, rng),
        garment=burst.garment,
        noise=(_NOISE, *key),
        light=draw_light(variety, burst.light, rng),
        shift=draw_shift(variety, rng),
        motion=draw_motion(variety, rng),
    )


def _normal(rng: np.random.Generator, variety: Variety, deviation: float) -> float:
    return float(np.clip(rng.standard_normal(), -variety.cut, variety.cut)) * deviation


def draw_pose(variety: Variety, rng: np.random.Generator) -> Pose:
    """Draw a pose around the middle of the frame."""
    return Pose(
        yaw=_normal(rng, variety, variety.yaw),
        pitch=_normal(rng, variety, variety.pitch),
        roll=_normal(rng, variety, variety.roll),
        distance=variety.distance * math.exp(_normal(rng, variety, variety.distance_spread)),
        across=_normal(rng, variety, variety.across),
        up=variety.middle + _normal(rng, variety, variety.up),
    )


def draw_light(variety: Variety, light: Light, rng: np.random.Generator) -> Light:
    """Draw a light near a given one: the sun moves, a cloud passes."""
    turn = _normal(rng, variety, variety.light_turn)
    strength = math.exp(_normal(rng, variety, variety.light_strength))
    return replace(light, azimuth=light.azimuth + turn, key=light.key * strength)


def draw_shift(variety: Variety, rng: np.random.Generator) -> tuple[int, int]:
    """Draw how far the room behind moved, pixels."""
    limit = variety.room_shift
    return int(rng.integers(-limit, limit + 1)), int(rng.integers(-limit, limit + 1))


def draw_motion(variety: Variety, rng: np.random.Generator) -> tuple[float, float]:
    """Draw the motion blur of a frame: length in pixels, angle in rad."""
    length, angle = float(rng.uniform(0.5, 1.6)), float(rng.uniform(0, np.pi))
    return (length, angle) if rng.random() < variety.moving else (0.0, 0.0)


def draw_expression(variety: Variety, rng: np.random.Generator) -> Expression:
    """Draw an expression by the weights of the plan, with a gaze and half a blink."""
    words = list(variety.expressions)
    weights = np.array(list(variety.expressions.values()))
    word = words[int(rng.choice(len(words), p=weights / weights.sum()))]
    s = float(rng.uniform(*variety.strength))
    part = float(rng.uniform())
    made = {
        "neutral": Expression(),
        "smile": Expression(smile=s),
        "laugh": Expression(smile=max(s, 0.6), open=0.12 + 0.2 * part),
        "talk": Expression(open=0.08 + 0.42 * s * part + 0.1 * s),
        "surprise": Expression(surprise=s, open=0.3 * part),
        "frown": Expression(frown=s),
        "pucker": Expression(pucker=s),
        "squint": Expression(squint=s),
        "blink": Expression(blink=0.6 + 0.4 * part),
    }[word]
    return replace(
        made,
        word=word,
        blink=max(made.blink, float(rng.uniform(0, 0.12))),
        squint=max(made.squint, float(rng.uniform(0, 0.3))),
        brow=float(np.clip(rng.normal(0, 0.25), -1, 1)),
        gaze_across=float(np.clip(rng.normal(0, 0.3), -1, 1)),
        gaze_up=float(np.clip(rng.normal(0, 0.2), -1, 1)),
    )


def _seating(plan: Plan, label: str, seating: SeatingSet, people: Sequence[str]) -> Iterator[Take]:
    """Empty rooms, pairs and single people, well mixed over the numbers of the frames."""
    order = generator(_SEATING, plan.seed, code(label)).permutation(seating.frames)
    for number in range(seating.frames):
        place = int(order[number])
        crowd = 0 if place < seating.empty else 2 if place < seating.empty + seating.pairs else 1
        key = (plan.seed, code(label), number)
        rng = generator(_SEATING, *key)
        sitting, light = _elsewhere(plan, seating, rng)
        variety = plan.vary[seating.vary]
        whole = Shot(
            pose=Pose(),
            expression=Expression(),
            garment=0,
            noise=(_NOISE, *key),
            light=draw_light(variety, light, rng),
            shift=draw_shift(variety, rng),
            motion=draw_motion(variety, rng),
        )
        chosen = rng.permutation(len(people))[:crowd]
        seated = []
        for k, who in enumerate(chosen):
            pose = _seat(seating, variety, sitting, rng, k if crowd == 2 else None)
            worn = seating.glasses_every > 0 and (number + k) % seating.glasses_every == 0
            own = replace(
                whole,
                pose=pose,
                expression=draw_expression(variety, rng),
                garment=int(rng.integers(4)),
                glasses=worn,
            )
            seated.append((people[who], own))
        shot = seated[0][1] if crowd == 1 else whole
        yield Take(f"{label}/{number + 1:03d}.jpg", label, tuple(seated), sitting, shot)


def _elsewhere(plan: Plan, seating: SeatingSet, rng: np.random.Generator) -> tuple[Sitting, Light]:
    """A sitting of the plan, or its camera in another room under another light."""
    sitting = plan.sittings[seating.sittings[int(rng.integers(len(seating.sittings)))]]
    if not seating.other_rooms or rng.random() < 0.5:
        return sitting, sitting.light
    room = seating.other_rooms[int(rng.integers(len(seating.other_rooms)))]
    light = sitting.light
    if seating.other_lights:
        light = plan.lights[seating.other_lights[int(rng.integers(len(seating.other_lights)))]]
    return replace(sitting, name=f"room-{room}", room=room, light=light), light


def _seat(
    seating: SeatingSet,
    variety: Variety,
    sitting: Sitting,
    rng: np.random.Generator,
    side: int | None,
) -> Pose:
    """A seat inside the frame: the whole head is seen, and never the lower end of the torso."""
    near = seating.nearest if side is None else max(seating.nearest, 6.5)
    distance = math.exp(rng.uniform(math.log(near), math.log(max(seating.farthest, near))))
    camera = sitting.camera
    half_height = distance * math.tan(camera.view_angle / 2)
    half_width = half_height * camera.width / camera.height
    free = max(half_width - 1.15, 0.0)
    across = (
        rng.uniform(-free, free) if side is None else (2 * side - 1) * rng.uniform(0.55, 1) * free
    )
    highest = max(min(half_height - 1.5, 3.5 - half_height), -0.2)
    lowest = min(-(half_height - 1.5), highest)
    drawn = draw_pose(variety, rng)
    return replace(drawn, distance=distance, across=across, up=float(rng.uniform(lowest, highest)))
