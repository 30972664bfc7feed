"""One tab: frames in their order, what is seen on them, and what is no frame."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from websockets.sync.client import ClientConnection

from facelab.camera.quality import remark
from facelab.contract.errors import FacelabError
from facelab.faces.detection import detection, main_faces
from facelab.faces.finder import FaceFinder
from facelab.page import session
from facelab.page.looking import Looking, shot_of
from facelab.page.session import AHEAD, Outbox
from tests.conftest import ROOT, examples
from tests.page.client import Client, frame_message, heard
from tests.page.conftest import Serve

GREY = NDArray[np.uint8]


def photo(person: str, number: int = 1) -> GREY:
    path = sorted((ROOT / "fixtures" / "gallery" / person).iterdir())[number - 1]
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)


def colours(grey: GREY) -> NDArray[np.uint8]:
    return np.repeat(grey[..., None], 3, axis=2)


@pytest.fixture
def tab(page: Client) -> Iterator[ClientConnection]:
    with page.socket() as opened:
        yield opened


def seen(tab: ClientConnection, grey: GREY, number: int = 0) -> dict[str, object]:
    tab.send(frame_message(number, grey))
    told: dict[str, object] = heard(tab, "seen")
    return told


def test_a_face_is_seen_as_the_finder_sees_it(tab: ClientConnection) -> None:
    grey = photo("Alex")
    told = seen(tab, grey, 7)
    [face] = FaceFinder().find(colours(grey))
    assert told["id"] == 7
    assert told["remark"] == ""
    assert told["answers"] == {}
    np.testing.assert_allclose(np.array(told["faces"]), [[*face.box, face.score]], rtol=1e-6)


def test_what_is_wrong_with_a_picture_is_told(tab: ClientConnection) -> None:
    alex, lara = photo("Alex"), photo("Lara")
    grey = (np.full((240, 320), level, np.uint8) for level in (128, 0))
    blurred = np.asarray(cv2.GaussianBlur(alex, (0, 0), 7), np.uint8)
    bright = np.asarray(np.minimum(alex, 127) * 2 + 1, np.uint8)
    frames = [alex, alex, *grey, np.hstack([alex, lara]), blurred, bright]
    expected = [
        remark(colours(frame), None if before is None else colours(before), FaceFinder())
        for before, frame in pairwise([None, *frames])
        if frame is not None
    ]
    told = ["", "frozen", "no face", "too dark", "several faces", "blurred"]
    assert expected[:6] == told
    assert [seen(tab, frame)["remark"] for frame in frames] == expected


def test_the_main_face_comes_first(tab: ClientConnection) -> None:
    alex, lara = photo("Alex"), photo("Lara")
    small = cv2.copyMakeBorder(cv2.resize(lara, (200, 150)), 45, 45, 60, 60, cv2.BORDER_REPLICATE)
    frame = np.hstack([np.asarray(small, np.uint8), alex])
    faces = np.array(seen(tab, frame)["faces"])
    assert len(faces) == 2
    candidates = detection("facelab").detect([colours(frame)])
    np.testing.assert_allclose(faces[0], main_faces(candidates, 0.8)[0], rtol=1e-6)
    assert faces[0, 0] > 320 > faces[1, 0]


def test_frames_are_answered_in_their_order(tab: ClientConnection) -> None:
    frames = [photo(person) for person in ("Alex", "Amine", "Lara")] * 7
    for number, frame in enumerate(frames):  # more than wait for their turn
        tab.send(frame_message(number, frame))
    assert [heard(tab, "seen")["id"] for _ in frames] == list(range(len(frames)))


def test_a_followed_face_is_the_trackers(tab: ClientConnection) -> None:
    tab.send(json.dumps({"type": "answer", "models": [], "follow": True}))
    frames = [np.roll(photo("Alex"), 4 * step, axis=1) for step in range(4)]
    boxes = [np.array(seen(tab, frame)["faces"])[0, :4] for frame in frames]
    found = [FaceFinder().find(colours(frame))[0].box for frame in frames]
    np.testing.assert_allclose(boxes[0], found[0], rtol=1e-5)
    smoothed = found[0]
    for box, own in zip(boxes[1:], found[1:], strict=True):
        smoothed = smoothed + 0.6 * (own - smoothed)
        np.testing.assert_allclose(box, smoothed, rtol=1e-4)
    tab.send(json.dumps({"type": "answer", "models": [], "follow": False}))
    np.testing.assert_allclose(np.array(seen(tab, frames[3])["faces"])[0, :4], found[3], rtol=1e-6)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "a frame: received 0 bytes, allowed are 16 and the pixels"),
        (bytes(15), "a frame: received 15 bytes, allowed are 16 and the pixels"),
        (
            struct.pack("<4I", 1, 0, 0, 0),
            "a frame: received 0 x 0 pixels, allowed are 16 x 16 to 1920 x 1080",
        ),
        (
            struct.pack("<4I", 1, 1921, 1080, 0),
            "a frame: received 1921 x 1080 pixels, allowed are 16 x 16 to 1920 x 1080",
        ),
        (
            struct.pack("<4I", 1, 2**32 - 1, 2**32 - 1, 0),
            "a frame: received 4294967295 x 4294967295 pixels, allowed are 16 x 16 to 1920 x 1080",
        ),
        (
            struct.pack("<4I", 1, 20, 20, 0) + bytes(399),
            "a frame: received 399 grey levels, allowed are 20 x 20",
        ),
        ("", "a message: received what is no object in JSON"),
        ("[" * 100_000, "a message: received what is no object in JSON"),
        ("[]", "a message: received what is no object in JSON"),
        ("{}", "a message: allowed are train, stop, heard and answer"),
        ('{"type": "seen"}', "a message: allowed are train, stop, heard and answer"),
        ('{"type": "train"}', "train: allowed is an id of up to 100 characters"),
        ('{"type": "stop", "id": 1}', "stop: allowed is an id of up to 100 characters"),
        ('{"type": "heard", "id": "a"}', "heard: allowed is a number of updates"),
        ('{"type": "answer"}', "answer: allowed are the ids of up to 100 models"),
        (
            '{"type": "answer", "models": [1]}',
            "answer: allowed are the ids of up to 100 models",
        ),
        (
            '{"type": "train", "id": "a"}',
            "parameters: allowed are learning_rate, epochs, batch_size, all of them",
        ),
    ],
)
def test_what_is_no_message_is_one_line(
    tab: ClientConnection, content: bytes | str, line: str
) -> None:
    tab.send(content)
    told = json.loads(tab.recv(timeout=60))
    assert (told["type"], told["line"]) == ("error", line)
    assert seen(tab, photo("Alex"), 5)["id"] == 5


def test_the_largest_and_the_smallest_frame(tab: ClientConnection) -> None:
    for height, width in ((1080, 1920), (16, 16), (16, 1920), (1080, 16)):
        noise = np.random.default_rng(0).integers(0, 256, (height, width), np.uint8)
        told = seen(tab, noise, width)
        assert told["id"] == width
        assert np.isfinite(np.array(told["faces"], float)).all()


@given(st.binary(max_size=600))
def test_any_bytes_are_a_frame_or_one_line(content: bytes) -> None:
    line = ""
    try:
        shot = shot_of(content)
    except FacelabError as error:
        line = str(error)
    assert line.startswith("a frame: received ") or shot.frame.nbytes == 3 * (len(content) - 16)


@settings(max_examples=examples(25), deadline=None)
@given(st.integers(16, 200), st.integers(16, 200), st.integers(0, 2**32 - 1), st.booleans())
def test_any_frame_is_looked_at(width: int, height: int, seed: int, follow: bool) -> None:
    looking = Looking()
    looking.follow(on=follow)
    random = np.random.default_rng(seed)
    frame = colours(random.integers(0, 256, (height, width), np.uint8))
    if seed % 2:
        frame = colours(np.asarray(cv2.resize(photo("Alex"), (width, height)), np.uint8))
    found = looking.see(frame, [])
    assert all(0 <= face[4] <= 1 for face in found.faces)


def test_messages_are_sent_in_their_order() -> None:
    outbox = Outbox('an "id"')
    outbox.say("training", total=3)
    outbox.draw(np.array([[2.5, 0.25, 1], [np.nan, 0, 1]], np.float32))
    outbox.draw(np.array([[np.inf, 1, 1]], np.float32))
    assert [json.loads(text) for text in outbox.take()] == [
        {"type": "training", "id": 'an "id"', "total": 3},
        {
            "type": "points",
            "id": 'an "id"',
            "from": 0,
            "loss": [2.5, None, None],
            "accuracy": [0.25, 0, 1],
        },
    ]
    outbox.draw(np.array([[1 / 3, 1, 1]], np.float32))
    outbox.say("waiting", line="…")
    points, last = (json.loads(text) for text in outbox.take())
    assert points["from"] == 3
    assert np.float32(points["loss"][0]) == np.float32(1 / 3)
    assert last["line"] == "…"
    assert outbox.take() == []


def test_a_training_waits_for_its_tab_and_once_for_one_that_is_stuck(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = np.zeros((2, 3), np.float32)
    outbox = Outbox("t1", hears=True)
    for _ in range(AHEAD):
        outbox.draw(values)  # so far it may go ahead
    with ThreadPoolExecutor(1) as other:
        further = other.submit(outbox.draw, values)
        outbox.hear(2)
        further.result(60)
    assert outbox._hears
    monkeypatch.setattr(session, "PATIENCE", 0.01)
    outbox.draw(values)  # nobody hears
    assert not outbox._hears
    monkeypatch.setattr(session, "PATIENCE", 1e6)
    outbox.draw(values)


def test_every_tab_hears_of_changes(tmp_path: Path, serve: Serve) -> None:
    page = serve(tmp_path / "filmed")
    with page.socket() as first, page.socket() as second:
        page.post("/api/people", {"name": "Ann"})
        revisions = {heard(tab, "changed")["revision"] for tab in (first, second)}
        assert revisions == {page.state()["revision"]}
