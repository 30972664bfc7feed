"""Unseen: on whose photos no face is found."""

from __future__ import annotations

import numpy as np

from facelab.judging.unseen import Unseen, unseen


def test_whoever_is_seen_least_comes_first() -> None:
    people = ["Ann"] * 10 + ["Bo"] * 4 + ["Cy"] * 6 + ["Di"] * 5
    seen = np.array([False] + [True] * 9 + [False] * 4 + [True, False] * 3 + [True] * 5)
    found = unseen(people, seen)
    assert found == [Unseen("Bo", 4, 4), Unseen("Cy", 3, 6), Unseen("Ann", 1, 10)]
    assert [one.never for one in found] == [True, False, False]
    assert [one.often for one in found] == [True, True, False]
    assert [str(one) for one in found] == ["Bo 4 of 4", "Cy 3 of 6", "Ann 1 of 10"]


def test_a_fifth_is_often() -> None:
    assert Unseen("Ann", 2, 10).often
    assert not Unseen("Ann", 1, 6).often


def test_where_all_are_seen_nobody_is_named() -> None:
    assert unseen(["Ann", "Bo"], np.array([True, True])) == []
    assert unseen([], np.zeros(0, bool)) == []
