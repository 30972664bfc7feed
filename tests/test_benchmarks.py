"""What the benchmarks count: the scenarios that stood, and those that came later."""

from __future__ import annotations

import re

from benchmarks.stood import STOOD, later
from facelab.playing.misprints import name_of_test
from tests.conftest import ROOT


def scenarios() -> list[str]:
    """Return the names of all scenarios of the book, as they are written."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "features").glob("*.feature"))]
    return [
        name
        for text in texts
        for name in re.findall(r"^ *Scenario(?: Outline)?: (.+)$", text, re.MULTILINE)
    ]


def test_what_stood_still_stands_by_its_name() -> None:
    assert set(STOOD) <= set(scenarios())


def test_what_came_later_is_told_apart() -> None:
    ids = {f"features/T.feature::{name_of_test(name)}": name for name in scenarios()}
    came = {ids[one] for one in later(ids)}
    assert came == set(scenarios()) - set(STOOD)
    assert "Whoever comes is counted while they are there" in came


def test_rows_of_an_outline_are_told_by_its_name() -> None:
    ids = [f"features/T3.feature::{name_of_test(name)}[1-2-3]" for name in (STOOD[19], "Another")]
    assert later(ids) == ids[1:]
