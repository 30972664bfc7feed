"""Counts: who leads while they are there, and how soon."""

from __future__ import annotations

import numpy as np
import pytest

from facelab.contract.frame import Stretch
from facelab.judging import counts

PEOPLE = ("Alex", "Amine")
VISIT = (
    Stretch(1, 4, ("Alex",)),
    Stretch(5, 5, (), ("Alex",)),
    Stretch(6, 8, ()),
    Stretch(9, 12, ("Amine",)),
    Stretch(13, 14, ("Alex", "Amine")),
)


def added(*replicates: str) -> counts.Added:
    """Return what frames add, by letters: a = Alex, m = Amine, . = nobody."""
    return np.array(
        [[np.eye(3, dtype=np.int64)["am.".index(one)] for one in row] for row in replicates]
    )


def test_the_truth_leads_everywhere() -> None:
    true = added("aaaa" + "a" + "..." + "mmmm" + "am")
    for stretches in (counts.lone(VISIT), counts.empty(VISIT)):
        assert counts.smallest_lead(true, stretches, PEOPLE).tolist() == [1]
        assert counts.frames_until_lead(true, stretches, PEOPLE).tolist() == [1]
    assert counts.odd_additions(true).tolist() == [0]


@pytest.mark.parametrize(
    ("said", "lone", "empty", "soon"),
    [
        ("a" * 14, -1.0, -1.0, np.inf),  # always Alex
        ("aaaaaa..ammmmm", 0.5, 1 / 3, 3),  # a frame late
        ("aaaa.....aammm", -0.25, 1, np.inf),
    ],
)
def test_a_count_that_does_not_follow(said: str, lone: float, empty: float, soon: float) -> None:
    seen = added(said)
    assert counts.smallest_lead(seen, counts.lone(VISIT), PEOPLE)[0] == pytest.approx(lone)
    assert counts.smallest_lead(seen, counts.empty(VISIT), PEOPLE)[0] == pytest.approx(empty)
    settled = [*counts.lone(VISIT), *counts.empty(VISIT)]
    assert counts.frames_until_lead(seen, settled, PEOPLE)[0] == soon


def test_a_frame_adds_one() -> None:
    twice = added("aaaa")
    twice[0, 2] = [1, 1, 0]
    twice[0, 3] = 0
    assert counts.odd_additions(twice).tolist() == [2]


def test_runs_are_names_and_frames() -> None:
    assert counts.runs(added("aa.mm"), 0, PEOPLE, "nobody") == [
        ("Alex", 2),
        ("nobody", 1),
        ("Amine", 2),
    ]
