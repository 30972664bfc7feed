"""Doctor: only the exact checks, in seconds: no statistics, no threshold, one replicate."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from facelab.contract.errors import SystemFault
from facelab.contract.history import History
from facelab.contract.number import apart
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Capability, Lesson, System
from facelab.contract.training import Training, TrainingRequest
from facelab.judging import curves
from facelab.judging.rates import read_back
from facelab.judging.replay import Oracle, Told
from facelab.learning.describer import Describer
from facelab.systems.diagnostics import diagnose
from facelab.systems.embedded import Embedded

BASIC = Parameters(epochs=3)
SLOW = Parameters(learning_rate=0.001, epochs=3)
SINGLE = Parameters(epochs=3, batch_size=1)
LONG = tuple(Parameters(epochs=epochs, batch_size=1) for epochs in (8, 80, 800))
STOP_AT = 50

PATIENCE = 3.0
"""Seconds within which every system looks whether it is to stop; trainings may be shorter."""


@dataclass(frozen=True)
class Finding:
    """What a check found. ``sign``: + it held, x it did not, - it was not run."""

    sign: str
    text: str


@dataclass(frozen=True)
class Check:
    """One exact check: its demand, the capabilities it needs, and what returns the complaint."""

    text: str
    needs: frozenset[Capability]
    complaint: Callable[[Patient], str]


class Patient:
    """A system and the photos that it is examined on; each training is made once."""

    def __init__(self, system: System, photos: Photos) -> None:
        self.system, self.photos = system, photos
        self.train = cache(self._train)

    def lesson(self, parameters: Parameters) -> Lesson:
        """Return the training with seed 0 as a learner is given it."""
        own = self.system if hasattr(self.system, "lessons") else Describer()
        lessons: list[Lesson] = own.lessons(self.photos, parameters, [0])
        return lessons[0]

    def history(self, parameters: Parameters, seed: int = 0) -> History:
        """Return the history of a training."""
        return self.train(parameters, seed).history

    def _train(self, parameters: Parameters, seed: int = 0, stop_at: int | None = None) -> Training:
        stop = None if stop_at is None else lambda done: done >= stop_at
        return self.system.train(self.photos, TrainingRequest(parameters, [seed], stop=stop))


def examine(system: System, photos: Photos) -> Iterator[Finding]:
    """Yield what the system offers and does not, then what each check found.

    When it breaks down (SystemFault), that is the last finding.
    """
    for capability, phrases in NEEDED_BY.items():
        if capability in system.capabilities:
            yield Finding("+", f"offers {capability}")
        else:
            yield Finding("-", f"does not offer {capability}; not run will be: {phrases}")
    patient = Patient(system, photos)
    for check in CHECKS:
        lacking = sorted(check.needs - set(system.capabilities))
        try:
            complaint = "" if lacking else check.complaint(patient)
        except SystemFault as fault:
            yield Finding("x", str(fault))
            return
        if lacking:
            yield Finding("-", f"{check.text}: not run, it takes {' and '.join(lacking)}")
        elif complaint:
            yield Finding("x", f"{check.text}: {complaint}")
        else:
            yield Finding("+", check.text)


def counted(patient: Patient) -> str:
    """Compare the number of values with the arithmetic."""
    for parameters in (BASIC, SINGLE):
        history, wanted = patient.history(parameters), parameters.updates(len(patient.photos))
        if history.updates != wanted:
            seen = "; ".join(diagnose(history, parameters))
            return f"{history.updates} values where {wanted} are due" + f" ({seen})" * bool(seen)
    return ""


def partitioned(patient: Patient) -> str:
    """Count photos that an epoch misses or repeats."""
    return _count(curves.uneven_photos(patient.history(BASIC)), "photos are missed or repeated")


def shuffled(patient: Patient) -> str:
    """Count epochs in an order seen before."""
    return _count(curves.repeated_orders(patient.history(BASIC)), "epochs repeat an order")


def whole(patient: Patient) -> str:
    """Look for accuracies that no batch can have."""
    found = _count(curves.odd_accuracies(patient.history(BASIC)), "accuracies are none")
    return "; ".join([found, *diagnose(patient.history(BASIC), BASIC)]) if found else ""


def finite(patient: Patient) -> str:
    """Look for the smallest loss."""
    smallest = float(curves.smallest_loss(patient.history(BASIC))[0])
    return "" if smallest >= 0 else f"the smallest loss is {smallest:g}"


def calculated(patient: Patient) -> str:
    """Calculate every value again, in float64, and read the learning rate back."""
    for parameters in (SLOW, BASIC):
        lesson, history = patient.lesson(parameters), patient.history(parameters)
        batches = [batch[batch >= 0] for batch in history.photos[0]]
        told = Told(history.loss[0], history.accuracy[0], batches)
        oracle = Oracle(lesson)
        reading = read_back(oracle, told)
        if reading.remark:
            return f"at a learning rate of {parameters.learning_rate:g}, {reading.remark}"
        accuracy = oracle.replay(batches).accuracy
        wrong = np.flatnonzero(np.abs(accuracy - history.accuracy[0]) > 1e-4)
        if wrong.size:
            first = int(wrong[0])
            said, due = apart(history.accuracy[0, first], accuracy[first])
            return f"the accuracy of update {first + 1} is {said}, calculated {due}"
    return ""


def seeded(patient: Patient) -> str:
    """Train again with the same seed and with another."""
    first, other = patient.history(BASIC), patient.history(BASIC, seed=1)
    again = patient.system.train(patient.photos, TrainingRequest(BASIC, [0])).history
    if not np.array_equal(first.loss, again.loss):
        return "the same seed gives other values the second time"
    if np.array_equal(first.loss, other.loss):
        return "another seed gives the same values"
    return ""


def stopped(patient: Patient) -> str:
    """Stop a training, a longer one where it had ended before anybody could look."""
    for parameters in LONG:
        due, began = parameters.updates(len(patient.photos)), time.monotonic()
        part = patient.train(parameters, 0, STOP_AT).history
        if part.updates < due or time.monotonic() - began > PATIENCE:
            break
    if not STOP_AT <= part.updates < due:
        return f"told to stop after {STOP_AT} values, it gave {part.updates} of {due}"
    if isinstance(patient.system, Embedded) and part.updates > STOP_AT:
        return (
            f"told to stop after {STOP_AT} values, it made {part.updates - STOP_AT} more; return "
            "as soon as tell returns true"
        )
    if curves.differing_values(part, patient.history(parameters)).any():
        return "the values until then are others than without stopping"
    return ""


def answered(patient: Patient) -> str:
    """Ask about the photos that it was trained on; return whether people are counted as given."""
    photos, people = patient.photos, len(patient.photos.people)
    answers = patient.train(BASIC, 0).predict(photos.frames)
    if answers.shape != (1, len(photos), people):
        return f"the answer has the shape {answers.shape}, not {(1, len(photos), people)}"
    off = float(np.abs(answers.astype(np.float64).sum(axis=2) - 1).max())
    if not off <= 1e-5:
        return f"the probabilities sum to 1 only within {off:.2g}"
    chosen, truth = answers[0].argmax(axis=1), photos.numbers(photos.people)
    right = [int(((chosen - shift) % people == truth).sum()) for shift in range(people)]
    if int(np.argmax(right)):
        return (
            f"{right[0]} of {len(photos)} photos are answered right, and {max(right)} when people "
            f"are counted from {int(np.argmax(right))}; are the labels shifted?"
        )
    return ""


def _count(values: NDArray[np.float64], what: str) -> str:
    return f"{values[0]:.0f} {what}" if values[0] else ""


NEEDED_BY = {
    Capability.INITIAL_WEIGHTS: "the learning rate used is the one shown",
    Capability.PHOTO_IDS: "every epoch sees each photo once, no epoch repeats the order of another",
    Capability.STOP: "is trained until 1,565 values are drawn, then interrupted",
    Capability.NOBODY: "the empty chair is nobody's",
    Capability.LEARNING_RATE: "the learning rate used is the one shown",
}
"""The phrases that take a capability."""

_IDS = frozenset({Capability.PHOTO_IDS})

CHECKS = (
    Check("every update gives a value", frozenset(), counted),
    Check("every loss is finite and not negative", frozenset(), finite),
    Check("every accuracy is a whole number of photos out of its batch", frozenset(), whole),
    Check("every epoch sees each photo once", _IDS, partitioned),
    Check("no epoch repeats the order of another", _IDS, shuffled),
    Check(
        "every value is the one calculated, at the learning rate shown",
        _IDS | {Capability.INITIAL_WEIGHTS},
        calculated,
    ),
    Check("a seed can be repeated, another one is another", frozenset(), seeded),
    Check("it stops when told to", frozenset({Capability.STOP}), stopped),
    Check("it answers with probabilities, of the people in their order", frozenset(), answered),
)
