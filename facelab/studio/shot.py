"""A shot: everything about one frame of one person that is not the person and not the sitting."""

from dataclasses import dataclass
from typing import Annotated

from facelab.base.toml import Span
from facelab.studio.light import Light

_SHARE = Span(0, 1, "share")


@dataclass(frozen=True)
class Pose:
    """Where the head is and how it is turned."""

    yaw: Annotated[float, Span(-1.2, 1.2, "rad, positive turns to the viewer's right")] = 0.0
    pitch: Annotated[float, Span(-0.7, 0.7, "rad, positive looks down")] = 0.0
    roll: Annotated[float, Span(-0.7, 0.7, "rad, positive tilts to the viewer's left")] = 0.0
    distance: Annotated[float, Span(2.5, 30, "dm from the camera")] = 4.9
    across: Annotated[float, Span(-10, 10, "dm to the viewer's right")] = 0.0
    up: Annotated[float, Span(-10, 10, "dm")] = 0.0


@dataclass(frozen=True)
class Expression:
    """What the face does; ``word`` is how the manifest calls it."""

    word: str = "neutral"
    open: Annotated[float, _SHARE] = 0.0
    smile: Annotated[float, _SHARE] = 0.0
    pucker: Annotated[float, _SHARE] = 0.0
    frown: Annotated[float, _SHARE] = 0.0
    squint: Annotated[float, _SHARE] = 0.0
    surprise: Annotated[float, _SHARE] = 0.0
    blink: Annotated[float, _SHARE] = 0.0
    brow: Annotated[float, Span(-1, 1, "share up")] = 0.0
    gaze_across: Annotated[float, Span(-1, 1, "share to the viewer's right")] = 0.0
    gaze_up: Annotated[float, Span(-1, 1, "share")] = 0.0

    def jaw(self) -> float:
        """How far the mouth is open: a broad smile parts the lips."""
        return self.open + 0.20 * max(0.0, self.smile - 0.35) / 0.65 * (1 - self.open)


NEUTRAL = Expression()


@dataclass(frozen=True)
class Shot:
    """One frame to take: pose, expression, which garment of the sitting, glasses on or off.

    ``light`` replaces the sitting's when given; ``shift`` moves the room behind (pixels of its
    picture: right, down); ``motion`` is the camera's (length in pixels, angle in rad);
    ``noise`` keys the sensor noise, so that two shots may share theirs.
    """

    pose: Pose
    expression: Expression
    garment: int
    noise: tuple[int, ...]
    glasses: bool = False
    light: Light | None = None
    shift: tuple[int, int] = (0, 0)
    motion: tuple[float, float] = (0.0, 0.0)
