"""Steps on counts: who is seen how often before the webcam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pytest_bdd import then, when

from facelab.contract.frame import Stretch
from facelab.contract.interval import Interval
from facelab.contract.photos import Photos
from facelab.contract.system import Capability, Granted
from facelab.contract.training import Training
from facelab.judging import answers as judging
from facelab.judging import counts as counting
from facelab.judging import findings
from facelab.playing.examination import Exam
from facelab.playing.fields import phrase
from facelab.playing.recorder import LiveSheet
from facelab.report import evidence


@when(phrase("the clip {name} is played to it"), target_fixture="counts")
def played(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, name: str
) -> NDArray[np.int64]:
    """Count, frame by frame, the most probable person over a clip.

    How many of the frames were not certain enough (`--certainty`, 0.7) stands beside.

    In galleries of one's own the clip is the film of the person who plays the role in the clip's
    name.
    """
    clip = exam.source.clip(name)
    exam.require_people(photos, [clip.person])
    counts: NDArray[np.int64] = exam.watch(training, clip).sum(axis=1)
    replicate = judging.typical(counts.max(axis=1).astype(float))
    shown = counts[replicate]
    named = [*photos.people, judging.NOBODY] if shown[-1] else photos.people
    unsure = None if exam.unsure is None else exam.unsure[replicate, : len(named)]
    sheet.show(evidence.tally("detections", clip.person, named, shown[: len(named)], unsure))
    return counts


@then(
    phrase(
        "{number:Count} photos held before the webcam are answered as when asked, within "
        "{off:Number}"
    )
)
def held(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, number: int, off: float
) -> None:
    """Measure the largest distance of a live probability from that for the same photo; exact.

    The photos come from all over the gallery, and each is held still for three frames. So the live
    count must use the same weights, of the same replicate, as the answers to photos.
    """
    if sheet.lacks(exam.system, Granted.PROBABILITIES):
        return
    chosen = photos.select(counting.spread(len(photos), number))
    asked = exam.ask(training, photos.people, chosen).probabilities
    distance = np.abs(exam.hold(training, chosen) - asked).max(axis=(1, 2))
    sheet.judge(
        "distance of a live answer from the one when asked, at most",
        distance,
        Interval.at_most(off),
        exact=True,
        found=findings.live_differs(distance),
    )


@dataclass(frozen=True)
class Watched:
    """A visit, and what each frame of it added to the count, (R, F, C + 1)."""

    added: NDArray[np.int64]
    stretches: tuple[Stretch, ...]


@when(
    phrase("the clip {name} is played to it, frame by frame"),
    target_fixture="watched",
)
def watched_by_frame(
    sheet: LiveSheet, exam: Exam, photos: Photos, training: Training, name: str
) -> Watched:
    """Count over a film of people who come and go, and keep the person counted in every frame.

    The figure shows the replicate with the median lead of the people in view.
    """
    clip = exam.source.clip(name)
    stretches: tuple[Stretch, ...] = getattr(clip, "stretches", ())
    exam.require(bool(stretches), f"nothing says who is in view when in the film {name}")
    exam.require_people(photos, [person for one in stretches for person in one.people])
    added = exam.watch(training, clip)
    leads = counting.smallest_lead(added, counting.lone(stretches), photos.people)
    told = counting.runs(added, judging.typical(leads), photos.people, judging.NOBODY)
    truth = [(_there(one), one.frames) for one in stretches]
    sheet.show(evidence.strip("who was counted when", truth, told))
    return Watched(added, stretches)


def _there(one: Stretch) -> str:
    """Return the words for the people in view in a stretch."""
    whole = " and ".join(one.people)
    return ", ".join([*[whole] * bool(whole), *(f"partly {name}" for name in one.partly)]) or (
        judging.NOBODY
    )


@then(phrase("each of its {frames:Count} frames adds one to the count"))
def adds_one(sheet: LiveSheet, exam: Exam, watched: Watched, frames: int) -> None:
    """Count frames that are missing, too many, or do not add one to one person's count; exact.

    Where the system shows a number of frames beside its tally, it must be theirs.
    """
    if sheet.lacks(exam.system, Granted.COUNT):
        return
    demanded = exam.expected(frames, lambda: exam.played)
    odd = counting.odd_additions(watched.added) + abs(watched.added.shape[1] - demanded)
    sheet.judge("frames that do not add one", odd, Interval.exactly(0), exact=True)
    _own_number(sheet, exam, demanded)


@then("whoever is alone before the webcam leads the count while they are there")
def lone_lead(sheet: LiveSheet, photos: Photos, watched: Watched) -> None:
    """Measure the smallest lead of a person who is alone in view, as a share of the frames.

    The lead is the frames counted for the person minus those for the most counted other one, or for
    nobody; of all such stretches the worst counts.
    """
    _leads(sheet, photos, watched, counting.lone(watched.stretches), "lead of the person in view")


@then("the empty chair is nobody's")
def chair_is_empty(sheet: LiveSheet, exam: Exam, photos: Photos, watched: Watched) -> None:
    """Measure the smallest lead of nobody while nobody is in view, as a share of the frames."""
    if sheet.lacks(exam.system, Capability.NOBODY):
        return
    _leads(sheet, photos, watched, counting.empty(watched.stretches), "lead of nobody")


def _leads(
    sheet: LiveSheet, photos: Photos, watched: Watched, stretches: Sequence[Stretch], measure: str
) -> None:
    sheet.judge(
        f"{measure}, in the worst stretch",
        counting.smallest_lead(watched.added, stretches, photos.people),
        Interval.more_than(0),
        unit="%",
        found=findings.worst_stretch(watched.added, stretches, photos.people),
    )


@then(phrase("after each change whoever is there leads within {frames:Count} frames"))
def leads_soon(sheet: LiveSheet, exam: Exam, photos: Photos, watched: Watched, frames: int) -> None:
    """Measure the largest number of frames of a stretch until the person in view leads in it.

    Where nobody is in view, nobody must lead. Stretches in which somebody comes or leaves do not
    count.
    """
    settled = counting.lone(watched.stretches)
    if Capability.NOBODY in exam.system.capabilities:
        settled = [*settled, *counting.empty(watched.stretches)]
    sheet.judge(
        "frames until whoever is there leads, at most",
        counting.frames_until_lead(watched.added, settled, photos.people),
        Interval.at_most(frames),
        found=findings.worst_stretch(watched.added, settled, photos.people),
    )


@then(phrase("all {frames:Count} frames are counted"))
def frames_counted(sheet: LiveSheet, exam: Exam, counts: NDArray[np.int64], frames: int) -> None:
    """Add the tally up; exact. In a film of one's own there must be as many as it has frames.

    Where the system shows a number of frames beside its tally, it must be the same.
    """
    if sheet.lacks(exam.system, Granted.COUNT):
        return
    demanded = exam.expected(frames, lambda: exam.played)
    total = counts.sum(axis=1)
    sheet.judge("frames counted", total, Interval.exactly(demanded), exact=True)
    _own_number(sheet, exam, demanded)


def _own_number(sheet: LiveSheet, exam: Exam, demanded: int) -> None:
    if exam.said:
        said = np.array(exam.said, np.float64)
        sheet.judge("frames counted, as it says", said, Interval.exactly(demanded), exact=True)


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
