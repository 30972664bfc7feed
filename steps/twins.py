"""Steps on twins: two men who look alike, with glasses and without."""

from __future__ import annotations

import numpy as np
from pytest_bdd import then, when

from facelab.contract.interval import Interval
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import Training
from facelab.judging import answers as judging
from facelab.judging import findings
from facelab.judging.answers import Answers
from facelab.playing.examination import Exam
from facelab.playing.fields import phrase
from facelab.playing.recorder import LiveSheet
from facelab.report import evidence


@when("it is asked about the twins, with and without glasses", target_fixture="answers")
def asked_about_twins(exam: Exam, photos: Photos, training: Training) -> Answers:
    """Ask about frames of two men, each drawn twice, alike but for the glasses."""
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
    """Measure the share of pairs of frames that are answered differently with glasses.

    How much certainty glasses cost is shown, but is no criterion.
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

    The measure is the probability that by chance so many of the frames on which they differ are
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
