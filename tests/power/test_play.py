"""Playing many replicates at once gives the verdicts that an ordinary run of five gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from facelab.report.record import read_record
from tests.conftest import ROOT
from tests.power.mutants import MUTANTS
from tests.power.play import Line, lines_of, play

pytestmark = pytest.mark.slow

FEATURES = ("features/T1_low_learning_rate.feature", "features/T2_high_learning_rate.feature")


def ordinary(mutant: str, folder: Path) -> list[Line]:
    """Run pytest on seeds 5 to 9 against a mutant and return the verdicts of its report."""
    options = ["-ptests.power.inject", f"--mutant={mutant}", "--seeds=5-9", f"--report={folder}"]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-pno:cacheprovider", *options, *FEATURES],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    return list(lines_of(read_record(folder / "acceptance.json")))


@pytest.mark.parametrize("label", ["T19", pytest.param("T6", marks=pytest.mark.nightly)])
def test_the_verdicts_of_a_set_are_those_of_an_ordinary_run(label: str, tmp_path: Path) -> None:
    expected = ordinary(label, tmp_path)
    at_once = {
        (line.scenario, line.step, line.of_set(1).measure): line.of_set(1)
        for line in play(range(10), MUTANTS[label], FEATURES)
    }
    refused = [line for line in expected if line.verdict and not line.verdict.accepted]
    assert refused
    assert len(expected) > 25
    for line in expected:
        assert line.verdict
        same = at_once[line.scenario, line.step, line.verdict.measure]
        assert same.accepted == line.verdict.accepted
        assert same.allowed == line.verdict.allowed
        # Five replicates on two threads, ten on one: the last bits of a sum may differ.
        np.testing.assert_allclose(same.values, line.verdict.values, rtol=1e-3, atol=1e-4)


def test_a_step_that_breaks_is_refused_by_every_set() -> None:
    broken = Line("T1 a", "it is asked", None, "IndexError: 4")
    assert broken.refused(3).tolist() == [True] * 3
