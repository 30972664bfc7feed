"""Steps on counts: who is seen how often before the webcam."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pytest_bdd import then, when

from facelab.contract.interval import Interval
from facelab.contract.photos import Photos
from facelab.contract.training import Training
from facelab.judging import answers as judging
from facelab.judging import findings
from facelab.playing.examination import Exam
from facelab.playing.recorder import LiveSheet
from facelab.report import evidence
from steps.phrases import phrase


@when(phrase("the clip {name} is played to it"), target_fixture="counts")
def watched(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, name: str
) -> NDArray[np.int64]:
    """Count, frame by frame, the most probable person over a clip.

    In galleries of one's own the clip is the film of the person who plays the role in the clip's
    name.
    """
    clip = exam.source.clip(name)
    exam.require_people(photos, [clip.person])
    counts = exam.watch(training, clip)
    shown = counts[judging.typical(counts.max(axis=1).astype(float))]
    named = [*photos.people, judging.NOBODY] if shown[-1] else photos.people
    sheet.show(evidence.tally("detections", clip.person, named, shown[: len(named)]))
    return counts


@then(phrase("all {frames:Count} frames are counted"))
def frames_counted(sheet: LiveSheet, exam: Exam, counts: NDArray[np.int64], frames: int) -> None:
    """Add the tally up; exact. In a film of one's own there must be as many as it has frames."""
    demanded = exam.expected(frames, lambda: exam.played)
    total = counts.sum(axis=1)
    sheet.judge("frames counted", total, Interval.exactly(demanded), exact=True)


@then(phrase("{person:Name} gets more than {least:Percent} of the frames"))
def most_detections(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    counts: NDArray[np.int64],
    person: str,
    least: float,
) -> None:
    """Measure a person's share of all detections."""
    exam.require_people(photos, [person])
    share = judging.share(counts, photos.people.index(person))
    found = findings.tally(counts, photos.people)
    sheet.judge(f"share of {person}", share, Interval.more_than(least), unit="%", found=found)


@then(phrase("{person:Name} gets at least {times:Number} times as many as the next person"))
def clear_lead(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    counts: NDArray[np.int64],
    person: str,
    times: float,
) -> None:
    """Measure how many times the next person's detections a person has."""
    _lead(sheet, exam, photos, counts, person, Interval.at_least(times))


@then(phrase("{person:Name} gets more frames than anyone else"))
def first_in_tally(
    sheet: LiveSheet, exam: Exam, photos: Photos, counts: NDArray[np.int64], person: str
) -> None:
    """Measure how many times the next person's detections a person has: more than once."""
    _lead(sheet, exam, photos, counts, person, Interval.more_than(1))


def _lead(
    sheet: LiveSheet,
    exam: Exam,
    photos: Photos,
    counts: NDArray[np.int64],
    person: str,
    allowed: Interval,
) -> None:
    exam.require_people(photos, [person])
    lead = judging.lead(counts, photos.people.index(person))
    found = findings.tally(counts, photos.people)
    sheet.judge(f"{person} against the next", lead, allowed, unit="times", found=found)
