"""Steps on training: parameters, the training itself, its interruption."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_bdd import given, then, when

from facelab.contract.interval import Interval
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Capability, Granted
from facelab.contract.training import Training
from facelab.gallery.source import Source
from facelab.judging import curves, findings
from facelab.playing.examination import Exam
from facelab.playing.fields import phrase
from facelab.playing.recorder import LiveSheet
from facelab.playing.reference import require
from facelab.report import evidence


@given(
    phrase("the basic parameters with a learning rate of {rate:Number}"),
    target_fixture="parameters",
)
def basic_parameters(rate: float) -> Parameters:
    """Take the basic parameters (20 epochs, batches of 16) with this learning rate."""
    return Parameters().with_(learning_rate=rate)


@given(
    phrase(
        "a learning rate of {rate:Number}, {epochs:Count} epochs and batches of "
        "{batch_size:Count} photos"
    ),
    target_fixture="parameters",
)
@given(
    phrase(
        "a learning rate of {rate:Number}, {epochs:Count} epoch and batches of "
        "{batch_size:Count} photo"
    ),
    target_fixture="parameters",
)
def given_parameters(
    source: Source, photos: Photos, rate: float, epochs: int, batch_size: int
) -> Parameters:
    """Set the three parameters that a user sets. Not run when there are too few photos."""
    fits = batch_size <= len(photos)
    require(source, fits, f"a batch of {batch_size} photos is more than all, {len(photos)}")
    return Parameters().with_(learning_rate=rate, epochs=epochs, batch_size=batch_size)


@given(
    phrase("a learning rate of {rate:Number}, {epochs:Count} epochs and one batch of all photos"),
    target_fixture="parameters",
)
def one_batch(photos: Photos, rate: float, epochs: int) -> Parameters:
    """Set learning rate and epochs; the batch size is the number of photos."""
    return Parameters().with_(learning_rate=rate, epochs=epochs, batch_size=len(photos))


@when("the classifier is trained", target_fixture="training")
def trained(sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters) -> Training:
    """Train on the photos, one replicate a seed, and show parameters and curves."""
    training = exam.train(photos, parameters)
    show(sheet, exam, photos, parameters, training)
    return training


@when("the classifier is trained once", target_fixture="training")
def trained_once(sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters) -> Training:
    """Train a single replicate, of the first seed: for long trainings and exact counts."""
    training = exam.train(photos, parameters, replicates=1)
    show(sheet, exam, photos, parameters, training)
    return training


@when(
    phrase("the classifier is trained until {values:Count} values are drawn, then interrupted"),
    target_fixture="training",
)
def interrupted(
    sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters, values: int
) -> Training:
    """Train, and ask to stop as soon as so many values are drawn."""
    if sheet.lacks(exam.system, Capability.STOP):
        pytest.skip(sheet.lacking)
    training = exam.train(photos, parameters, stop_at=values)
    show(sheet, exam, photos, parameters, training)
    return training


def show(
    sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters, training: Training
) -> None:
    """Show the parameters of a training, its theory, and the curves."""
    sheet.remarks = training.history.remarks
    numbers = {"photos": len(photos), "people": len(photos.people)}
    sheet.show(
        evidence.facts("parameters", {**parameters.as_rows(), **numbers}),
        evidence.facts("theory, not a criterion", exam.theory(photos, parameters)),
    )
    sheet.show_curves("loss and accuracy at every update", training.history)


def drawn(training: Training) -> int | NDArray[np.int64]:
    """Return how many values were drawn, by each replicate where they differ."""
    history = training.history
    return history.updates if (history.drawn == history.updates).all() else history.drawn


@then(phrase("{values:Count} values are drawn"))
def values_drawn(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    parameters: Parameters,
    training: Training,
    values: int,
) -> None:
    """Count the values drawn, one an update; exact.

    With the book's gallery there must be so many; with any other epochs times photos over batch
    size, rounded up.
    """
    demanded = exam.expected(values, lambda: parameters.updates(len(photos)))
    sheet.judge("values drawn", drawn(training), Interval.exactly(demanded), exact=True)


@then("one value is drawn for each photo")
def value_a_photo(sheet: LiveSheet, photos: Photos, training: Training) -> None:
    """Compare the number of values with the number of photos; exact."""
    allowed = Interval.exactly(len(photos))
    sheet.judge("values drawn", drawn(training), allowed, exact=True)


@then(phrase("each epoch makes {updates:Count} updates"))
def updates_an_epoch(sheet: LiveSheet, training: Training, updates: int) -> None:
    """Count the updates of an epoch: photos over batch size, rounded up; exact."""
    measured = training.history.updates_per_epoch
    sheet.judge("updates an epoch", measured, Interval.exactly(updates), exact=True)


@then(phrase("at least {low:Count} and fewer than {high:Count} values are drawn"))
def values_between(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    parameters: Parameters,
    training: Training,
    low: int,
    high: int,
) -> None:
    """Count the values of an interrupted training; exact.

    The upper bound is that of a whole training: so many with the book's gallery, epochs times
    photos over batch size with any other.
    """
    whole = exam.expected(high, lambda: parameters.updates(len(photos)))
    allowed = Interval(low, whole, open_high=True)
    sheet.judge("values drawn", drawn(training), allowed, exact=True)


@then("they are the first values of the uninterrupted training")
def head_of_whole(
    sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters, training: Training
) -> None:
    """Compare with an uninterrupted training of the same seeds.

    Count the values of loss or accuracy that are not equal to the last bit.
    """
    if sheet.lacks(exam.system, Granted.SEEDS):
        return
    whole = exam.train(photos, parameters)
    sheet.judge(
        "values that differ",
        curves.differing_values(training.history, whole.history),
        Interval.exactly(0),
        exact=True,
        found=findings.unlike(training.history, whole.history),
    )
