"""Diagnosis: what in one's own photos explains verdicts better than the system does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from facelab.contract.errors import FacelabError, Lacking
from facelab.contract.photos import Photos
from facelab.judging.unseen import Unseen, unseen_in
from facelab.playing.examination import Exam
from facelab.report.record import REFUSED, Record
from facelab.report.wording import count, share

SITTING = pd.Timedelta(hours=3)
"""Photos of one person that were taken within it are of one sitting."""

FEW = 8
"""With fewer people a training on all of them is hardly more than one on the four of T1 to T3."""


def diagnose(record: Record, exam: Exam | None) -> list[str]:
    """Return a line for everything in one's own photos that explains verdicts; none for the book's.

    What was accepted is explained too: nothing is known of a person who was never seen.
    """
    if exam is None or not _is_own(exam):
        return []
    sets = _sets(exam)
    refused = {family.id for family in record.families if family.verdict == REFUSED}
    unfound = _unfound(_unseen(exam, sets), sum(map(len, sets)))
    return [*unfound, *_one_sitting(sets, refused), *_few(sets, refused)]


def never_seen(exam: Exam | None) -> dict[str, int]:
    """Return whose face facelab finds on none of the photos of one's own gallery, and how many.

    That is an anomaly of the gallery, whatever the scenarios say.
    """
    if exam is None or not _is_own(exam):
        return {}
    return {one.person: one.photos for one in _unseen(exam, _sets(exam)) if one.never}


def _is_own(exam: Exam) -> bool:
    return getattr(exam.source, "cast", None) is not None


def _sets(exam: Exam) -> list[Photos]:
    sets = []
    for name in ("gallery", "probes"):
        try:
            sets.append(exam.source.photos(name))
        except (FacelabError, Lacking):
            continue  # the scenario that needed it says why
    return sets


def _unseen(exam: Exam, sets: list[Photos]) -> list[Unseen]:
    """Return on whose photos facelab finds no face, by folder and role.

    A stranger's system is not asked.
    """
    extractor = getattr(exam.system, "extractor", None)
    if extractor is None or getattr(extractor.detection, "choice", "none") == "none" or not sets:
        return []
    found = unseen_in(sets, lambda frames: extractor.extract(frames).seen)
    return [replace(one, person=_called(one.person, exam.source)) for one in found]


def _called(role: str, source: Any) -> str:
    """Return what the folder of a role is called, and the role where it has another name."""
    person: str = source.cast.get(role, role)
    return person if person == role else f"{person} ({role})"


def _unfound(found: list[Unseen], photos: int) -> Iterator[str]:
    """Say on whose photos no face is found, on how many, and what to do."""
    for one in found:
        if one.never:
            yield (
                f"no face is found on any of the {count(one.photos, 'photo')} of {one.person}: "
                "whatever was accepted says nothing of this person; take photos nearer to the "
                "camera and in more light, or try --face-detector=none"
            )
    if any(one.often and not one.never for one in found):
        without = sum(one.without for one in found)
        whose = ", ".join(f"{one.person} {one.without}/{one.photos}" for one in found[:4])
        yield (
            f"no face is found on {without:,} of {count(photos, 'photo')} "
            f"({share(without, photos)}; {whose}): they are described by their centre square; take "
            "photos nearer to the camera and in more light, or try --face-detector=none"
        )


def _one_sitting(sets: list[Photos], refused: set[str]) -> Iterator[str]:
    """Say that photos of one sitting are learnt too easily, where T1 errs too rarely."""
    if "T1" not in refused:
        return
    labels = pd.concat([photos.labels for photos in sets])
    sittings = labels.get("sitting", pd.Series("", labels.index)).fillna("")
    texts = labels.get("taken", pd.Series("", labels.index)).fillna("").astype(str)
    taken = pd.to_datetime(pd.to_numeric(texts, errors="coerce"), unit="s", utc=True)
    taken = taken.fillna(pd.to_datetime(texts, errors="coerce", utc=True, format="ISO8601"))
    if (sittings != "").all():
        pairs = pd.DataFrame({"person": labels["person"], "sitting": sittings}).drop_duplicates()
        one = not pairs["person"].duplicated().any()
    elif taken.notna().all():
        times = taken.groupby(labels["person"].to_numpy())
        one = bool(((times.max() - times.min()) < SITTING).all())
    else:
        yield (
            "nothing says when the photos were taken: if each person's are of one sitting, even a "
            "bad training answers the probes right, and T1 is refused; add photos of another day"
        )
        return
    if one:
        yield (
            "each person's photos are of one sitting: the probes are so like the photos learned "
            "from that even a bad training answers them right, and T1 is refused; add photos of "
            "another day"
        )


def _few(sets: list[Photos], refused: set[str]) -> Iterator[str]:
    """Say that T4 compares hardly more people with four."""
    people = {person for photos in sets for person in photos.people}
    if "T4" in refused and len(people) < FEW:
        yield (
            f"there are {len(people)} people: T4 compares a training on them with one on four, "
            f"which is nearly the same; it needs {FEW} or more to tell, the book has 11"
        )
