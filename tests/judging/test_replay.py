"""Replay: plain descent explains itself, anything else is found and named."""

from __future__ import annotations

import math

import numpy as np
import pytest

from facelab.contract.parameters import Parameters
from facelab.contract.system import Lesson
from facelab.judging import rates
from facelab.judging.rates import read_back
from facelab.judging.replay import (
    Descent,
    Oracle,
    Told,
    replay_together,
    wrong_answers,
    wrong_values,
)

PHOTOS, FEATURES, PEOPLE = 52, 80, 4


def oracle(rate: float = 1.0, batch_size: int = 16, epochs: int = 12) -> Oracle:
    """Return the oracle of a small training: four people, embeddings of length 3."""
    draw = np.random.default_rng(0)
    labels = np.arange(PHOTOS, dtype=np.int32) % PEOPLE
    x = draw.normal(size=(PEOPLE, FEATURES))[labels] / 2 + draw.normal(size=(PHOTOS, FEATURES))
    x = 3 * x / np.linalg.norm(x, axis=1, keepdims=True)
    kernel = draw.normal(size=(FEATURES, PEOPLE)) / 10
    parameters = Parameters(rate, epochs, batch_size)
    floats = [np.asarray(one, np.float32) for one in (x, kernel, np.zeros(PEOPLE))]
    return Oracle(Lesson(floats[0], labels, PEOPLE, parameters, 0, floats[1], floats[2]))


def told(one: Oracle, descent: Descent | None = None) -> Told:
    """Return what a training of float32 tells whose steps are those of a descent."""
    draw, size = np.random.default_rng(1), one.lesson.parameters.batch_size
    batches = [
        np.asarray(order[start : start + size], np.int32)
        for order in (draw.permutation(PHOTOS) for _ in range(one.lesson.parameters.epochs))
        for start in range(0, PHOTOS, size)
    ]
    again = one.replay(batches, descent)
    return Told(again.loss.astype(np.float32), again.accuracy.astype(np.float32), batches)


@pytest.mark.parametrize("rate", [0.001, 1.0])
@pytest.mark.parametrize("batch_size", [1, 13, PHOTOS])
def test_plain_descent_explains_itself(rate: float, batch_size: int) -> None:
    one = oracle(rate, batch_size, epochs=3)
    assert wrong_values(one, told(one)) == 0
    reading = read_back(one, told(one))
    assert reading.remark == ""
    assert reading.rate == pytest.approx(rate, rel=1e-3)


def test_the_replay_is_the_descent_of_the_weights() -> None:
    one = oracle()
    lesson, said = one.lesson, told(one)
    weights, bias = lesson.kernel.astype(np.float64), lesson.bias.astype(np.float64)
    for batch in said.batches:
        x, y = lesson.embeddings[batch].astype(np.float64), np.eye(PEOPLE)[lesson.labels[batch]]
        p = np.exp(x @ weights + bias)
        p /= p.sum(axis=1, keepdims=True)
        weights -= x.T @ (p - y) / len(batch)
        bias -= (p - y).mean(axis=0)
    logits = lesson.embeddings @ weights + bias
    np.testing.assert_allclose(one.replay(said.batches).logits, logits, atol=1e-9)


@pytest.mark.parametrize("batch_size", [1, 16, PHOTOS])
def test_replicates_side_by_side_are_those_alone(batch_size: int) -> None:
    ones = [oracle(1, batch_size, epochs=3) for _ in range(3)]
    said = [told(one) for one in ones]
    said[1] = Told(said[1].loss, said[1].accuracy, said[1].batches[::-1])
    if batch_size == 16:  # of which the last batch is a partial one
        said[1] = said[0]
    alone = [one.replay(two.batches) for one, two in zip(ones, said, strict=True)]
    replay_together(ones, said)
    for one, two, before in zip(ones, said, alone, strict=True):
        assert two.known_to(one)
        after = one.replay(two.batches)
        for name in ("loss", "accuracy", "logits"):
            np.testing.assert_allclose(getattr(after, name), getattr(before, name), atol=1e-9)
        assert one.replay(two.batches, Descent(1, momentum=0.5)) is not after


MISTAKES = {
    "a learning rate of 1.03": Descent(1.03),
    "a learning rate of 16: the one shown times the batch size, 16": Descent(16),
    "a warm-up over about 10 updates": Descent(1, lambda u: min(1, (u + 1) / 10)),
    "a rate that falls by 1.00 % at every update": Descent(1, lambda u: 0.99**u),
    "gradients cut to a length of 0.5": Descent(1, clip=0.5),
    "a weight decay of 0.01": Descent(1, decay=0.01),
    "momentum 0.5": Descent(1, momentum=0.5),
    "a kernel that moves at 0.5 times the rate": Descent(1, kernel=0.5),
    "a bias that moves at 0.5 times the rate": Descent(1, bias=0.5),
    "partial batches that are divided by a whole one's photos": Descent(1, whole=16),
}


@pytest.mark.slow
@pytest.mark.parametrize("words", MISTAKES)
def test_another_way_of_stepping_is_found_and_named(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "NAMED", 24)
    one = oracle()
    said = told(one, MISTAKES[words])
    assert wrong_values(one, said) > 0
    reading = read_back(one, said)
    assert reading.remark.startswith(f"the losses are those of {words}")
    assert math.isnan(reading.rate) or abs(reading.rate - 1) > 0.01


def test_a_warm_up_at_a_low_rate_is_found() -> None:
    one = oracle(0.001)
    said = told(one, Descent(0.001, lambda u: min(1, (u + 1) / 10)))
    assert wrong_values(one, said) > 20
    assert math.isnan(read_back(one, said, named=False).rate)


def test_values_that_were_not_calculated_are_counted() -> None:
    one = oracle()
    said = told(one)
    accuracy = said.accuracy.copy()
    accuracy[5] += 1 / 16 if accuracy[5] < 1 else -1 / 16
    assert wrong_values(one, Told(said.loss, accuracy, said.batches)) == 1
    loss = said.loss.copy()
    loss[[3, 7]] = [np.nan, loss[7] * 1.01]
    assert wrong_values(one, Told(loss, said.accuracy, said.batches)) == 2


def test_answers_are_held_against_the_weights_that_the_updates_lead_to() -> None:
    one = oracle()
    said = told(one)
    right = one.replay(said.batches).probabilities.astype(np.float32)
    assert wrong_answers(one, said, right) < 1e-6
    first = one.replay([]).probabilities.astype(np.float32)
    assert wrong_answers(one, said, first) > 0.5
    right[3] = 0  # taken for nobody
    assert wrong_answers(one, said, right) < 1e-6
