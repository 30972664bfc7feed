"""Each phrase accepts what lies just inside its bound and refuses what lies just outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.power import catalogue
from tests.power.case import Case
from tests.power.histories import CASES, HISTORIES


@pytest.mark.parametrize(
    ("case", "value", "accepted"),
    [(case, value, accepted) for case in CASES for value, accepted in case.dial],
    ids=[f"{case.step}-{value}" for case in CASES for value, _ in case.dial],
)
def test_a_case(case: Case, value: Any, accepted: bool, tmp_path: Path) -> None:
    assert case.play(value, tmp_path) is accepted


def test_every_then_of_the_features_has_its_cases() -> None:
    said = (ROOT / "features").glob("*.feature")
    steps = {line.strip() for file in said for line in file.read_text("utf-8").splitlines()}
    used = {
        phrase.parser.name
        for step in steps
        if (phrase := catalogue.phrase_of(step.partition(" ")[2]))
        and phrase.type == "then"
        and phrase.step_func.__module__ in catalogue.BOOK
    }
    assert used <= set(HISTORIES)
    assert len(used) > 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.step)
def test_both_sides_of_a_bound_are_shown(case: Case) -> None:
    assert {accepted for _, accepted in case.dial} == {True, False}
