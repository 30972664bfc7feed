"""The ways of the faults: weights found again, films handed on, people let go and filled in."""

from __future__ import annotations

import numpy as np
import pytest

from facelab.contract.parameters import Parameters
from facelab.learning.training import train
from tests.power.mutants import live_count
from tests.power.mutants.ways import Run, filmed, leaders, surely

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run() -> Run:
    """A training of 30 random vectors of three people, 12 updates."""
    generator = np.random.default_rng(5)
    x = generator.normal(size=(30, 6)).astype(np.float32)
    y = generator.integers(0, 3, 30).astype(np.int32)
    parameters = Parameters(epochs=3, batch_size=8)
    head, history = train(x, y, 3, parameters, seeds=[4, 9])
    return Run(train, x, y, 3, parameters, {"seeds": [4, 9]}, head, history)


def test_weights_before_an_update_are_those_that_its_loss_was_measured_with(run: Run) -> None:
    np.testing.assert_allclose(run.weights_at(12).kernel, run.head.kernel, atol=1e-5)
    for update in (0, 3, 7):
        head = run.weights_at(update)
        for one in range(2):
            photos = run.history.photos[one, update]
            photos = photos[photos >= 0]
            logits = (run.x[photos] @ head.kernel[one] + head.bias[one]).astype(np.float64)
            all_of_them = np.log(np.exp(logits).sum(axis=1))
            loss = (all_of_them - logits[np.arange(len(photos)), run.y[photos]]).mean()
            assert loss == pytest.approx(run.history.loss[one, update], rel=1e-4)


def test_a_film_is_handed_on_in_its_batches() -> None:
    odds = np.random.default_rng(3).random((2, 7, 3)).astype(np.float32)
    turned = filmed(lambda whole: whole[:, ::-1])(lambda _, clip: iter(clip))
    parts = list(turned(None, [odds[:, :4], odds[:, 4:]]))
    assert [part.shape[1] for part in parts] == [4, 3]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), odds[:, ::-1])


def test_nobody_is_a_row_of_zeros() -> None:
    leading = np.array([[0, -1, 2, 2]])
    assert surely(leading, 3).tolist() == [[[1, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 1]]]
    assert leaders(surely(leading, 3)).tolist() == leading.tolist()


def test_an_empty_chair_is_filled_and_a_new_person_waits() -> None:
    leading = np.array([[0, 0, -1, -1, 2, 2, 2, 1]])
    assert live_count.filled(leading).tolist() == [[0, 0, 0, 0, 2, 2, 2, 1]]
    assert live_count.settled(2)(leading).tolist() == [[0, 0, 0, -1, -1, 2, 2, 2]]
    assert live_count.tidied(leading).tolist() == [[0, 0, -1, -1, 2, 2, 2, 2]]
