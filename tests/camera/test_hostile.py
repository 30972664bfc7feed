"""Servers that mean no good: one line within the time, no memory, no thread left behind."""

from __future__ import annotations

import resource
import socket
import threading
import time
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from facelab.camera.camera import Camera, open_camera
from facelab.cli import main
from facelab.contract.errors import FacelabError
from tests.camera.conftest import plan
from tests.camera.serving import Answer, server
from tests.camera.webcam import Webcam, jpeg, serve
from tests.conftest import draw, eventually

SHOT = jpeg(draw(0, 0))
OK = b"HTTP/1.1 200 OK\r\n"
STREAM = OK + b"Content-Type: multipart/x-mixed-replace; boundary=f\r\n"
PICTURE = b"--f\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(SHOT), SHOT)


def readers() -> int:
    """Return how many threads there are but those of servers."""
    return sum(thread.name != "server" for thread in threading.enumerate())


def once(content: bytes) -> Answer:
    return lambda caller: caller.sendall(content)


def forever(head: bytes, part: bytes, every: float = 0.0) -> Answer:
    def answer(caller: socket.socket) -> None:
        caller.sendall(head)
        while True:
            caller.sendall(part)
            time.sleep(every)

    return answer


def fall_silent(caller: socket.socket) -> None:
    """Send a picture, and then nothing more until the caller hangs up."""
    caller.sendall(STREAM + b"\r\n" + PICTURE)
    caller.recv(1)


def send_on(place: str) -> Answer:
    return once(f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())


ELSEWHERE = "sends on to where nobody goes (HTTP 302); allowed are http and https"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (once(STREAM + b"\r\n--f\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n"),
         "broke off (a length of 5000 digits); connect the camera again"),
        (once(STREAM + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 4000 + b"\r\n--f\r\n"),
         "broke off (a length that is none); connect the camera again"),
        (once(STREAM + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n--f\r\n"), "broke off"),
        (once(STREAM + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n--f\r\n"), "broke off"),
        (once(STREAM + b"\r\n" + PICTURE + b"--f\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n"),
         "broke off after frame 1 (a length of 5000 digits); connect the camera again"),
        (forever(STREAM + b"\r\n--f\r\n", b"X-Header: one more\r\n" * 50),
         "broke off (a picture with more than 100 headers); connect the camera again"),
        (forever(STREAM + b"\r\n--f\r\nX-Header: ", b"x" * 4096),
         "broke off (a picture with more than 100 headers); connect the camera again"),
        (forever(STREAM + b"\r\n", b"no picture" * 10_000 + b"\r\n"),
         "broke off (no picture in 32 MB)"),
        (forever(STREAM + b"\r\n--f\r\n", b"X: 1\r\n", every=0.1), "no picture for 1 s"),
        (forever(OK, b"X: 1\r\n", every=0.1), "no picture for 1 s"),
        (forever(b"", b"H", every=0.1), "no picture for 1 s"),
        (once(OK + b"Content-Type: image/\x1b[31mred\x07\r\nContent-Length: 1\r\n\r\nx"),
         "sends image/�[31mred�, no stream of pictures"),
        (once(OK + b"Content-Type: text/" + b"x" * 60000 + b"\r\nContent-Length: 1\r\n\r\nx"),
         "sends text/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…, no stream of pictures"),
        (send_on("ftp://127.0.0.1/video"), ELSEWHERE),
        (send_on("file:///etc/passwd"), ELSEWHERE),
        (send_on("data:image/png,x"), ELSEWHERE),
        (send_on("/video?key=hush"), ELSEWHERE),
        (send_on("http://[/"), "sends on to an address that is none"),
        (forever(OK.replace(b"200 OK", b"302 Found") + b"Location: ftp://x/\r\n\r\n", b"x" * 10**6),
         ELSEWHERE),
    ],
)  # fmt: skip
def test_a_server_that_means_no_good_is_one_line(answer: Answer, line: str) -> None:
    before = readers()
    wait = 1 if line.endswith("for 1 s") else 60
    with server(answer) as url:
        camera, began = open_camera(url, wait=wait), time.monotonic()
        with pytest.raises(FacelabError) as error:
            list(camera)
        assert time.monotonic() - began < 30
        assert eventually(lambda: readers() <= before)
    said = str(error.value)
    assert said.startswith("http://127.0.0.1:")
    assert line in said
    assert said.isprintable()
    assert "hush" not in said


def test_the_command_says_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = once(STREAM + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 4000 + b"\r\n--f\r\n")
    with server(answer) as url:
        film_plan = ["--film-plan", str(plan(tmp_path)), "--record", str(tmp_path / "filmed")]
        assert main(["film", "--camera", url, *film_plan]) in (1, 2)
    told = capsys.readouterr()
    assert "a length that is none" in told.out + told.err
    assert "Traceback" not in told.out + told.err


@pytest.mark.parametrize("newest", [True, False])
def test_the_thread_that_reads_a_camera_ends_with_it(newest: bool) -> None:
    before = readers()
    webcam = Webcam([jpeg(draw(0, photo)) for photo in range(3)], again=True, every=0.01)
    with serve(webcam) as url:
        # the server of this webcam has threads of its own, without a name
        with closing(open_camera(url).play(newest=newest)) as playing:
            assert len(list(islice(playing, 5))) == 5
            assert webcam.watching
        assert eventually(lambda: not webcam.watching)  # it has hung up
    assert eventually(lambda: readers() <= before)


@pytest.mark.slow
def test_a_camera_that_hangs_is_let_go_of() -> None:
    before = readers()
    with server(fall_silent) as url:
        playing = Camera(open_camera(url).start, "a camera", wait=2).play()
        next(playing)
        with pytest.raises(FacelabError, match="no picture for 2 s"):
            next(playing)
        assert eventually(lambda: readers() <= before)


def test_pictures_without_end_are_not_decoded() -> None:
    """420 kB that would be 432 MB."""
    large = jpeg(np.zeros((12000, 12000), np.uint8))
    assert len(large) < 3_000_000
    with serve(Webcam([large] * 12)) as url:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(FacelabError, match=r"picture 10 is broken .+ as 10 in a row are"):
            list(open_camera(url))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
