"""A record as a bad day leaves it: every verdict, every kind of evidence, hostile names."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from facelab.contract.history import History
from facelab.contract.interval import Interval
from facelab.contract.verdict import judge
from facelab.report import evidence, record
from facelab.report.document import render
from facelab.report.record import FIELDS, Family, Record, Sheet, Step

SCRIPT = "<script>alert(1)</script>"
FOLDER = '/home/ann/"><img src=x>/photos'
PEOPLE = ["Alex", "Amine", "Lara", SCRIPT]


def history(rate: float, epochs: int = 20, updates_per_epoch: int = 7) -> History:
    """Return a made-up history of 5 replicates whose loss falls at a rate."""
    draw = np.random.default_rng(7)
    updates = epochs * updates_per_epoch
    loss = np.log(4) * np.exp(-rate * np.arange(updates)) + draw.uniform(0, 0.01, (5, updates))
    accuracy = np.round(16 * np.clip(1 - loss / 2 + draw.normal(0, 0.05, loss.shape), 0, 1)) / 16
    photos = np.zeros((5, updates, 16), np.int32)
    return History(
        seeds=(0, 1, 2, 3, 4),
        loss=loss.astype(np.float32),
        accuracy=accuracy.astype(np.float32),
        learning_rate=np.full(loss.shape, rate, np.float32),
        photos=photos,
        updates_per_epoch=updates_per_epoch,
        people=4,
    )


def answers(frames: int, errors: int, people: list[str]) -> dict[str, Any]:
    """Return the evidence of so many answers, the first ones wrong."""
    expected = [people[i % len(people)] for i in range(frames)]
    predicted = [
        people[(i + (1 if i < errors else 0)) % len(people)] for i in range(frames)
    ]  # fmt: skip
    table = pd.DataFrame(
        {
            "file": [f"probes/{i:03}.jpg" for i in range(frames)],
            "expected": expected,
            "predicted": predicted,
            "error": [e != p for e, p in zip(expected, predicted, strict=True)],
            "probability": 0.61,
        }
    )
    return evidence.predictions("expected, predicted, error", table, people)


def sheet(name: str, verdict: str, steps: list[Step], reason: str = "", **more: Any) -> Sheet:
    """Return a sheet of T1."""
    return Sheet(
        name=name,
        node=f"features/T1.feature::{name}",
        file="features/T1.feature",
        line=17,
        tags=more.pop("tags", ["R4", "R10", "T1", "after:T0"]),
        prose="",
        steps=steps,
        verdict=verdict,
        reason=reason,
        duration=1.5,
    )


def green() -> Sheet:
    """Return an accepted sheet with every kind of evidence."""
    low = judge("fall of the loss", [0.02, 0.03, 0.5], Interval.between(0.01, 0.1), unit="%")
    shown = [
        evidence.facts("parameters", {"learning rate": 0.001, "gallery": FOLDER}),
        evidence.curves("loss and accuracy", history(0.001)),
        evidence.curves("a long training", history(0.05, epochs=300)),
        answers(49, 15, PEOPLE),
        answers(230, 9, [f"P{i:02}" for i in range(11)]),
        evidence.tally("detections", "Alex", PEOPLE, np.array([610, 79, 31, 73])),
        evidence.series("errors", f"rate {SCRIPT}", "errors", [(0.001, 15), (1, 0)]),
    ]
    then = Step("Then", "the loss falls", "accepted", 0.1, "", [low.as_dict()], shown)
    return sheet("The loss falls", record.ACCEPTED, [Step("Given", "them", "accepted"), then])


def refused() -> Sheet:
    """Return a refused sheet, which shows the same curves again."""
    found = judge("probes answered wrong", [3], Interval.exactly(0), exact=True)
    again = [evidence.curves("the same", history(0.001))]
    then = Step("Then", "none is wrong", "refused", 0.1, str(found), [found.as_dict()], again)
    steps = [then, Step("And", "nobody is hurt")]
    return sheet("No probe is answered wrong", record.REFUSED, steps, str(found))


def bad_day() -> Record:
    """Return the record."""
    broken = f"{FOLDER}/Alex/1.png: no such photo; camera rtsp://ann:secret@host/live"
    sheets = [
        green(),
        sheet("Waits", record.BLOCKED, [Step("Given", "x")], "blocked by T0"),
        sheet("Is strange", record.UNDEFINED, [Step("When", "?", "undefined")], "no such step"),
        sheet("Breaks", record.ERROR, [Step("When", "it", "error", 0.1, broken)], broken),
        refused(),
        sheet("Is left out", record.NOT_RUN, [Step("Given", "x")], "needs labels of glasses"),
    ]
    fields = {name: f"{name} of {SCRIPT}" for name in FIELDS}
    reserved = [green(), sheet("Is also left out", record.NOT_RUN, [], "no camera")]
    families = [
        Family("T1", f"A low rate {SCRIPT}", "features/T1.feature", fields, sheets),
        Family("T9", "Partly run", "features/T9.feature", {}, reserved),
    ]
    run = {"seeds": [0, 1, 2, 3, 4], "source": f"photos in {FOLDER}", "system": SCRIPT}
    environment = {"date": "2026-11-22", "commit": "abc123", "python": "3.11"}
    document = {"title": f"A book {SCRIPT}", "owner": "Ann", "version": "1.0", "room": "7"}
    return Record(document, {**run, "environment": environment}, families)


@pytest.fixture
def bad() -> Record:
    return bad_day()


@pytest.fixture(scope="session")
def page() -> str:
    """The page of the bad day."""
    return render(bad_day())


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its record on disk."""
    path = tmp_path_factory.mktemp("run") / "acceptance.json"
    record.write_record(path, bad_day())
    return path
