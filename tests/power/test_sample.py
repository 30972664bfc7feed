"""A fixed sample of the mutants, each caught by the phrase that is there for it."""

from __future__ import annotations

import pytest

from tests.power.catalogue import named
from tests.power.mutants import MUTANTS
from tests.power.play import play

pytestmark = pytest.mark.slow

T0 = "features/T0_face_base.feature"
T1 = "features/T1_low_learning_rate.feature"
T2_PROBES = "features/T2_high_learning_rate.feature::test_no_probe_is_answered_wrong"
"""The scenario alone: the rest of T2, with its films, takes a minute."""

SAMPLE = (
    ("D22", T0, "it is refused by name"),
    ("N2", T0, "every photo is given back pixel for pixel"),
    ("N4", T0, "no recorded file is missing, damaged or an orphan"),
    ("T1", T1, "the loss falls at every epoch"),
    ("T18", T1, "no epoch repeats the order of another"),
    ("T20", T1, "140 values are drawn"),
    ("H1", T1, "every accuracy is a whole number of photos out of its batch"),
    ("N24", T1, "on average over the first half of the epochs the accuracy is under 0.7"),
    ("N16", T1, "as far as 49 probes can tell, at least 30 % of them are answered wrong"),
    ("N20", T1, "in all it falls by at least 1 % and at most 10 %"),
    ("N39", T1, "the loss falls at every epoch"),
    ("P7", T2_PROBES, "none of them is answered wrong"),
)


@pytest.mark.parametrize(("label", "feature", "phrase"), SAMPLE, ids=[name for name, *_ in SAMPLE])
def test_a_fault_is_caught(label: str, feature: str, phrase: str) -> None:
    lines = play(range(5), MUTANTS[label], [feature])
    assert named(phrase) in {named(line.step) for line in lines if line.refused(1)[0]}


def test_facelab_itself_is_not() -> None:
    assert not [line for line in play(range(5), None, [T0, T1]) if line.refused(1)[0]]
