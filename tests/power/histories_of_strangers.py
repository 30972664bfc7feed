"""Histories of strangers: the smallest counts on both sides of each bound."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.power.case import Case, Fixtures, exam, said, shown

YES, NO = True, False


def found(count: int, of: int) -> dict[str, Any]:
    """Return what is found ``count`` times in known light, and always in unseen light."""
    return {"known": np.array([[n < count for n in range(of)]]), "unseen": np.ones((1, of), bool)}


def asking(people: int) -> Fixtures:
    """Return an exam that answers about so many people, on a frame in each of two lights."""
    labels: dict[str, Any] = {
        "person": [f"stranger-{n}" for n in range(people) for _ in range(2)],
        "light": ["day", "lamp"] * people,
        "burst": [f"burst {n}" for n in range(2 * people)],
    }
    letters = "a" * (2 * people)
    answers = said(letters, letters, 0.9, light=labels["light"], burst=labels["burst"])
    return {
        "exam": exam(answers, probes=shown(2 * people, **labels)),
        "photos": shown(1, light=["day"]),
        "training": None,
    }


CASES = (
    Case(
        "it is asked about the 3 strangers, in known and in unseen light",
        "{} strangers",
        asking,
        ((3, YES), (2, NO), (4, NO)),
    ),
    Case(
        # of 60, 23 that are named leave a share of 49.8 % possible, 24 leave 51.4 %
        "with 95 % confidence at most 50 % of the strangers in known light are named",
        "{} of 60",
        lambda n: {"strangers": found(n, 60)},
        ((0, YES), (23, YES), (24, NO)),
    ),
    Case(
        "it is asked about the 6 probes of T4, in known and in unseen light",
        "{} people, a probe in each light",
        asking,
        ((3, YES), (2, NO), (4, NO)),
    ),
    Case(
        "with 95 % confidence at most 50 % of the bursts in known light are left without their "
        "name",
        "{} of 60",
        lambda n: {"known_people": found(n, 60)},
        ((0, YES), (23, YES), (24, NO)),
    ),
    Case(
        # 8 of 11 may still come of a share of 43.6 %, 9 of one of 53.0 %
        "as far as 11 people can tell, at most 50 % of them are named",
        "{} of 11",
        lambda n: {"left_out": found(n, 11)},
        ((2, YES), (8, YES), (9, NO)),
    ),
)
