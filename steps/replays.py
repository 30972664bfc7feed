"""Steps on what can be calculated again: losses, accuracies, the rate, the answers."""

from __future__ import annotations

import numpy as np
from pytest_bdd import then

from facelab.contract.history import History
from facelab.contract.interval import Interval
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Capability, Granted
from facelab.contract.training import Training
from facelab.judging import answers as judging
from facelab.judging import curves, findings, replay
from facelab.judging.rates import rate_errors
from facelab.playing.examination import Exam
from facelab.playing.fields import phrase
from facelab.playing.recorder import LiveSheet


def lacks_replay(sheet: LiveSheet, exam: Exam, photos: Photos) -> bool:
    """Return whether a training cannot be calculated again; then the step is not run."""
    needed = (Capability.INITIAL_WEIGHTS, Capability.PHOTO_IDS)
    if any(sheet.lacks(exam.system, capability) for capability in needed):
        return True
    if len(photos) > replay.LARGEST:
        sheet.pass_over(f"only trainings on up to {replay.LARGEST:,} photos are calculated again")
        return True
    return False


def replayed(
    exam: Exam, photos: Photos, parameters: Parameters, history: History
) -> tuple[list[replay.Oracle], list[replay.Told]]:
    """Return what calculates each replicate again, and what it said of its updates."""
    oracles = exam.oracles(photos, parameters, len(history.seeds))
    told = [
        replay.Told(loss[:drawn], accuracy[:drawn], [batch[batch >= 0] for batch in order[:drawn]])
        for loss, accuracy, order, drawn in zip(
            history.loss, history.accuracy, history.photos, history.drawn, strict=True
        )
    ]
    replay.replay_together(oracles, told)
    return oracles, told


@then(phrase("the learning rate used is the one shown, within {tolerance:Percent}"))
def rate_used(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    parameters: Parameters,
    training: Training,
    tolerance: float,
) -> None:
    """Measure the distance of the rate used from the parameter, as a share of it.

    The rate used is the constant rate that explains every loss, replayed in float64 from the first
    weights and the photos of each batch. If no constant rate does, the finding names the mistake
    that does. A system that does not train facelab's head reports the rate of every update; then
    the update farthest off counts. With more than 2,048 photos the median of the reported rates
    counts.
    """
    if sheet.lacks(exam.system, Capability.LEARNING_RATE):
        return
    history = training.history
    shown = parameters.learning_rate
    whole = {Capability.INITIAL_WEIGHTS, Capability.PHOTO_IDS} <= {*exam.system.capabilities}
    if whole and len(photos) <= replay.LARGEST:
        errors, found = rate_errors(*replayed(exam, photos, parameters, history))
        # what the system shows of its own rate must not be another either
        errors = np.fmax(errors, curves.rate_error(history, shown))
    else:
        error = curves.rate_error if whole else curves.worst_rate_error
        errors, found = error(history, shown), findings.rate(history, shown)
    sheet.judge(
        "distance from the rate used to the one shown",
        errors,
        Interval.at_most(tolerance),
        unit="%",
        found=found,
    )


@then("every loss and accuracy is the one calculated again")
def calculated(
    sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters, training: Training
) -> None:
    """Count updates whose loss or accuracy differs from plain gradient descent; exact.

    The training is replayed in float64, from its first weights, at the rate shown, with the photos
    of each batch. A loss in float32 may differ by 0.01 % and 0.00001 nats, an accuracy by the
    photos whose two best answers are equal except for rounding. Of long trainings the first 2,048
    updates are compared.
    """
    if lacks_replay(sheet, exam, photos):
        return
    oracles, told = replayed(exam, photos, parameters, training.history)
    wrong = [replay.wrong_values(oracle, one) for oracle, one in zip(oracles, told, strict=True)]
    sheet.judge(
        "values that are not those calculated",
        wrong,
        Interval.exactly(0),
        exact=True,
        found=lambda number: replay.first_wrong(oracles[number], told[number]),
    )


@then(phrase("its answers to the photos are those that its updates lead to, within {off:Number}"))
def answers_calculated(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    parameters: Parameters,
    training: Training,
    off: float,
) -> None:
    """Measure the largest distance of a probability from the replayed one; exact.

    The weights after the last update are calculated again in float64, and asked about the photos.
    Photos that are answered with nobody do not count.
    """
    if lacks_replay(sheet, exam, photos):
        return
    history = training.history
    oracles, told = replayed(exam, photos, parameters, history)
    given = exam.ask(training, photos.people, photos).probabilities
    distances = [
        replay.wrong_answers(oracle, one, answers)
        for oracle, one, answers in zip(oracles, told, given, strict=True)
    ]
    sheet.judge(
        "distance of an answer from the one calculated, at most",
        distances,
        Interval.at_most(off),
        exact=True,
        found=findings.other_answers(distances),
    )


@then("it answers the photos as well as the curve says")
def worth_its_curve(sheet: LiveSheet, exam: Exam, photos: Photos, training: Training) -> None:
    """Bound by how much more of the photos it answers wrong than in the last epoch drawn.

    In that epoch each photo was answered once, before it was learnt. The lower bound of the share
    wrong now, minus the upper bound of the share wrong then, each exact with 95 % confidence: the
    photos must not show that it answers worse than it learnt.
    """
    if sheet.lacks(exam.system, Granted.ACCURACY):
        return
    wrong = judging.errors(exam.ask(training, photos.people, photos))
    before = curves.errors_of_last_epoch(training.history)
    sheet.judge(
        "photos answered wrong more than in the last epoch, at least",
        judging.surely_worse(wrong, before, len(photos)),
        Interval.at_most(0),
        unit="%",
        found=findings.worse_than_curve(wrong, before, len(photos)),
    )


@then("replicates of different seeds differ, those of one seed do not")
def replicates_differ(
    sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters, training: Training
) -> None:
    """Count pairs of replicates with the same losses, and seeds with other losses again; exact.

    The training is repeated with the last seed first.
    """
    if sheet.lacks(exam.system, Granted.SEEDS):
        return
    again = exam.train(photos, parameters, backwards=True)
    first, second = training.history.loss, again.history.loss[::-1]
    sheet.judge(
        "replicates that are another's, or not their own again",
        curves.odd_replicates(first, second),
        Interval.exactly(0),
        exact=True,
        found=findings.odd_replicates(first),
    )
