"""Steps on answers: probes, and comparisons of two trainings."""

from __future__ import annotations

import numpy as np
from pytest_bdd import then, when

from facelab.contract.errors import FacelabError, Lacking
from facelab.contract.interval import Interval
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Capability
from facelab.contract.training import Training
from facelab.judging import answers as judging
from facelab.judging import curves, findings
from facelab.judging.answers import Answers, Sweep
from facelab.playing.examination import Exam
from facelab.playing.recorder import LiveSheet
from facelab.report import evidence
from steps.people import need_others
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
    """Show the probes whose light is that of a training photo (known), or of none (unseen).

    Not run when the photos have no label that says it.
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
    table = judging.prediction_table(given, judging.typical(judging.errors(given)))
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
    is lower. Of 49, 10 that are wrong leave 30 % possible. An error when it was asked about another
    number of the book's own probes than the sentence says.
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
    """Measure the share of the photos it was trained on that it answers right."""
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
    """Measure how far a photo's probabilities are from adding up to 1; exact.

    On one's own photos a face may not be found: where all are 0, nobody was answered, and they do
    not count.
    """
    probabilities = exam.ask(training, photos.people, photos, mixed=False).probabilities
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
    are the value after the last: below it, by no more than the last decrease. Each photo is asked
    about alone, in no company. Whoever answers otherwise than it learnt is found by that. Not run
    where a photo is taken for nobody, nor for a system whose loss need not be convex.
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
    """Measure the share of right answers of the person who is answered worst.

    Of one's own probes, of which there may be few, the upper bound of that share is judged, exact
    with 95 % confidence: they must not show that it is lower.
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


@then(
    phrase(
        "they are answered wrong no less often than those in known light, beyond a chance of "
        "{chance:Percent}"
    )
)
def light_matters(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    training: Training,
    answers: Answers,
    chance: float,
) -> None:
    """Bound by how much the error rate at most exceeds that in known light.

    The bound is that of the percentile bootstrap over bursts of frames, since frames of one burst
    are not independent. A system is refused that errs less where no photo has the light. Not run
    where nothing is answered wrong in either light: such a system is better than was expected.
    """
    known = exam.ask(training, photos.people, in_light(exam, photos, "T4", "known"))
    need_errors(answers, known)
    sheet.judge(
        "errors more than in known light, at most",
        judging.most_excess(answers, known, chance),
        Interval.at_least(0),
        unit="%",
        found=findings.two(
            100 * judging.error_rate(answers),
            "% are answered wrong in unseen light",
            100 * judging.error_rate(known),
            "% in known light",
        ),
    )


def need_errors(*asked: Answers) -> None:
    """Raise Lacking where nothing at all is answered wrong: there is nothing to compare."""
    if not any(one.wrong.any() for one in asked):
        raise Lacking("nothing is answered wrong in either case: it is better than was expected")


@then(
    phrase(
        "on the frames of {people:Names} it errs no less often than when trained on these alone, "
        "beyond a chance of {chance:Percent}"
    ),
    target_fixture="crowd_and_few",
)
def load_costs(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    parameters: Parameters,
    answers: Answers,
    people: list[str],
    chance: float,
) -> tuple[Answers, Answers]:
    """Compare errors with those of a training on these people alone, by McNemar's exact test.

    Measured is how probable it were by chance that so few of the frames on which the two differ are
    answered wrong with more people: a system is refused that errs less the more people it knows.
    Not run when there is nobody else, nor where nothing is answered wrong by either: such a system
    is better than was expected.
    """
    need_others(exam, photos, people)
    few, crowd = photos.of(people), answers.of(people)
    probes = in_light(exam, photos, "T4", "unseen").of(people)
    alone = exam.ask(exam.train(few, parameters), few.people, probes)
    need_errors(crowd, alone)
    many, fewer = judging.errors(crowd), judging.errors(alone)
    sheet.show(
        evidence.facts(
            f"errors on the same {len(probes)} frames, each replicate",
            {
                f"of {len(photos.people)} people": many.tolist(),
                f"of {len(few.people)} people": fewer.tolist(),
            },
        )
    )
    sheet.judge(
        "chance of so few errors",
        judging.fewer(alone.wrong, crowd.wrong),
        Interval.at_least(chance),
        unit="%",
        found=findings.two(
            many,
            f"of {len(probes)} frames are answered wrong with {len(photos.people)} people",
            fewer,
            f"with {len(few.people)}",
        ),
    )
    return crowd, alone


@then(phrase("it is no surer of the right person there, beyond a chance of {chance:Percent}"))
def load_blurs(sheet: LiveSheet, crowd_and_few: tuple[Answers, Answers], chance: float) -> None:
    """Compare the right person's margin with many people and with few, by Wilcoxon's test.

    The margin is the right person's probability less the next one's, a mean over each burst;
    measured is how probable by chance it were to be so much surer with more people.
    """
    crowd, few = crowd_and_few
    gained = judging.margins_lost(crowd, few)
    sheet.judge(
        "chance of being so sure",
        judging.signed_rank(gained),
        Interval.at_least(chance),
        unit="%",
        found=findings.lost_margin(-gained),
    )


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
        share = judging.confusion_rate(one, pair)
        sheet.judge(
            f"taken for each other {name} glasses", share, Interval.at_least(least), unit="%"
        )


@then(phrase("glasses change at most {most:Percent} of its answers"))
def glasses_change_little(sheet: LiveSheet, answers: Answers, most: float) -> None:
    """Measure the share of pairs of frames that glasses make it answer otherwise.

    By how much they make it less sure of the right man is shown, and no criterion.
    """
    bare, worn = bare_and_glasses(answers)
    changed = judging.changed(bare, worn)
    lost = judging.margins_lost(bare, worn)
    sheet.show(
        evidence.facts(
            "margin of the right man's probability that glasses cost, not a criterion",
            {
                "median replicate": float(np.median(lost.mean(axis=1))),
                "chance of such a loss, median": float(np.median(judging.signed_rank(lost))),
            },
        )
    )
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
    sheet.judge(
        "chance of such a difference",
        judging.fewer(before, after),
        Interval.at_most(chance),
        unit="%",
        found=findings.two(
            after.sum(axis=1),
            f"frames are taken for the other at a rate of {parameters.learning_rate:g}",
            before.sum(axis=1),
            f"at {rate:g}",
        ),
    )
