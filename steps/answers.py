"""Steps on answers: probes, tallies, comparisons of two trainings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pytest_bdd import then, when

from facelab.contract.errors import Lacking
from facelab.contract.interval import Interval
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import Training
from facelab.judging import answers as judging
from facelab.judging import curves
from facelab.judging.answers import Answers
from facelab.playing.examination import Exam
from facelab.playing.recorder import LiveSheet
from facelab.report import evidence
from steps.people import need, need_others
from steps.phrases import phrase


@when(phrase("it is asked about the {probes:Count} probes of {name:w}"), target_fixture="answers")
def asked(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, probes: int, name: str
) -> Answers:
    """Show the recorded probes of a scenario, frames never trained on, to the classifier.

    Of one's own photos all probes of these people are shown, however many there are. The table
    shown is that of the replicate whose number of errors is the median.
    """
    return ask(sheet, exam, photos, training, exam.probes(name, photos.people), probes)


@when(
    phrase("it is asked about the {probes:Count} probes of {name:w} in {light:w} light"),
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
    """Show the probes whose light is that of a training photo (known), or of none (unseen).

    Not run when the photos have no label that says it.
    """
    return ask(sheet, exam, photos, training, in_light(exam, photos, name, light), probes)


def in_light(exam: Exam, photos: Photos, name: str, light: str) -> Photos:
    """Return the probes in ``known`` or ``unseen`` light."""
    probes = exam.probes(name, photos.people)
    known = probes.named("light").isin(photos.named("light").unique())
    if not len(chosen := probes.select(known if light == "known" else ~known)):
        raise Lacking(f"the gallery has no probes in {light} light")
    return chosen


def ask(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, probes: Photos, count: int
) -> Answers:
    """Ask about probes and show the table of the replicate with the median error."""
    demanded = count if exam.source.is_reference else len(probes)
    sheet.judge("probes", len(probes), Interval.exactly(demanded), exact=True)
    given = exam.ask(training, photos.people, probes)
    table = judging.prediction_table(given, judging.typical(judging.errors(given)))
    frame = exam.shown(probes)
    sheet.show(evidence.predictions("expected, predicted, error", table, photos.people, frame))
    return given


@then(phrase("at least {least:Percent} of them are answered wrong"))
def many_errors(sheet: LiveSheet, answers: Answers, least: float) -> None:
    """Measure the share of the probes that is answered wrong, as far as so few can tell.

    Its upper bound is judged, exact with 95 % confidence: the probes must not show that the share
    is lower. Of 49, 10 that are wrong leave 30 % possible.
    """
    sheet.judge(
        "probes answered wrong, at most, with 95 % confidence",
        judging.most_errors(answers),
        Interval.at_least(least),
        unit="%",
    )


@then("none of them is answered wrong")
def no_error(sheet: LiveSheet, answers: Answers) -> None:
    """Count the probes answered wrong."""
    sheet.judge("probes answered wrong", judging.errors(answers), Interval.exactly(0))


@then(phrase("at least {least:Percent} of the photos are answered right"))
def already_good(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, least: float
) -> None:
    """Measure the share of the photos it was trained on that it answers right."""
    right = 1 - judging.error_rate(exam.ask(training, photos.people, photos))
    sheet.judge("photos answered right", right, Interval.at_least(least), unit="%")


@then("the model answers every photo with probabilities that sum to 1")
def model_predicts(sheet: LiveSheet, exam: Exam, photos: Photos, training: Training) -> None:
    """Measure how far a photo's probabilities are from adding up to 1; exact.

    On one's own photos a face may not be found: where all are 0, nobody was answered, and they do
    not count.
    """
    probabilities = training.predict(photos.frames).astype(np.float64)
    off = np.abs(probabilities.sum(axis=2) - 1)
    nobody = ~probabilities.any(axis=2)
    if not (exam.source.is_reference or nobody.all()):
        off = np.where(nobody, 0, off)
    off = off.max(axis=1)
    sheet.judge("distance of the sums from 1", off, Interval.at_most(1e-5), exact=True)


@then("its answers to the photos, asked person by person, go on with the curve of the loss")
def answers_go_on(sheet: LiveSheet, exam: Exam, photos: Photos, training: Training) -> None:
    """Measure how far the loss of its answers lies below the last value, in last falls.

    Where all photos are one batch, the loss falls at every update, and less each time (for rates up
    to 1 / curvature: Barzilai, Shamir and Zamani, "Are convex optimization curves convex?", 2025).
    The answers are the value after the last: below it, by no more than the last fall. Whoever
    answers otherwise than it learnt is found by that. Not run where a photo is taken for nobody.
    """
    losses = []
    for person in photos.people:
        given = exam.ask(training, photos.people, photos.of([person]))
        if not exam.source.is_reference and (
            nobody := int((given.predicted < 0).any(axis=0).sum())
        ):
            raise Lacking(f"no face is found on {nobody} photos of {person}")
        losses.append(judging.losses(given))
    loss = np.concatenate(losses, axis=1).mean(axis=1)
    fall = curves.next_fall(training.history, loss)
    allowed = Interval.between(0, 1)
    sheet.judge("fall from the last value to the answers, in last falls", fall, allowed)


@when(phrase("the clip {name} is played to it"), target_fixture="counts")
def watched(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, name: str
) -> NDArray[np.int64]:
    """Count, frame by frame, the most probable person over a clip.

    Of one's own films it is the one of the person with whose role the clip's name begins.
    """
    clip = exam.source.clip(name)
    if not exam.source.is_reference:
        need(photos, [clip.person])
    counts = exam.watch(training, clip)
    shown = counts[judging.typical(counts.max(axis=1).astype(float))]
    named = [*photos.people, judging.NOBODY] if shown[-1] else photos.people
    sheet.show(evidence.tally("detections", clip.person, named, shown[: len(named)]))
    return counts


@then(phrase("all {frames:Count} frames are counted"))
def frames_counted(sheet: LiveSheet, exam: Exam, counts: NDArray[np.int64], frames: int) -> None:
    """Add the tally up; exact. Of one's own film there are as many as it has."""
    demanded = frames if exam.source.is_reference else exam.played
    total = counts.sum(axis=1)
    sheet.judge("frames counted", total, Interval.exactly(demanded), exact=True)


@then(phrase("{person} gets more than {least:Percent} of the frames"))
def most_detections(
    sheet: LiveSheet, photos: Photos, counts: NDArray[np.int64], person: str, least: float
) -> None:
    """Measure a person's share of all detections."""
    share = judging.share(counts, photos.people.index(person))
    sheet.judge(f"share of {person}", share, Interval.more_than(least), unit="%")


@then(phrase("{person} gets at least {times:Number} times as many as the next person"))
def clear_lead(
    sheet: LiveSheet, photos: Photos, counts: NDArray[np.int64], person: str, times: float
) -> None:
    """Measure how many times the next person's detections a person has."""
    lead = judging.lead(counts, photos.people.index(person))
    sheet.judge(f"{person} against the next", lead, Interval.at_least(times), unit="times")


@when(
    phrase("it is trained at the learning rates {rates:Numbers} and asked about all probes"),
    target_fixture="sweep",
)
def swept(
    sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters, rates: list[float]
) -> dict[float, NDArray[np.float64]]:
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
def on_the_plateau(
    sheet: LiveSheet, sweep: dict[float, NDArray[np.float64]], rate: float, more: int
) -> None:
    """Count the errors at a rate beyond the fewest at any rate, seed by seed."""
    excess = sweep[rate] - np.min(list(sweep.values()), axis=0)
    sheet.judge("errors more than at the best rate", excess, Interval.at_most(more))


@then(phrase("{person} gets more frames than anyone else"))
def first_in_tally(
    sheet: LiveSheet, photos: Photos, counts: NDArray[np.int64], person: str
) -> None:
    """Measure how many times the next person's detections a person has: more than once."""
    lead = judging.lead(counts, photos.people.index(person))
    sheet.judge(f"{person} against the next", lead, Interval.more_than(1), unit="times")


@then(phrase("every person is answered right more than {least:Percent} of the time"))
def right_faces(sheet: LiveSheet, exam: Exam, answers: Answers, least: float) -> None:
    """Measure the share of right answers of the person who is answered worst.

    Of one's own probes, of which there may be few, the upper bound of that share is judged, exact
    with 95 % confidence: they must not show that it is lower.
    """
    worst, measure = judging.hits_by_person(answers), "right answers, worst person"
    if not exam.source.is_reference:
        worst, measure = judging.most_hits(answers), f"{measure}, at most, with 95 % confidence"
    sheet.judge(measure, worst, Interval.more_than(least), unit="%")


@then(phrase("more of them are answered wrong than of those in known light"))
def light_matters(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, answers: Answers
) -> None:
    """Bound by how much the error rate at least exceeds that in known light.

    The bound holds with 95 % confidence: the percentile bootstrap over bursts of frames, since
    frames of one burst are not independent.
    """
    known = exam.ask(training, photos.people, in_light(exam, photos, "T4", "known"))
    unseen_rates, known_rates = (
        judging.burst_means(one.wrong, one.labels) for one in (answers, known)
    )
    sheet.judge(
        "errors more than in known light, at least, with 95 % confidence",
        judging.least_excess(unseen_rates, known_rates),
        Interval.more_than(0),
        unit="%",
    )


@then(
    phrase("on the frames of {people:Names} it errs more often than when trained on these alone"),
    target_fixture="crowd_and_few",
)
def load_costs(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    parameters: Parameters,
    answers: Answers,
    people: list[str],
) -> tuple[Answers, Answers]:
    """Count by how many errors more than a training on these people alone, on the same frames.

    Not run when there is nobody else.
    """
    need_others(exam.source, photos, people)
    few, crowd = photos.of(people), answers.of(people)
    probes = in_light(exam, photos, "T4", "unseen").of(people)
    alone = exam.ask(exam.train(few, parameters), few.people, probes)
    sheet.show(
        evidence.facts(
            f"errors on the same {len(probes)} frames, each replicate",
            {
                f"of {len(photos.people)} people": judging.errors(crowd).tolist(),
                f"of {len(few.people)} people": judging.errors(alone).tolist(),
            },
        )
    )
    more = judging.errors(crowd) - judging.errors(alone)
    sheet.judge("errors more", more, Interval.more_than(0))
    return crowd, alone


@then(
    phrase(
        "it is less sure of the right person there, by chance in {chance:Percent} of cases at most"
    )
)
def load_blurs(sheet: LiveSheet, crowd_and_few: tuple[Answers, Answers], chance: float) -> None:
    """Compare the right person's margin with many people and with few, by Wilcoxon's test.

    The margin is the right person's probability less the next one's, a mean over each burst;
    measured is how probable such a loss were by chance.
    """
    crowd, few = crowd_and_few
    p_value = judging.signed_rank(judging.margins_lost(few, crowd))
    sheet.judge("chance of such a difference", p_value, Interval.at_most(chance), unit="%")


@when("it is asked about the twins, with and without glasses", target_fixture="answers")
def asked_about_twins(exam: Exam, photos: Photos, training: Training) -> Answers:
    """Show frames of two men, each drawn twice, alike but for the glasses."""
    return exam.ask(training, photos.people, exam.source.photos("twins"))


def bare_and_glasses(answers: Answers) -> tuple[Answers, Answers]:
    """Return the answers to the frames without and with glasses, pair by pair."""
    glasses = answers.labels["glasses"] == 1
    bare, worn = answers.select(~glasses), answers.select(glasses)
    return bare, worn


@then(
    phrase(
        "{pair:Names} are taken for each other on at least {least:Percent} of the frames, "
        "with glasses and without"
    )
)
def confused_anyway(sheet: LiveSheet, answers: Answers, pair: list[str], least: float) -> None:
    """Measure the share of frames taken for the other of two people, glasses off and on."""
    for name, one in zip(("without", "with"), bare_and_glasses(answers), strict=True):
        share = judging.confused(one, pair).mean(axis=1)
        sheet.judge(
            f"taken for each other {name} glasses", share, Interval.at_least(least), unit="%"
        )


@then(phrase("glasses make it less sure, by chance in {chance:Percent} of cases at most"))
def glasses_blur(sheet: LiveSheet, answers: Answers, chance: float) -> None:
    """Compare the right man's margin with and without glasses, by Wilcoxon's test.

    Measured is how probable such a loss, over the bursts, were by chance.
    """
    bare, worn = bare_and_glasses(answers)
    lost = judging.margins_lost(bare, worn)
    sheet.show(
        evidence.facts(
            "margin of the right man's probability that glasses cost",
            {"median replicate": float(np.median(lost.mean(axis=1)))},
        )
    )
    p_value = judging.signed_rank(lost)
    sheet.judge("chance of such a difference", p_value, Interval.at_most(chance), unit="%")


@then(phrase("glasses change at most {most:Percent} of its answers"))
def glasses_change_little(sheet: LiveSheet, answers: Answers, most: float) -> None:
    """Measure the share of pairs of frames that glasses make it answer otherwise."""
    bare, worn = bare_and_glasses(answers)
    changed = (bare.predicted != worn.predicted).mean(axis=1)
    sheet.judge("answers that glasses change", changed, Interval.at_most(most), unit="%")


@then(
    phrase(
        "it confuses {pair:Names} less than at a rate of {rate:Number} on the same frames, "
        "by chance in {chance:Percent} of cases at most"
    )
)
def confuses_less(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    parameters: Parameters,
    answers: Answers,
    pair: list[str],
    rate: float,
    chance: float,
) -> None:
    """Compare two trainings on the same frames of two people by McNemar's exact test.

    Measured is how probable it were by chance that so many of the frames on which they differ are
    confused less.
    """
    other = exam.train(photos, parameters.with_(learning_rate=rate))
    asked = exam.ask(other, photos.people, exam.source.photos("twins"))
    after, before = judging.confused(answers, pair), judging.confused(asked, pair)
    sheet.show(
        evidence.facts(
            f"of {len(answers.labels)} frames, taken for the other, each replicate",
            {
                f"at a rate of {parameters.learning_rate:g}": after.sum(axis=1).tolist(),
                f"at a rate of {rate:g}": before.sum(axis=1).tolist(),
            },
        )
    )
    p_value = judging.fewer(before, after)
    sheet.judge("chance of such a difference", p_value, Interval.at_most(chance), unit="%")
