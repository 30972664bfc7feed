"""A still: one take drawn, and what the manifest says of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields

import cv2

from facelab.studio.actor import Actor
from facelab.studio.renderer import take_group
from facelab.studio.takes import Take


@dataclass(frozen=True)
class Row:
    """One line of the manifest; the fields are its columns, in order."""

    file: str
    sha256: str
    set: str
    person: str
    sitting: str
    garment: str
    light: str
    glasses: int
    expression: str
    burst: str
    pair: str
    frames: int
    boxes: str


COLUMNS = tuple(f.name for f in fields(Row))


def actors_of(still: Take, cast: Mapping[str, Actor]) -> dict[str, Actor]:
    """Return the actors of a take, which is all of the cast that a worker needs."""
    return {name: cast[name] for name, _ in still.people}


def draw_still(still: Take, cast: Mapping[str, Actor]) -> tuple[Row, bytes]:
    """Draw one still: its line of the manifest, and its JPEG."""
    cv2.setNumThreads(1)  # stills are drawn in parallel by process
    people = [(cast[name], shot) for name, shot in still.people]
    frame = take_group(people, still.sitting, still.shot)
    shots = [shot for _, shot in still.people]
    light = still.shot.light or still.sitting.light
    row = Row(
        file=still.file,
        sha256=hashlib.sha256(frame.jpeg).hexdigest(),
        set=still.set,
        person="+".join(name for name, _ in still.people),
        sitting=still.sitting.name,
        garment="+".join(still.sitting.garments[s.garment].name for s in shots),
        light=light.kind,
        glasses=int(any(s.glasses for s in shots)),
        expression="+".join(s.expression.word for s in shots),
        burst=still.burst,
        pair=still.pair,
        frames=1,
        boxes=";".join(",".join(map(str, box)) for box in frame.boxes),
    )
    return row, frame.jpeg
