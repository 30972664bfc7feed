"""Steps on curves: what loss and accuracy must look like."""

from __future__ import annotations

from pytest_bdd import then

from facelab.contract.interval import Interval
from facelab.contract.number import measured
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Capability, Granted, limits
from facelab.contract.training import Training
from facelab.judging import curves, findings, orders
from facelab.playing.examination import Exam
from facelab.playing.fields import phrase
from facelab.playing.recorder import LiveSheet

from .people import need_others


@then("every epoch sees each photo once")
def photos_once(sheet: LiveSheet, exam: Exam, training: Training) -> None:
    """Count photos that an epoch misses or repeats, over all epochs; exact."""
    if sheet.lacks(exam.system, Capability.PHOTO_IDS):
        return
    uneven = curves.uneven_photos(training.history)
    sheet.judge(
        "photos missed or repeated in an epoch",
        uneven,
        Interval.exactly(0),
        exact=True,
        found=findings.uneven(training.history),
    )


@then("no epoch repeats the order of another")
def orders_differ(sheet: LiveSheet, exam: Exam, training: Training) -> None:
    """Count epochs whose order of photos is that of an earlier one; exact."""
    if sheet.lacks(exam.system, Capability.PHOTO_IDS):
        return
    repeated = curves.repeated_orders(training.history)
    sheet.judge(
        "epochs in an order seen before",
        repeated,
        Interval.exactly(0),
        exact=True,
        found=findings.repeated(training.history),
    )


@then(phrase("the photos come in an order as chance gives it, at a level of {level:Percent}"))
def order_by_chance(sheet: LiveSheet, exam: Exam, training: Training, level: float) -> None:
    """Measure the probability of so regular an order by chance.

    Regular are neighbours that are neighbours again in the next epoch, photos that share a batch
    again, and the order of the gallery. They are compared with 399 orders drawn at random.
    """
    if sheet.lacks(exam.system, Capability.PHOTO_IDS):
        return
    sheet.judge(
        "chance of so regular an order",
        orders.chance_of_order(training.history),
        Interval.at_least(level),
        unit="%",
    )


@then(phrase("the first value lies within {distance:Number} of the loss at chance"))
def first_value(sheet: LiveSheet, training: Training, distance: float) -> None:
    """Measure the distance of the first loss from ln(people), the loss at chance, in nats."""
    measured = curves.first_loss(training.history)
    sheet.judge(
        f"distance of the first loss from ln {training.history.people}",
        measured,
        Interval.at_most(distance),
        found=findings.first(training.history),
    )


@then("every accuracy is a whole number of photos out of its batch")
def whole_accuracies(sheet: LiveSheet, exam: Exam, training: Training) -> None:
    """Count accuracies that are no whole number of photos over the batch's size; exact."""
    if sheet.lacks(exam.system, Granted.ACCURACY):
        return
    sheet.judge(
        "accuracies no batch can have",
        curves.odd_accuracies(training.history),
        Interval.exactly(0),
        exact=True,
        found=findings.impossible(training.history),
    )


@then("every value is finite and no loss is negative")
def finite_values(sheet: LiveSheet, exam: Exam, training: Training) -> None:
    """Find the smallest loss; a value that is not finite refuses too. Exact."""
    sheet.judge(
        "smallest loss",
        curves.smallest_loss(
            training.history, accuracies=Granted.ACCURACY not in limits(exam.system)
        ),
        Interval.at_least(0),
        exact=True,
        found=findings.not_a_loss(training.history),
    )


@then("the loss falls at every epoch")
def loss_falls(sheet: LiveSheet, training: Training) -> None:
    """Measure the largest step from an epoch's mean loss to the next, in nats.

    Means are weighted by batch size; the loss falls at every epoch when the step is below 0.
    """
    sheet.judge(
        "largest change of the loss between epochs",
        curves.largest_rise(training.history),
        Interval.less_than(0),
        found=findings.rise(training.history),
    )


@then("on all photos at once the loss falls at every epoch")
def loss_falls_at_once(sheet: LiveSheet, exam: Exam, training: Training) -> None:
    """Measure the largest step of the loss from an epoch to the next, in nats, as at a low rate.

    Gradient descent on all photos at once lowers a convex loss at every step, at rates up to 2 / L,
    where L is the smoothness constant. Not run for a system whose loss need not be convex.
    """
    if not sheet.lacks(exam.system, Capability.INITIAL_WEIGHTS):
        loss_falls(sheet, training)


@then(phrase("in all it falls by at least {low:Percent} and at most {high:Percent}"))
def loss_drops(sheet: LiveSheet, training: Training, low: float, high: float) -> None:
    """Measure 1 - last epoch's mean loss / first epoch's, weighted by batch size."""
    sheet.judge(
        "fall of the loss from first to last epoch",
        curves.loss_drop(training.history),
        Interval.between(low, high),
        unit="%",
        found=findings.drop(training.history),
    )


@then(phrase("from update to update the accuracy changes by at least {least:Number} on average"))
def accuracy_varies(sheet: LiveSheet, exam: Exam, training: Training, least: float) -> None:
    """Measure the mean distance of an update's accuracy from the one before."""
    if sheet.lacks(exam.system, Granted.ACCURACY):
        return
    swing = curves.accuracy_swing(training.history)
    sheet.judge("mean change of the accuracy", swing, Interval.at_least(least))


@then(phrase("on average over the first half of the epochs the accuracy is under {bound:Number}"))
def accuracy_stays_low(sheet: LiveSheet, exam: Exam, training: Training, bound: float) -> None:
    """Measure the mean accuracy of the epochs, over their photos, each taken before its update."""
    if sheet.lacks(exam.system, Granted.ACCURACY):
        return
    mean = curves.early_accuracy(training.history)
    sheet.judge("mean accuracy of the first half of the epochs", mean, Interval.less_than(bound))


@then(
    phrase(
        "the accuracy over {window:Count} updates reaches {level:Number} "
        "before {part:Percent} of the training"
    )
)
def accuracy_settles(
    sheet: LiveSheet, exam: Exam, training: Training, window: int, level: float, part: float
) -> None:
    """Measure how soon the accuracy is high, as a share of all updates.

    High: its mean over so many updates in a row reaches the level; counted to the last of them. Not
    run when the training has too few updates for it, as with few photos.
    """
    if sheet.lacks(exam.system, Granted.ACCURACY):
        return
    updates = training.history.updates
    exam.require(
        updates * part > window,
        f"{measured(part, '%')} of {updates} updates are no more than {window}: too few photos",
    )
    settled = curves.settling_share(training.history, level, window)
    sheet.judge(
        f"part of the training until the accuracy reaches {level:g}",
        settled,
        Interval.less_than(part),
        unit="%",
        found=findings.settling(training.history, level, window),
    )


@then(phrase("in every epoch of the last half the accuracy is at least {least:Number}"))
def accuracy_stays_high(sheet: LiveSheet, exam: Exam, training: Training, least: float) -> None:
    """Measure the lowest epoch's mean accuracy among the last half of the epochs."""
    if sheet.lacks(exam.system, Granted.ACCURACY):
        return
    sheet.judge(
        "lowest accuracy of an epoch of the last half",
        curves.late_accuracy(training.history),
        Interval.at_least(least),
        found=findings.late(training.history),
    )


@then(phrase("in the last epoch the loss is above 0 and at most {bound:Percent} of it at chance"))
def loss_vanishes(sheet: LiveSheet, training: Training, bound: float) -> None:
    """Measure the last epoch's mean loss as a share of ln(people), the loss at chance."""
    sheet.judge(
        "last epoch's loss as a share of the loss at chance",
        curves.final_loss(training.history),
        Interval(0, bound, open_low=True),
        unit="%",
        found=findings.final(training.history),
    )


@then(phrase("the loss after {few:Count}, {more:Count} and {most:Count} epochs is lower each time"))
def more_work(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    parameters: Parameters,
    few: int,
    more: int,
    most: int,
) -> None:
    """Train for longer and longer and compare the last epochs' mean losses.

    The largest change from one training to the next is judged, in nats: it is below 0 when each is
    lower.
    """
    trainings = [exam.train(photos, parameters.with_(epochs=n)) for n in (few, more, most)]
    histories = [training.history for training in trainings]
    sheet.judge(
        f"largest change of the loss from {few} to {more} to {most} epochs",
        curves.largest_change(histories),
        Interval.less_than(0),
        found=findings.ends(histories),
    )


@then(
    phrase("it makes more updates than with {people:Names} alone"),
    target_fixture="smaller_training",
)
def more_updates(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    parameters: Parameters,
    training: Training,
    people: list[str],
) -> Training:
    """Train on some of the people alone and count the updates beyond theirs; exact.

    Not run when the gallery has no other people.
    """
    need_others(exam, photos, people)
    smaller = exam.train(photos.of(people), parameters)
    more = training.history.updates - smaller.history.updates
    sheet.judge("updates more", more, Interval.more_than(0), exact=True)
    return smaller


@then(
    phrase(
        "it takes more updates than with them until the accuracy "
        "over {window:Count} updates reaches {level:Number}"
    )
)
def settles_later(
    sheet: LiveSheet,
    exam: Exam,
    training: Training,
    smaller_training: Training,
    window: int,
    level: float,
) -> None:
    """Count, seed by seed, how many updates later the accuracy is high.

    High: its mean over so many updates in a row reaches the level.
    """
    if sheet.lacks(exam.system, Granted.ACCURACY):
        return
    both = training.history, smaller_training.history
    later = curves.updates_later(*both, level, window)
    found = findings.later(*both, level, window)
    sheet.judge("updates later", later, Interval.more_than(0), found=found)
