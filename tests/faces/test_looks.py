"""Looks: what the refinement network said a moment ago holds where nothing moved."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.faces.detection import main_faces, of_finder
from facelab.faces.finder import FaceFinder
from facelab.faces.looks import FRAMES, Looks
from facelab.gallery.source import Recording

HERE = np.array([100, 50, 160, 130], np.float32)


def looks(score: float, *, small: bool = False) -> Looks:
    """After a frame in which a box was looked at."""
    told = Looks()
    assert told.known([HERE], [small]) == [None]
    told.keep([HERE], [score])
    return told


@pytest.mark.parametrize(
    ("score", "small", "known"),
    [
        (0.1, False, True), (0.1, True, True), (0.3, False, False), (0.9, False, False),
        (0.99, False, True), (0.99, True, False),
    ],
)  # fmt: skip
def test_only_what_was_sure_is_known(score: float, small: bool, known: bool) -> None:
    """Of a small face it is not: a look would correct its box."""
    assert looks(score).known([HERE], [small]) == [score if known else None]


def test_a_look_holds_for_some_frames_and_is_taken_again() -> None:
    told = looks(0.1)
    for _ in range(FRAMES - 1):
        assert told.known([HERE], [False]) == [0.1]
        told.keep([HERE], [0.1])
    assert told.known([HERE], [False]) == [None]


def test_what_moves_is_looked_at_and_does_not_drift_away() -> None:
    told, box = looks(0.1), HERE
    assert told.known([HERE + 10], [False]) == [None]
    moved = []
    for _ in range(FRAMES - 1):  # a pixel a frame: soon it is another place than that looked at
        box = box + np.array([1, 0, 1, 0], np.float32)
        moved.append(told.known([box], [False])[0])
        told.keep([box], [0.1])
    assert moved[:2] == [0.1, 0.1]
    assert None in moved


def test_a_place_without_a_proposal_is_forgotten() -> None:
    told = looks(0.1)
    assert told.known([], []) == []
    told.keep([], [])
    assert told.known([HERE], [False]) == [None]


@pytest.mark.slow
def test_a_film_shows_the_same_faces_with_looks(recording: Recording) -> None:
    [film, *_] = recording.clip("visit")

    def found(looks: Looks | None) -> NDArray[np.float32]:
        return of_finder(FaceFinder(looks=looks), 1).detect(film)

    every, some = found(None), found(Looks())
    np.testing.assert_array_equal(main_faces(some, 0.8)[:, :4], main_faces(every, 0.8)[:, :4])
    np.testing.assert_array_equal(np.sum(some[..., 4] >= 0.8, 1), np.sum(every[..., 4] >= 0.8, 1))
    assert (some != every).any()  # scores of a moment ago: not every frame was looked at
