"""Steps on crowds: hundreds of people, drawn on demand, and what more of them cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np
from pytest_bdd import given, then, when

from facelab.contract.interval import Interval
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import Training
from facelab.judging import answers as judging
from facelab.judging import certainty
from facelab.judging import growth as growing
from facelab.judging.answers import Answers
from facelab.judging.curves import updates_to_settle
from facelab.judging.growth import Growth, Wrong
from facelab.playing.examination import Exam
from facelab.playing.fields import phrase
from facelab.playing.recorder import LiveSheet
from facelab.report import evidence

from .strangers import Lights, by_light, need_probabilities, show

if TYPE_CHECKING:
    from facelab.gallery.drawn import Crowd

GLASSES = "glasses"
"""The manner of probes that are no measure of strangers: photos show nobody in glasses."""

LEVEL, WINDOW = 0.9, 10
"""The accuracy that counts as high, over so many updates."""

WISH = "hundreds of faces with 30 photos each, which they could not do for want of people and time"


@given(phrase("{number:Count} photos of each person of the crowd"), target_fixture="photos")
def crowd_photos(sheet: LiveSheet, crowd: Crowd | None, number: int) -> Photos:
    """Take the photos of a crowd, which are rendered and described when they are used.

    Without `--people` the scenario is not run.
    """
    if crowd is None:
        sheet.leave_out(
            "a crowd is drawn when it is asked for: play it with --people 300", by_choice=True
        )
    photos = crowd.photos
    counts = photos.labels["person"].value_counts()
    sheet.show(evidence.facts("crowd", {"source": crowd.name, "people": len(counts)}))
    sheet.judge(
        "photos of each person", [counts.min(), counts.max()], Interval.exactly(number), exact=True
    )
    return photos


@when(
    phrase("it is asked about the {number:Count} probes of each person"), target_fixture="answers"
)
def crowd_asked(
    sheet: LiveSheet, exam: Exam, crowd: Crowd, photos: Photos, training: Training, number: int
) -> Answers:
    """Show the crowd's probes to the classifier: bare, with glasses, in a light no photo has."""
    probes = crowd.probes
    counts = probes.labels["person"].value_counts()
    sheet.judge(
        "probes of each person", [counts.min(), counts.max()], Interval.exactly(number), exact=True
    )
    return exam.ask(training, photos.people, probes)


@then(
    phrase(
        "the right face gets more answers than any other for at least {least:Percent} of the people"
    )
)
def right_face_wins(sheet: LiveSheet, answers: Answers, least: float) -> None:
    """Measure the share of the people who get more answers to their own probes than anyone else."""
    share = growing.won(answers.wrong, answers.predicted, answers.labels["person"].to_numpy())
    sheet.judge("people whose face wins", share, Interval.at_least(least), unit="%")


@when(
    phrase("the first {sizes:Numbers} of them are learnt, as far as there are so many"),
    target_fixture="growth",
)
def crowds_grow(
    sheet: LiveSheet,
    exam: Exam,
    crowd: Crowd,
    photos: Photos,
    parameters: Parameters,
    sizes: list[float],
) -> Growth:
    """Train on the first people of the crowd, on more of them, and on all; ask each about its own.

    The first crowd is in the second, that in the third, and so on: all crowds of a person answer
    the same frames.
    """
    people = photos.people
    counts = [*sorted(int(n) for n in sizes if n < len(people)), len(people)]
    wrong, settled, learnt = [], [], []
    for count in counts:
        chosen = photos.of(people[:count])
        training = exam.train(chosen, parameters)
        probes = crowd.probes.of(people[:count])
        wrong.append(exam.wrong(training, chosen.people, probes))
        settled.append(updates_to_settle(training.history, LEVEL, WINDOW))
        learnt.append(len(chosen))
    growth = Growth(
        tuple(counts), tuple(learnt), tuple(wrong), np.array(settled), crowd.probes.labels
    )
    sheet.show(evidence.growth("errors among more and more people", _bands(growth), WISH))
    return growth


@when(
    phrase("there are at least {least:Count} of them, so that chance can be told from growth"),
)
def enough_people(sheet: LiveSheet, growth: Growth, least: int) -> None:
    """Continue with a crowd of so many people; with a smaller one the scenario is not run.

    The curves are shown all the same.
    """
    if (people := growth.people[-1]) < least:
        _too_few(sheet, people, least)


@when(
    phrase("the first {learnt:Count} of them are learnt, and all others are strangers"),
    target_fixture="strangers",
)
def others_are_strangers(
    sheet: LiveSheet,
    exam: Exam,
    crowd: Crowd,
    photos: Photos,
    parameters: Parameters,
    learnt: int,
) -> Lights:
    """Train on the first people of the crowd, and ask about all others, who are then strangers.

    There must be as many others; with fewer the scenario is not run. A stranger is named where some
    name is certain enough on at least half of the shots without glasses. How many are, in known and
    in unseen light, is shown beside how many of those who were learnt are left without their name.
    """
    need_probabilities(sheet, exam)
    people = photos.people
    if len(people) < 2 * learnt:
        _too_few(sheet, len(people), 2 * learnt)
    chosen = photos.of(people[:learnt])
    training = exam.train(chosen, parameters)
    probes = crowd.probes.select(crowd.probes.labels["manner"] != GLASSES)
    found = []
    for some, what in ((people[:learnt], certainty.unnamed), (people[learnt:], certainty.named)):
        asked = probes.of(some)
        given = exam.ask(training, chosen.people, asked)
        found.append(by_light(exam, chosen, asked, given, what, "person"))
    show(sheet, exam, "people of the crowd left without their name, each replicate", found[0])
    show(sheet, exam, "strangers named, each replicate", found[1])
    return found[1]


def _too_few(sheet: LiveSheet, people: int, least: int) -> NoReturn:
    reason = f"{people} people are too few to tell; play it with --people {least} or more"
    sheet.leave_out(reason, by_choice=True)


def _bands(growth: Growth) -> dict[str, list[evidence.Band]]:
    """Return people, error rate and its exact band, crowd by crowd, for each manner of probes.

    The replicate shown is that with the median number of errors.
    """
    bands = {}
    for manner in growth.labels["manner"].unique():
        lines: list[evidence.Band] = []
        for people, wrong in zip(growth.people, growth.of(manner), strict=True):
            errors, frames = float(np.median(wrong.sum(axis=1))), wrong.shape[1]
            low, high = growing.exact_band(int(errors), frames)
            lines.append((people, errors / frames, low, high))
        bands[str(manner)] = lines
    return bands


def _judge_growth(
    sheet: LiveSheet,
    growth: Growth,
    wrong: tuple[Wrong, ...],
    what: str,
    chance: float,
) -> None:
    """Count what goes wrong in the first and the last crowd of each person; judge the chance."""
    few, many = growing.first_and_last(wrong)
    sheet.show(
        evidence.facts(
            f"of {few.shape[1]} {what}, each replicate",
            {
                "in the smallest crowd of the person": few.sum(axis=1).tolist(),
                f"among {growth.people[-1]} people": many.sum(axis=1).tolist(),
            },
        )
    )
    sheet.judge(
        "chance of such a difference",
        judging.fewer(many, few),
        Interval.at_most(chance),
        unit="%",
    )


@then(
    phrase(
        "on the same frames more people make more errors, "
        "by chance in {chance:Percent} of cases at most"
    )
)
def errors_grow(sheet: LiveSheet, growth: Growth, chance: float) -> None:
    """Compare, frame by frame, the smallest crowd that a person is in with the largest.

    McNemar's exact test: the measure is the probability that by chance so many of the frames on
    which the two differ are answered wrong by the larger one.
    """
    _judge_growth(sheet, growth, growth.wrong, "frames, answered wrong", chance)


@then(
    phrase(
        "{manner:Manner} turns more right answers into wrong ones the more people there are, "
        "by chance in {chance:Percent} of cases at most"
    )
)
def manner_costs_more(sheet: LiveSheet, growth: Growth, manner: str, chance: float) -> None:
    """Compare the errors that a manner costs in the smallest and in the largest crowd of a person.

    Counted are shots that are answered right when bare and wrong in an equal shot with the manner
    (`glasses`, `unseen light`); McNemar's exact test over the shots.
    """
    turned = growing.turned(growth, manner)
    what = f"shots, right when bare and wrong with {manner}"
    _judge_growth(sheet, growth, turned, what, chance)


@then(
    phrase(
        "from {least:Count} people on the updates until the accuracy is high grow with the photos "
        "to the power of {power:Number}, within {tolerance:Number}"
    )
)
def settling_grows(
    sheet: LiveSheet, growth: Growth, least: int, power: float, tolerance: float
) -> None:
    """Measure the exponent: how log(updates) grows with log(photos), from crowd to crowd.

    High: the mean of the accuracy over 10 updates reaches 0.9; counted to the last of them. For a
    few people these 10 are more than an epoch, and do not depend on the photos.
    """
    points = [
        (photos, float(np.median(updates)))
        for photos, updates in zip(growth.photos, growth.settled, strict=True)
    ]
    sheet.show(evidence.series("updates until the accuracy is high", "photos", "updates", points))
    sheet.judge(
        "power of the photos that the updates grow with",
        growing.settling_power(growth, least),
        Interval.between(power - tolerance, power + tolerance),
    )
