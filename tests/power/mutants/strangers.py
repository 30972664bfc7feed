"""Faults in what is said of people who were not learnt, and in how sure a name is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.power.mutant import Catalogue
from tests.power.mutants.data import PREDICT

MUTANTS = Catalogue()
add = MUTANTS.add

DECIDED = "facelab.judging.answers:decided"


def _to_the_power(power: float) -> Callable[[Any], Any]:
    """Return a patch that answers as if all logits were multiplied by a factor."""

    def patch(predict: Any) -> Any:
        def mutated(trained: Any, frames: Any) -> Any:
            odds = predict(trained, frames).astype(np.float64) ** power
            total = odds.sum(axis=2, keepdims=True)
            return np.where(total > 0, odds / np.where(total > 0, total, 1), 0).astype(np.float32)

        return mutated

    return patch


add("N40", "it answers three times as surely", PREDICT)(_to_the_power(3))
add("N41", "it answers a third as surely", PREDICT)(_to_the_power(1 / 3))


@add("N42", "a name is said however little certain it is", DECIDED)
def never_unsure(decided: Any) -> Any:
    return lambda probabilities, *_: decided(probabilities, 0.0)


@add("N43", "no name is ever certain enough", DECIDED)
def always_unsure(_: Any) -> Any:
    return lambda probabilities, *_: np.full(probabilities.shape[:2], -2)


@add("N44", "whoever is left out is learnt all the same", "facelab.contract.photos:Photos.of")
def none_left_out(of: Any) -> Any:
    def mutated(photos: Any, people: Sequence[str]) -> Any:
        all_but_one = len(photos.people) > 2 and len(people) == len(photos.people) - 1
        return photos if all_but_one else of(photos, people)

    return mutated
