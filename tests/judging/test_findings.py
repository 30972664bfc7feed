"""Findings: what a refused author reads, in plain words."""

from __future__ import annotations

import numpy as np
import pytest

from facelab.judging import findings
from facelab.judging.findings import Finding
from tests.judging.test_answers import given
from tests.judging.test_curves import history

FALLS = history([3, 2, 2.5], [0.1, 0.4, 0.9])
ROUND = history(np.ones(6), photos=[[n] for n in (0, 1, 2, 0, 1, 2)], updates_per_epoch=3)


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (findings.rise(FALLS), "the mean loss goes from 2 in epoch 2 to 2.5 in epoch 3"),
        (
            findings.drop(FALLS),
            "the mean loss goes from 3 in the first epoch to 2.5 in the last",
        ),
        (
            findings.first(FALLS),
            "the first loss is 3; before anything is learnt it is about ln 4 = 1.39",
        ),
        (
            findings.rate(history([1, 1], rate=0.1), 1),
            "it learns as at a rate of 0.1, and 1 is shown",
        ),
        (
            findings.rate(history([1, 1], rate=np.nan), 1),
            "no learning rate explains the values that were drawn",
        ),
        (
            findings.impossible(history(accuracy=[0.5, 0.3], photos=[[0, 1], [2, 3]])),
            "update 2 has an accuracy of 0.3 on a batch of 2 photos",
        ),
        (
            findings.not_a_loss(history([1, np.nan, -1])),
            "the loss of update 2 is not a number, its accuracy 1",
        ),
        (
            findings.not_a_loss(history([1, -1])),
            "the loss of update 2 is -1, its accuracy 1",
        ),
        (
            findings.uneven(history([1, 1, 1], photos=[[0], [1], [1]], updates_per_epoch=3)),
            "epoch 1 misses 0 photos and repeats 1",
        ),
        (findings.repeated(ROUND), "epoch 2 sees the photos in the order of epoch 1"),
        (
            findings.settling(FALLS, 0.9, 2),
            "the accuracy over 2 updates never reaches 0.9, at best 0.65, in 3 updates",
        ),
        (
            findings.later(FALLS, history(accuracy=[1, 1], people=2), 0.9, 2),
            "with 4 people the accuracy never reaches 0.9, at best 0.65, in 3 updates, with 2 it "
            "reaches 0.9 after 2 of 2 updates",
        ),
        (findings.late(FALLS), "in epoch 2 of 3 the mean accuracy is 0.4"),
        (findings.final(FALLS), "the mean loss of the last epoch is 2.5, and 1.39 at chance"),
        (
            findings.ends([FALLS, ROUND]),
            "the mean losses of the last epochs are 2.5, 1",
        ),
        (
            findings.unlike(history([3, 1]), FALLS),
            "value 1 is an accuracy of 1, in the uninterrupted training of 0.1",
        ),
        (
            findings.unlike(history([0.69314, 1]), history([0.69319, 1])),
            "value 1 is a loss of 0.6931, in the uninterrupted training of 0.6932",
        ),
        (
            findings.impossible(history(accuracy=[0.9996], photos=[[0, 1]])),
            "update 1 has an accuracy of 0.9996 on a batch of 2 photos",
        ),
        (
            findings.continues(history([1, 0.02]), np.array([2.31])),
            "it answers otherwise than it learnt: the loss of its answers to the photos is 2.31, "
            "the curve ended at 0.02",
        ),
        (
            findings.mistakes(given("aaml", "mmma")),
            "of 4 frames 3 are answered wrong: Alex is taken for Amine on 2, Lara is taken for "
            "Alex on 1",
        ),
        (
            findings.too_few_mistakes(given("aaml", "aamm")),
            "of 4 answers only 1 are wrong: it learns more than such a training should",
        ),
        (
            findings.worst_person(given("aaml", "amml")),
            "Alex is answered right on 1 of 2 frames",
        ),
        (
            findings.sums(np.array([[[0.5, 0.5], [0.5, 0.25]]], np.float32)),
            "the probabilities of photo 2 sum to 0.75",
        ),
        (
            findings.tally(np.array([[2, 5, 0, 1]]), ("Alex", "Amine", "Lara")),
            "of 8 frames: Amine 5, Alex 2, nobody 1",
        ),
        (
            findings.plateau({0.1: np.array([2.0]), 1.0: np.array([5.0])}, 1.0),
            "5 probes are wrong at a rate of 1, 2 at 0.1",
        ),
        (
            findings.two(np.array([4]), "of 9 with 4 people", np.array([3]), "with 2"),
            "4 of 9 with 4 people, 3 with 2",
        ),
        (
            findings.lost_margin(np.array([[0.1, 0.3]])),
            "the right person's probability leads the next one's by 0.2 less, as a mean over the "
            "bursts",
        ),
    ],
)
def test_a_finding(finding: Finding, said: str) -> None:
    assert finding(0) == said
