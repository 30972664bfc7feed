"""Embedded: a learner on facelab's embeddings, as a whole system under test."""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.frame import Frame
from facelab.contract.history import History
from facelab.contract.number import apart
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Capability, Learner, Lesson, Predict
from facelab.contract.text import one_line
from facelab.contract.training import TrainingRequest
from facelab.judging.rates import read_back
from facelab.judging.replay import Oracle, Told
from facelab.learning.first_weights import first_head
from facelab.systems.diagnostics import diagnose
from facelab.systems.update_log import UpdateLog, padded
from facelab.systems.watchdog import silence_of, watchdog

if TYPE_CHECKING:
    from facelab.faces.embedding import Embedder
    from facelab.faces.extractor import Features
    from facelab.learning.describer import Describer

BATCH = 64
"""Frames that are asked about together."""

TOLERANCE = 1e-5
"""How far probabilities may sum up beside 1: the bound of the phrase that asks for it."""


@dataclass(frozen=True)
class Learnt:
    """R replicates that a learner has trained."""

    history: History
    embedder: Embedder
    replicates: tuple[Predict, ...]
    answer: Callable[[Predict, NDArray[np.float32]], NDArray[np.float32]]

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return the probability of each person, (replicates, frames, people), float32.

        All zeros where nobody is seen.
        """
        return self._answers(self.embedder.embed(frames))

    def watch(self, clip: Iterable[Sequence[Frame]]) -> Iterator[NDArray[np.float32]]:
        """Yield the same for each batch of a clip, following one face through it."""
        return map(self._answers, self.embedder.follow(clip))

    def _answers(self, features: Features) -> NDArray[np.float32]:
        asked = features.vectors
        parts = [asked[start : start + BATCH] for start in range(0, len(asked), BATCH)]
        told = [np.concatenate([self.answer(p, part) for part in parts]) for p in self.replicates]
        return np.stack(told) * features.seen[:, None]


class Embedded:
    """A system made of facelab's embeddings and a learner, which trains replicate by replicate."""

    def __init__(
        self,
        learner: Learner,
        face_detector: str = "facelab",
        cache: Path | None = None,
        embedding: str = "hog",
    ) -> None:
        """Take a learner, how faces are found and described for it, and where that is cached."""
        self.learner = learner
        self._face_detector = face_detector
        self._embedding = embedding
        self._cache = cache
        self._lost = ""

    @property
    def name(self) -> str:
        """The learner's name."""
        return one_line(str(self.learner.name))

    @property
    def version(self) -> str:
        """The learner's version."""
        return one_line(str(self.learner.version))

    @property
    def capabilities(self) -> frozenset[str]:
        """The learner's; the rate can be read back from its losses if they can be calculated."""
        own = frozenset(map(str, self.learner.capabilities))
        needed = {Capability.INITIAL_WEIGHTS, Capability.PHOTO_IDS}
        rate = {Capability.LEARNING_RATE} if needed <= own else set()
        # facelab finds the faces, and answers nobody for the learner
        return (own - {Capability.LEARNING_RATE}) | rate | {Capability.NOBODY}

    @cached_property
    def _describer(self) -> Describer:
        from facelab.learning.describer import Describer

        return Describer(self._face_detector, self._cache, embedding=self._embedding)

    def train(self, photos: Photos, request: TrainingRequest) -> Learnt:
        """Train one replicate a seed, one after another; people are those of ``photos.people``."""
        parameters, seeds = request.parameters, request.seeds
        parameters.check_against(len(photos))
        embedder, embedded = self._describer.embedded(photos, parameters)
        embeddings, people = embedded.vectors, len(photos.people)
        start = request.start
        labels = photos.numbers(photos.people)
        total = parameters.updates(len(photos))
        logs: list[UpdateLog] = []
        replicates: list[Predict] = []
        for number, seed in enumerate(seeds):
            kernel, bias = (
                (start.kernel[number], start.bias[number])
                if start
                else first_head(embeddings.shape[1], people, parameters, seed)
            )
            lesson = Lesson(embeddings, labels, people, parameters, seed, kernel, bias)

            def told(done: int, before: int = number * total) -> None:
                if request.progress:
                    request.progress(before + done, len(seeds) * total)

            logs.append(UpdateLog(self.learner, lesson, stop=request.stop, told=told))
            replicates.append(self._learn(lesson, logs[-1]))
        history = self._history(logs, parameters, seeds)

        def answer(predict: Predict, part: NDArray[np.float32]) -> NDArray[np.float32]:
            return self._answer(predict, part, people)

        return Learnt(history, embedder, tuple(replicates), answer)

    def lessons(self, photos: Photos, parameters: Parameters, seeds: Sequence[int]) -> list[Lesson]:
        """Return what the learner is given to train each replicate on photos, one a seed."""
        return self._describer.lessons(photos, parameters, seeds)

    def theory(self, photos: Photos, parameters: Parameters) -> dict[str, float]:
        """Return what theory says of a training: the embeddings are facelab's own."""
        return self._describer.theory(photos, parameters)

    def _learn(self, lesson: Lesson, log: UpdateLog) -> Predict:
        with self._watched("learn", lambda: f" after {len(log):,} updates") as alive:

            def tell(loss: object, accuracy: object, photos: object = None) -> bool:
                alive()
                return log.tell(loss, accuracy, photos)

            predict = self.learner.learn(_copy(lesson), tell)
        if not len(log):
            raise SystemFault(f"{self.name}: learn told no update at all; call tell at every one")
        if not callable(predict):
            raise SystemFault(
                f"{self.name}: learn returned {type(predict).__name__}; return a function from "
                "embeddings to probabilities"
            )
        return predict

    def _answer(
        self, predict: Predict, part: NDArray[np.float32], people: int
    ) -> NDArray[np.float32]:
        with self._watched("predict", lambda: f" when asked about {len(part)} frames"):
            told = np.asarray(predict(part))
            if told.dtype.kind not in "iuf":  # NumPy would make a number of "0.5", and of True
                raise SystemFault(
                    f"{self.name}: predict answered with {told.dtype.name}; rows of numbers are "
                    "needed"
                )
            given = told.astype(np.float64)
        wanted = (len(part), people)
        if given.shape != wanted:
            raise SystemFault(
                f"{self.name}: predict answered in the shape {given.shape}; allowed is {wanted}, "
                "a row a frame, a column a person"
            )
        sums = given.sum(axis=1)
        off = ~((np.abs(sums - 1) <= TOLERANCE) & (given >= 0).all(axis=1))  # NaN is off too
        if off.any():
            row = int(off.argmax())
            total, _ = apart(sums[row], 1)
            raise SystemFault(
                f"{self.name}: predict answered {np.array2string(given[row], precision=4)}, "
                f"which sums to {total}; probabilities are not negative and sum to 1: "
                "is the softmax missing?"
            )
        return given.astype(np.float32)

    def _history(
        self, logs: Sequence[UpdateLog], parameters: Parameters, seeds: Sequence[int]
    ) -> History:
        lengths = [len(log) for log in logs]
        if len(set(lengths)) > 1 and not any(log.stopped for log in logs):
            raise SystemFault(
                f"{self.name}: the replicates told {lengths} updates; the same parameters make "
                "the same number of updates, whatever the seed"
            )
        updates = min(lengths)
        losses, accuracies, photos = zip(*(log.row() for log in logs), strict=True)
        first = logs[0].lesson
        history = History(
            seeds=tuple(seeds),
            loss=np.array([row[:updates] for row in losses], np.float32),
            accuracy=np.array([row[:updates] for row in accuracies], np.float32),
            learning_rate=np.full((len(logs), updates), np.nan, np.float32),
            photos=padded(list(photos), updates),
            updates_per_epoch=parameters.updates_per_epoch(len(first.labels)),
            people=first.people,
        )
        remarks: list[str] = []
        if Capability.LEARNING_RATE in self.capabilities:
            for number, log in enumerate(logs):
                told = Told(np.array(losses[number]), np.array(accuracies[number]), photos[number])
                reading = read_back(Oracle(log.lesson), told, named=not remarks)
                history.learning_rate[number] = reading.rate
                remarks += [reading.remark] * bool(reading.remark)
        found = [*diagnose(history, parameters), *dict.fromkeys(remarks)]
        return replace(history, remarks=tuple(found))

    @contextmanager
    def _watched(self, call: str, where: Callable[[], str]) -> Iterator[Callable[[], None]]:
        """Within the block, turn what goes wrong in the learner's own code into one line."""
        if self._lost:
            raise SystemFault(self._lost)
        silence = silence_of(self.learner)

        def lost() -> str:
            self._lost = (
                f"{self.name}: {call} gave no sign of life for {silence:g} seconds{where()}; it "
                "was given up: look for an endless loop, or set silence to a longer time"
            )
            return self._lost

        try:
            # What a learner warns of is its author's business: pytest would make errors of it.
            with warnings.catch_warnings(), watchdog(silence, lost) as alive:
                warnings.simplefilter("default")
                yield alive
        except FacelabError:
            raise
        except (Exception, SystemExit) as error:
            place = _place(error, self.learner)
            what = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
            raise SystemFault(f"{self.name}: {call} broke off with {what}{place}") from error


def _copy(lesson: Lesson) -> Lesson:
    """Return a lesson whose arrays a learner may write to: ours are needed for the replay."""
    arrays = {name: value.copy() for name, value in vars(lesson).items() if hasattr(value, "copy")}
    return replace(lesson, **arrays)


def _place(error: BaseException, learner: Learner) -> str:
    """Return where in its own file a learner broke off, or where else it did."""
    frames = traceback.extract_tb(error.__traceback__)
    own = getattr(sys.modules.get(type(learner).__module__), "__file__", None)
    frame = ([frame for frame in frames if frame.filename == own] or frames)[-1]
    return f", at {Path(frame.filename).name}:{frame.lineno}"
