"""Paint of the head, evaluated at every visible pixel: skin, beard, lips, scalp (eyes: `gaze`)."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from facelab.studio.actor import Actor, Beard, Hair
from facelab.studio.hair import hairline
from facelab.studio.head import Mouth, mouth
from facelab.studio.maths import Array, Float, bell, bump, interpolate, lerp, linear, smoothstep
from facelab.studio.noise import Pattern, sample
from facelab.studio.shot import Expression

_SKINS = np.log(
    [
        linear((236, 206, 192)),
        linear((222, 184, 164)),
        linear((196, 154, 130)),
        linear((154, 112, 90)),
        linear((108, 76, 60)),
        linear((70, 50, 43)),
    ]
)
_HAIRS = np.array(
    [
        (0.010, 0.009, 0.009),
        (0.030, 0.018, 0.012),
        (0.085, 0.048, 0.026),
        (0.20, 0.125, 0.062),
        (0.42, 0.30, 0.17),
    ]
)


def _kept(colour: Array) -> Array:
    kept: Array = colour.astype(Float)
    kept.setflags(write=False)  # every layer of every frame reads it
    return kept


@lru_cache(maxsize=32)
def skin_colour(actor: Actor) -> Array:
    """Mean albedo of the skin, (3,) linear red, green, blue."""
    steps = range(len(_SKINS))
    colour = np.exp([np.interp(actor.melanin * 5, steps, _SKINS[:, k]) for k in range(3)])
    red, yellow = actor.skin_redness, actor.skin_yellowness
    colour *= [1 + 0.03 * red, 1 - 0.035 * red - 0.01 * yellow, 1 - 0.03 * red - 0.05 * yellow]
    return _kept(np.clip(colour, 0.01, 0.85))


@lru_cache(maxsize=32)
def hair_colour(actor: Actor) -> Array:
    """Mean albedo of the hair, (3,) linear red, green, blue."""
    knots = (0, 0.25, 0.5, 0.75, 1.0)
    colour = np.array([np.interp(actor.hair_lightness, knots, _HAIRS[:, k]) for k in range(3)])
    colour = lerp(colour, colour * np.array([2.0, 0.9, 0.5]) + 0.01, actor.hair_redness)
    colour = lerp(colour, np.array([0.42, 0.42, 0.43]), actor.grey * 0.85)
    return _kept(np.clip(colour * (1 + 0.075 * actor.hair_tone), 0.006, 0.8))


@dataclass(frozen=True)
class Place:
    """Where each of n visible pixels lies on the head, arrays (n,).

    ``x, y, z`` on the skull at rest (dm), ``moved_x, moved_y`` after the jaw dropped, ``azimuth``
    rad, ``front`` 1 on the face and 0 behind.
    """

    x: Array
    y: Array
    z: Array
    moved_x: Array
    moved_y: Array
    azimuth: Array
    front: Array


@dataclass
class Coat:
    """Paint of n pixels: ``albedo`` (n, 3), strength and sharpness of the highlight (n,).

    ``beard`` is the coverage by a thick beard (n,). The painters below lay one coat over another.
    """

    albedo: Array
    shine: Array
    gloss: Array
    beard: Array


def _column(red: float, green: float, blue: float) -> Array:
    """A colour to multiply planes (3, n) with: over runs of 3 NumPy takes eight times as long."""
    return np.array([[red], [green], [blue]], Float)


def skin(actor: Actor, place: Place) -> Coat:
    """Bare skin: three scales of mottle, blood, shadow under the eyes, freckles, moles."""
    x, y, front, offset = place.x, place.y, place.front, actor.texture
    ax = np.abs(x)
    broad = sample(Pattern.CLOUD, x * 0.22 + offset * 0.13, y * 0.22 + place.z * 0.1)
    fine = sample(Pattern.GRAIN, x * 0.33 + offset * 0.7, y * 0.33 + place.z * 0.2)
    middle = sample(Pattern.CLOUD, x * 0.6 + offset * 0.37, y * 0.6 + place.z * 0.3)
    mottle = 0.06 * broad + 0.05 * middle + 0.05 * fine
    albedo = skin_colour(actor)[:, None] * (1 + mottle * _column(0.8, 1.0, 1.1))
    blood = 0.9 * bump(ax, y, (0.40, -0.32), (0.20, 0.18))
    blood += 0.8 * bump(ax, y, (0, -actor.nose_length), (0.16, 0.12))
    blood += 0.35 * bump(ax, y, (0, -1.0), (0.2, 0.15))
    strength = 0.12 + 0.10 * (1 - actor.melanin) + 0.05 * max(actor.skin_redness, 0.0)
    blood = blood * front * strength + 0.02 * broad
    albedo *= 1 + blood * _column(0.30, -0.55, -0.55)
    from_eye, eye_y = ax - actor.eye_spacing, actor.eye_height
    orbit = bump(from_eye, y, (-0.03, eye_y - 0.02), (0.17, 0.12)) * front
    albedo *= 1 - orbit * (0.13 + 0.16 * actor.eye_bags) * _column(0.8, 1, 0.9)
    bag = bell(y - (eye_y - 0.125 - 0.02 * np.cos(from_eye * 7)), 0.022)
    bag *= bell(from_eye + 0.03, 0.13) * front
    albedo *= 1 - bag * 0.20 * actor.eye_bags
    if actor.freckles > 0.02:
        spots = smoothstep(1.15, 1.9, sample(Pattern.SPOT, x * 0.55 + offset, y * 0.55))
        spots = spots * (bump(ax, y, (0.25, -0.28), (0.32, 0.2)) + 0.25 * front)
        spots = np.clip(spots * actor.freckles * 1.2, 0, 0.6)
        albedo *= 1 - spots * _column(0.45, 0.62, 0.7)
    for mole_x, mole_y, radius in actor.moles:
        spot = np.exp(-((((x - mole_x) ** 2 + (y - mole_y) ** 2) / radius**2) ** 2))
        albedo *= 1 - 0.5 * spot * front
    oily = 0.35 * bump(ax, y, (0, -0.1), (0.12, 0.5)) + 0.4 * bump(ax, y, (0, 0.45), (0.35, 0.2))
    shine = 0.026 * (1 + oily + 0.25 * middle)
    _nostrils(actor, place, albedo)
    albedo = np.ascontiguousarray(albedo.T)
    return Coat(albedo, shine, np.full(len(x), 16.0, Float), np.zeros(len(x), Float))


def _nostrils(actor: Actor, place: Place, albedo: Array) -> None:
    """Darken the planes (3, n) of ``albedo``."""
    ax, tip, wing = np.abs(place.x), -actor.nose_length, actor.nostril_width
    size = (0.036 + 0.1 * (wing - 0.16), 0.017)
    hole = 0.80 * bump(ax, place.y, (wing * 0.50, tip - 0.070), size) * place.front
    albedo *= 1 - np.clip(hole, 0, 0.8) * _column(0.92, 1, 1)
    crease = bump(ax, place.y, (wing * 1.10, tip - 0.03), (0.022, 0.05)) * place.front
    albedo *= 1 - 0.22 * crease


_DENSITY = {Beard.FULL: 0.96, Beard.GOATEE: 0.85, Beard.MOUSTACHE: 0.9}


def add_beard(actor: Actor, lips: Mouth, place: Place, coat: Coat) -> None:
    """Beard, moustache or stubble; a shaven man's jaw keeps a faint shade."""
    thick = actor.beard in _DENSITY
    density = _DENSITY.get(actor.beard, 0.30 + 0.25 * actor.stubble_tone)
    if actor.beard is Beard.NONE:
        density = 0.20 * (1 - actor.melanin) * actor.stubble_tone
        if actor.masculinity <= 0:
            return
    x, y, z, offset = place.x, place.y, place.z, actor.texture
    grain = sample(Pattern.GRAIN, x * 0.9 + offset, y * 0.55 + z * 0.5)
    strand = sample(Pattern.STRAND, x * 1.6 + offset, y * 0.5 + z)
    where = _beard_area(actor, lips, place, strand)
    if thick:
        cover = smoothstep(0.12, 0.62, where + 0.14 * grain + 0.10 * strand)
        cover = np.clip(cover * density * (1 + 0.10 * grain), 0, 0.97)
        coat.beard = where
    else:
        cover = np.clip(where * density * (1 + 0.5 * grain), 0, 0.8)
    cover = cover * smoothstep(0.10, 0.55, where + 0.1 * grain)
    colour = hair_colour(actor) * 1.05
    if not thick:
        colour = hair_colour(actor) * 0.7 + skin_colour(actor) * np.array([0.22, 0.25, 0.30], Float)
    painted = colour[None] * (1 + 0.25 * strand + 0.2 * grain)[:, None]
    coat.albedo = lerp(coat.albedo, painted, cover[:, None])
    coat.shine = coat.shine * (1 - 0.5 * cover)


def _beard_area(actor: Actor, lips: Mouth, place: Place, strand: Array) -> Array:
    """Where hair grows on the lower face, 0 to 1, clear of the lips."""
    y, ax = place.y, np.abs(place.x)
    moved = np.abs(place.moved_x)
    mouth_y, tip = actor.mouth_height * actor.face_length, -actor.nose_length
    cheek = y + 0.25 * smoothstep(0.68, 0.45, ax) * smoothstep(-0.8, -0.45, y)
    jaw = smoothstep(-0.30, -0.62, cheek) * smoothstep(-0.35, -0.05, place.z)
    t = np.clip(moved / (lips.half * 1.15), 0, 1.5)
    top = lerp(tip - 0.085, mouth_y + 0.03, t**1.6)
    over_lip = smoothstep(-0.03, 0.02, place.moved_y - (lips.centre + lips.upper * 0.9))
    beside = smoothstep(0.98, 1.1, moved / lips.half) * (y > mouth_y - 0.1)
    moustache = smoothstep(1.25, 0.95, t + 0.06 * strand)
    moustache = moustache * smoothstep(0.035, -0.03, y - top + 0.012 * strand)
    moustache = moustache * np.maximum(over_lip, beside) * (1 - 0.35 * bell(place.moved_x, 0.03))
    if actor.beard is Beard.MOUSTACHE:
        where = moustache
    elif actor.beard is Beard.GOATEE:
        chin = bump(ax, y, (0, -1.02 * actor.face_length), (0.20, 0.17))
        sides = bell(moved - lips.half - 0.05, 0.05) * smoothstep(mouth_y - 0.3, mouth_y - 0.1, y)
        chin = chin + 0.9 * sides * smoothstep(tip - 0.15, tip - 0.2, y)
        where = np.maximum(np.clip(chin * 1.5, 0, 1), moustache)
    else:
        where = np.maximum(jaw, moustache)
    bottom = lips.centre - lips.gap - lips.lower
    outside = np.maximum(place.moved_y - lips.centre - lips.upper, bottom - place.moved_y)
    on_lips = (1 - smoothstep(-0.01, 0.03, outside)) * smoothstep(1.12, 0.97, moved / lips.half)
    result: Array = where * (1 - on_lips)
    return result


def add_lips(actor: Actor, expression: Expression, lips: Mouth, place: Place, coat: Coat) -> None:
    """Lips, the line between them and, when the mouth is open, teeth and tongue."""
    across = np.abs(place.moved_x) / lips.half
    y = place.moved_y
    within = smoothstep(1.03, 0.95, across)
    bottom = lips.centre - lips.gap
    upper = smoothstep(
        -0.006, 0.010, np.minimum(lips.centre + lips.upper - y, y - lips.centre + 0.012)
    )
    lower = smoothstep(-0.006, 0.012, np.minimum(bottom + 0.012 - y, y - bottom + lips.lower))
    cover = np.maximum(upper, lower) * within
    base = skin_colour(actor)
    red = lerp(
        base * np.array([0.80, 0.50, 0.52]), np.array([0.42, 0.06, 0.08]), actor.makeup * 0.55
    )
    colour = lerp(base * np.array([0.88, 0.74, 0.72]), red, 0.35 + 0.6 * actor.lip_redness)
    wrinkles = 1 + 0.10 * sample(Pattern.STRAND, place.moved_x * 1.5 + actor.texture, y * 0.3)
    painted = colour.astype(Float)[None] * wrinkles[:, None]
    coat.albedo = lerp(coat.albedo, painted, (cover * 0.95)[:, None])
    coat.shine = lerp(coat.shine, 0.055 + 0.04 * actor.makeup, cover)
    coat.gloss = lerp(coat.gloss, 26.0, cover)
    seam = bell(y - lips.centre + lips.gap * 0.5, 0.009) * within * (lips.gap < 0.02)
    corners = bump(across, y - lips.centre, (1.0, 0.0), (0.07, 0.018))
    coat.albedo *= 1 - (0.72 * seam + 0.35 * corners)[:, None]
    if expression.jaw() > 0.01:
        _open_mouth(lips, across, y, within, coat)


def _open_mouth(lips: Mouth, across: Array, y: Array, within: Array, coat: Coat) -> None:
    deep = lips.centre - y
    cavity = smoothstep(-0.004, 0.010, np.minimum(deep, y - lips.centre + lips.gap))
    cavity = cavity * within * smoothstep(0.0, 0.03, lips.gap)
    teeth = smoothstep(0.0, 0.008, deep) * smoothstep(0.082, 0.066, deep + 0.05 * across**2)
    teeth = teeth * smoothstep(0.97, 0.80, across) * smoothstep(0.01, 0.04, lips.gap) * 0.92
    between = 1 - 0.18 * bell((across * lips.half / 0.048) % 1 - 0.5, 0.09)
    tongue = smoothstep(0.35, 0.8, deep / np.maximum(lips.gap, 0.02)) * smoothstep(
        0.85, 0.4, across
    )
    inside = lerp(
        np.array([0.05, 0.012, 0.010], Float),
        np.array([0.20, 0.06, 0.055], Float),
        0.8 * tongue[:, None],
    )
    enamel = np.array([0.56, 0.51, 0.44], Float) * between[:, None]
    inside = lerp(inside, enamel, teeth[:, None])
    inside = inside * (1 - 0.5 * smoothstep(0.5, 1.0, across))[:, None]
    coat.albedo = lerp(coat.albedo, inside, cavity[:, None])
    coat.shine = lerp(coat.shine, 0.02, cavity)


def add_scalp(actor: Actor, place: Place, coat: Coat) -> None:
    """Roots of the hair on the skin, so that no pale scalp shines between strands."""
    if actor.hair is Hair.BALD:
        return
    buzz = actor.hair is Hair.BUZZ
    line = hairline(actor, np.abs(place.azimuth))
    strand = sample(Pattern.STRAND, place.azimuth * 0.55 + actor.texture, place.y * 0.4)
    fine = sample(Pattern.GRAIN, place.x * 0.33 + actor.texture * 0.7, place.y * 0.33)
    cover = smoothstep(-0.05, 0.09, place.y - line + 0.035 * strand + 0.02 * fine)
    cover = cover * (0.75 if buzz else 0.93) * (0.8 if actor.hair is Hair.RECEDING else 1.0)
    roots = hair_colour(actor) * (1.0 if buzz else 0.9) + skin_colour(actor) * (
        0.12 if buzz else 0.05
    )
    coat.albedo = lerp(coat.albedo, roots[None], cover[:, None])
    coat.shine = coat.shine * (1 - 0.7 * cover)


def face(actor: Actor, expression: Expression, place: Place) -> Coat:
    """Paint of the whole head but for brows and eyes."""
    coat = skin(actor, place)
    lips = mouth(actor, expression, place.moved_x)
    add_beard(actor, lips, place, coat)
    add_lips(actor, expression, lips, place, coat)
    add_scalp(actor, place, coat)
    return coat


def place_of(read: Array, u: Array, azimuths: Array) -> Place:
    """Places from what the grids say: ``read`` (n, 5) is moved x, y and rest x, y, z."""
    knots = np.linspace(0, 1, len(azimuths)).tolist()
    front = smoothstep(-0.05, 0.25, read[:, 4])
    x, y, z = read[:, 2], read[:, 3], read[:, 4]
    return Place(x, y, z, read[:, 0], read[:, 1], interpolate(u, knots, azimuths), front)
