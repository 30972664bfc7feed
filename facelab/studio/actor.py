"""A fictional person as named traits: sampled, mixed, compared.

The declaration of `Actor` is the one table of traits: each number carries its mean, its standard
deviation, how it shifts with masculinity and with melanin, and what it measures.
"""

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

import numpy as np

from facelab.base.toml import Span, build, load
from facelab.contract.errors import FacelabError
from facelab.studio.maths import generator


class Hair(StrEnum):
    """Hair styles."""

    BUZZ = "buzz"
    SHORT = "short"
    SIDE = "side"
    QUIFF = "quiff"
    CURLY = "curly"
    AFRO = "afro"
    BOB = "bob"
    LONG = "long"
    FRINGE = "fringe"
    BUN = "bun"
    BALD = "bald"
    RECEDING = "receding"


FALLING = frozenset({Hair.BOB, Hair.LONG, Hair.FRINGE})
"""Styles that hang below the ears."""


class Beard(StrEnum):
    """Beards."""

    NONE = "none"
    STUBBLE = "stubble"
    FULL = "full"
    GOATEE = "goatee"
    MOUSTACHE = "moustache"


class Lens(StrEnum):
    """Shapes of glasses."""

    ROUND = "round"
    RECT = "rect"
    OVAL = "oval"
    SQUARE = "square"


@dataclass(frozen=True)
class Glasses:
    """The glasses an actor owns; whether they are worn is said by the shot."""

    shape: Lens
    half_width: Annotated[float, Span(0.15, 0.35, "dm")]
    half_height: Annotated[float, Span(0.1, 0.3, "dm")]
    tube: Annotated[float, Span(0.005, 0.05, "dm, radius of the frame")]
    colour: Annotated[tuple[float, float, float], Span(0, 1, "linear red, green, blue")]


@dataclass(frozen=True)
class Trait(Span):
    """A measured trait: mean, sd, shift a unit of masculinity, of melanin; span mean +- 7 sd."""

    mean: float
    sd: float
    masculine: float
    melanin: float


def trait(
    mean: float, sd: float, unit: str, *, masculine: float = 0.0, melanin: float = 0.0
) -> Trait:
    """Declare a trait; ``unit`` says what it measures and in which unit."""
    low, high = round(mean - 7 * sd, 6), round(mean + 7 * sd, 6)
    return Trait(low, high, unit, mean, sd, masculine, melanin)


_SHARE = Span(0, 1, "share")


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A face and a head. "x" is a factor on the mean head, "dm" decimetres, "dev." deviations."""

    # skull
    head_width: Annotated[float, trait(1.02, 0.030, "x width of the skull", masculine=0.015)]
    head_depth: Annotated[float, trait(1.0, 0.03, "x depth of the skull", masculine=0.01)]
    face_length: Annotated[float, trait(0.96, 0.045, "x eye line to chin", masculine=0.01)]
    cheekbone_width: Annotated[float, trait(1.0, 0.035, "x width at the cheekbones")]
    jaw_width: Annotated[float, trait(1.01, 0.055, "x width of the jaw", masculine=0.055)]
    chin_width: Annotated[float, trait(1.05, 0.09, "x width of the chin", masculine=0.05)]
    chin_length: Annotated[float, trait(0, 0.035, "dm added below", masculine=0.012)]
    chin_forward: Annotated[float, trait(0, 0.024, "dm", masculine=0.008)]
    temple_width: Annotated[float, trait(1.0, 0.025, "x width at the temples")]
    crown_squareness: Annotated[float, trait(2.25, 0.16, "exponent, 2 is an ellipse")]
    forehead_slope: Annotated[float, trait(0, 0.035, "dm back at the top", masculine=-0.02)]
    brow_ridge: Annotated[float, trait(0.028, 0.012, "dm forward", masculine=0.014)]
    # eyes
    eye_spacing: Annotated[float, trait(0.318, 0.017, "dm, middle of the face to iris")]
    eye_height: Annotated[float, trait(0, 0.014, "dm above the eye line")]
    eye_width: Annotated[float, trait(0.164, 0.011, "dm, half an eye", masculine=-0.003)]
    upper_lid: Annotated[float, trait(0.066, 0.010, "dm open above", masculine=-0.005)]
    lower_lid: Annotated[float, trait(0.031, 0.006, "dm open below")]
    eye_tilt: Annotated[float, trait(0.012, 0.018, "dm, outer corner up", masculine=-0.004)]
    eye_depth: Annotated[float, trait(0.085, 0.024, "dm", masculine=0.01)]
    lid_crease: Annotated[float, trait(0.6, 0.35, "share, cut to 0..1", masculine=-0.05)]
    eye_bags: Annotated[float, trait(0.35, 0.3, "share, cut to 0..1", masculine=0.05)]
    iris_radius: Annotated[float, trait(0.061, 0.003, "dm")]
    # brows
    brow_height: Annotated[float, trait(0.185, 0.022, "dm above the eyes", masculine=-0.018)]
    brow_arch: Annotated[float, trait(0.03, 0.018, "dm", masculine=-0.014)]
    brow_tilt: Annotated[float, trait(0.02, 0.03, "dm, outer end up")]
    brow_thickness: Annotated[float, trait(0.033, 0.009, "dm", masculine=0.007)]
    brow_density: Annotated[float, trait(0.8, 0.22, "share", masculine=0.08, melanin=0.05)]
    brow_gap: Annotated[float, trait(0.115, 0.025, "dm from the middle", masculine=-0.015)]
    brow_length: Annotated[float, trait(0.46, 0.025, "dm")]
    # nose
    nose_length: Annotated[float, trait(0.425, 0.036, "dm below the eye line", masculine=0.012)]
    nose_forward: Annotated[float, trait(0.190, 0.028, "dm", masculine=0.014, melanin=-0.022)]
    nose_tip_width: Annotated[
        float, trait(0.104, 0.014, "dm, half", masculine=0.006, melanin=0.014)
    ]
    bridge_width: Annotated[float, trait(0.070, 0.011, "dm, half", masculine=0.004, melanin=0.006)]
    bridge_forward: Annotated[float, trait(0.045, 0.02, "dm", masculine=0.008, melanin=-0.016)]
    nostril_width: Annotated[float, trait(0.160, 0.018, "dm, half", masculine=0.008, melanin=0.022)]
    nose_hump: Annotated[float, trait(0.0, 0.018, "dm forward", masculine=0.006)]
    nose_tip_lift: Annotated[float, trait(0.0, 0.03, "dm up", masculine=-0.01)]
    # mouth
    mouth_height: Annotated[float, trait(-0.735, 0.022, "dm, before face_length")]
    mouth_width: Annotated[float, trait(0.255, 0.020, "dm, half", masculine=0.008, melanin=0.005)]
    upper_lip: Annotated[float, trait(0.058, 0.012, "dm", masculine=-0.006, melanin=0.012)]
    lower_lip: Annotated[float, trait(0.080, 0.014, "dm", masculine=-0.004, melanin=0.012)]
    lip_forward: Annotated[float, trait(0.036, 0.011, "dm", masculine=-0.004, melanin=0.010)]
    muzzle: Annotated[float, trait(0.04, 0.02, "dm forward around the mouth", melanin=0.02)]
    cupid_bow: Annotated[float, trait(0.35, 0.2, "share", masculine=-0.05)]
    lip_redness: Annotated[float, trait(0.5, 0.25, "share", masculine=-0.15)]
    mouth_curve: Annotated[float, trait(0.016, 0.011, "dm, corners up")]
    # cheeks, age, ears, body
    cheekbone: Annotated[float, trait(0.04, 0.02, "dm outward")]
    cheek_fullness: Annotated[float, trait(0.012, 0.03, "dm outward")]
    smile_fold: Annotated[float, trait(0.012, 0.009, "dm deep", masculine=0.003)]
    age: Annotated[float, trait(0.3, 0.22, "0 is twenty years, 1 is seventy", masculine=0.03)]
    ear_size: Annotated[float, trait(1.0, 0.09, "x", masculine=0.03)]
    ear_angle: Annotated[float, trait(0.38, 0.16, "rad away from the skull", masculine=0.03)]
    neck_width: Annotated[float, trait(1.0, 0.06, "x", masculine=0.09)]
    shoulder_width: Annotated[float, trait(1.03, 0.06, "x", masculine=0.07)]
    # skin
    skin_redness: Annotated[float, trait(0, 1, "dev.")]
    skin_yellowness: Annotated[float, trait(0, 1, "dev.")]
    freckles: Annotated[float, trait(0, 0.5, "share, none below 0", melanin=-0.3)]
    stubble_tone: Annotated[float, trait(0.5, 0.2, "share")]
    # hair
    hairline: Annotated[float, trait(0.63, 0.04, "dm above the eyes", masculine=0.025)]
    hair_recession: Annotated[float, trait(0.05, 0.05, "dm at the corners", masculine=0.035)]
    hair_top: Annotated[float, trait(0.13, 0.04, "dm thick on top")]
    hair_side: Annotated[float, trait(0.07, 0.025, "dm thick at the sides", masculine=-0.01)]
    hair_tone: Annotated[float, trait(0, 1, "dev. lighter")]
    hair_bulge: Annotated[float, trait(0, 1, "dev. fuller")]
    parting: Annotated[float, trait(0.0, 0.35, "dm, side of the parting")]
    brow_asymmetry: Annotated[float, trait(0, 1, "dev.")]
    jaw_asymmetry: Annotated[float, trait(0, 1, "dev.")]
    # what does not follow a bell
    masculinity: Annotated[float, Span(-1, 1, "-1 feminine, 1 masculine")]
    melanin: Annotated[float, Span(0, 1, "0 palest skin, 1 darkest")]
    hair_lightness: Annotated[float, Span(0, 1, "0 black, 1 blond")]
    hair_redness: Annotated[float, _SHARE]
    grey: Annotated[float, _SHARE]
    iris_brownness: Annotated[float, Span(0, 1, "0 blue, 0.5 green, 1 brown")]
    makeup: Annotated[float, _SHARE]
    texture: Annotated[
        float, Span(0, 100, "offset into the noise: whose skin and strands these are")
    ]
    hair: Hair
    beard: Beard
    glasses: Glasses
    moles: tuple[Annotated[tuple[float, float, float], Span(-1.2, 1.2, "dm: x, y, radius")], ...]


@cache
def traits() -> dict[str, Trait]:
    """Return the table of traits, by name, in the order of `Actor`."""
    hints = get_type_hints(Actor, include_extras=True)
    found = {name: (get_args(hint) or (None,))[-1] for name, hint in hints.items()}
    return {name: mark for name, mark in found.items() if isinstance(mark, Trait)}


_BLENDED = ("melanin", "hair_lightness", "hair_redness", "grey", "iris_brownness", "makeup")
_COMPARED = {  # deviations of the colours in a distance
    "melanin": 0.2,
    "hair_lightness": 0.25,
    "hair_redness": 0.25,
    "grey": 0.3,
    "iris_brownness": 0.4,
}
_STYLES = {  # how often each sex wears a style
    1: {"buzz": 13, "short": 22, "side": 17, "quiff": 12, "curly": 10, "afro": 4, "long": 4,
        "fringe": 4, "bun": 3, "bald": 5, "receding": 6},
    -1: {"buzz": 1, "short": 4, "side": 4, "quiff": 2, "curly": 9, "afro": 6, "bob": 20, "long": 26,
         "fringe": 13, "bun": 15},
}  # fmt: skip
_BEARDS = {"none": 45, "stubble": 27, "full": 14, "goatee": 9, "moustache": 5}
_FRAMES = (
    (0.02, 0.02, 0.025),
    (0.10, 0.05, 0.03),
    (0.35, 0.33, 0.30),
    (0.25, 0.04, 0.05),
    (0.03, 0.05, 0.12),
)


def sample(seed: int, masculinity: float | None = None) -> Actor:
    """Invent an actor: the same seed gives the same person."""
    rng = generator(seed)
    sex = int(rng.choice([-1, 1]))
    sex = sex if masculinity is None else int(np.sign(masculinity) or 1)
    lean = float(sex) if masculinity is None else masculinity
    melanin = round(float(rng.beta(1.1, 1.5)), 4)
    drawn: dict[str, Any] = {}
    for name, t in traits().items():
        z = float(np.clip(rng.standard_normal(), -2.1, 2.1))
        shift = t.masculine * lean + t.melanin * (melanin - 0.35) * 1.6
        drawn[name] = round(t.mean + t.sd * z + shift, 4)
    for name in ("age", "lid_crease", "eye_bags"):
        drawn[name] = float(np.clip(drawn[name], 0, 1))
    drawn["freckles"] = round(max(0.0, drawn["freckles"] - 0.25) * (melanin < 0.4), 4)
    drawn |= _colours(rng, melanin, drawn["age"])
    drawn["makeup"] = round(float(rng.uniform() * (rng.uniform() < 0.6)) * (sex < 0), 4)
    drawn["texture"] = round(float(rng.uniform(0, 100)), 4)
    drawn["hair"] = Hair(_pick(rng, _STYLES[sex]))
    drawn["beard"] = Beard(_pick(rng, _BEARDS)) if sex > 0 else Beard.NONE
    drawn["glasses"] = _glasses(rng)
    drawn["moles"] = tuple(
        (_draw(rng, -0.5, 0.5), _draw(rng, -1, 0.5), _draw(rng, 0.008, 0.013))
        for _ in range(rng.integers(0, 3))
    )
    return Actor(masculinity=lean, melanin=melanin, **drawn)


def _draw(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 4)


def _pick(rng: np.random.Generator, weights: dict[str, int]) -> str:
    shares = np.array(list(weights.values()), float)
    return str(rng.choice(list(weights), p=shares / shares.sum()))


def _colours(rng: np.random.Generator, melanin: float, age: float) -> dict[str, float]:
    light = float(np.clip(rng.normal(0.55 - melanin, 0.28), 0, 1))
    red = float(np.clip(rng.normal(0.1, 0.25), 0, 1)) * (melanin < 0.4)
    grey = float(np.clip((age - 0.55) * 2.2 * rng.uniform(), 0, 1))
    iris = float(rng.uniform())
    return {
        "hair_lightness": round(light if melanin < 0.5 else light * 0.15, 4),
        "hair_redness": round(red, 4),
        "grey": round(grey, 4),
        "iris_brownness": round(iris if melanin < 0.35 else 1.0, 4),
    }


def _glasses(rng: np.random.Generator) -> Glasses:
    return Glasses(
        shape=Lens(_pick(rng, {"round": 1, "rect": 1, "oval": 1, "square": 1})),
        half_width=_draw(rng, 0.235, 0.275),
        half_height=_draw(rng, 0.15, 0.215),
        tube=float(rng.choice([0.010, 0.016, 0.024, 0.030])),
        colour=_FRAMES[rng.integers(len(_FRAMES))],
    )


def mix(a: Actor, b: Actor, t: float) -> Actor:
    """Move ``a`` towards ``b`` by ``t``; style, beard, glasses, moles, texture stay ``a``'s."""
    names = [*traits(), *_BLENDED]
    moved: dict[str, Any] = {n: getattr(a, n) + (getattr(b, n) - getattr(a, n)) * t for n in names}
    return replace(a, **moved)


def distance(a: Actor, b: Actor) -> float:
    """Root mean square, over the traits and colours, of the difference in deviations (no unit)."""
    scales = {name: t.sd for name, t in traits().items()} | _COMPARED
    gaps = [(getattr(a, n) - getattr(b, n)) / sd for n, sd in scales.items()]
    return float(np.sqrt(np.mean(np.square(gaps))))


def look_alike(a: Actor, seed: int, apart: float = 1.0) -> Actor:
    """Invent someone ``apart`` from ``a`` in identity distance: like a sibling below 0.7.

    Style, beard, glasses and moles are ``a``'s, skin and hair colour near; the texture is not.
    """
    b = sample(seed, a.masculinity)
    near: dict[str, Any] = {
        n: getattr(a, n) + 0.3 * (getattr(b, n) - getattr(a, n)) for n in _BLENDED
    }
    stranger = replace(b, **near, freckles=a.freckles)
    # a mix is linear in t, so the distance is too
    moved = mix(a, stranger, apart / distance(a, stranger))
    clipped: dict[str, Any] = {
        n: float(np.clip(getattr(moved, n), 0, 1)) for n in (*_BLENDED, "age")
    }
    return replace(moved, **clipped, texture=b.texture)


def read_cast(path: Path) -> dict[str, Actor]:
    """Read the cast: actor by name, in the order of the file."""
    tables = load(path, "correct the entry 'cast' of the plan")
    cast = {name: build(Actor, table, f"{path}: {name}") for name, table in tables.items()}
    offsets: dict[float, str] = {}
    for name, person in cast.items():
        if person.texture in offsets:
            raise FacelabError(
                f"{path}: {name}: texture is {person.texture}, already {offsets[person.texture]}'s;"
                " give every actor another"
            )
        offsets[person.texture] = name
    return cast


def to_toml(name: str, actor: Actor) -> str:
    """Write an actor as a table of the cast file, every trait written out."""
    marks = get_type_hints(Actor, include_extras=True)
    lines = [f"[{name}]"]
    for field in fields(Actor):
        content, hint = getattr(actor, field.name), marks[field.name]
        span = (get_args(hint) or (None,))[-1]
        note = f"  # {span.unit}" if isinstance(span, Span) else ""
        lines.append(f"{field.name} = {_toml(content)}{note}")
    return "\n".join(lines) + "\n"


def _toml(content: object) -> str:
    if isinstance(content, Glasses):
        entries = ", ".join(
            f"{f.name} = {_toml(getattr(content, f.name))}" for f in fields(content)
        )
        return f"{{ {entries} }}"
    if isinstance(content, tuple):
        return f"[{', '.join(_toml(c) for c in content)}]"
    return f'"{content}"' if isinstance(content, str) else repr(round(float(str(content)), 4))
