"""Exam: one system, one source of frames, some seeds, and the trainings made so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from facelab.base.progress import progress
from facelab.contract.errors import SystemFault
from facelab.contract.frame import Film, Frame
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import System
from facelab.contract.training import Training, TrainingRequest
from facelab.gallery.source import Source
from facelab.judging.answers import CERTAIN, Answers, tally
from facelab.judging.certainty import unsure_tally
from facelab.judging.replay import Oracle, oracles_of
from facelab.playing import blind, reference

T = TypeVar("T")

PART = 1 << 20
"""Most probabilities that a replicate answers at once: a crowd's are large, and so its frames."""

Watch = Callable[[Iterable[Sequence[Frame]]], Iterator[NDArray[np.float32]]]
"""From batches of frames to probabilities (replicates, frames, people), a batch at a time."""


@dataclass
class Exam:
    """The state that the scenarios of a run share. Each training is made once.

    ``report_photos``: whether the report may show people who are not the studio's actors.
    ``certainty``: the probability from which on a name is certain enough, where that decides.
    ``played``: the number of frames of the film that was watched last. ``said``: how many of them
    the system says it has counted, one number or one a replicate; empty if it says nothing.
    ``unsure``: how many were unsure for each person, (R, people + 1); None where only the count is
    known.
    """

    system: System
    source: Source
    seeds: tuple[int, ...]
    report_photos: bool = False
    certainty: float = CERTAIN
    played: int = field(default=0, init=False)
    said: tuple[int, ...] = field(default=(), init=False)
    unsure: NDArray[np.int64] | None = field(default=None, init=False)
    _trainings: dict[object, Training] = field(default_factory=dict, init=False)
    _theories: dict[object, dict[str, float]] = field(default_factory=dict, init=False)
    _oracles: dict[object, list[Oracle]] = field(default_factory=dict, init=False)

    def train(
        self,
        photos: Photos,
        parameters: Parameters,
        *,
        replicates: int | None = None,
        stop_at: int | None = None,
        backwards: bool = False,
    ) -> Training:
        """Train the system on photos, one replicate a seed.

        ``replicates``: only so many of the run's seeds. ``stop_at``: interrupt when so many values
        are drawn. ``backwards``: the last seed first, in a training of its own.
        Raises SystemFault when its history contradicts what can be counted.
        """
        seeds = self.seeds[:replicates][:: -1 if backwards else 1]
        key = (tuple(photos.labels["file"]), parameters, seeds, stop_at, backwards)
        if key not in self._trainings:
            stop = None if stop_at is None else lambda done: done >= stop_at
            with progress(f"training on {len(photos)} photos", "updates") as told:
                request = TrainingRequest(parameters, seeds, stop=stop, progress=told)
                shown = photos if self._own else blind.to_learn(photos)
                with self._theirs("train"):
                    training = self.system.train(shown, request)
            blind.check_history(self.system.name, training.history, photos, parameters, seeds)
            self._trainings[key] = training
        return self._trainings[key]

    @property
    def _own(self) -> bool:
        return blind.is_own(self.system)

    def _theirs(self, call: str) -> AbstractContextManager[None]:
        return blind.theirs(self.system.name, call, own=self._own)

    def oracles(self, photos: Photos, parameters: Parameters, count: int) -> list[Oracle]:
        """Return the oracles that replay the first replicates of a training, one a seed.

        For systems that train facelab's head from the given weights, and name photos.
        """
        own = self.system if hasattr(self.system, "lessons") and self._own else self._describer
        key = (tuple(photos.labels["file"]), parameters, count)
        if key not in self._oracles:
            lessons = own.lessons(photos, parameters, self.seeds[:count])
            self._oracles[key] = oracles_of(lessons)
        return self._oracles[key]

    @cached_property
    def _describer(self) -> Any:
        """What describes the photos of a stranger's training."""
        from facelab.learning.describer import Describer  # with OpenCV

        return Describer()

    def theory(self, photos: Photos, parameters: Parameters) -> dict[str, float]:
        """Return the theory of a training; nothing for a system that offers none."""
        known = getattr(self.system, "theory", None)
        key = (tuple(photos.labels["file"]), parameters)
        if key not in self._theories:
            self._theories[key] = known(photos, parameters) if known else {}
        return self._theories[key]

    def probes(self, name: str, people: Sequence[str]) -> Photos:
        """Return the probes of a scenario; of any other source than the book those of the people.

        Raises Lacking when there are none.
        """
        probes = self.source.photos(f"probes/{name.lower()}")
        probes = self.expected(probes, lambda: probes.of(people))
        self.require(len(probes) > 0, f"the gallery has no probes of {', '.join(people)}")
        return probes

    def expected(self, written: T, rule: Callable[[], T]) -> T:
        """Return what a phrase demands: as written of the book's own frames, else by a rule."""
        return reference.expected(self.source, written, rule)

    def require(self, held: bool, reason: str) -> None:
        """Raise Lacking where frames of one's own do not have what a step needs."""
        reference.require(self.source, held, reason)

    def require_people(self, photos: Photos, people: Sequence[str]) -> None:
        """Raise when one of these people is not on the photos, as ``reference.require_people``."""
        reference.require_people(self.source, photos, people)

    def ask(self, training: Training, people: tuple[str, ...], probes: Photos) -> Answers:
        """Return the answers of a training to probes; ``people`` are those it was trained on."""
        return self._ask(training, people, probes, _parts(len(probes) * len(people)))

    def ask_alone(self, training: Training, people: tuple[str, ...], probes: Photos) -> Answers:
        """Return the answers to probes that are asked one by one."""
        return self._ask(training, people, probes, max(len(probes), 1))

    def _ask(
        self, training: Training, people: tuple[str, ...], probes: Photos, parts: int
    ) -> Answers:
        answers = np.empty((len(training.history.seeds), len(probes), len(people)), np.float32)
        for places in np.array_split(blind.mixed(len(probes)), parts):
            answers[:, places] = self._answered(training, len(people), probes.frames, places)
        return Answers(probes.labels, answers, people)

    def wrong(
        self, training: Training, people: tuple[str, ...], probes: Photos
    ) -> NDArray[np.bool_]:
        """Return which answers to probes are wrong, (R, N), and keep no probability."""
        wrong = np.empty((len(training.history.seeds), len(probes)), np.bool_)
        parts = _parts(len(probes) * len(people))
        for places in np.array_split(blind.mixed(len(probes)), parts):
            given = self._answered(training, len(people), probes.frames, places)
            labels = probes.labels.iloc[places].reset_index(drop=True)
            wrong[:, places] = Answers(labels, given, people).wrong
        return wrong

    # No generator: Python finds one from the frames that it holds, and in it what is beside them.
    def _answered(
        self, training: Training, people: int, frames: Sequence[Frame], places: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """Return the answers (R, n, people) to the frames at n places, shown in their order."""
        shown = blind.to_answer(frames, places, own=self._own)
        with self._theirs("predict"):
            given = training.predict(shown)
        shape = len(training.history.seeds), len(places), people
        return blind.check_answers(self.system.name, given, shape)

    def shown(self, probes: Photos) -> Callable[[int], Frame | None]:
        """Return a function from a frame's number to the frame if a report may show it, else None.

        Frames of actors may be shown; all frames when it was requested.
        """
        actors: frozenset[str] = getattr(self.source, "actors", frozenset())
        people = probes.labels["person"].tolist()
        return lambda number: (
            probes.frames[number] if self.report_photos or people[number] in actors else None
        )

    def watcher(self, training: Training) -> Watch:
        """Return a function that answers frames in batches, and tracks the face where possible."""
        watch: Watch = getattr(training, "watch", lambda batches: map(training.predict, batches))
        return watch

    def hold(self, training: Training, photos: Photos, frames: int = 3) -> NDArray[np.float32]:
        """Return the live answers to photos that are held before the webcam for some frames.

        (replicates, photos, people): those to each photo's last frame; each is a film of its own.
        """
        people, count = len(photos.people), len(training.history.seeds)
        answers = np.empty((count, len(photos), people), np.float32)
        for number in blind.mixed(len(photos)):
            film = blind.to_answer(photos.frames, np.array([number] * frames), own=self._own)
            given = np.concatenate(list(self.watcher(training)([film])), axis=1)
            shape = count, frames, people
            answers[:, number] = blind.check_answers(self.system.name, given, shape)[:, -1]
        return answers

    def watch(self, training: Training, clip: Film) -> NDArray[np.int64]:
        """Play a clip and return what each frame adds to the live count, (R, frames, people + 1).

        The last column is nobody's. A training that can ``watch`` follows the face through the
        clip; others see single frames. One that counts by itself, with ``count``, is read, and so
        is the number of frames that it shows beside its tally, ``counted``.
        """
        self.played, self.said, self.unsure = len(clip), (), None
        handed = nullcontext(clip) if self._own else blind.to_watch(clip)
        with handed as shown, self._theirs("watch"):
            if (count := getattr(training, "count", None)) is not None:
                added = list(count(shown))
                said = np.atleast_1d(np.asarray(getattr(training, "counted", ()), np.int64))
                self.said = tuple(said.tolist())
            else:
                added = []
                unsure: list[NDArray[np.int64]] = []
                for answers in self.watcher(training)(shown):
                    frames = range(answers.shape[1])
                    added += [tally(answers[:, frame : frame + 1]) for frame in frames]
                    unsure.append(unsure_tally(answers, self.certainty))
                self.unsure = np.sum(unsure, axis=0) if unsure else None
        if not added:
            raise SystemFault(f"{self.system.name}: answered no frame of a film of {len(clip)}")
        return np.stack(added, axis=1)


def _parts(probabilities: int) -> int:
    """Return in how many parts a replicate is asked for so many probabilities."""
    return max(-(-probabilities // PART), 1)
