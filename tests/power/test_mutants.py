"""Mutants: enough of them, put in everywhere and taken out again."""

from __future__ import annotations

import numpy as np
import pytest

from facelab.contract.parameters import Parameters
from facelab.learning import replicates, training
from tests.conftest import ROOT
from tests.power.mutant import applied
from tests.power.mutants import MUTANTS
from tests.power.mutants.absent import ABSENT

pytestmark = pytest.mark.slow

LISTED = [
    *(f"D{n}" for n in range(1, 23)),
    *(f"M{n}" for n in range(1, 16)),
    *(f"T{n}" for n in range(1, 32)),
    *(f"H{n}" for n in range(1, 15)),
    *(f"P{n}" for n in range(1, 11)),
    *(f"Y{n}" for n in range(1, 8)),
    *(f"R{n}" for n in range(1, 7)),
]
"""The benchmark: 105 faults."""


def test_every_fault_of_the_benchmark_is_played_or_argued_away() -> None:
    assert len(LISTED) == 105
    assert set(LISTED) == {label for label in MUTANTS if label[0] not in "NS"} | set(ABSENT)
    assert not set(ABSENT) & set(MUTANTS)
    assert {other for _, other in ABSENT.values()} <= set(MUTANTS)
    assert len(set(LISTED) - set(ABSENT)) >= 95


@pytest.mark.parametrize("label", MUTANTS)
def test_a_fault_finds_its_place_and_its_tests(label: str) -> None:
    with applied(MUTANTS[label]):
        pass
    for test in MUTANTS[label].tests:
        file, _, name = test.partition("::")
        text = (ROOT / file).read_text("utf-8")
        assert not name or f"def {name.partition('[')[0]}(" in text


def test_a_fault_is_put_in_wherever_its_place_is_imported_and_taken_out() -> None:
    original = training.train
    with applied(MUTANTS["T22"]):
        assert vars(replicates)["train"] is training.train
        assert training.train is not original
    assert vars(replicates)["train"] is training.train is original


def test_a_compiled_seam_is_compiled_anew_and_the_old_program_kept() -> None:
    x = np.eye(4, dtype=np.float32)
    given = (x, np.arange(4, dtype=np.int32), 4, Parameters(epochs=2, batch_size=2))
    _, before = training.train(*given, seeds=[0])
    with applied(MUTANTS["T1"]):
        _, mutated = training.train(*given, seeds=[0])
    _, after = training.train(*given, seeds=[0])
    assert not mutated.learning_rate.any()
    assert (before.learning_rate > 0.99).all()
    np.testing.assert_array_equal(before.loss, after.loss)
