"""Exam: what scenarios share is made once, by a stand-in system that counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError, Lacking, SystemFault
from facelab.contract.frame import Frame
from facelab.contract.history import History
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import System
from facelab.contract.training import TrainingRequest
from facelab.gallery.source import Recording, Source
from facelab.playing import examination
from facelab.playing.examination import Exam


@dataclass
class Guess:
    """A training that answers by brightness: the second person for a bright frame."""

    history: History

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Answer with certainty."""
        bright = [int(frame[0, 0, 0] > 127) for frame in frames]
        return np.eye(2, dtype=np.float32)[None, bright]


@dataclass
class Counter:
    """A system that writes down what it was asked for."""

    asked: list[tuple[Sequence[int], int | None]] = field(default_factory=list)
    name: str = "a stand-in"
    version: str = "1"
    capabilities: tuple[str, ...] = ("stop",)

    def train(self, photos: Photos, request: TrainingRequest) -> Guess:
        """Draw values until told to stop, ten at most."""
        assert request.progress is not None
        assert request.start is None
        assert request.parameters.epochs == 20
        seeds, stop = request.seeds, request.stop
        drawn = next((n for n in range(10) if stop and stop(n)), 10)
        request.progress(drawn, 10)
        self.asked.append((seeds, drawn))
        values = np.zeros((len(seeds), drawn), np.float32)
        order = np.zeros((len(seeds), drawn, 1), np.int32)
        each = request.parameters.updates_per_epoch(len(photos))
        told = History(tuple(seeds), values, values, values, order, each, len(photos.people))
        return Guess(told)


@pytest.fixture
def exam(frames: Recording) -> Exam:
    return Exam(Counter(), frames, (3, 4, 5))


def asked(exam: Exam) -> list[tuple[Sequence[int], int | None]]:
    assert isinstance(exam.system, Counter)
    return exam.system.asked


def test_a_training_is_made_once(exam: Exam) -> None:
    photos = exam.source.photos("gallery").of(["Alex", "Lara"])
    one = exam.train(photos, Parameters())
    assert exam.train(exam.source.photos("gallery").of(["Alex", "Lara"]), Parameters(1)) is one
    assert asked(exam) == [((3, 4, 5), 10)]
    exam.train(photos, Parameters(0.001))
    exam.train(exam.source.photos("gallery"), Parameters())
    assert len(asked(exam)) == 3


def test_fewer_replicates_and_interruption(exam: Exam) -> None:
    photos = exam.source.photos("gallery")
    assert exam.train(photos, Parameters(), replicates=1).history.seeds == (3,)
    assert exam.train(photos, Parameters(), stop_at=4).history.updates == 4
    assert asked(exam) == [((3,), 10), ((3, 4, 5), 4)]


def test_a_system_may_keep_theory_to_itself(exam: Exam) -> None:
    assert exam.theory(exam.source.photos("gallery"), Parameters()) == {}


def test_a_crowd_s_probes_are_asked_about_part_by_part(
    exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = exam.source.photos("gallery").of(["Alex", "Lara"])
    training = exam.train(photos, Parameters(), replicates=1)
    seen: list[int] = []

    class Noting(Guess):
        def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
            seen.append(len(frames))
            return super().predict(frames)

    noting = Noting(training.history)
    whole = exam.ask(noting, photos.people, photos)
    monkeypatch.setattr(examination, "PART", 12)
    parts = exam.ask(noting, photos.people, photos)
    assert seen == [20, 5, 5, 5, 5]
    assert 0 < whole.probabilities[0, :, 1].sum() < 20
    assert np.array_equal(parts.probabilities, whole.probabilities)
    assert np.array_equal(exam.wrong(noting, photos.people, photos), whole.wrong)
    assert 0 < whole.wrong.sum() < 20


def test_every_frame_of_a_clip_is_counted(exam: Exam) -> None:
    training = exam.train(exam.source.photos("gallery"), Parameters())
    clip = exam.source.clip("alex_t2")
    frames = [frame for batch in clip for frame in batch]
    bright = sum(frame[0, 0, 0] > 127 for frame in frames)
    assert 0 < bright < len(clip) == 70
    added = exam.watch(training, clip)
    assert added.shape == (3, 70, 3) or added.shape == (1, 70, 3)
    np.testing.assert_array_equal(added.sum(axis=1)[:1], [[70 - bright, bright, 0]])
    np.testing.assert_array_equal(added.sum(axis=2), 1)


@dataclass
class Clumsy(Counter):
    """A system whose own code warns, or breaks off, where it is told to."""

    at: str = ""

    def train(self, photos: Photos, request: TrainingRequest) -> Guess:
        """Divide by zero, or raise."""
        if not self.at:
            np.float64(1) / np.float64(0)
        if self.at == "train":
            raise KeyError("two\nlines")
        guess = Clumsiness(super().train(photos, request).history)
        guess.at = self.at
        return guess


class Clumsiness(Guess):
    """The same when it is asked."""

    at = ""

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Divide by zero, or raise."""
        if not self.at:
            np.float64(1) / np.float64(0)
        if self.at == "predict":
            raise ValueError("no such layer")
        return np.repeat(super().predict(frames), 3, axis=0)


def test_what_a_stranger_warns_of_is_its_own_business(recording: Recording) -> None:
    exam = Exam(Clumsy(), recording, (0, 1, 2))
    photos = recording.photos("gallery").of(["Alex", "Lara"])
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        training = exam.train(photos, Parameters())
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert exam.ask(training, photos.people, photos).probabilities.shape == (3, len(photos), 2)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("train", "a stand-in: train broke off with KeyError: 'two\\nlines'"),
        ("predict", "a stand-in: predict broke off with ValueError: no such layer"),
    ],
)
def test_what_a_stranger_raises_is_its_fault(recording: Recording, at: str, told: str) -> None:
    exam = Exam(Clumsy(at=at), recording, (0, 1, 2))
    photos = recording.photos("gallery").of(["Alex", "Lara"])
    with pytest.raises(SystemFault) as fault:
        exam.ask_alone(exam.train(photos, Parameters()), photos.people, photos.first(2))
    assert str(fault.value) == told


def test_everybody_in_the_recording_was_drawn(recording: Recording) -> None:
    named = {name for one in recording.manifest["person"] for name in str(one).split("+") if name}
    assert {"Alex", "stranger-01", "stranger-60"} <= named <= recording.actors


def test_only_actors_are_shown_unless_it_is_asked_for(recording: Recording) -> None:
    probes = recording.photos("probes/t2")
    assert {"Alex", "Amine", "Lara", "Naomie"} <= recording.actors
    exam = Exam(Counter(), recording, (0,))
    numbers = range(len(probes))
    np.testing.assert_array_equal(exam.shown(probes)(3), probes.frames[3])
    assert all(exam.shown(probes)(number) is not None for number in numbers)
    labels = probes.labels.assign(person=["Ann", *probes.labels["person"][1:]])
    strangers = Photos(probes.frames, labels)
    assert [exam.shown(strangers)(n) is None for n in numbers] == [True] + [False] * 10
    other = Exam(Counter(), cast("Source", object()), (0,))
    assert all(other.shown(probes)(number) is None for number in numbers)
    asked = Exam(Counter(), cast("Source", object()), (0,), report_photos=True)
    assert all(asked.shown(strangers)(number) is not None for number in numbers)


class Strangers:
    """Frames of one's own."""

    is_reference = False


def test_the_book_s_numbers_are_those_of_its_own_frames(recording: Recording) -> None:
    book = Exam(Counter(), recording, (0,))
    own = Exam(Counter(), cast("Source", Strangers()), (0,))
    assert (book.expected(49, lambda: 7), own.expected(49, lambda: 7)) == (49, 7)
    book.require(False, "no film")
    own.require(True, "no film")
    with pytest.raises(Lacking, match=r"^no film$"):
        own.require(False, "no film")


def test_somebody_who_is_not_there(recording: Recording) -> None:
    photos = recording.photos("gallery").of(["Alex", "Lara"])
    book = Exam(Counter(), recording, (0,))
    own = Exam(Counter(), cast("Source", Strangers()), (0,))
    for exam in (book, own):
        exam.require_people(photos, ["Lara", "Alex"])
    with pytest.raises(FacelabError, match=r"^nobody is called Alx; there are Alex, Lara; correct"):
        book.require_people(photos, ["Alx", "Lara"])
    with pytest.raises(Lacking, match=r"^nobody plays Amine: there are 2 people in the gallery$"):
        own.require_people(photos, ["Amine", "Lara"])


@pytest.mark.slow
def test_a_page_s_own_count_is_what_is_counted(frames: Recording) -> None:
    """A training that counts by itself is read, even where it counts too much."""

    class Tally(Guess):
        counted = 72

        def count(self, clip: Iterable[Sequence[Frame]]) -> Iterator[NDArray[np.int64]]:
            for frame, _ in enumerate(frame for some in clip for frame in some):
                yield np.array([[2 if frame == 5 else 1, 0, 0]])

    values, order = np.zeros((1, 1), np.float32), np.zeros((1, 1, 1), np.int32)
    history = History((0,), values, values, values, order, 1, 2)
    exam = Exam(cast("System", Counter()), cast("Source", frames), (0,))
    added = exam.watch(Tally(history), frames.clip("alex_t2"))
    assert added.shape == (1, 70, 3)
    assert added.sum() == 71
    assert (exam.played, exam.said) == (70, (72,))
    exam.watch(Guess(history), frames.clip("alex_t2"))
    assert exam.said == ()
