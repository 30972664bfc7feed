"""The face finder on the recorded frames, whose true boxes are known."""

import time

import cv2
import numpy as np
import pytest

from facelab.contract.photos import Photos
from facelab.faces.box import intersection_over_union
from facelab.faces.finder import FaceFinder
from facelab.gallery.source import Recording


def true_boxes(photos: Photos, row: int) -> list[tuple[float, ...]]:
    """Boxes left, top, right, bottom of one recorded frame."""
    told = str(photos.labels["boxes"][row])
    read = [[float(n) for n in one.split(",")] for one in told.split(";") if one]
    return [(x, y, x + wide, y + high) for x, y, wide, high in read]


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gallery", "probes/t1", "probes/t2", "probes/t4"])
def test_it_finds_everybody(finder: FaceFinder, recording: Recording, name: str) -> None:
    photos = recording.photos(name)
    shared = []
    for row, frame in enumerate(photos.frames):
        faces = finder.find(frame)
        truth = np.array(true_boxes(photos, row)[0])
        shared.append(float(intersection_over_union(faces[0].box, truth)) if faces else 0.0)
    assert np.mean(np.array(shared) >= 0.5) >= 0.97


def test_the_largest_of_two_comes_first(finder: FaceFinder, recording: Recording) -> None:
    frame = recording.photos("gallery").frames[0]
    small = cv2.resize(frame, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    beside = np.full((240, 512, 3), frame[0, 0], np.uint8)
    beside[:, :320], beside[60:204, 320:] = frame, small
    first, second = finder.find(beside)[:2]
    assert first.box[2] < 320 < second.box[0]


def test_boxes_are_pixels_of_the_frame(finder: FaceFinder, recording: Recording) -> None:
    frame = recording.photos("gallery").frames[0]
    large = cv2.resize(frame, (1280, 960), interpolation=cv2.INTER_CUBIC)
    here, there = finder.find(frame)[0].box, finder.find(large)[0].box
    assert intersection_over_union(here * 4, there) > 0.9


def test_a_tall_frame_is_read_too(finder: FaceFinder, recording: Recording) -> None:
    frame = recording.photos("gallery").frames[0]
    face = finder.find(frame)[0].box
    left = int(np.clip((face[0] + face[2]) / 2 - 90, 0, 140))
    tall = np.ascontiguousarray(frame[:, left : left + 180])
    moved = finder.find(tall)[0].box + np.array([left, 0, left, 0])
    assert intersection_over_union(face, moved) > 0.7


@pytest.mark.parametrize("shape", [(240, 320, 3), (1, 1, 3), (500, 3, 3)])
def test_nothing_is_found_in_nothing(finder: FaceFinder, shape: tuple[int, ...]) -> None:
    assert finder.find(np.full(shape, 9, np.uint8)) == []


def test_it_keeps_one_processor_busy(finder: FaceFinder, recording: Recording) -> None:
    """Threads of a product that takes microseconds only wait for each other."""
    frames = recording.photos("gallery").frames[:20]
    finder.candidates(frames[:1])
    whole, own = time.process_time(), time.thread_time()
    finder.candidates(frames)
    whole, own = time.process_time() - whole, time.thread_time() - own
    assert whole < 1.5 * own
