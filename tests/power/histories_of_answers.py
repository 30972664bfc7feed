"""Histories of answers: the smallest sets of answers on both sides of each bound."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from tests.power.case import Case, Fixtures, drawn, exam, said, shown

YES, NO = True, False


def wrong(count: int, of: int) -> Any:
    """Return answers about Alex, ``count`` of them wrong."""
    return said("a" * of, "l" * count + "a" * (of - count))


def counted(*counts: int) -> Fixtures:
    """Return a tally of Alex and Lara."""
    return {"counts": np.array([[*counts, 0]]), "photos": shown(2, person=["Alex", "Lara"])}


def probes(count: int, light: str = "day") -> Photos:
    """Return probes of Alex."""
    return shown(count, light=[light] * count)


def asked(count: int) -> Fixtures:
    """Return an exam with so many probes in known and two in unseen light."""
    lights = ["day"] * count + ["lamp"] * 2
    every = shown(count + 2, light=lights)
    known = wrong(0, count)
    return {
        "exam": exam(known, probes=every),
        "photos": shown(1, light=["day"]),
        "training": None,
    }


def summing(total: float) -> Fixtures:
    """Return a training whose probabilities sum to ``total``."""
    probabilities = np.array([[[total / 2, total / 2]]])
    given = SimpleNamespace(probabilities=probabilities)
    return {"photos": shown(1), "training": None, "exam": exam(given)}


def answered_at(loss: float) -> Fixtures:
    """Return a training whose last values are 3 and 2, and answers to a photo at a loss."""
    given = exam(said("a", "a", np.exp(-loss)))
    return {**drawn([3, 2]), "exam": given, "photos": shown(1)}


def lit(errors: tuple[int, int]) -> Fixtures:
    """Return answers in unseen and, from the exam, in known light: errors of ten bursts each."""
    bursts = [f"burst {n}" for n in range(10)]
    unseen, known = (
        said("a" * 10, "l" * n + "a" * (10 - n), burst=bursts, light=["lamp"] * 10) for n in errors
    )
    return {**asked(10), "exam": exam(known, probes=probes(10)), "answers": unseen}


def crowded(fewer: int) -> Fixtures:
    """Return answers to ten frames of a training on many, ``fewer`` wrong than of one on few."""
    return {
        "exam": exam(wrong(8, 10), probes=probes(10, "lamp")),
        "photos": shown(1, light=["day"]),
        "parameters": Parameters(),
        "answers": wrong(8 - fewer, 10),
    }


def surer(bursts: int) -> tuple[Any, Any]:
    """Return two sets of answers, the first surer in every one of so many bursts."""
    labels = {"burst": [f"burst {n}" for n in range(bursts)]}
    lost = np.linspace(0.1, 0.3, bursts)
    frames = "a" * bursts
    return said(frames, frames, 0.9, **labels), said(frames, frames, 0.9 - lost, **labels)


def pairs(bare: str, worn: str) -> Fixtures:
    """Return answers about Alex without glasses and with them."""
    bursts = [f"burst {n}" for n in range(len(bare))]
    glasses = [0] * len(bare) + [1] * len(worn)
    frames = "a" * len(bare + worn)
    return {"answers": said(frames, bare + worn, glasses=glasses, burst=bursts * 2)}


def confusing(before: int) -> Fixtures:
    """Return answers that never confuse, and an exam with one that did, ``before`` times."""
    other = said("a" * 10, "m" * before + "a" * (10 - before))
    return {
        "exam": exam(other, probes=shown(10)),
        "photos": shown(1),
        "parameters": Parameters(),
        "answers": wrong(0, 10),
    }


BEYOND = "beyond a chance of 1.5625 %"  # 1 / 2^6
RARE = "by chance in 1.5625 % of cases at most"

CASES = (
    Case(
        "it is asked about the 4 probes of T2",
        "{} probes",
        lambda n: {**asked(n), "exam": exam(wrong(0, n), probes=probes(n))},
        ((4, YES), (3, NO), (5, NO)),
    ),
    Case(
        "it is asked about the 4 probes of T4 in known light",
        "{} in known and 2 in unseen light",
        asked,
        ((4, YES), (3, NO), (5, NO)),
    ),
    Case(
        # of 10, 2 that are wrong leave a share of 50.7 % possible, 1 leaves 39.4 %
        "as far as 10 probes can tell, at least 50 % of them are answered wrong",
        "{} of 10",
        lambda n: {"answers": wrong(n, 10)},
        ((3, YES), (2, YES), (1, NO)),
    ),
    Case(
        "none of them is answered wrong",
        "{} of 4",
        lambda n: {"answers": wrong(n, 4)},
        ((0, YES), (1, NO)),
    ),
    Case(
        "at least 75 % of the photos are answered right",
        "{} of 4",
        lambda n: {"exam": exam(wrong(4 - n, 4)), "photos": shown(4), "training": None},
        ((4, YES), (3, YES), (2, NO)),
    ),
    Case(
        "the model answers every photo with probabilities that sum to 1",
        "a sum of {}",
        summing,
        ((1, YES), (1.000009, YES), (1.00002, NO), (0.9, NO)),
    ),
    Case(
        "the loss of its answers to the training photos continues the loss curve",
        "3, 2, then answers at {}",
        answered_at,
        ((2.01, NO), (1.99, YES), (1.01, YES), (0.99, NO)),
    ),
    Case(
        "all 4 frames are counted",
        "{} of them",
        lambda n: counted(n - 1, 1),
        ((4, YES), (3, NO), (5, NO)),
    ),
    Case(
        "Alex gets more than 50 % of the frames",
        "{} of 4",
        lambda n: counted(n, 4 - n),
        ((3, YES), (2, NO), (1, NO)),
    ),
    Case(
        "Alex gets at least 3 times as many as the next person",
        "{} against 2",
        lambda n: counted(n, 2),
        ((7, YES), (6, YES), (5, NO)),
    ),
    Case(
        "Alex gets more frames than anyone else",
        "{} against 2",
        lambda n: counted(n, 2),
        ((3, YES), (2, NO), (1, NO)),
    ),
    Case(
        "at a rate of 1 at most 1 more is wrong than at the best rate",
        "{} against 2",
        lambda n: {"sweep": {0.1: np.array([2.0]), 1.0: np.array([float(n)])}},
        ((2, YES), (3, YES), (4, NO)),
    ),
    Case(
        "every person is answered right more than 50 % of the time",
        "{} of 4 for one person",
        lambda n: {"answers": said("aaaallll", "aaaa" + "l" * n + "a" * (4 - n))},
        ((3, YES), (2, NO), (1, NO)),
    ),
    Case(
        "they are answered wrong no less often than those in known light, beyond a chance of 1 %",
        "errors in {} of 10 bursts of each",
        lit,
        (((4, 0), YES), ((2, 2), YES), ((0, 9), NO)),
    ),
    Case(
        f"on the frames of Alex it errs no less often than when trained on these alone, {BEYOND}",
        "{} errors fewer",
        crowded,
        ((0, YES), (6, YES), (7, NO)),
    ),
    Case(
        f"it is no surer of the right person there, {BEYOND}",
        "in each of {} bursts",
        lambda n: {"crowd_and_few": surer(n)},
        ((5, YES), (6, YES), (7, NO)),
    ),
    Case(
        "Alex and Amine are taken for each other on at least 50 % of the frames, "
        "with glasses and without",
        "{} of 4 without, 4 of 4 with",
        lambda n: pairs("m" * n + "a" * (4 - n), "mmmm"),
        ((3, YES), (2, YES), (1, NO)),
    ),
    Case(
        "glasses change at most 25 % of its answers",
        "{} of 4",
        lambda n: pairs("aaaa", "m" * n + "a" * (4 - n)),
        ((0, YES), (1, YES), (2, NO)),
    ),
    Case(
        f"it confuses Alex and Amine less than at a rate of 0.001 on the same frames, {RARE}",
        "none against {} of 10",
        confusing,
        ((7, YES), (6, YES), (5, NO)),
    ),
)
