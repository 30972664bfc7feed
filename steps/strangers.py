"""Steps on strangers: who is named with certainty, and who is left without a name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytest_bdd import then, when

from facelab.contract.errors import Lacking
from facelab.contract.interval import Interval
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Granted
from facelab.contract.training import Training
from facelab.judging import certainty as judging
from facelab.judging import findings
from facelab.judging.answers import Answers
from facelab.judging.certainty import Found
from facelab.playing.examination import Exam
from facelab.playing.fields import phrase
from facelab.playing.recorder import LiveSheet
from facelab.report import evidence

from .answers import ask

Lights = dict[str, Found]
"""What was found in known and in unseen light; in any, where photos have no label for it."""

KNOWN, UNSEEN, ANY = "known", "unseen", "any"

IN_LIGHT = {
    KNOWN: "of {:d} in known light",
    UNSEEN: "of {:d} in unseen light",
    ANY: "of {:d} in all",
}


def need_probabilities(sheet: LiveSheet, exam: Exam) -> None:
    """Leave the scenario out for a system that answers with names alone: it cannot be unsure."""
    if sheet.lacks(exam.system, Granted.PROBABILITIES):
        pytest.skip(sheet.lacking)


def by_light(
    exam: Exam,
    photos: Photos,
    probes: Photos,
    answers: Answers,
    found: Callable[[Answers, float], Found],
    by: str = "burst",
) -> Lights:
    """Return what is found on the bursts in each light, (R, bursts): a burst counts once.

    ``photos`` were learnt, ``answers`` are those to ``probes``. ``by``: what counts once instead,
    as ``person``.
    """
    try:
        known = probes.named("light").isin(photos.named("light").unique())
        parts = {KNOWN: answers.select(known), UNSEEN: answers.select(~known)}
    except Lacking:
        parts = {ANY: answers}
    return {
        light: judging.units(found(part, exam.certainty), part.labels, by)
        for light, part in parts.items()
        if len(part.labels)
    }


def show(sheet: LiveSheet, exam: Exam, what: str, lights: Lights) -> None:
    """Show how many are so in each light, replicate by replicate, and what is certain enough."""
    told: dict[str, float | list[int]] = {"a name is certain enough from": exam.certainty}
    for light, found in lights.items():
        told[IN_LIGHT[light].format(found.shape[1])] = found.sum(axis=1).tolist()
    sheet.show(evidence.facts(what, told))


def judged(exam: Exam, lights: Lights) -> Found:
    """Return what was found in known light, which is judged. Raises Lacking where nothing was."""
    found = lights.get(KNOWN, lights.get(ANY))
    exam.require(found is not None, "the gallery has no probes in known light")
    assert found is not None
    return found


@when(
    phrase("it is asked about the {number:Count} strangers, in known and in unseen light"),
    target_fixture="strangers",
)
def strangers_asked(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, number: int
) -> Lights:
    """Ask about people who are on no photo, once in known light and once in a light no photo has.

    How many are named in either light is shown: those whose most probable name is certain enough,
    with a probability of 0.7 or that of `--certainty`. Not run in galleries of one's own, which
    have no strangers.
    """
    need_probabilities(sheet, exam)
    probes = exam.source.photos("strangers")
    sheet.judge("strangers", len(probes.people), Interval.exactly(number), exact=True)
    given = exam.ask(training, photos.people, probes)
    lights = by_light(exam, photos, probes, given, judging.named)
    show(sheet, exam, "strangers named, each replicate", lights)
    return lights


@then(
    phrase(
        "with {confidence:Percent} confidence at most {most:Percent} of the strangers in known "
        "light are named"
    )
)
def strangers_unnamed(
    sheet: LiveSheet, exam: Exam, strangers: Lights, confidence: float, most: float
) -> None:
    """Bound the share of strangers in known light who are given a name with certainty.

    Each stranger is on one such frame, so that the exact upper bound (Clopper and Pearson, 1934)
    speaks of all whom the studio could draw. Unseen light is shown, and is no criterion.
    """
    named = judged(exam, strangers)
    sheet.judge(
        f"strangers named, at most, with {100 * confidence:g} % confidence",
        judging.at_most(named, confidence),
        Interval.at_most(most),
        unit="%",
        found=findings.strangers_named(named),
    )


@when(
    phrase("it is asked about the {probes:Count} probes of {name:w}, in known and in unseen light"),
    target_fixture="known_people",
)
def known_asked(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, probes: int, name: str
) -> Lights:
    """Ask about probes of the people who were learnt, in every light, and show the table.

    A burst is left without its name where at least half of its frames are unsure, show no face to
    the classifier, or are given another name with certainty.
    """
    need_probabilities(sheet, exam)
    asked = exam.probes(name, photos.people)
    given = ask(sheet, exam, photos, training, asked, probes)
    lights = by_light(exam, photos, asked, given, judging.unnamed)
    show(sheet, exam, "bursts of known people left without their name, each replicate", lights)
    return lights


@then(
    phrase(
        "with {confidence:Percent} confidence at most {most:Percent} of the bursts in known light "
        "are left without their name"
    )
)
def known_named(
    sheet: LiveSheet, exam: Exam, known_people: Lights, confidence: float, most: float
) -> None:
    """Bound the share of the bursts of known people, in known light, without their name.

    The upper bound is exact (Clopper and Pearson, 1934). With probes of one's own, of which there
    may be few, the lower bound is judged: they must not show that it is more. Unseen light is
    shown, and is no criterion.
    """
    unnamed = judged(exam, known_people)
    measure, bound = exam.expected(
        ("bursts left without their name, at most, with {:g} % confidence", judging.at_most),
        lambda: (
            "bursts left without their name, at least, with {:g} % confidence",
            judging.at_least,
        ),
    )
    sheet.judge(
        measure.format(100 * confidence),
        bound(unnamed, confidence),
        Interval.at_most(most),
        unit="%",
        found=findings.left_unnamed(unnamed),
    )


@when("each person is left out in turn, and asked about", target_fixture="left_out")
def left_out_in_turn(
    sheet: LiveSheet, exam: Exam, photos: Photos, parameters: Parameters
) -> Lights:
    """Train once on all people but one, and ask about that one, who is then a stranger.

    A person is named where some name is certain enough on at least half of the bursts. All
    probes of T4 are asked about; how many people are named in either light is shown.
    """
    need_probabilities(sheet, exam)
    exam.require(len(photos.people) > 2, "of two people nobody can be left out")
    probes = exam.probes("T4", photos.people)
    found: dict[str, list[Found]] = {}
    for person in photos.people:
        if not len(asked := probes.of([person])):
            continue
        others = photos.of([one for one in photos.people if one != person])
        training = trained_once(exam, others, parameters)
        given = exam.ask(training, others.people, asked)
        lights = by_light(exam, photos, asked, given, judging.named)
        for light, named in lights.items():
            found.setdefault(light, []).append(named.mean(axis=1) >= 0.5)
    lights = {light: np.stack(named, axis=1) for light, named in found.items()}
    show(sheet, exam, "people named when left out of the training", lights)
    return lights


def trained_once(exam: Exam, photos: Photos, parameters: Parameters) -> Training:
    """Train a single replicate: people differ far more than seeds do."""
    fits = parameters.batch_size <= len(photos)
    exam.require(fits, f"a batch of {parameters.batch_size} photos is more than all, {len(photos)}")
    return exam.train(photos, parameters, replicates=1)


@then(phrase("as far as {people:Count} people can tell, at most {most:Percent} of them are named"))
def left_out_unnamed(
    sheet: LiveSheet, exam: Exam, left_out: Lights, people: int, most: float
) -> None:
    """Bound the share of people in known light who are named by a training without them.

    The lower bound is judged, exact with 95 % confidence: so few people must not show that it is
    more. In a gallery of one's own with fewer people it is shown and not judged.
    """
    named = judged(exam, left_out)
    count = named.shape[1]
    exam.require(
        count >= people,
        f"{count} people are too few: the fewer names there are, the surer a stranger gets one",
    )
    sheet.judge(
        "people named when left out, at least, as far as so few can tell (95 %)",
        judging.at_least(named),
        Interval.at_most(most),
        unit="%",
        found=findings.named_when_left_out(named),
    )
