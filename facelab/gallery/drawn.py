"""Crowd: photos and probes of hundreds of people, drawn by the studio when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd

from facelab.contract.errors import FacelabError
from facelab.contract.interval import Interval
from facelab.contract.photos import Photos
from facelab.gallery.rendered import RenderedFrames
from facelab.studio import crowd as studio

PEOPLE = Interval.between(11, 3500)
"""How large a crowd may be: not smaller than T4's, not larger than what the cache holds."""


def people(text: str) -> int:
    """Return the number of people that ``--people`` means. Raises FacelabError for others."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number not in PEOPLE:
        raise FacelabError(
            f"--people: received {text!r}, allowed is a whole number {PEOPLE}; 300 is T5's own"
        )
    return number


class Crowd:
    """The first ``people`` of the crowd that a file says; a smaller crowd begins a larger one."""

    def __init__(self, path: Path, people: int) -> None:
        self.path = path
        self.people = people
        self._said = studio.read_crowd(path)

    @property
    def name(self) -> str:
        """What the report says of it."""
        seed = self._said.own.seed
        return f"{self.people} people drawn on demand ({self.path.name}, seed {seed})"

    @cached_property
    def photos(self) -> Photos:
        """The photos to learn from."""
        return self._of(studio.PHOTOS)

    @cached_property
    def probes(self) -> Photos:
        """The frames to be asked about: ``manner`` says how a ``shot`` is drawn."""
        return self._of(studio.PROBES)

    @cached_property
    def _sitters(self) -> tuple[studio.Sitter, ...]:
        return tuple(studio.sitter(self._said, number + 1) for number in range(self.people))

    def _of(self, name: str) -> Photos:
        places = [
            (roll, number)
            for roll, sitter in enumerate(self._sitters)
            for number, likeness in enumerate(sitter.likenesses)
            if likeness.take.set == name
        ]
        frames = RenderedFrames(self._sitters, tuple(places))
        return Photos(frames, _labels([self._sitters[r].likenesses[n] for r, n in places]))


def _labels(likenesses: Sequence[studio.Likeness]) -> pd.DataFrame:
    rows = []
    for likeness in likenesses:
        take = likeness.take
        light = take.shot.light or take.sitting.light
        rows.append(
            {
                "file": take.file,
                "person": take.people[0][0],
                "sitting": take.sitting.name,
                "light": light.kind,
                "glasses": int(take.shot.glasses),
                "burst": take.burst,
                "shot": take.burst,
                "manner": likeness.manner,
            }
        )
    return pd.DataFrame(rows)
