"""How surfaces answer light: pure functions on arrays of n pixels, linear red, green, blue."""

from dataclasses import dataclass

import numpy as np

from facelab.studio.light import Light
from facelab.studio.maths import Array, Float, dot, lerp, smoothstep, unit, vector

_SCREEN = (0.75, 0.95, 1.35)
"""Colour of a screen's glow."""
_GLARE = vector(0.8, 1, 1.2)
"""Colour of a screen in a highlight."""
SKIN_WRAP = (0.24, 0.15, 0.11)
"""How far light creeps round an edge of skin, red, green, blue: cheap subsurface scattering."""


@dataclass(frozen=True)
class Surface:
    """What n pixels show, arrays (n, 3) or (n,).

    ``normal``, ``soft_normal`` (blurred, for scattering) and ``view`` are unit vectors; ``sky`` is
    the share of ambient light, ``lit`` the share of key light that arrives.
    """

    albedo: Array
    normal: Array
    soft_normal: Array
    view: Array
    shine: Array
    gloss: Array
    sky: Array
    lit: Array


def shade(s: Surface, light: Light, wrap: tuple[float, float, float] = SKIN_WRAP) -> Array:
    """Light sent to the camera, (n, 3): wrapped Lambert, Blinn-Phong, hemisphere, screen."""
    direction, key, ambient = light.direction(), light.key_colour(), light.ambient_colour()
    facing, soft_facing = s.normal @ direction, s.soft_normal @ direction
    seeped = np.sqrt(np.clip(s.lit, 0, 1))
    up, ahead = s.normal[:, 1], s.normal[:, 2]
    above = (0.62 + 0.38 * up + 0.10 * ahead) * s.sky
    glow = light.screen * np.clip(ahead * 0.9 + 0.1 - 0.15 * up, 0, 1) * s.sky
    side = s.normal[:, 0] * -0.5 * np.sign(direction[0])
    rim = light.rim * np.clip(-ahead * 0.5 + 0.35 + side, 0, 1) ** 2
    spark, glare = _highlight(s, light, direction, facing)
    out = np.empty_like(s.albedo)
    for channel, (blurred, seep) in enumerate(((0.55, 0.32), (0.35, 0.12), (0.25, 0.06))):
        edge = wrap[channel] + 0.2 * light.softness
        cosine = (lerp(facing, soft_facing, blurred) + edge) / (1 + edge)
        diffuse = np.clip(cosine, 0, 1) ** 1.25 * lerp(s.lit, seeped, seep)
        tint = light.ambient and ambient[channel] / light.ambient
        reflected = key[channel] * diffuse + ambient[channel] * above + rim * tint
        highlight = spark * key[channel] + glare * _GLARE[channel]
        body = s.albedo[:, channel] * (reflected + glow * _SCREEN[channel])
        out[:, channel] = body + highlight
    return out


def _highlight(s: Surface, light: Light, direction: Array, facing: Array) -> tuple[Array, Array]:
    """Strength of the highlights of the key light and of the screen, (n,) each."""
    along = np.clip(dot(s.normal, unit(direction + s.view)), 0, 1)
    fresnel = 0.5 + 2 * (1 - np.clip(dot(s.normal, s.view), 0, 1)) ** 4
    strength = s.shine * (s.gloss + 8) / 8 * along**s.gloss
    strength = strength * np.clip(facing * 3, 0, 1) * s.lit * fresnel
    from_screen = np.clip(dot(s.normal, unit(vector(0, 0.1, 1) + s.view)), 0, 1)
    glow = s.shine * (s.gloss + 8) / 10 * from_screen**s.gloss * light.screen * s.sky
    return strength, glow


@dataclass(frozen=True)
class Strands:
    """What n pixels of hair show: ``along`` is the unit direction of the strands (n, 3)."""

    albedo: Array
    normal: Array
    along: Array
    view: Array
    sky: Array
    lit: Array
    coarse: Array
    fine: Array
    gleam: float


def shade_hair(h: Strands, light: Light) -> Array:
    """Light sent to the camera by hair, (n, 3): soft Lambert and a band across the strands."""
    direction, key = light.direction(), light.key_colour()
    facing = h.normal @ direction
    diffuse = np.clip((facing + 0.35) / 1.35, 0, 1) ** 1.2
    strand = unit(h.along + h.normal * (0.18 * h.coarse + 0.12 * h.fine)[:, None])
    cosine = dot(strand, unit(direction + h.view))
    sine = np.sqrt(np.clip(1 - cosine**2, 0, 1))
    band = sine**60 * 0.9 * (1 + 0.5 * h.fine) + 0.5 * sine**14
    band = band * h.gleam * np.clip(facing + 0.25, 0, 1)
    sky = np.clip(h.sky, 0.15, 1) * np.clip(0.8 + 0.25 * h.coarse, 0.3, 1.2)
    around = (0.65 + 0.35 * h.normal[:, 1]) * sky
    direct, ambient, glow = diffuse * h.lit, light.ambient_colour(), light.screen * 0.5 * sky
    spark = band * h.lit * 0.020 * np.clip(1 + 0.8 * h.coarse, 0, 2)
    sheen = light.ambient * 0.010 * sine**10 * sky
    edge = np.clip(1 - np.abs(dot(h.normal, h.view)), 0, 1) ** 3
    from_behind = light.rim * 0.12 * edge
    out = np.empty_like(h.albedo)
    for channel in range(3):
        albedo = h.albedo[:, channel]
        incoming = direct * key[channel] + around * ambient[channel] + glow
        shown = albedo * incoming + spark * (key[channel] * 0.6 + light.key * albedo * 2.5)
        out[:, channel] = shown + sheen + from_behind * (albedo + 0.05)
    return out


def mirrored(normal: Array, view: Array) -> Array:
    """Directions in which surfaces mirror the camera, (n, 3)."""
    reflected: Array = 2 * dot(normal, view)[:, None] * normal - view
    return reflected


def reflected_room(normal: Array, view: Array, light: Light) -> Array:
    """What a lens mirrors, (n, 3): a window at the key light, the screen, the ceiling."""
    direction = light.direction()
    ray = mirrored(normal, view)
    across = unit(np.cross(np.array([0, 1, 0.0]), direction)).astype(Float)
    upward = np.cross(direction, across)
    ahead = ray @ direction
    x = ray @ across / np.maximum(ahead, 0.05)
    y = ray @ upward / np.maximum(ahead, 0.05)
    window = smoothstep(0.26, 0.22, np.abs(x)) * smoothstep(0.34, 0.29, np.abs(y)) * (ahead > 0)
    window = window * (0.35 + 0.65 * smoothstep(0.0, 0.03, np.abs(x)))  # its middle bar
    screen = smoothstep(0.30, 0.25, np.abs(ray[:, 0])) * (ray[:, 2] > 0)
    screen = screen * smoothstep(0.20, 0.16, np.abs(ray[:, 1] + 0.10))
    glow = screen * (light.screen * 3.0 + 0.10 * light.ambient)
    seen = (window * 3.2)[:, None] * light.key_colour() + glow[:, None] * vector(0.8, 1.0, 1.3)
    seen = seen + 0.35 * light.ambient_colour() * (1 + 0.4 * ray[:, 1:2])
    fresnel = 0.045 + 0.5 * (1 - np.clip(dot(normal, view), 0, 1)) ** 4
    mirrored_light: Array = seen * fresnel[:, None]
    return mirrored_light


def catch_light(normal: Array, view: Array, lit: Array, light: Light) -> Array:
    """Small bright reflection of key light and screen in an eye, (n,)."""
    ray = mirrored(normal, view)
    key = smoothstep(0.970, 0.992, ray @ light.direction()) * light.key * 0.9
    screen = smoothstep(0.97, 0.99, ray @ unit(vector(0.05, 0.12, 1)))
    glow = screen * (light.screen * 1.3 + light.ambient * 0.25)
    spark: Array = 0.42 * (key + glow) * (lit * 0.7 + 0.3)
    return spark
