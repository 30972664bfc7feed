"""A sitting: one recording occasion, with its room, light, camera and four garments."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from facelab.base.toml import Span
from facelab.studio.camera import Camera
from facelab.studio.light import Light


class Neck(StrEnum):
    """Cut of a garment at the neck."""

    CREW = "crew"
    V = "v"
    COLLAR = "collar"
    HOOD = "hood"


class Weave(StrEnum):
    """Pattern of a cloth."""

    PLAIN = "plain"
    STRIPE = "stripe"
    CHECK = "check"


@dataclass(frozen=True)
class Garment:
    """What is worn below the neck."""

    name: str
    colour: Annotated[tuple[float, float, float], Span(0, 1, "linear red, green, blue")]
    neck: Neck
    weave: Weave
    texture: Annotated[float, Span(0, 100, "offset into the noise of its folds")]


@dataclass(frozen=True)
class Sitting:
    """Where and how people were recorded; everyone wears each of the garments in turn."""

    name: str
    room: Annotated[int, Span(0, 1_000_000, "seed of the room's picture")]
    light: Light
    camera: Camera
    garments: tuple[Garment, Garment, Garment, Garment]
