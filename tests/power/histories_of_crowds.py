"""Histories of crowds: the smallest crowds on both sides of each bound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from facelab.judging.growth import Growth
from tests.power.case import Case, Fixtures, said

YES, NO = True, False


def grown(wrong: tuple[Any, Any], settled: tuple[float, float] = (1, 1)) -> Fixtures:
    """Return a crowd of one person with eight shots, bare and with glasses, and one of two."""
    manners = ["bare"] * 8 + ["glasses"] * 8
    shots = [f"{person}{shot}" for person in "ab" for _ in range(2) for shot in range(8)]
    labels = pd.DataFrame({"shot": shots, "manner": manners * 2})
    lines = tuple(
        np.array([line + (2 * n) * [False]]) for n, line in zip((0, 8), wrong, strict=True)
    )
    values = np.array(settled, float)[:, None]
    return {"growth": Growth((1, 2), (30, 300), lines, values, labels)}


def errors(bare: int, glasses: int = 0) -> list[bool]:
    """Return which answers to sixteen probes are wrong: so many of each kind."""
    return [n < bare for n in range(8)] + [n < glasses for n in range(8)]


def winning(people: int) -> Fixtures:
    """Return answers about four people, two frames each, of whom so many win."""
    return {
        "answers": said(
            "aammllnn",
            "".join(p * 2 if n < people else "am"[n % 2 == 0] * 2 for n, p in enumerate("amln")),
        )
    }


RARE = "by chance in 1 % of cases at most"

CASES = (
    Case(
        "the right face gets more answers than any other for at least 50 % of the people",
        "{} of 4",
        winning,
        ((3, YES), (2, YES), (1, NO)),
    ),
    Case(
        f"on the same frames more people make more errors, {RARE}",
        "{} more of 16",
        lambda n: grown((errors(0), errors(n))),
        ((8, YES), (7, YES), (6, NO)),
    ),
    Case(
        f"glasses turns more right answers into wrong ones the more people there are, {RARE}",
        "{} more of 8",
        lambda n: grown((errors(0), errors(0, n))),
        ((8, YES), (7, YES), (6, NO)),
    ),
    Case(
        "from 1 people on the updates until the accuracy is high grow with the photos to the "
        "power of 1, within 0.5",
        "from 10 to {} with ten times the photos",
        lambda updates: grown((errors(0), errors(0)), (10, updates)),
        ((100, YES), (320, NO), (30, NO)),
    ),
)
