"""Steps on answers: probes, tallies, comparisons of two trainings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pytest_bdd import then, when

from facelab.frames.photos import Photos
from facelab.interval import Interval
from facelab.judging import answers as judging
from facelab.judging.answers import Answers
from facelab.learning.parameters import Parameters
from facelab.reporting import evidence
from facelab.running.exam import Exam
from facelab.running.recorder import LiveSheet
from facelab.system import Training
from steps.phrases import phrase


@when(phrase("it is asked about the {probes:Count} probes of {name}"), target_fixture="answers")
def asked(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, probes: int, name: str
) -> Answers:
    """Show the recorded probes of a scenario to the classifier."""
    shown = exam.photos(f"probes/{name.lower()}")
    sheet.judge("probes", len(shown), Interval.exactly(probes), exact=True)
    given = exam.ask(training, photos.people, shown)
    table = judging.prediction_table(given)
    sheet.show(evidence.predictions("expected, predicted, error", table, photos.people))
    return given


@then(phrase("at least {least:Percent} of them are answered wrong"))
def many_errors(sheet: LiveSheet, answers: Answers, least: float) -> None:
    """Measure the error rate."""
    rate = judging.error_rate(answers)
    sheet.judge("probes answered wrong", rate, Interval.at_least(least), unit="%")


@then("none of them is answered wrong")
def no_error(sheet: LiveSheet, answers: Answers) -> None:
    """Count the errors."""
    sheet.judge("probes answered wrong", judging.errors(answers), Interval.exactly(0))


@then(phrase("at least {least:Percent} of the photos are answered right"))
def already_good(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, least: float
) -> None:
    """Ask about the photos that it was trained on."""
    right = 1 - judging.error_rate(exam.ask(training, photos.people, photos))
    sheet.judge("photos answered right", right, Interval.at_least(least), unit="%")


@then("the model answers every photo with probabilities that sum to 1")
def model_predicts(sheet: LiveSheet, photos: Photos, training: Training) -> None:
    """Ask about the photos and add the probabilities up."""
    probabilities = training.predict(photos.frames).astype(np.float64)
    off = np.abs(probabilities.sum(axis=2) - 1).max(axis=1)
    sheet.judge("distance of the sums from 1", off, Interval.at_most(1e-5), exact=True)


@when(phrase("the clip {name} is played to it"), target_fixture="counts")
def watched(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, name: str
) -> NDArray[np.int64]:
    """Count detections live over a clip."""
    clip = exam.source.clip(name)
    counts = exam.watch(training, clip)
    sheet.show(evidence.tally("detections", clip.person, photos.people, counts[0]))
    return counts


@then(phrase("all {frames:Count} frames are counted"))
def frames_counted(sheet: LiveSheet, counts: NDArray[np.int64], frames: int) -> None:
    """Add the tally up."""
    total = counts.sum(axis=1)
    sheet.judge("frames counted", total, Interval.exactly(frames), exact=True)


@then(phrase("{person} gets more than {least:Percent} of the frames"))
def most_detections(
    sheet: LiveSheet, photos: Photos, counts: NDArray[np.int64], person: str, least: float
) -> None:
    """Measure a person's share of the tally."""
    share = judging.share(counts, photos.people.index(person))
    sheet.judge(f"share of {person}", share, Interval.more_than(least), unit="%")


@then(phrase("{person} gets at least {times:Number} times as many as the next person"))
def clear_lead(
    sheet: LiveSheet, photos: Photos, counts: NDArray[np.int64], person: str, times: float
) -> None:
    """Measure a person's lead in the tally."""
    lead = judging.lead(counts, photos.people.index(person))
    sheet.judge(f"{person} against the next", lead, Interval.at_least(times), unit="times")


@when(
    phrase("it is trained at the learning rates {rates:Numbers} and asked about all probes"),
    target_fixture="sweep",
)
def swept(
    sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters, rates: list[float]
) -> dict[float, NDArray[np.float64]]:
    """Train at every rate and count the errors on the probes of T1 and T2."""
    sweep = {}
    for rate in rates:
        training = exam.train(photos, parameters.with_(learning_rate=rate))
        asked = [
            exam.ask(training, photos.people, exam.photos(f"probes/{name}"))
            for name in ("t1", "t2")
        ]
        sweep[rate] = np.sum([judging.errors(answers) for answers in asked], axis=0)
    points = [(rate, float(np.median(errors))) for rate, errors in sweep.items()]
    sheet.show(evidence.series("errors at each rate", "learning rate", "probes wrong", points))
    return sweep


@then(phrase("at a rate of {rate:Number} at most {more:Count} more is wrong than at the best rate"))
def on_the_plateau(
    sheet: LiveSheet, sweep: dict[float, NDArray[np.float64]], rate: float, more: int
) -> None:
    """Hold the errors at a rate against the fewest of the sweep."""
    excess = sweep[rate] - np.min(list(sweep.values()), axis=0)
    sheet.judge("errors more than at the best rate", excess, Interval.at_most(more))


@then(
    phrase(
        "it confuses {pair:Names} less than at a rate of {rate:Number} on the probes of {name}, "
        "by chance in {chance:Percent} of cases at most"
    )
)
def confuses_less(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    parameters: Parameters,
    training: Training,
    pair: list[str],
    rate: float,
    name: str,
    chance: float,
) -> None:
    """Compare two trainings on the same frames of two people by McNemar's exact test."""
    probes = exam.photos(f"probes/{name.lower()}").of(pair)
    other = exam.train(photos, parameters.with_(learning_rate=rate))
    after, before = (
        judging.confused(exam.ask(one, photos.people, probes), pair) for one in (training, other)
    )
    sheet.show(
        evidence.facts(
            f"frames of {' and '.join(pair)} taken for the other, of {len(probes)}",
            {
                f"at a rate of {parameters.learning_rate:g}": after.sum(axis=1).tolist(),
                f"at a rate of {rate:g}": before.sum(axis=1).tolist(),
            },
        )
    )
    p_value = judging.fewer(before, after)
    sheet.judge("chance of such a difference", p_value, Interval.at_most(chance), unit="%")
