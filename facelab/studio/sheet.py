"""A contact sheet of the cast: two actors a row, four frames each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np

from facelab.studio.actor import Actor
from facelab.studio.maths import Array
from facelab.studio.renderer import take
from facelab.studio.shot import NEUTRAL, Expression, Pose, Shot
from facelab.studio.sitting import Sitting

_SHOTS = (
    Shot(Pose(), NEUTRAL, 0, (1,)),
    Shot(Pose(yaw=-0.18), Expression("smile", smile=0.8), 1, (2,)),
    Shot(Pose(yaw=0.12, pitch=0.06), Expression("talk", open=0.35), 2, (3,)),
    Shot(Pose(yaw=0.42), NEUTRAL, 3, (4,), glasses=True),
)


def contact_sheet(cast: Mapping[str, Actor], sittings: Sequence[Sitting]) -> bytes:
    """Draw all actors; returns a JPEG of 8 frames a row, each 160 x 120 pixels, with names."""
    strips = [_strip(name, actor, sittings) for name, actor in cast.items()]
    if len(strips) % 2:
        strips.append(np.full_like(strips[0], 255))
    rows = [np.hstack(strips[k : k + 2]) for k in range(0, len(strips), 2)]
    _, coded = cv2.imencode(".jpg", np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 82])
    return bytes(coded.tobytes())


def _strip(name: str, actor: Actor, sittings: Sequence[Sitting]) -> Array:
    frames = []
    for k, shot in enumerate(_SHOTS):
        sitting = sittings[k // 2 % len(sittings)]
        frame = take(actor, sitting, replace(shot, pose=replace(shot.pose, distance=4.6)))
        frames.append(cv2.resize(frame.pixels, (160, 120), interpolation=cv2.INTER_AREA))
    strip: Array = np.ascontiguousarray(np.hstack(frames))
    at, font = (5, 114), cv2.FONT_HERSHEY_SIMPLEX
    for colour, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(strip, name, at, font, 0.42, colour, thick, cv2.LINE_AA)
    return strip
