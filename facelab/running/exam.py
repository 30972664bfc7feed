"""Exam: one system, one source of frames, some seeds – and what was already trained."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facelab.frames.clip import Clip
from facelab.frames.photos import Frame, Photos
from facelab.frames.source import Source
from facelab.judging.answers import Answers, tally
from facelab.learning.parameters import Parameters
from facelab.progress import progress
from facelab.system import System, Training


@dataclass
class Exam:
    """What the scenarios of a run share. A training that two scenarios ask for is made once.

    ``report_photos``: whether the report may show people who are not the studio's actors.
    """

    system: System
    source: Source
    seeds: tuple[int, ...]
    report_photos: bool = False
    _trainings: dict[object, Training] = field(default_factory=dict, init=False)
    _theories: dict[object, dict[str, float]] = field(default_factory=dict, init=False)

    def train(
        self,
        photos: Photos,
        parameters: Parameters,
        *,
        replicates: int | None = None,
        stop_at: int | None = None,
    ) -> Training:
        """Train the system on photos, one replicate a seed.

        ``replicates``: only so many of the run's seeds. ``stop_at``: interrupt when so many values
        are drawn.
        """
        seeds = self.seeds[:replicates]
        key = (tuple(photos.labels["file"]), parameters, seeds, stop_at)
        if key not in self._trainings:
            stop = None if stop_at is None else lambda done: done >= stop_at
            with progress(f"training on {len(photos)} photos", "updates") as told:
                self._trainings[key] = self.system.train(
                    photos, parameters, seeds=seeds, stop=stop, progress=told
                )
        return self._trainings[key]

    def theory(self, photos: Photos, parameters: Parameters) -> dict[str, float]:
        """Return what theory says of a training, nothing for a system that keeps it to itself."""
        known = getattr(self.system, "theory", None)
        key = (tuple(photos.labels["file"]), parameters)
        if key not in self._theories:
            self._theories[key] = known(photos, parameters) if known else {}
        return self._theories[key]

    def ask(self, training: Training, people: tuple[str, ...], probes: Photos) -> Answers:
        """Return the answers of a training to probes; ``people`` are those it was trained on."""
        return Answers(probes.labels, training.predict(probes.frames), people)

    def shown(self, probes: Photos) -> list[Frame | None]:
        """Return the frames that a report may show: those of actors, or all when it was asked."""
        actors: frozenset[str] = getattr(self.source, "actors", frozenset())
        people = probes.labels["person"]
        return [
            frame if self.report_photos or person in actors else None
            for frame, person in zip(probes.frames, people, strict=True)
        ]

    def watch(self, training: Training, clip: Clip) -> NDArray[np.int64]:
        """Play a clip to a training and return the live tally, (replicates, people + nobody).

        A training that can ``watch`` follows the face through the clip; others see single frames.
        """
        watch = getattr(training, "watch", lambda batches: map(training.predict, batches))
        tallies = [tally(answers) for answers in watch(clip)]
        return np.asarray(np.sum(tallies, axis=0), np.int64)
