"""The light of a frame: one key light, what the room throws back, the glow of the screen."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np

from facelab.base.toml import Span
from facelab.studio.maths import Array, Float, lerp, linear, vector


@dataclass(frozen=True)
class Light:
    """Everything the shading asks of the light. Strengths are linear, 1 lights white paper to 1."""

    kind: str
    azimuth: Annotated[float, Span(-3.2, 3.2, "rad, 0 from the camera, positive from the right")]
    elevation: Annotated[float, Span(-1.5, 1.5, "rad above the eye line")]
    key: Annotated[float, Span(0, 10, "strength of the key light")]
    kelvin: Annotated[float, Span(1500, 12000, "K, colour of the key light")]
    ambient: Annotated[float, Span(0, 5, "strength of the light of the room")]
    ambient_kelvin: Annotated[float, Span(1500, 12000, "K")]
    screen: Annotated[float, Span(0, 2, "strength of the screen's glow")]
    softness: Annotated[float, Span(0, 1, "0 a bulb, 1 a large window")] = 0.3
    rim: Annotated[float, Span(0, 2, "strength of a light from behind")] = 0.0

    def direction(self) -> Array:
        """Unit vector (3,) towards the key light."""
        across, up = self.azimuth, self.elevation
        return vector(
            math.sin(across) * math.cos(up), math.sin(up), math.cos(across) * math.cos(up)
        )

    def key_colour(self) -> Array:
        """Key light as linear red, green, blue (3,), strength included."""
        return self.key * _kelvin(self.kelvin)

    def ambient_colour(self) -> Array:
        """Light of the room as linear red, green, blue (3,), strength included."""
        return self.ambient * _kelvin(self.ambient_kelvin)

    def on_room(self) -> Array:
        """Light on the wall behind, (3,): mostly the room's own."""
        return 0.8 * self.ambient_colour() + 0.22 * self.key_colour()


def blend(a: Light, b: Light, t: float) -> Light:
    """Light between ``a`` (t = 0) and ``b`` (t = 1), named as ``a``."""
    names = ("azimuth", "elevation", "key", "kelvin", "ambient", "ambient_kelvin", "screen")
    mixed = {n: float(lerp(getattr(a, n), getattr(b, n), t)) for n in (*names, "softness", "rim")}
    return Light(kind=a.kind, **mixed)


@lru_cache(maxsize=1024)
def _kelvin(temperature: float) -> Array:
    """Colour (3,) of a black body, of luminance 1; a common fit to the Planckian locus."""
    k = temperature / 100.0
    red = 255.0 if k <= 66 else 329.7 * (k - 60) ** -0.1332
    green = 99.47 * math.log(k) - 161.12 if k <= 66 else 288.12 * (k - 60) ** -0.0755
    blue = 255.0 if k >= 66 else 0.0 if k <= 19 else 138.52 * math.log(k - 10) - 305.04
    colour = linear(np.clip([red, green, blue], 1, 255))
    result: Array = (colour / (colour @ np.array([0.2126, 0.7152, 0.0722]))).astype(Float)
    result.setflags(write=False)
    return result
