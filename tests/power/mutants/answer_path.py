"""Faults on the way from what was learnt to what is answered: kept, loaded, asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from facelab.contract.training import Head
from tests.power.mutant import Catalogue
from tests.power.mutants.data import PREDICT, TRAIN
from tests.power.mutants.ways import ANSWER, Run, coarse, left_behind, mixed, normalised

MUTANTS = Catalogue()
add = MUTANTS.add


def answered(label: str, what: str, change: Callable[[Any], Any]) -> None:
    """Define a mutant whose answers to photos (R, N, C) are changed; zeros stay zeros."""

    def patch(predict: Any) -> Any:
        def mutated(trained: Any, frames: Any) -> Any:
            odds = predict(trained, frames)
            return np.where(odds.any(axis=2, keepdims=True), change(odds), 0).astype(np.float32)

        return mutated

    add(label, what, PREDICT)(patch)


def kept(label: str, what: str, change: Callable[[Run], Head]) -> None:
    """Define a mutant that answers with other weights than it learnt."""
    add(label, what, TRAIN)(left_behind(change, interrupted=False))


def unsure_is_first(odds: Any) -> Any:
    """Answer the first person where nobody has half."""
    first = np.eye(odds.shape[2])[0]
    return np.where(odds.max(axis=2, keepdims=True) < 0.5, first, odds)


def with_the_one_before(odds: Any) -> Any:
    """Mix in three tenths of the answer before."""
    return 0.7 * odds + 0.3 * np.concatenate([odds[:, :1], odds[:, :-1]], axis=1)


def with_prior(run: Run) -> Head:
    """Count in how many photos each person had, as if training had not."""
    counts = np.maximum(np.bincount(run.y, minlength=run.people), 1)
    prior = np.log(counts / counts.mean()).astype(np.float32)
    return replace(run.head, bias=run.head.bias + prior)


answered("S75", "answers are softened: a temperature of 2", lambda p: normalised(np.sqrt(p)))
answered("S76", "answers are sharpened: a temperature of a half", lambda p: normalised(p**2))
answered("S77", "probabilities are rounded to a decimal", lambda p: normalised(np.round(p, 1)))
answered("S78", "an answer under 0.5 is given as the first person", unsure_is_first)
answered("S79", "each answer holds three tenths of the one before", with_the_one_before)
answered(
    "S80", "a tenth of each answer is shared out among all", lambda p: 0.9 * p + 0.1 / p.shape[2]
)
kept(
    "S81",
    "it answers with the weights of an epoch before",
    lambda run: run.weights_at(run.history.updates - run.per_epoch),
)
kept(
    "S82",
    "it answers with the weights before the last update",
    lambda run: run.weights_at(run.history.updates - 1),
)
kept(
    "S83",
    "it answers with the mean of the last weights and those of half the training",
    lambda run: mixed(run.head, run.weights_at(run.history.updates // 2), 0.5),
)
kept("S84", "weights are kept in four bits", lambda run: coarse(run.head, 7))
kept("S85", "the number of photos counts twice", with_prior)


@add("S86", "a question of as many frames as one before gets its answers", PREDICT)
def by_number(predict: Any) -> Any:
    known: dict[tuple[int, int], Any] = {}

    def mutated(trained: Any, frames: Any) -> Any:
        key = id(trained), len(frames)
        if key not in known:
            known[key] = trained, predict(trained, frames)
        return known[key][1]

    return mutated


@add("S87", "probabilities are sigmoids made to sum to 1", ANSWER)
def sigmoids(_: Any) -> Any:
    def mutated(trained: Any, features: Any) -> Any:
        logits = np.matmul(features.vectors, trained.head.kernel) + trained.head.bias[:, None]
        return normalised(features.seen[:, None] / (1 + np.exp(-logits)))

    return mutated


@add("S88", "nobody is answered where it is not sure by 0.6", ANSWER)
def nobody(answer: Any) -> Any:
    def mutated(trained: Any, features: Any) -> Any:
        odds = answer(trained, features)
        return odds * (odds.max(axis=2, keepdims=True) >= 0.6)

    return mutated
