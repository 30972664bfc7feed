"""A track: sure faces start it, fainter ones keep it."""

import numpy as np
from numpy.typing import NDArray

from facelab.faces.track import KEEP, MAX_MISSED, START, Track

HERE = [100, 50, 160, 130]
NEAR = [110, 50, 170, 130]
AWAY = [10, 50, 70, 130]


def candidates(*faces: tuple[list[int], float]) -> NDArray[np.float32]:
    rows = np.zeros((8, 5), np.float32)
    for row, (box, score) in zip(rows, faces, strict=False):
        row[:] = [*box, score]
    return rows


def test_a_faint_face_starts_nothing_but_is_kept() -> None:
    track = Track()
    assert not track.follow(candidates((HERE, START - 0.01))).any()
    assert track.follow(candidates((HERE, START)))[4] > 0
    assert track.follow(candidates((HERE, KEEP)))[4] > 0
    assert not track.follow(candidates((HERE, KEEP - 0.01))).any()


def test_a_faint_face_elsewhere_is_not_kept() -> None:
    track = Track()
    track.follow(candidates((HERE, 0.9)))
    assert not track.follow(candidates((AWAY, KEEP))).any()


def test_the_followed_face_stays_though_a_larger_one_appears() -> None:
    track = Track()
    track.follow(candidates((HERE, 0.99)))
    larger = [0, 0, 90, 120]
    face = track.follow(candidates((larger, 0.99), (NEAR, 0.6)))
    assert face[0] > 99


def test_the_largest_sure_face_starts() -> None:
    larger = [0, 0, 90, 120]
    face = Track().follow(candidates((HERE, 0.95), (larger, START), ([0, 0, 200, 200], 0.1)))
    np.testing.assert_array_equal(face[:4], larger)


def test_a_print_that_started_a_track_is_left_for_a_face() -> None:
    printed, track = [0, 0, 90, 120], Track()
    assert track.follow(candidates((printed, 0.9)))[2] == 90
    assert track.follow(candidates((HERE, 0.9), (printed, 0.9)))[2] == 90  # as likely a print
    np.testing.assert_array_equal(track.follow(candidates((HERE, 0.99), (printed, 0.9)))[:4], HERE)
    assert track.follow(candidates((NEAR, 0.9), (printed, 0.97)))[0] > 99


def test_a_face_that_was_sure_once_stays_though_another_is_sure_now() -> None:
    track = Track()
    track.follow(candidates((HERE, 0.99)))
    assert track.follow(candidates((AWAY, 0.99), (HERE, 0.6)))[0] == 100


def test_a_sure_face_that_is_missed_for_a_frame_is_not_lost_to_another() -> None:
    track = Track()
    track.follow(candidates((HERE, 0.99)))
    assert not track.follow(candidates()).any()
    assert track.follow(candidates((AWAY, 0.99), (HERE, 0.6)))[0] == 100


def test_boxes_are_smoothed() -> None:
    track = Track()
    track.follow(candidates((HERE, 0.9)))
    second = track.follow(candidates((NEAR, 0.9)))
    assert HERE[0] < second[0] < NEAR[0]
    for _ in range(20):
        last = track.follow(candidates((NEAR, 0.9)))
    np.testing.assert_allclose(last[:4], NEAR, atol=0.01)


def test_a_track_ends_after_some_frames_without_a_face() -> None:
    track = Track()
    track.follow(candidates((HERE, 0.9)))
    for _ in range(MAX_MISSED):
        assert not track.follow(candidates()).any()
    assert track.follow(candidates((HERE, KEEP)))[4] > 0  # a blink of the detector is bridged
    for _ in range(MAX_MISSED + 1):
        track.follow(candidates())
    assert not track.follow(candidates((HERE, KEEP))).any()
