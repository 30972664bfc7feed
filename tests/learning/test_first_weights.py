"""First weights: a seed draws in NumPy what it draws in Keras."""

from __future__ import annotations

import numpy as np
import pytest

from facelab.contract.parameters import Parameters
from facelab.learning.first_weights import first_head, first_kernel

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [0, 1, 104, 2**31 - 3, 2**31 - 2, 2**31 - 1, 2**40 + 7])
@pytest.mark.parametrize("shape", [(1764, 4), (1764, 11), (5, 3)])
def test_they_are_keras_to_the_bit(shape: tuple[int, int], seed: int) -> None:
    from facelab.learning.training import initial_head

    expected = initial_head(*shape, Parameters(), [seed])
    kernel, bias = first_head(*shape, Parameters(), seed)
    assert kernel.dtype == np.float32
    np.testing.assert_array_equal(kernel, expected.kernel[0])
    np.testing.assert_array_equal(bias, expected.bias[0])


def test_seeds_differ() -> None:
    first, other = (first_kernel(50, 3, Parameters(), seed) for seed in (0, 1))
    assert not (first == other).any()
