"""Diagnosis: what in one's own photos explains verdicts better than the system does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from facelab.contract.errors import FacelabError, Lacking
from facelab.contract.photos import Photos
from facelab.playing.examination import Exam
from facelab.report.record import REFUSED, Record
from facelab.report.wording import count, share

MANY = 0.2
"""From this part on, photos without a face explain a verdict."""

SITTING = pd.Timedelta(hours=3)
"""Photos of one person that were taken within it are of one sitting."""

FEW = 8
"""With fewer people a training on all of them is hardly more than one on the four of T1 to T3."""


def diagnose(record: Record, exam: Exam | None) -> list[str]:
    """Return a line for everything in one's own photos that explains verdicts; none for the book's.

    What was accepted is explained too: nothing is known of a person who was never seen.
    """
    if exam is None or getattr(exam.source, "cast", None) is None:
        return []
    sets = []
    for name in ("gallery", "probes"):
        try:
            sets.append(exam.source.photos(name))
        except (FacelabError, Lacking):
            continue  # the scenario that needed it says why
    refused = {family.id for family in record.families if family.verdict == REFUSED}
    return [*_unseen(exam.system, sets), *_one_sitting(sets, refused), *_few(sets, refused)]


def _unseen(system: Any, sets: list[Photos]) -> Iterator[str]:
    """Say on whose photos facelab has found no face; a stranger's system is not asked."""
    extractor = getattr(system, "extractor", None)
    if extractor is None or getattr(extractor.detection, "choice", "none") == "none":
        return
    people = np.concatenate([photos.labels["person"].to_numpy() for photos in sets])
    seen = np.concatenate([extractor.extract(photos.frames).seen for photos in sets])
    missed = {
        str(person): (int((~seen[people == person]).sum()), int((people == person).sum()))
        for person in dict.fromkeys(people)
    }
    for person, (without, of) in missed.items():
        if without == of:
            yield (
                f"no face is found on any of the {count(of, 'photo')} of {person}: whatever was "
                "accepted says nothing of this person; look at the photos, or try "
                "--face-detector=none"
            )
    without, of = int((~seen).sum()), len(seen)
    if without >= MANY * of and any(0 < a < b for a, b in missed.values()):
        worst = sorted(missed.items(), key=lambda item: -item[1][0] / item[1][1])
        whose = ", ".join(f"{person} {a} of {b}" for person, (a, b) in worst[:4] if a)
        yield (
            f"no face is found on {without:,} of {count(of, 'photo')} ({share(without, of)}; "
            f"{whose}): they are described by their centre square; try --face-detector=none, or "
            "photos on which the face is larger and upright"
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
