"""Faults in the page's JavaScript, each refused by a scenario: all at night, a few in CI."""

from __future__ import annotations

import re

import pytest

from tests.browsing import hidden
from tests.browsing.hidden import HIDDEN
from tests.browsing.mutants import FEATURES, MUTANTS, PAGE, mutated, play

SAMPLE = ("F2", "S1")


@pytest.mark.parametrize("label", list(MUTANTS))
def test_a_mutant_is_one(label: str) -> None:
    """The page's text still holds what is changed, and the book the scenario."""
    mutant = MUTANTS[label]
    assert mutant.old not in mutated(mutant) or mutant.old in mutant.new
    name = mutant.scenario.partition(" (")[0]
    assert re.search(
        rf"Scenario( Outline)?: {re.escape(name)}$",
        FEATURES[mutant.family].read_text("utf-8"),
        re.M,
    )


def test_the_page_of_mutants_lists_them_all() -> None:
    told = re.findall(r"^\| (\w+) \| (.+?) \| ", PAGE.read_text("utf-8"), re.MULTILINE)
    seen = [(label, mutant.what) for label, mutant in MUTANTS.items()]
    assert told == seen + [(label, fault.what) for label, fault in HIDDEN.items()]


@pytest.mark.parametrize("label", list(HIDDEN))
def test_a_hidden_fault_is_one(label: str) -> None:
    fault = HIDDEN[label]
    assert hidden.mutated(fault) != (hidden.SITE / fault.file).read_text("utf-8")


@pytest.mark.nightly
@pytest.mark.parametrize("label", list(HIDDEN))
def test_a_hidden_fault_is_refused(label: str) -> None:
    status, output = hidden.played(HIDDEN[label].test, label)
    assert status == pytest.ExitCode.TESTS_FAILED, output
    assert "AssertionError" in output, output  # not that the page broke off


@pytest.mark.slow
@pytest.mark.parametrize("label", SAMPLE)
def test_a_fault_is_refused(label: str) -> None:
    played = play(MUTANTS[label])
    assert played.found, played.output
