"""Steps on answers: probes, and comparisons of two trainings."""

from __future__ import annotations

import numpy as np
from pytest_bdd import then, when

from facelab.contract.errors import FacelabError
from facelab.contract.interval import Interval
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Capability, Granted
from facelab.contract.training import Training
from facelab.judging import answers as judging
from facelab.judging import curves, findings
from facelab.judging.answers import Answers, Sweep
from facelab.playing.examination import Exam
from facelab.playing.fields import phrase
from facelab.playing.recorder import LiveSheet
from facelab.report import evidence


@when(phrase("it is asked about the {probes:Count} probes of {name:w}"), target_fixture="answers")
def asked(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, probes: int, name: str
) -> Answers:
    """Ask the classifier about the recorded probes of a scenario, frames never trained on.

    In galleries of one's own it is asked about all probes of these people, however many there are.
    The table is that of the replicate with the median number of errors.
    """
    return ask(sheet, exam, photos, training, exam.probes(name, photos.people), probes)


@when(
    phrase("it is asked about the {probes:Count} probes of {name:w} in {light:Light} light"),
    target_fixture="answers",
)
def asked_in_light(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    training: Training,
    probes: int,
    name: str,
    light: str,
) -> Answers:
    """Ask about the probes whose light is that of a training photo (known), or of none (unseen).

    Not run when the photos have no label for light.
    """
    return ask(sheet, exam, photos, training, in_light(exam, photos, name, light), probes)


def in_light(exam: Exam, photos: Photos, name: str, light: str) -> Photos:
    """Return the probes in ``known`` or ``unseen`` light."""
    probes = exam.probes(name, photos.people)
    known = probes.named("light").isin(photos.named("light").unique())
    chosen = probes.select(known if light == "known" else ~known)
    exam.require(len(chosen) > 0, f"the gallery has no probes in {light} light")
    return chosen


def ask(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, probes: Photos, count: int
) -> Answers:
    """Ask about probes and show the table of the replicate with the median error."""
    demanded = exam.expected(count, lambda: len(probes))
    sheet.judge("probes", len(probes), Interval.exactly(demanded), exact=True)
    given = exam.ask(training, photos.people, probes)
    shown = judging.typical(judging.errors(given))
    table = judging.prediction_table(given, shown, exam.certainty)
    frame = exam.shown(probes)
    sheet.show(evidence.predictions("expected, predicted, error", table, photos.people, frame))
    return given


@then(
    phrase(
        "as far as {probes:Count} probes can tell, at least {least:Percent} of them are answered "
        "wrong"
    )
)
def many_errors(sheet: LiveSheet, exam: Exam, answers: Answers, probes: int, least: float) -> None:
    """Measure the share of the probes that is answered wrong, as far as so few can tell.

    Its upper bound is judged, exact with 95 % confidence: the probes must not show that the share
    is lower. With 10 of 49 wrong, 30 % is still possible. It is an error if the book's scenario
    asked about another number of probes than the sentence names.
    """
    if exam.expected(probes, lambda: len(answers.labels)) != len(answers.labels):
        raise FacelabError(
            f"as far as {probes} probes can tell: it was asked about {len(answers.labels)}; "
            "write that number"
        )
    sheet.judge(
        "probes answered wrong, at most, with 95 % confidence",
        judging.most_errors(answers),
        Interval.at_least(least),
        unit="%",
        found=findings.too_few_mistakes(answers),
    )


@then("none of them is answered wrong")
def no_error(sheet: LiveSheet, answers: Answers) -> None:
    """Count the probes answered wrong."""
    sheet.judge(
        "probes answered wrong",
        judging.errors(answers),
        Interval.exactly(0),
        found=findings.mistakes(answers),
    )


@then(phrase("at least {least:Percent} of the photos are answered right"))
def already_good(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, least: float
) -> None:
    """Measure the share of right answers to the training photos."""
    given = exam.ask(training, photos.people, photos)
    sheet.judge(
        "photos answered right",
        1 - judging.error_rate(given),
        Interval.at_least(least),
        unit="%",
        found=findings.mistakes(given),
    )


@then("the model answers every photo with probabilities that sum to 1")
def model_predicts(sheet: LiveSheet, exam: Exam, photos: Photos, training: Training) -> None:
    """Measure the distance of a photo's sum of probabilities from 1; exact.

    In photos of one's own a face may not be found: photos whose probabilities are all 0 are
    answered with nobody, and do not count.
    """
    if sheet.lacks(exam.system, Granted.PROBABILITIES):
        return
    probabilities = exam.ask(training, photos.people, photos).probabilities
    off = judging.distance_from_one(probabilities, exam.expected(True, lambda: False))
    sheet.judge(
        "distance of the sums from 1",
        off,
        Interval.at_most(1e-5),
        exact=True,
        found=findings.sums(probabilities),
    )


@then("the loss of its answers to the training photos continues the loss curve")
def answers_continue(sheet: LiveSheet, exam: Exam, photos: Photos, training: Training) -> None:
    """Measure by how much the loss of its answers lies below the last value of the curve.

    In multiples of the last decrease. Where all photos are one batch, the loss falls at every
    update, and less each time (for rates up to 1 / L, where L is the smoothness constant of the
    loss: Barzilai, Shamir and Zamani, "Are convex optimization curves convex?", 2025). The answers
    give the value after the last: below it, by no more than the last decrease. Each photo is asked
    alone. This finds a system that answers otherwise than it learnt. Not run where a photo is
    answered with nobody, nor for a system whose loss need not be convex.
    """
    if sheet.lacks(exam.system, Capability.INITIAL_WEIGHTS):
        return
    given = exam.ask_alone(training, photos.people, photos)
    nobody = judging.taken_for_nobody(given)
    exam.require(not nobody, f"no face is found on {nobody} photos")
    loss = judging.losses(given).mean(axis=1)
    sheet.judge(
        "decrease from the end of the curve to the answers, in multiples of the last decrease",
        curves.next_decrease(training.history, loss),
        Interval.between(0, 1),
        found=findings.continues(training.history, loss),
    )


@when(
    phrase("it is trained at the learning rates {rates:Numbers} and asked about all probes"),
    target_fixture="sweep",
)
def swept(
    sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters, rates: list[float]
) -> Sweep:
    """Train at every rate and count the errors on the probes of T1 and T2, or on one's own."""
    sets = [exam.probes(name, photos.people) for name in ("t1", "t2")]
    probes = {tuple(one.labels["file"]): one for one in sets}.values()  # one's own are the same
    sweep = {}
    for rate in rates:
        training = exam.train(photos, parameters.with_(learning_rate=rate))
        asked = [exam.ask(training, photos.people, one) for one in probes]
        sweep[rate] = np.sum([judging.errors(answers) for answers in asked], axis=0)
    points = [(rate, float(np.median(errors))) for rate, errors in sweep.items()]
    sheet.show(evidence.series("errors at each rate", "learning rate", "probes wrong", points))
    return sweep


@then(phrase("at a rate of {rate:Number} at most {more:Count} more is wrong than at the best rate"))
def on_the_plateau(sheet: LiveSheet, sweep: Sweep, rate: float, more: int) -> None:
    """Count the errors at a rate beyond the fewest at any rate, seed by seed."""
    sheet.judge(
        "errors more than at the best rate",
        judging.beyond_best(sweep, rate),
        Interval.at_most(more),
        found=findings.plateau(sweep, rate),
    )


@then(phrase("every person is answered right more than {least:Percent} of the time"))
def right_faces(sheet: LiveSheet, exam: Exam, answers: Answers, least: float) -> None:
    """Measure the share of right answers for the person with the fewest.

    With probes of one's own, of which there may be few, the upper bound of that share is judged,
    exact with 95 % confidence: they must not show that it is lower.
    """
    measure, share = exam.expected(
        ("right answers, worst person", judging.hits_by_person),
        lambda: (
            "right answers, worst person, at most, as far as so few probes can tell (95 %)",
            judging.most_hits,
        ),
    )
    sheet.judge(
        measure,
        share(answers),
        Interval.more_than(least),
        unit="%",
        found=findings.worst_person(answers),
    )
