"""Diagnosis: what one's own photos explain is said in a line that names people and a way out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from facelab.contract.errors import Lacking
from facelab.contract.photos import Photos
from facelab.playing.diagnosis import diagnose, never_seen
from facelab.playing.examination import Exam
from facelab.report.record import Family, Record, Sheet

PEOPLE = ("Alex", "Amine", "Lara", "Naomie", "Zoe")


class Source:
    """Photos of five people, 12 each to learn from and 4 probes."""

    is_reference = False
    cast: ClassVar[dict[str, str]] = {}
    name = "photos"

    def __init__(self, **labels: list[str]) -> None:
        self.labels = labels

    def photos(self, name: str) -> Photos:
        count = {"gallery": 12, "probes": 4}.get(name)
        if count is None:
            raise Lacking("none")
        people = [person for person in PEOPLE for _ in range(count)]
        frames = [np.full((2, 2, 3), PEOPLE.index(person), np.uint8) for person in people]
        table = {"file": map(str, range(len(people))), "person": people}
        more = {key: (values * len(people))[: len(people)] for key, values in self.labels.items()}
        return Photos(frames, pd.DataFrame({**table, **more}))


class OwnCast(Source):
    """The same, where a folder of another name plays a role."""

    cast: ClassVar[dict[str, str]] = {"Lara": "Ghost"}


class Sees:
    """A system that finds no face of some people."""

    def __init__(self, *blind_to: str, every: int = 1) -> None:
        self.blind_to = blind_to
        self.every = every
        self.extractor: Any = self
        self.detection = SimpleNamespace(choice="facelab")

    def extract(self, frames: list[Any]) -> Any:
        people = [PEOPLE[int(frame[0, 0, 0])] for frame in frames]
        missed = [p in self.blind_to and n % self.every == 0 for n, p in enumerate(people)]
        return SimpleNamespace(seen=~np.array(missed))


def record(**verdicts: str) -> Record:
    """A run with such verdicts."""
    return Record({}, {}, [
        Family(name, name, "f", {}, [Sheet(name, name, "f", 1, [], "", [], verdict)])
        for name, verdict in verdicts.items()
    ])  # fmt: skip


def told(system: object, source: object, **verdicts: str) -> list[str]:
    return diagnose(record(**verdicts), Exam(system, source, (0,)))  # type: ignore[arg-type]


def test_a_person_who_is_never_seen_is_named_though_all_is_accepted() -> None:
    [line] = told(Sees("Zoe"), Source(), T1="accepted", T2="accepted")
    assert line == (
        "no face is found on any of the 16 photos of Zoe: whatever was accepted says nothing of "
        "this person; take photos nearer to the camera and in more light, or try "
        "--face-detector=none"
    )


def test_whoever_is_never_seen_is_an_anomaly_of_the_gallery() -> None:
    def never(system: object, source: object) -> dict[str, int]:
        return never_seen(Exam(system, source, (0,)))  # type: ignore[arg-type]

    assert never(Sees("Zoe", "Lara"), Source()) == {"Lara": 16, "Zoe": 16}
    assert never(Sees("Lara"), OwnCast()) == {"Ghost (Lara)": 16}
    assert never(Sees("Zoe", every=2), Source()) == {}
    assert never(SimpleNamespace(), Source()) == {}
    assert never(Sees("Zoe"), SimpleNamespace(photos=Source().photos)) == {}  # the book's own
    assert never_seen(None) == {}


def test_one_person_who_is_seldom_seen_is_named_among_many() -> None:
    [line] = told(Sees("Zoe", every=3), Source(), T1="accepted")
    assert line.startswith("no face is found on 5 of 80 photos (6.2 %; Zoe 5/16): ")
    assert told(Sees("Zoe", every=7), Source(), T1="accepted") == []


def test_many_photos_without_a_face_are_counted_by_person() -> None:
    [line] = told(Sees("Zoe", "Lara", every=2), Source(), T1="accepted")
    whose = "Lara 8/16, Zoe 8/16"
    assert line.startswith(f"no face is found on 16 of 80 photos (20 %; {whose}): ")
    assert told(Sees(), Source(), T1="accepted") == []


def test_a_system_of_another_make_is_not_asked_for_faces() -> None:
    assert told(SimpleNamespace(), Source(), T1="accepted") == []


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({}, "nothing says when the photos were taken: "),
        ({"sitting": ["morning"]}, "each person's photos are of one sitting: "),
        ({"taken": ["2026-11-23T09:30:00Z", "2026-11-23T09:40:00Z"]}, "each person's photos are"),
        ({"taken": ["2026-11-23T09:30:00Z", "2026-11-25T09:40:00Z"]}, None),
        ({"taken": ["1764000000", "1764000100"]}, "each person's photos are of one sitting: "),
        ({"sitting": ["morning", "evening"]}, None),
    ],
)
def test_one_sitting_explains_why_t1_learns_too_well(
    labels: dict[str, list[str]], said: str | None
) -> None:
    lines = told(Sees(), Source(**labels), T1="refused")
    assert [line[: len(said or "")] for line in lines] == ([said] if said else [])
    assert told(Sees(), Source(**labels), T1="accepted") == []


def test_five_people_are_too_few_for_t4() -> None:
    [line] = told(Sees(), Source(), T4="refused")
    assert line.startswith("there are 5 people: T4 compares a training on them with one on four")
