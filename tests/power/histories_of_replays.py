"""Cases of the phrases on what is calculated again: a small training on both sides of a bound."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from facelab.contract.history import History
from facelab.contract.parameters import Parameters
from facelab.contract.system import Lesson
from facelab.judging.answers import Answers
from facelab.judging.replay import Descent, Oracle
from tests.power.case import PEOPLE, Case, Fixtures, drawn, exam, said, shown

YES, NO = True, False

PHOTOS = 8


@cache
def oracle() -> Oracle:
    """Return the oracle of a training of one epoch of single photos, two of each person."""
    draw = np.random.default_rng(0)
    labels = np.arange(PHOTOS, dtype=np.int32) % len(PEOPLE)
    x, kernel = draw.normal(size=(PHOTOS, 5)), draw.normal(size=(5, len(PEOPLE))) / 10
    floats = [np.asarray(one, np.float32) for one in (x, kernel, np.zeros(len(PEOPLE)))]
    parameters = Parameters(1, 1, 1)
    return Oracle(Lesson(floats[0], labels, len(PEOPLE), parameters, 0, floats[1], floats[2]))


def trained(factor: float = 1.0, wrong: int = 0, off: float = 0.0) -> Fixtures:
    """Return a training at ``factor`` times the rate shown, some of whose losses are others.

    Its answers to the photos are ``off`` those that follow.
    """
    batches = [np.array([number], np.int32) for number in range(PHOTOS)]
    again = oracle().replay(batches, Descent(factor))
    loss = again.loss[None].copy()
    loss[0, :wrong] *= 1.01
    rate = np.full((1, PHOTOS), factor)
    order = np.arange(PHOTOS, dtype=np.int32)[None, :, None]
    values: dict[str, Any] = {"loss": loss, "accuracy": again.accuracy[None], "learning_rate": rate}
    history = History((0,), **values, photos=order, updates_per_epoch=PHOTOS, people=len(PEOPLE))
    photos = shown(PHOTOS, person=[*PEOPLE] * 2)
    answers = again.probabilities[None].copy()
    answers[0, 0, 0] += off
    examined = exam(Answers(photos.labels, np.asarray(answers, np.float32), PEOPLE))
    examined.oracles = lambda *_: [oracle()]
    return {
        "training": SimpleNamespace(history=history),
        "exam": examined,
        "photos": photos,
        "parameters": Parameters(1, 1, 1),
    }


def after(wrong: int) -> Fixtures:
    """Return a training whose last epoch answered 20 photos right, and answers that err."""
    given = said("a" * 20, "m" * wrong + "a" * (20 - wrong))
    fixtures = drawn(accuracy=[1.0] * 20, per_epoch=20)
    return {**fixtures, "exam": exam(given), "photos": shown(20)}


def repeated(what: str) -> Fixtures:
    """Return a training of two replicates, and the one that repeats it, the last seed first."""
    first = np.array([[1.0, 0.5], [1.1, 0.6]])
    if what == "alike":
        first[1] = first[0]
    second = first[::-1] + (0.01 if what == "not their own again" else 0)
    one, other = (SimpleNamespace(history=SimpleNamespace(loss=loss)) for loss in (first, second))
    examined = exam()
    examined.train = lambda *_, backwards: other if backwards else one
    return {"training": one, "exam": examined, "photos": shown(2), "parameters": Parameters()}


def ordered(what: str) -> Fixtures:
    """Return a training of 20 epochs on 103 photos, whose order is drawn, or is a pattern."""
    draw = np.random.default_rng(0)
    orders = np.stack([draw.permutation(103) for _ in range(20)])
    if what == "every second epoch backwards":
        orders[1::2] = orders[::2, ::-1]
    if what == "each epoch a photo later":
        orders = np.stack([np.roll(orders[0], -number) for number in range(20)])
    photos = np.pad(orders, ((0, 0), (0, 9)), constant_values=-1).reshape(-1, 16)
    return drawn(np.ones(140), photos=photos, per_epoch=7)


CASES = (
    Case(
        "the photos come in an order as chance gives it, at a level of 1 %",
        "{}",
        ordered,
        (
            ("drawn anew", YES),
            ("every second epoch backwards", NO),
            ("each epoch a photo later", NO),
        ),
    ),
    Case(
        "the learning rate used is the one shown, within 25 %",
        "{} times the rate",
        trained,
        ((1.24, YES), (0.76, YES), (1.26, NO), (0.74, NO)),
    ),
    Case(
        "every loss and accuracy is the one calculated again",
        "{} losses that are 1 % off",
        lambda wrong: trained(wrong=wrong),
        ((0, YES), (1, NO), (8, NO)),
    ),
    Case(
        "its answers to the photos are those that its updates lead to, within 0.25",
        "a probability that is {} off",
        lambda off: trained(off=off),
        ((0, YES), (0.24, YES), (0.26, NO)),
    ),
    Case(
        # 20 right leave 13.9 % wrong possible; 5 of 20 wrong show 10.4 %, 6 show 14.0 %
        "it answers the photos as well as the curve says",
        "20 of 20 right in the last epoch, then {} of 20 wrong",
        after,
        ((0, YES), (5, YES), (6, NO)),
    ),
    Case(
        "replicates of different seeds differ, those of one seed do not",
        "{}",
        repeated,
        (("their own again", YES), ("alike", NO), ("not their own again", NO)),
    ),
)
