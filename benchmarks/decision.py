"""``python -m benchmarks.decision``: decide on the recorded clips frame by frame and by the second.

Trains on the recorded people, all of them and without each one who is in a clip, ten seeds each,
and shows the clips and the visit to each classifier as ``facelab watch`` would. Frames on which
known people and strangers are in view together are left out.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from facelab.base.progress import progress
from facelab.camera.decision import Decision
from facelab.contract.parameters import Parameters
from facelab.contract.training import TrainingRequest
from facelab.faces.detection import MARGIN, of_finder
from facelab.faces.extractor import FeatureExtractor, Features
from facelab.faces.finder import FaceFinder
from facelab.faces.hog import hog
from facelab.faces.looks import Looks
from facelab.gallery.clip import Clip, Visit
from facelab.gallery.source import Recording
from facelab.judging.answers import decided
from facelab.learning.answerer import probabilities
from facelab.learning.trainer import Trained, Trainer

RATE = 30
"""Frames a second of the recorded clips."""

CLIPS = "alex_t2", "alex_t4", "amine", "visit"
FEW = "Alex", "Amine", "Lara", "Naomie"
SEEDS = range(10)
NOBODY, UNSURE = -1, -2


@dataclass(frozen=True)
class Watched:
    """A clip as ``facelab watch`` sees it, and who is in view on each frame."""

    features: Features
    truth: list[tuple[str, ...]]

    @classmethod
    def of(cls, clip: Clip) -> Watched:
        """Look at every frame."""
        extractor = FeatureExtractor(of_finder(FaceFinder(looks=Looks()), MARGIN), hog=hog)
        rows = [extractor.rows(frames) for frames in clip]
        features = Features.of((row for part in rows for row in part), len(clip))
        if not isinstance(clip, Visit):
            return cls(features, [(clip.person,)] * len(clip))
        return cls(
            features,
            [(*one.people, *one.partly) for one in clip.stretches for _ in range(one.frames)],
        )


def by_second(odds: NDArray[np.float32], faces: NDArray[np.float32]) -> list[int]:
    """Who is decided on at each frame (n, people), over a second."""
    decision = Decision()
    return [
        decision.decide(number / RATE, *pair)[0]
        for number, pair in enumerate(zip(odds, faces, strict=True))
    ]


def frame_by_frame(odds: NDArray[np.float32], _: NDArray[np.float32]) -> list[int]:
    """The same, each frame for itself."""
    return [int(one) for one in decided(odds[None])[0]]


WAYS = {"frame by frame": frame_by_frame, "over a second": by_second}


def told(
    who: Sequence[int], people: Sequence[str], truth: Sequence[tuple[str, ...]]
) -> Counter[str]:
    """Count what is decided on known people and on strangers."""
    found: Counter[str] = Counter()
    for person, there in zip(who, truth, strict=True):
        known = [one for one in there if one in people]
        if person == NOBODY or not there or 0 < len(known) < len(there):
            continue
        found["known" if known else "strangers"] += 1
        if not known:
            found["strangers named"] += person != UNSURE
        elif person == UNSURE:
            found["unnamed"] += 1
        else:
            found["wrong"] += people[person] not in known
    return found


def delays(
    who: Sequence[int], people: Sequence[str], truth: Sequence[tuple[str, ...]]
) -> Iterator[int]:
    """Frames from the first on which a known person's face is seen, alone, to the name."""
    starts = [0, *(n for n, pair in enumerate(pairwise(truth), 1) if pair[0] != pair[1])]
    for start, end in pairwise([*starts, len(truth)]):
        there = truth[start]
        if len(there) != 1 or there[0] not in people:
            continue
        seen = [n for n in range(start, end) if who[n] != NOBODY]
        right = people.index(there[0])
        if seen:
            yield next((n for n in seen if who[n] == right), end) - seen[0]


def main() -> None:
    """Train, watch, print the table."""
    recording, trainer = Recording(Path(__file__).parents[1] / "fixtures"), Trainer(hog=hog)
    photos = recording.photos("gallery")
    with progress("watching clips", "clips") as report:
        clips = []
        for name in CLIPS:
            film = recording.clip(name)
            assert isinstance(film, Clip)
            clips.append(Watched.of(film))
            report(len(clips), len(CLIPS))
    table = Table("people", "decided", "names wrong", "strangers named", "known unnamed", "delay")
    for everybody in (photos.people, FEW):
        found = {way: Counter[str]() for way in WAYS}
        late: dict[str, list[int]] = {way: [] for way in WAYS}
        for left_out in (None, *FEW[:3]):
            some = photos.of([person for person in everybody if person != left_out])
            trained = trainer.train(some, TrainingRequest(Parameters(), list(SEEDS)))
            for clip in clips:
                answers = answered(trained, clip.features)
                for way, decide in WAYS.items():
                    for odds in answers:
                        who = decide(odds, clip.features.faces)
                        counts = told(who, some.people, clip.truth)
                        if left_out is None:
                            found[way] += counts
                            late[way] += delays(who, some.people, clip.truth)
                        else:
                            found[way].update({k: n for k, n in counts.items() if "stranger" in k})
        for way, counts in found.items():
            frames = late[way]
            table.add_row(
                str(len(everybody)),
                way,
                f"{counts['wrong'] / counts['known']:.2%} of {counts['known']:,}",
                f"{counts['strangers named'] / counts['strangers']:.2%} of {counts['strangers']:,}",
                f"{counts['unnamed'] / counts['known']:.2%}",
                f"median {np.median(frames):.0f}, mean {np.mean(frames):.1f}, most {max(frames)}",
            )
    Console().print(table)


def answered(trained: Trained, features: Features) -> NDArray[np.float32]:
    """The probabilities (replicates, frames, people) of a clip."""
    placed = trained.embedder.centring.place(features.vectors.copy())
    return probabilities(trained.head, Features(placed, features.faces, features.several))


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main()
