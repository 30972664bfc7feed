"""Camera: what it gives, frame by frame, and what it says when it does not."""

from __future__ import annotations

import os
import pty
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from facelab.camera import camera as cameras
from facelab.camera.address import hidden
from facelab.camera.camera import Camera, open_camera
from facelab.camera.faults import BrokenPicture
from facelab.camera.feeds import _users
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.gallery.clip import Clip
from tests.camera.webcam import Webcam, jpeg, serve
from tests.conftest import ROOT, draw, eventually, film

SHOT = draw(0, 0)


def alex(count: int) -> list[bytes]:
    """The first frames of a clip of Alex, as JPEG."""
    batches = Clip(ROOT / "fixtures" / "clips" / "alex_t2.mp4", "Alex", 793)
    return [jpeg(frame) for frame in islice((f for batch in batches for f in batch), count)]


def said(camera: Camera) -> tuple[int, str]:
    """Play a camera that must fail; return how many frames came before, and the line."""
    got: list[Frame] = []
    with pytest.raises(FacelabError) as error:
        got.extend(camera)
    assert "\n" not in str(error.value)
    return len(got), str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize("headers", ["length", "bare", "dashes"])
def test_300_of_300_frames_come_in_order(headers: str) -> None:
    sent = alex(300)
    with serve(Webcam(sent, headers=headers)) as url:
        got = list(islice(open_camera(url), 300))
    assert len(got) == 300
    for one, content in zip(got, sent, strict=True):
        np.testing.assert_array_equal(one, cv2.imdecode(np.frombuffer(content, np.uint8), 1))
    assert len({id(frame) for frame in got}) == 300


@pytest.mark.slow
def test_a_slow_reader_misses_nothing() -> None:
    sent = [jpeg(draw(0, photo, (240, 320))) for photo in range(60)]
    with serve(Webcam(sent)) as url:
        got = 0
        for content, frame in zip(sent, open_camera(url), strict=False):
            np.testing.assert_array_equal(frame, cv2.imdecode(np.frombuffer(content, np.uint8), 1))
            time.sleep(0.005)
            got += 1
    assert got == 60


@pytest.mark.parametrize(("newest", "seen"), [(True, 50), (False, 1)])
def test_a_slow_reader_may_look_at_the_newest_frame(newest: bool, seen: int) -> None:
    looking, ahead, over = threading.Event(), threading.Event(), threading.Event()

    def frames() -> Iterator[Frame]:
        for number in range(51):
            yield np.full((4, 4, 3), number, np.uint8)
            if number == 0:
                looking.wait()
            if number == (50 if newest else 1):
                ahead.set()
        over.wait()

    shots = Camera(frames, "a webcam").play(newest=newest)
    assert next(shots)[1][0, 0, 0] == 0
    looking.set()
    assert ahead.wait(30)
    assert next(shots)[1][0, 0, 0] == seen
    over.set()
    shots.close()


def test_it_is_played_again_from_the_start(tmp_path: Path) -> None:
    film(tmp_path / "film.avi", [draw(0, photo) for photo in range(5)])
    camera = open_camera(str(tmp_path / "film.avi"))
    for _ in range(2):
        frames = list(camera)
        for photo, frame in enumerate(frames):
            np.testing.assert_array_equal(frame, draw(0, photo))
        assert len(frames) == 5
    assert [seconds for seconds, _ in camera.play()] == pytest.approx(np.arange(5) / 25)


def test_pictures_of_a_folder_and_a_sequence(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        cv2.imwrite(str(tmp_path / f"{number:03d}.png"), draw(0, number))
    (tmp_path / "notes.txt").write_text("no picture")
    for place in (tmp_path, tmp_path / "%03d.png"):
        frames = list(open_camera(str(place)))
        for number, frame in enumerate(frames, 1):
            np.testing.assert_array_equal(frame, draw(0, number))
        assert len(frames) == 3
    (tmp_path / "002.png").unlink()
    assert said(open_camera(str(tmp_path / "%03d.png"))) == (
        0,
        f"{tmp_path}/%03d.png: number 2 is missing between 1 and 3; put it back or name the "
        "folder instead",
    )
    (tmp_path / "002.png").write_bytes(b"GIF89a")
    told: list[str] = []
    assert len(list(open_camera(str(tmp_path)).play(told.append))) == 2
    [line] = told
    assert line.startswith(f"{tmp_path}/002.png: a GIF picture; convert it to JPEG or PNG; ")
    assert line.endswith("; left out")


def test_pictures_of_no_folder(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "shots" / "%d.jpg"):
        assert said(open_camera(str(place)))[1].startswith(f"{place}: no pictures there; allowed ")


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_nobody_answers(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        line = (
            f"nobody listens on port {port} there (connection refused); is the port right, has "
            "the camera's server been started?"
        )
        camera = open_camera(f"{scheme}://ann:secret@127.0.0.1:{port}/live?key=0815")
        assert said(camera) == (0, f"{scheme}://127.0.0.1:{port}/…: {line}")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_nobody_says_a_word(scheme: str) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        place = f"{scheme}://127.0.0.1:{deaf.getsockname()[1]}"
        assert said(open_camera(place, wait=0.5))[1].startswith(f"{place}: no ")


@pytest.mark.slow
def test_it_hangs() -> None:
    with serve(Webcam([jpeg(draw(0, n)) for n in range(4)] + [b""])) as url:
        assert said(open_camera(url, wait=2)) == (
            4,
            f"{hidden(url)}: no picture for 2 s after frame 4; see whether the camera is on and "
            "connected",
        )


def test_it_drips() -> None:
    """A server that sends a byte now and then never lets the network time out."""
    with serve(Webcam([jpeg(SHOT)], drips=0.05)) as url:
        assert said(open_camera(url, wait=0.5))[1].startswith(
            f"{hidden(url)}: no picture for 0.5 s"
        )


@pytest.mark.parametrize("torn", [False, True])
def test_it_drops(torn: bool) -> None:
    with serve(Webcam([jpeg(draw(0, n)) for n in range(4)], torn=torn)) as url:
        assert said(open_camera(url)) == (
            4,
            f"{hidden(url)}: broke off after frame 4 (the stream ended); connect the camera again",
        )


@pytest.mark.parametrize("end", [b"", b"\xff\xd9", bytes(900) + b"\xff\xd9"])
def test_a_broken_picture_is_told_and_left_out(end: bytes) -> None:
    sent = [jpeg(draw(0, n)) for n in range(5)]
    sent[2] = sent[2][: len(sent[2]) // 2] + end
    told: list[str] = []
    with serve(Webcam(sent)) as url:
        got = [frame for _, frame in islice(open_camera(url).play(told.append), 4)]
    np.testing.assert_array_equal(got[2], cv2.imdecode(np.frombuffer(sent[3], np.uint8), 1))
    assert told == [f"{hidden(url)}: picture 3 is broken ({len(sent[2])} bytes); left out"]


def test_nothing_but_broken_pictures() -> None:
    with serve(Webcam([jpeg(SHOT), *[b"\xff\xd8\xff\xe0 nothing"] * 12])) as url:
        assert said(open_camera(url)) == (
            1,
            f"{hidden(url)}: picture 11 is broken (12 bytes), as 10 in a row are; see to the "
            "camera",
        )


def test_it_changes_size() -> None:
    with serve(Webcam([jpeg(SHOT), jpeg(SHOT), jpeg(draw(0, 0, (24, 32)))])) as url:
        assert said(open_camera(url)) == (
            2,
            f"{hidden(url)}: frame 3 changes size from 64 × 48 to 32 × 24; set the camera to one "
            "size and start again",
        )


@pytest.fixture
def _a_second_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock by which a frame comes every second, however busy this computer is."""
    clock = SimpleNamespace(monotonic=partial(next, count(0.0)))
    monkeypatch.setattr(cameras, "time", clock)


@pytest.mark.usefixtures("_a_second_a_frame")
def test_it_freezes() -> None:
    with serve(Webcam([jpeg(SHOT)] * 100)) as url:
        assert said(open_camera(url, wait=10)) == (
            11,
            f"{hidden(url)}: frozen, the same picture for 10 s; take its cover off or switch it "
            "off and on",
        )


@pytest.mark.usefixtures("_a_second_a_frame")
def test_a_film_may_stand_still() -> None:
    frames = [SHOT] * 15
    assert len(list(Camera(lambda: frames, "a film", rate=10, wait=10))) == 15
    assert said(Camera(lambda: frames, "a webcam", wait=10))[1].startswith("a webcam: frozen")


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (401, "user and password are missing (HTTP 401); write http://user:password@…"),
        (403, "forbidden (HTTP 403); allow this user, or this computer, in the camera's settings"),
        (500, "fails itself (HTTP 500); switch it off and on"),
        (404, "no such stream there (HTTP 404); is the address right?"),
        (
            503,
            "already in use or not ready (HTTP 503); close what else shows its pictures",
        ),
    ],
)
def test_it_refuses(status: int, line: str) -> None:
    with serve(Webcam([jpeg(SHOT)], status=status)) as url:
        assert said(open_camera(url)) == (0, f"{hidden(url)}: {line}")


def test_one_viewer_at_a_time() -> None:
    """A camera that is already in use, as small network cameras are by their first viewer."""
    shots = [jpeg(draw(0, n)) for n in range(50)]
    webcam = Webcam(shots, every=0.02, viewers=1, again=True)
    with serve(webcam) as url:
        first = open_camera(url).play()
        next(first)
        assert "already in use" in said(open_camera(url))[1]
        first.close()
        assert eventually(lambda: not webcam.watching)
        assert next(open_camera(url).play())


def test_user_and_password_are_sent_and_never_shown() -> None:
    with serve(Webcam([jpeg(SHOT)], password=("ann", "s:cret"))) as url:
        assert said(open_camera(url))[1].startswith(f"{hidden(url)}: user and password are missing")
        known = url.replace("http://", "http://ann:s%3Acret@")
        assert next(iter(open_camera(known))).shape == SHOT.shape
        assert "cret" not in said(open_camera(known))[1]


def test_an_address_that_is_no_stream() -> None:
    with serve(Webcam([jpeg(SHOT)], kind="text/html")) as url:
        assert said(open_camera(url)) == (
            0,
            f"{hidden(url)}: sends text/html, no stream of pictures; look for the address of the "
            "camera's MJPEG stream in its manual",
        )


def test_a_film_over_http_is_played_by_ffmpeg(tmp_path: Path) -> None:
    film(tmp_path / "film.avi", [draw(0, photo) for photo in range(4)])
    with serve(Webcam([(tmp_path / "film.avi").read_bytes()], kind="video/avi")) as url:
        got, line = said(open_camera(url))
    assert (got, line) == (
        4,
        f"{hidden(url)}: broke off after frame 4 (the stream ended); connect the camera again",
    )


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("http://ann:secret@cam:80/video?token=secret", "http://cam:80/…"),
        ("http://cam/user=ann&password=secret", "http://cam/…"),
        ("rtsp://ann:sec/ret@cam/live", "rtsp://…"),
        ("rtsp://ann:12/secret@cam/live", "rtsp://…"),
        ("http://ann:12?secret@cam/live", "http://…"),
        ("http://cam/live?mail=a@b&key=secret", "http://…"),
        ("http://[fe80::1]:8080/", "http://[fe80::1]:8080/"),
        ("http://ann:secret@cam:port/", "http://…"),
        ("se cret://x@y", "…"),
        ("ann:secret@cam/video", "…@cam/video"),
    ],
)
def test_what_of_an_address_is_shown(place: str, shown: str) -> None:
    assert hidden(place) == shown
    assert "cret" not in shown


@pytest.mark.parametrize("place", ["ftp://ann:secret@cam/x", "ann:secret@cam", "no.mp4", ""])
def test_a_place_that_is_none(place: str) -> None:
    with pytest.raises(FacelabError, match=r"^--camera: received .*; allowed is|, allowed is") as e:
        open_camera(place)
    assert "secret" not in str(e.value)


def test_a_file_that_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text("no film")
    assert said(open_camera(str(tmp_path / "film.mp4"))) == (
        0,
        f"{tmp_path}/film.mp4: 7 bytes that cannot be played as a film; allowed are files that "
        "FFmpeg knows; convert it, for example with `ffmpeg -i IN -c:v libx264 OUT.mp4`",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="devices are files on Linux")
class TestDevice:
    def test_absent(self) -> None:
        for place in ("97", "/dev/video97"):
            assert re.fullmatch(
                r"camera /dev/video97: absent; there (is no camera at all|(is|are) /dev/.*); "
                "connect it or choose another",
                said(open_camera(place))[1],
            )

    def test_no_camera(self) -> None:
        assert said(open_camera("/dev/null"))[1].startswith("camera /dev/null: gives no pictures")

    def test_who_uses_it(self) -> None:
        """A terminal stands in for a webcam: a device that one other process holds open."""
        master, slave = pty.openpty()
        name = Path(os.ttyname(slave))
        os.close(slave)
        with name.open("r+b", buffering=0) as held:
            other = subprocess.Popen(["sleep", "30"], stdin=held)
        try:
            assert _users(name) == f", already in use by sleep (process {other.pid})"
            assert "already in use by sleep" in said(open_camera(str(name)))[1]
        finally:
            other.kill()
            other.wait()
            os.close(master)


def test_frames_of_ones_own() -> None:
    def frames() -> Iterator[Frame | BrokenPicture]:
        yield draw(0, 1)
        yield BrokenPicture("torn")
        yield draw(0, 2)

    told: list[str] = []
    camera = Camera(frames, "a robot's eye", rate=10)
    played = list(camera.play(told.append))
    assert [seconds for seconds, _ in played] == [0, 0.2]
    assert told == ["torn; left out"]
    assert len(list(Camera(lambda: [draw(0, 1)], "a list"))) == 1


def test_a_bug_of_ones_own_is_not_hidden() -> None:
    def frames() -> Iterator[Frame]:
        yield draw(0, 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(Camera(frames, "a robot's eye"))
