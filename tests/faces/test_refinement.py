"""The closer look: its crop, and the answers to faces and to other things."""

import cv2
import numpy as np
import pytest

from facelab.contract.frame import Frame
from facelab.faces.box import Box, intersection_over_union
from facelab.faces.finder import fit
from facelab.faces.network import CROP, local_contrast, refine, weights
from facelab.faces.refinement import (
    CONTEXT,
    corrected,
    correction,
    crop,
    refined,
    square,
)
from facelab.gallery.source import Recording
from tests.faces.test_finder import true_boxes


def test_a_crop_is_a_square_round_the_box() -> None:
    box = np.array([100, 60, 140, 110], np.float32)
    left, top, side = square(box)
    assert side == round(50 * CONTEXT)
    assert (left + side / 2, top + side / 2) == pytest.approx((120, 85), abs=0.5)


@pytest.mark.parametrize("height", [20, 34.3, 70, 160])
@pytest.mark.parametrize("middle", [(160, 120), (0, 0), (319, 200), (-40, 120), (400, 300)])
def test_beyond_its_edge_a_frame_goes_on_as_it_ends(
    recording: Recording, height: float, middle: tuple[int, int]
) -> None:
    frame = recording.photos("gallery").frames[0]
    padded = cv2.copyMakeBorder(frame, 300, 300, 300, 300, cv2.BORDER_REPLICATE)
    half = np.array([0.4, 0.5]) * height
    box = np.concatenate([middle - half, middle + half])
    np.testing.assert_array_equal(crop(frame, box), crop(padded, box + 300))
    assert crop(frame, box).shape == (CROP, CROP)


def test_a_correction_turns_one_box_into_another() -> None:
    box, truth = np.array([10.0, 20, 50, 80]), np.array([14.0, 10, 44, 86])
    np.testing.assert_allclose(corrected(box, correction(box, truth)), truth)


def verify(frame: Frame, box: Box) -> tuple[Box, float]:
    """Look closer at a box that was proposed with a score of a half."""
    (answer,) = refine(local_contrast(crop(frame, box))[None], weights())
    return refined(box, 0.5, answer, fit(frame).zoom)


def scores(recording: Recording, name: str, over: bool = False) -> list[float]:
    """Scores of the boxes that hold people, one a frame; ``over``: upside down."""
    photos = recording.photos(name)
    found = []
    for row, frame in enumerate(photos.frames):
        left, top, right, bottom = true_boxes(photos, row)[0]
        box = np.array([left, top, right, bottom])
        if over:
            frame, box = frame[::-1], np.array([left, len(frame) - bottom, right, len(frame) - top])
        found.append(verify(frame, box)[1])
    return found


def test_a_face_is_surer_than_the_same_face_upside_down(recording: Recording) -> None:
    upright = scores(recording, "probes/t2")
    turned = scores(recording, "probes/t2", over=True)
    assert np.mean(upright) > 0.9
    assert np.mean(turned) < 0.5


def test_a_small_box_that_is_off_comes_nearer(recording: Recording) -> None:
    photos, off = recording.photos("probes/t2"), np.array([0.15, -0.1, 0.25, 0.2])
    before, after = [], []
    for row, frame in enumerate(photos.frames):
        far = cv2.copyMakeBorder(frame, 240, 240, 240, 240, cv2.BORDER_REPLICATE)
        truth = np.array(true_boxes(photos, row)[0]) + 240
        box = corrected(truth, off)
        before.append(intersection_over_union(box, truth))
        after.append(intersection_over_union(verify(far, box)[0], truth))
    assert np.mean(after) > np.mean(before) + 0.1


def test_a_large_box_is_left(recording: Recording) -> None:
    photos = recording.photos("probes/t2")
    box = np.array(true_boxes(photos, 0)[0])
    np.testing.assert_array_equal(verify(photos.frames[0], box)[0], box)
