"""Trials: combinations of parameters, their names, and what is measured of a training."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from facelab.contract.errors import FacelabError
from facelab.contract.history import History
from facelab.contract.parameters import Parameters
from facelab.judging.answers import Answers
from facelab.trials.trial import Trial, combinations, confused, last_epoch, titles


def history(loss: list[list[float]], sizes: tuple[int, ...] = (2, 1)) -> History:
    """A history whose batches have those sizes, again and again."""
    values = np.array(loss, np.float32)
    photos = np.full((*values.shape, max(sizes)), -1, np.int32)
    for update in range(values.shape[1]):
        photos[:, update, : sizes[update % len(sizes)]] = 0
    seeds = tuple(range(len(loss)))
    return History(seeds, values, values, values, photos, len(sizes), 2)


def answered(*replicates: str) -> Answers:
    """Answers to three probes of a, one of b: a letter each, a dot for nobody."""
    probabilities = np.zeros((len(replicates), 4, 2), np.float32)
    for row, letters in zip(probabilities, replicates, strict=True):
        for one, letter in zip(row, letters, strict=True):
            if letter != ".":
                one["ab".index(letter)] = 1
    labels = pd.DataFrame({"file": list("1234"), "person": list("aaab")})
    return Answers(labels, probabilities, ("a", "b"))


def test_every_value_is_combined_with_every_other() -> None:
    found = combinations({"learning_rate": ["0.1", "1"], "batch_size": ["4", "8"]})
    assert [(one.learning_rate, one.epochs, one.batch_size) for one in found] == [
        (0.1, 20, 4), (0.1, 20, 8), (1, 20, 4), (1, 20, 8)
    ]  # fmt: skip
    assert titles(found) == [
        *("rate 0.1, batch 4", "rate 0.1, batch 8", "rate 1, batch 4", "rate 1, batch 8"),
    ]
    assert titles(found[:2]) == ["batch 4", "batch 8"]
    assert titles([Parameters(epochs=2000), Parameters()]) == ["2,000 epochs", "20 epochs"]
    assert titles(combinations({"learning_rate": ["1e-5", "1"]})) == ["rate 0.00001", "rate 1"]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"learning_rate": ["0.1", "0", "1"]}, "learning rate: received 0, allowed is a number "
         "more than 0 and at most 1,000; choose how far one update moves the weights, for example "
         "0.001 or 1"),
        ({"learning_rate": ["0.1", "1", "1e-1"]}, "--rates: received 0.1 twice, allowed is each "
         "value once; take one away"),
        ({"batch_size": ["4", "8", "4.0"]}, "--batch-sizes: received 4 twice, allowed is each "
         "value once; take one away"),
        ({}, "compare: received 1 combination (1 x 1 x 1 learning rates, epochs and batch sizes), "
         "allowed are 2 to 6, which can be told apart on one chart; name more values, as --rates "
         "0.001 0.1 1"),
        ({"learning_rate": ["1", "2", "3", "4"], "epochs": ["1", "2"]}, "compare: received 8 "
         "combinations (4 x 2 x 1 learning rates, epochs and batch sizes), allowed are 2 to 6, "
         "which can be told apart on one chart; name fewer values, as --rates 0.001 0.1 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_one_line(values: dict[str, list[str]], line: str) -> None:
    with pytest.raises(FacelabError) as raised:
        combinations(values)
    assert str(raised.value) == line


def test_the_last_epoch_is_the_mean_over_its_photos() -> None:
    drawn = history([[9, 9, 1, 4], [9, 9, 0, 3]])
    np.testing.assert_allclose(last_epoch(drawn, drawn.loss), [2, 1])
    cut = history([[9, 1, 4]])  # interrupted: the last two updates, of 1 photo and of 2
    np.testing.assert_allclose(last_epoch(cut, cut.loss), [3])
    begun = history([[5]])
    np.testing.assert_allclose(last_epoch(begun, begun.loss), [5])


def test_the_replicate_with_the_median_number_of_right_answers_is_shown() -> None:
    drawn = history([[1, 1], [1, 1], [1, 1]])
    trial = Trial(Parameters(), drawn, answered("aaab", "b.bb", ".bbb"), 2)
    assert trial.right.tolist() == [4, 1, 1]
    assert trial.shown == 1
    assert confused(trial) == [("a", "b", 2), ("a", "nobody", 1)]
    assert trial.whole
    assert not Trial(Parameters(), drawn, None, 3).whole
    assert confused(Trial(Parameters(), drawn, None, 3)) == []
