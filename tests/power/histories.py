"""Histories: for each phrase, the smallest cases just inside its bound, on it, and just outside."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from facelab.contract.parameters import Parameters
from facelab.gallery.gallery import Gallery
from tests.power.case import PEOPLE, Case, Fixtures, drawn, exam, shown
from tests.power.catalogue import named
from tests.power.histories_of_answers import CASES as ANSWERS
from tests.power.histories_of_crowds import CASES as CROWDS
from tests.power.histories_of_replays import CASES as REPLAYS
from tests.power.histories_of_strangers import CASES as STRANGERS
from tests.power.histories_of_visits import CASES as VISITS

CHANCE = float(np.log(len(PEOPLE)))


def of_people(counts: Any) -> Fixtures:
    """Return photos of the four people, so many of each."""
    people = [person for person, n in zip(PEOPLE, counts, strict=False) for _ in range(n)]
    return {"photos": shown(len(people), person=people)}


def given_back(change: int) -> Fixtures:
    """Return two photos and a gallery that keeps them, one changed in one grey level."""
    photos = shown(2)

    def gallery(folder: Path) -> Gallery:
        kept = Gallery(folder)
        changed = photos.frames[1].copy()
        changed[0, 0, 0] += change
        kept.save("Alex", photos.frames[0])
        kept.save("Alex", changed)
        return kept

    return {"photos": photos, "face_base": gallery}


def compared(change: float) -> Fixtures:
    """Return a training that was interrupted and the whole one, a value apart by ``change``."""
    whole = drawn([3, 2, 1])["training"]
    part = drawn([3, 2 + change])
    return {**part, "exam": exam(training=lambda _: whole), "photos": None, "parameters": None}


def by_epochs(losses: Any) -> Fixtures:
    """Return an exam whose trainings of 1, 5 and 20 epochs end at the losses."""
    ends = dict(zip((1, 5, 20), losses, strict=True))
    return {
        "exam": exam(training=lambda p: drawn([ends[p.epochs]])["training"]),
        "photos": shown(4, person=PEOPLE),
        "parameters": Parameters(),
    }


def settled(update: int) -> Any:
    """Return an accuracy over eight updates that is 1 over two of them, first at ``update``."""
    return (np.arange(8) >= update - 2).astype(float)


def smaller(updates: int) -> Fixtures:
    """Return a training of ``updates``, and an exam where that on fewer people makes four."""
    few = drawn(np.ones(4))["training"]
    return {
        **drawn(np.ones(updates)),
        "exam": exam(training=lambda _: few),
        "photos": shown(1),
        "parameters": None,
    }


YES, NO = True, False

CASES = (
    Case(
        "no recorded file is missing, damaged or an orphan",
        "{} of them",
        lambda n: {"source": SimpleNamespace(damage=lambda: ["a.jpg: missing"] * n)},
        ((0, YES), (1, NO)),
    ),
    Case(
        "there are photos of at least 2 people",
        "{} people",
        lambda n: of_people([1] * n),
        ((3, YES), (2, YES), (1, NO)),
    ),
    Case(
        "every person has at least 8 photos",
        "{} of one",
        lambda n: of_people([n, 9]),
        ((9, YES), (8, YES), (7, NO)),
    ),
    Case(
        "there are 10 photos of 2 people in it",
        "{} photos",
        lambda n: of_people([5, n - 5]),
        ((10, YES), (9, NO), (11, NO)),
    ),
    Case(
        "there are 10 photos of Alex and Amine in it",
        "{} photos",
        lambda n: of_people([5, n - 5, 3]),
        ((10, YES), (9, NO), (11, NO)),
    ),
    Case(
        "it is refused by name",
        '"{}"',
        lambda text: {"refusal": text},
        (("foreign.jpg: no photo", YES), ("no photo", NO), ("", NO)),
    ),
    Case(
        "every photo is given back pixel for pixel",
        "one pixel changed by {}",
        given_back,
        ((0, YES), (1, NO)),
    ),
    Case("5 values are drawn", "{}", lambda n: drawn(np.ones(n)), ((5, YES), (4, NO), (6, NO))),
    Case(
        "one value is drawn for each photo",
        "{} for 5 photos",
        lambda n: {**drawn(np.ones(n)), "photos": shown(5)},
        ((5, YES), (4, NO), (6, NO)),
    ),
    Case(
        "each epoch makes 4 updates",
        "{}",
        lambda n: drawn(np.ones(12), per_epoch=n),
        ((4, YES), (3, NO), (5, NO)),
    ),
    Case(
        "at least 3 and fewer than 6 values are drawn",
        "{}",
        lambda n: drawn(np.ones(n)),
        ((4, YES), (3, YES), (2, NO), (5, YES), (6, NO)),
    ),
    Case(
        "they are the first values of the uninterrupted training",
        "apart by {}",
        compared,
        ((0, YES), (1e-15, NO)),
    ),
    Case(
        "every epoch sees each photo once",
        "photos {}",
        lambda order: drawn(np.ones(6), photos=[[n] for n in (*order, 0, 1, 2)], per_epoch=3),
        (((2, 0, 1), YES), ((0, 1, 1), NO)),
    ),
    Case(
        "no epoch repeats the order of another",
        "(0, 1, 2), then {}",
        lambda order: drawn(np.ones(6), photos=[[n] for n in (0, 1, 2, *order)], per_epoch=3),
        (((0, 2, 1), YES), ((0, 1, 2), NO)),
    ),
    Case(
        "the first value lies within 0.25 of the loss at chance",
        "ln 4 + {}",
        lambda off: drawn([CHANCE + off, 0]),
        ((0.24, YES), (0.25, YES), (0.26, NO)),
    ),
    Case(
        "every accuracy is a whole number of photos out of its batch",
        "{} of 2",
        lambda right: drawn(accuracy=[right / 2], photos=[[0, 1]]),
        ((0, YES), (1, YES), (2, YES), (1.01, NO), (3, NO)),
    ),
    Case(
        "every value is finite and no loss is negative",
        "a loss of {}",
        lambda loss: drawn([1, loss]),
        ((1e-9, YES), (0, YES), (-1e-9, NO), (float("inf"), NO)),
    ),
    Case(
        "the loss falls at every epoch",
        "1, 0.5, then {}",
        lambda loss: drawn([1, 0.5, loss]),
        ((0.49, YES), (0.5, NO), (0.51, NO)),
    ),
    Case(
        "on all photos at once the loss falls at every epoch",
        "1, 0.5, then {}",
        lambda loss: drawn([1, 0.5, loss]),
        ((0.49, YES), (0.5, NO), (0.51, NO)),
    ),
    Case(
        "in all it falls by at least 25 % and at most 50 %",
        "from 1 to {}",
        lambda loss: drawn([1, loss]),
        ((0.74, YES), (0.75, YES), (0.76, NO), (0.5, YES), (0.49, NO)),
    ),
    Case(
        "from update to update the accuracy changes by at least 0.25 on average",
        "0, then {}",
        lambda accuracy: drawn(accuracy=[0, accuracy]),
        ((0.26, YES), (0.25, YES), (0.24, NO)),
    ),
    Case(
        "on average over the first half of the epochs the accuracy is under 0.5",
        "0.25, {}, then 1",
        lambda accuracy: drawn(accuracy=[0.25, accuracy, 1]),
        ((0.74, YES), (0.75, NO), (0.76, NO)),
    ),
    Case(
        "the accuracy over 2 updates reaches 1 before 50 % of the training",
        "at update {} of 8",
        lambda update: drawn(accuracy=settled(update)),
        ((3, YES), (4, NO), (5, NO)),
    ),
    Case(
        "in every epoch of the last half the accuracy is at least 0.75",
        "0, 0, 1, then {}",
        lambda accuracy: drawn(accuracy=[0, 0, 1, accuracy]),
        ((0.76, YES), (0.75, YES), (0.74, NO)),
    ),
    Case(
        "in the last epoch the loss is above 0 and at most 25 % of it at chance",
        "{} ln 4",
        lambda share: drawn([1, share * CHANCE]),
        ((0.24, YES), (0.25, YES), (0.26, NO), (1e-9, YES), (0, NO)),
    ),
    Case(
        "the loss after 1, 5 and 20 epochs is lower each time",
        "{}",
        by_epochs,
        (((1, 0.5, 0.4), YES), ((1, 0.5, 0.5), NO), ((1, 0.5, 0.6), NO)),
    ),
    Case(
        "it makes more updates than with Alex alone",
        "{} against 4",
        smaller,
        ((5, YES), (4, NO), (3, NO)),
    ),
    Case(
        "it takes more updates than with them until the accuracy over 2 updates reaches 1",
        "{} against 4",
        lambda update: {
            **drawn(accuracy=settled(update)),
            "smaller_training": drawn(accuracy=settled(4))["training"],
        },
        ((5, YES), (4, NO), (3, NO)),
    ),
    *ANSWERS,
    *CROWDS,
    *REPLAYS,
    *STRANGERS,
    *VISITS,
)

HISTORIES = {named(case.step): case for case in CASES}


def tell(pattern: str) -> str:
    """Return the cases of a phrase in words."""
    return str(HISTORIES[pattern])
