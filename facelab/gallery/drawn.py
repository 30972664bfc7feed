"""Drawn: frames that the studio draws on request: a crowd of hundreds, and fresh probes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd

from facelab.base.progress import progress
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Film
from facelab.contract.interval import Interval
from facelab.contract.photos import Photos
from facelab.gallery.image import decode_image
from facelab.gallery.rendered import RenderedFrames
from facelab.gallery.source import Recording
from facelab.studio import crowd as studio
from facelab.studio.anew import draw_anew

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
        """Its name in the report."""
        seed = self._said.own.seed
        return f"{self.people} people drawn on demand ({self.path.name}, seed {seed})"

    @cached_property
    def photos(self) -> Photos:
        """The photos to learn from."""
        return self._of(studio.PHOTOS)

    @cached_property
    def probes(self) -> Photos:
        """The probes: ``manner`` is the way in which a ``shot`` is drawn."""
        return self._of(studio.PROBES)

    @cached_property
    def _sitters(self) -> tuple[studio.Sitter, ...]:
        return tuple(studio.sitter(self._said, number + 1) for number in range(self.people))

    def _of(self, name: str) -> Photos:
        places = [
            (batch, number)
            for batch, sitter in enumerate(self._sitters)
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


PROBES = ("probes/t1", "probes/t2", "probes/t4", "twins", "strangers")
"""The sets of a recording that can be drawn anew."""

SEEDS = Interval.between(0, 2**32 - 1)
"""What may be a seed of fresh probes."""


def read_seed(text: str) -> int:
    """Return the seed that ``--fresh-probes`` names. Raises FacelabError for others."""
    seed = int(text) if text.isascii() and text.isdigit() else -1
    if seed not in SEEDS:
        raise FacelabError(
            f"--fresh-probes: received {text!r}, allowed is a whole number {SEEDS}, as in "
            "--fresh-probes=7; without one, write --fresh-probes last"
        )
    return seed


def draw_probes(plan: Path, name: str, seed: int) -> Photos:
    """Draw a set of probes anew: that of a recording plan's file, in other shots.

    People, plan and light are the same, and so are the labels but for ``file``, ``sha256``,
    ``expression`` and ``boxes``; pose, expression, noise and the small changes of light are drawn
    by ``seed``. Frames were coded and decoded as the recorded ones were; they lie in memory, 0.23
    MB each. Raises FacelabError when the plan has no such set.
    """
    total, drawn = draw_anew(plan, name, seed)
    rows, frames = [], {}
    with progress(f"drawing {name} anew", "frames", grace=0) as told:
        told(0, total)
        for done, (row, jpeg) in enumerate(drawn, 1):
            rows.append(vars(row) | {"file": f"fresh-{seed}/{row.file}"})
            frames[rows[-1]["file"]] = decode_image(jpeg, row.file)
            told(done, total)
    labels = pd.DataFrame(rows).sort_values("file", ignore_index=True)
    return Photos(tuple(frames[file] for file in labels["file"]), labels)


class FreshProbes:
    """A recording whose probes are drawn anew when they are used; all else is the recording's.

    A system that learnt the recorded probes by heart does not know these. Films are as recorded.
    """

    is_reference = True
    cache: Path | None = None

    def __init__(self, recording: Recording, seed: int) -> None:
        self.recording = recording
        self.seed = seed
        self._drawn: dict[str, Photos] = {}

    @property
    def name(self) -> str:
        """Its name in the report."""
        return f"{self.recording.name}, probes drawn anew from seed {self.seed}"

    @property
    def manifest(self) -> pd.DataFrame:
        """The table of the recording's files, those of the probes as far as they are drawn."""
        recorded = self.recording.manifest
        kept = recorded[~recorded["set"].isin(PROBES)]
        return pd.concat([kept, *(drawn.labels for drawn in self._drawn.values())])

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the recording's manifest, which the probes are not in."""
        return self.recording.fingerprint

    @property
    def actors(self) -> frozenset[str]:
        """The people in it who were drawn by the studio."""
        return self.recording.actors

    def photos(self, name: str) -> Photos:
        """Return a set of photos: probes that were drawn anew, once; others as recorded."""
        if name not in PROBES:
            return self.recording.photos(name)
        if name not in self._drawn:
            plan = self.recording.folder / "plan.toml"
            self._drawn[name] = draw_probes(plan, name, self.seed)
        return self._drawn[name]

    def clip(self, name: str) -> Film:
        """Return a film as it was recorded."""
        return self.recording.clip(name)

    def damage(self) -> list[str]:
        """Return a line for every recorded file that is missing, damaged or an orphan."""
        return self.recording.damage()
