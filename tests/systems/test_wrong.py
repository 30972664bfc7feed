"""Wrong systems: each is refused by the book's own steps, in words that its author understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Learner
from facelab.contract.training import TrainingRequest
from facelab.contract.verdict import Refused
from facelab.gallery.source import Recording
from facelab.judging.curves import final_loss
from facelab.playing.examination import Exam
from facelab.playing.recorder import LiveSheet
from facelab.report.record import NOT_RUN, Sheet, Step
from facelab.systems.doctor import examine
from facelab.systems.embedded import Embedded
from facelab.systems.loading import as_system
from steps import answers, curves, replays, training
from tests.systems import wrong
from tests.systems.keras_fit import KerasFit
from tests.systems.standin import StandIn

pytestmark = pytest.mark.slow

PEOPLE = ["Alex", "Amine", "Lara", "Naomie"]


@pytest.fixture(scope="module")
def photos(recording: Recording) -> Photos:
    return recording.photos("gallery").of(PEOPLE)


class Played:
    """T1's scenarios on a learner, step by step; ``refusals`` are in the words of the report."""

    def __init__(self, learner: Learner, recording: Recording, photos: Photos) -> None:
        system, rate = Embedded(learner), Parameters(0.001)
        exam = Exam(system, recording, (0,))
        steps = [Step("Then", str(number)) for number in range(10)]
        self.sheet = sheet = LiveSheet(Sheet("T1", "t1", "t1", 1, [], "", steps), (0,))
        sheet.begin()
        trained = training.trained(sheet, exam, photos, rate)
        self.refusals: list[str] = []
        plays: tuple[Callable[[], None], ...] = (
            lambda: training.values_drawn(sheet, exam, photos, rate, trained, 140),
            lambda: curves.photos_once(sheet, exam, trained),
            lambda: curves.orders_differ(sheet, exam, trained),
            lambda: curves.first_value(sheet, trained, 0.35),
            lambda: replays.rate_used(sheet, exam, photos, rate, trained, 0.01),
            lambda: curves.whole_accuracies(sheet, exam, trained),
            lambda: curves.finite_values(sheet, exam, trained),
            lambda: curves.accuracy_stays_low(sheet, exam, trained, 0.7),
            lambda: answers.model_predicts(sheet, exam, photos, trained),
        )
        for play in plays:
            sheet.begin()
            try:
                play()
            except (Refused, FacelabError) as refusal:
                self.refusals.append(str(refusal))
            else:
                sheet.end("accepted")

    @property
    def not_run(self) -> list[str]:
        """The reasons of the steps that were not run."""
        return [step.message for step in self.sheet.sheet.steps if step.message]


def refusals(learner: Learner, recording: Recording, photos: Photos) -> list[str]:
    return Played(learner, recording, photos).refusals


def test_the_stand_in_is_accepted(recording: Recording, photos: Photos) -> None:
    played = Played(StandIn(), recording, photos)
    assert (played.refusals, played.not_run) == ([], [])


@pytest.mark.parametrize(
    ("learner", "first", "why"),
    [
        (wrong.RunningMeans, "distance from the rate used to the one shown: measured not a number",
         "the accuracies are means since the beginning of the epoch; tell the batch's own; "
         "the losses are means since the beginning of the epoch"),
        (partial(KerasFit, honest=False), "distance from the rate used to the one shown: measured "
         "not a number", "the losses are means since the beginning of the epoch"),
        (wrong.OneAnEpoch, "values drawn: measured 20, exactly 140 demanded",
         "one value was told an epoch; tell one at every update"),
        (wrong.TenfoldRate, "distance from the rate used to the one shown: measured 900 %",
         "the losses are those of a learning rate of 0.01"),
        (wrong.ShiftedLabels, "distance from the rate used to the one shown: measured not a number",
         "the losses are those of labels shifted by 1"),
        (wrong.NoShuffle, "epochs in an order seen before: measured 19, exactly 0 demanded",
         "every epoch sees the photos in one order; shuffle them anew for each"),
        (wrong.ZeroWeights, "distance from the rate used to the one shown: measured not a number",
         "the losses are those of zero weights, not of the weights that were given"),
        (wrong.OwnZeroWeights, "mean accuracy of the first half of the epochs: measured ",
         "the first loss is ln 4 itself, as weights of zero give it"),
    ],
)  # fmt: skip
def test_wrong_histories(
    recording: Recording, photos: Photos, learner: Callable[[], Learner], first: str, why: str
) -> None:
    refusal = refusals(learner(), recording, photos)[0]
    assert first in refusal
    assert why in refusal


@pytest.mark.parametrize(
    ("learner", "line"),
    [
        (wrong.Hang, "a stand-in: learn gave no sign of life for 3 seconds after 3 updates; it "
         "was given up: look for an endless loop, or set silence to a longer time"),
        (wrong.Crash, "a stand-in: learn broke off with ValueError: tensors are on two devices, "
         "at wrong.py:{}"),
        (wrong.NotANumber, "a stand-in: update 3 came with loss nan; a finite number is needed at "
         "every update"),
    ],
)  # fmt: skip
def test_trainings_that_break_off(
    recording: Recording, photos: Photos, learner: type[StandIn], line: str
) -> None:
    with pytest.raises(SystemFault) as raised:
        Played(learner(), recording, photos)
    at = str(raised.value).rpartition(":")[2]
    assert str(raised.value) == line.format(at)


@pytest.mark.parametrize("silence", [-1, 0, float("nan"), "10", True, None])
def test_what_is_no_silence(photos: Photos, silence: object) -> None:
    learner = StandIn()
    learner.silence = silence  # type: ignore[attr-defined]
    line = f"^silence: received {re.escape(repr(silence))}, allowed is a number of seconds more "
    with pytest.raises(SystemFault, match=line):
        Embedded(learner).train(photos, TrainingRequest(Parameters(), [0]))


def test_one_value_is_no_epoch(recording: Recording, photos: Photos) -> None:
    exam = Exam(Embedded(wrong.OneAnEpoch()), recording, (0,))
    history = exam.train(photos, Parameters(epochs=1)).history
    with pytest.raises(Refused) as raised:
        final_loss(history)
    assert str(raised.value).startswith(
        "1 values, fewer than the 7 of an epoch; one value was told an epoch; tell one at every "
        "update"
    )


def test_probabilities_that_do_not_sum_to_1(recording: Recording, photos: Photos) -> None:
    [refusal] = refusals(wrong.NoSoftmax(), recording, photos)
    assert refusal.startswith("a stand-in: predict answered [")
    assert refusal.endswith(
        "], which sums to 2; probabilities are not negative and sum to 1: is the softmax missing?"
    )


def test_one_that_hung_is_not_asked_again(photos: Photos) -> None:
    system = Embedded(wrong.Hang())
    lines = set()
    for _ in range(2):
        with pytest.raises(SystemFault) as raised:
            system.train(photos, TrainingRequest(Parameters(), [0]))
        lines.add(str(raised.value))
    assert len(lines) == 1


def test_what_is_lacking_is_not_run(recording: Recording, photos: Photos) -> None:
    played = Played(wrong.Nothing(), recording, photos)
    ids = "a stand-in 1 does not offer the photos of a batch by number"
    rate = (
        "a stand-in 1 does not offer a learning rate read back (it takes initial weights and "
        "photo ids)"
    )
    assert played.refusals == []
    assert played.not_run == [ids, ids, rate]
    with pytest.raises(pytest.skip.Exception, match=ids):
        played.sheet.settle()
    assert [step.verdict for step in played.sheet.sheet.steps].count(NOT_RUN) == 3 + 1


def findings(learner: Learner, photos: Photos, sign: str) -> Iterator[str]:
    return (f.text for f in examine(as_system(learner, "x"), photos) if f.sign == sign)


def test_the_doctor_finds_nothing_wrong_with_the_stand_in(photos: Photos) -> None:
    assert list(findings(StandIn(), photos, "+"))[-9:] == [
        "every update gives a value",
        "every loss is finite and not negative",
        "every accuracy is a whole number of photos out of its batch",
        "every epoch sees each photo once",
        "no epoch repeats the order of another",
        "every value is the one calculated, at the learning rate shown",
        "a seed can be repeated, another one is another",
        "it stops when told to",
        "it answers with probabilities, of the people in their order",
    ]


@pytest.mark.parametrize(
    ("learner", "line"),
    [
        (wrong.TenfoldRate, "every value is the one calculated, at the learning rate shown: at a "
         "learning rate of 0.001, the losses are those of a learning rate of 0.01"),
        (wrong.OneAnEpoch, "every update gives a value: 3 values where 21 are due (one value was "
         "told an epoch; tell one at every update)"),
        (wrong.ShiftedLabels, "it answers with probabilities, of the people in their order: 0 of "
         "103 photos are answered right, and 103 when people are counted from 1; are the labels "
         "shifted?"),
        (wrong.NoShuffle, "no epoch repeats the order of another: 2 epochs repeat an order"),
        (wrong.StopsLate, "it stops when told to: told to stop after 50 values, it made 3 more; "
         "return as soon as tell returns true"),
        pytest.param(
            wrong.GoesOn,
            "it stops when told to: told to stop after 50 values, it gave ",
            marks=pytest.mark.slow,
        ),
        (wrong.Crash, "a stand-in: learn broke off with ValueError: tensors are on two devices, "
         "at wrong.py:"),
    ],
)  # fmt: skip
def test_the_doctor_says_what_is_wrong(photos: Photos, learner: type[StandIn], line: str) -> None:
    assert any(found.startswith(line) for found in findings(learner(), photos, "x"))


def test_the_doctor_says_what_cannot_be_offered(photos: Photos) -> None:
    said = list(findings(wrong.Nothing(), photos, "-"))
    assert said[1] == (
        "does not offer photo ids; not run will be: every epoch sees each photo once, no epoch "
        "repeats the order of another"
    )
    assert said[4] == "every epoch sees each photo once: not run, it takes photo ids"
    assert len(said) == 8
    assert list(findings(wrong.Nothing(), photos, "x")) == []
