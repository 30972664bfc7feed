"""The book on HOG in NumPy: the same verdicts as on HOG by the compiled layer."""

from __future__ import annotations

import numpy as np
import pytest

from facelab.faces.hog import hog
from tests.power.mutant import Mutant
from tests.power.play import play
from tests.power.test_sample import T1, T2_PROBES

pytestmark = pytest.mark.slow

IN_NUMPY = Mutant(
    "numpy", "squares are described in NumPy", {"facelab.faces.layers:compiled_hog": lambda _: hog}
)


def test_hog_in_numpy_gives_the_verdicts_of_the_layer() -> None:
    compiled, plain = (play(range(5), how, [T1, T2_PROBES]) for how in (None, IN_NUMPY))
    assert len(compiled) > 25
    for one, other in zip(compiled, plain, strict=True):
        assert (one.scenario, one.step) == (other.scenario, other.step)
        assert one.verdict
        assert other.verdict
        assert one.verdict.measure == other.verdict.measure
        assert one.verdict.accepted == other.verdict.accepted
        np.testing.assert_allclose(one.verdict.values, other.verdict.values, rtol=1e-3, atol=1e-5)
