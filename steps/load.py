"""Steps on a growing load: unseen light, and more people on the same frames."""

from __future__ import annotations

from pytest_bdd import then

from facelab.contract.errors import Lacking
from facelab.contract.interval import Interval
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Granted
from facelab.contract.training import Training
from facelab.judging import answers as judging
from facelab.judging import findings
from facelab.judging.answers import Answers
from facelab.playing.examination import Exam
from facelab.playing.fields import phrase
from facelab.playing.recorder import LiveSheet
from facelab.report import evidence

from .answers import in_light
from .people import need_others


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
    are not independent. A system is refused if it errs less in light that no photo has. Not run
    where nothing is answered wrong in either light: such a system is better than expected.
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

    The measure is the probability that by chance so few of the frames on which the two differ are
    answered wrong with more people: a system is refused if it errs less the more people it knows.
    Not run when there is nobody else, nor where neither answers any frame wrong: such a system is
    better than expected.
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
def load_blurs(
    sheet: LiveSheet, exam: Exam, crowd_and_few: tuple[Answers, Answers], chance: float
) -> None:
    """Compare the right person's margin with many people and with few, by Wilcoxon's test.

    The margin is the right person's probability minus the next one's, a mean over each burst; the
    measure is the probability of being so much surer with more people by chance.
    """
    if sheet.lacks(exam.system, Granted.PROBABILITIES):
        return
    crowd, few = crowd_and_few
    gained = judging.margins_lost(crowd, few)
    sheet.judge(
        "chance of being so sure",
        judging.signed_rank(gained),
        Interval.at_least(chance),
        unit="%",
        found=findings.lost_margin(-gained),
    )
