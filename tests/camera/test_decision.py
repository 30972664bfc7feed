"""The decision over a second of one face: what it names, what it leaves unsure, when it forgets."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.camera.decision import Decision
from facelab.faces.track import MAX_MISSED
from facelab.judging.answers import CERTAIN, decided

HERE, THERE = ([100, 100, 180, 200, 0.9], [300, 100, 380, 200, 0.9])
ALEX, AMINE, NOBODY = ([0.9, 0.1], [0.2, 0.8], [0.0, 0.0])
UNSURE = -2


def array(values: list[float]) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def told(*frames: list[float], every: float = 0.04, face: list[float] | None = None) -> list[int]:
    """Who is decided on at each frame of one face."""
    decision, box = Decision(), array(face or HERE)
    return [decision.decide(n * every, array(odds), box)[0] for n, odds in enumerate(frames)]


def test_the_first_frame_is_decided_on_alone() -> None:
    assert told(ALEX) == [0]
    assert told([0.69, 0.31]) == [UNSURE]
    assert told([0.7, 0.3]) == [0]


def test_one_odd_frame_names_nobody_else() -> None:
    assert told(*[ALEX] * 10, [0.0, 1.0], *[ALEX] * 3) == [0] * 14


def test_a_face_that_is_two_people_by_turns_is_unsure() -> None:
    """Frame by frame each of them is named; over the second neither is."""
    turns = [[1.0, 0.0], [0.0, 1.0]] * 10
    assert set(decided(np.array([turns], np.float32))[0]) == {0, 1}
    assert set(told(*turns)[1:]) <= {UNSURE}


def test_it_is_never_surer_than_the_surest_frame() -> None:
    decision, draws = Decision(), np.random.default_rng(0)
    surest = 0.0
    for n in range(25):
        odds = draws.dirichlet([1, 1, 1]).astype(np.float32)
        surest = max(surest, float(odds.max()))
        _, mean = decision.decide(n / 30, odds, array(HERE))
        assert mean.max() <= surest
        assert mean.sum() == pytest.approx(1, abs=1e-6)


def test_what_is_a_second_old_counts_no_more() -> None:
    decision, box = Decision(), array(HERE)
    decision.decide(0.0, array([0.0, 1.0]), box)
    assert decision.decide(0.5, array(ALEX), box)[0] == UNSURE
    who, mean = decision.decide(1.0, array(ALEX), box)
    assert who == 0
    assert mean == pytest.approx(array(ALEX))


def test_a_face_that_jumps_is_another() -> None:
    decision = Decision()
    for n in range(20):
        decision.decide(n / 30, array(ALEX), array(HERE))
    assert decision.decide(20 / 30, array(AMINE), array(THERE))[0] == 1
    # and back: what was decided there before is not known any more
    assert decision.decide(21 / 30, array([0.5, 0.5]), array(HERE))[0] == UNSURE


def test_a_face_that_is_lost_for_long_is_another() -> None:
    for missed, who in ((MAX_MISSED, UNSURE), (MAX_MISSED + 1, 1)):
        decision = Decision()
        for n in range(2):
            decision.decide(n / 30, array(ALEX), array(HERE))
        for n in range(missed):
            person, mean = decision.decide((2 + n) / 30, array(NOBODY), array([0, 0, 0, 0, 0]))
            assert person == -1
            assert not mean.any()
        assert decision.decide((2 + missed) / 30, array(AMINE), array(HERE))[0] == who


def test_a_system_that_tells_no_faces_is_decided_on_too() -> None:
    decision = Decision(certain=0.75)
    assert decision.decide(0, array([0.74, 0.26]))[0] == UNSURE
    assert decision.decide(0.1, array([0.78, 0.22]))[0] == 0
    for n in range(6):
        assert decision.decide(0.2 + n / 30, array(NOBODY))[0] == -1
    assert decision.decide(0.5, array(AMINE))[0] == 1


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_the_ends_of_what_is_allowed(certain: float) -> None:
    decision = Decision(certain)
    assert decision.decide(0, array([0.4, 0.35, 0.25]))[0] == (0 if certain == 0 else UNSURE)
    assert Decision(certain).decide(0, array([1.0, 0.0]))[0] == 0
    assert CERTAIN == 0.7
