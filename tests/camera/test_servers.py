"""Servers as they are: addresses of every form, loose headers, and what is wrong with them."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from facelab.camera.camera import open_camera
from facelab.contract.errors import FacelabError
from tests.camera.serving import KIND, PART, SHOT, Guarded, answering, guarded, said, server


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/a b/c", "/a%20b/c"),
        ("/a%20b", "/a%20b"),
        ("/kamera-küche?größe=1", "/kamera-k%C3%BCche?gr%C3%B6%C3%9Fe=1"),
        ("/100%", "/100%25"),
        ("/100%zz", "/100%25zz"),
        ("/a[0]?b=[1]&c=d e", None),
        ("?action=stream", "/?action=stream"),
        ("", "/"),
        ("/live#here", "/live"),
    ],
)
def test_odd_paths(written: str, path: str | None) -> None:
    camera = Guarded([], open_paths=("/",))
    with guarded(camera) as host, suppress(FacelabError):
        list(open_camera(f" HTTP://{host}{written} ".replace(" HTTP", "HTTP").strip()))
    asked = camera.asked[0][0]
    assert asked.isascii()
    assert " " not in asked
    assert path is None or asked == path


@pytest.mark.parametrize(
    "place",
    ["http://", "http:///video", "http://cam:99999/", "http://cam:port/", "http://[::1/",
     "http://a b/", "http://\u00a0/", "http://.../",
     "http://" + "x" * 70 + "/", "https://x\u2100y/", "http://:80/"],
)  # fmt: skip
def test_addresses_that_are_none(place: str) -> None:
    line = said(place)
    assert "camera on" not in line
    assert "address" in line


@pytest.mark.parametrize(
    "place", ["10.0.0.7:8080/video", "cam.local/video", "localhost:8080", "1.2.3.4"]
)
def test_an_address_without_its_scheme(place: str) -> None:
    with pytest.raises(FacelabError, match=r"did you mean http://") as error:
        open_camera(place)
    assert place in str(error.value)


OK = b"HTTP/1.1 200 OK\r\n"
LONG = b"--f\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(SHOT) + 60, SHOT)
SHORT = b"--f\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(SHOT) - 60, SHOT)


@pytest.mark.parametrize(
    "stream",
    [
        OK + b"\r\n" + PART * 3,
        OK + b"Content-Type: multipart/x-mixed-replace\r\n\r\n" + PART * 3,
        OK + b"Content-Type: multipart/x-mixed-replace; boundary=\r\n\r\n" + PART * 3,
        OK + b"Content-Type: multipart/x-mixed-replace; boundary=other\r\n\r\n" + PART * 3,
        OK + b"Content-Type: multipart/x-mixed-replace;boundary=\"--f\"\r\n\r\n" + PART * 3,
        OK + b"Content-Type: MULTIPART/X-Mixed-Replace ; Boundary = f\r\n\r\n" + PART * 3,
        OK + b"Content-Type: application/octet-stream\r\n\r\n\r\n" + PART * 3,
        OK + b"Content-Type: image/jpeg\r\n\r\n" + PART * 3,
        b"HTTP/1.0 200\r\nContent-Type: " + KIND.encode() + b"\r\n\r\n" + PART * 3,
        b"HTTP/1.0 200 OK\nContent-Type: " + KIND.encode() + b"\n\n"
        + PART.replace(b"\r\n", b"\n") * 3,
        OK + b"Content-Type: " + KIND.encode() + b"\r\n\r\nhello\r\n\r\n" + PART * 3,
        OK + b"Content-Type: " + KIND.encode() + b"\r\n\r\n" + LONG * 3 + b"--f--\r\n",
        OK + b"Content-Type: " + KIND.encode() + b"\r\n\r\n" + SHORT * 3 + b"--f--\r\n",
        OK + b"Content-Type: " + KIND.encode() + b"\r\n\r\n"
        + PART.replace(b"Content-Length: ", b"content-length:") * 3,
        OK + b"Content-Type: " + KIND.encode() + b"\r\n\r\n"
        + PART.replace(b"Content-Type: image/jpeg\r\n", b"X-Time: 1\r\nno header at all\r\n") * 3,
    ],
)  # fmt: skip
def test_loose_headers_are_understood(stream: bytes) -> None:
    with server(answering(stream)) as url:
        told: list[str] = []
        playing = open_camera(url).play(told.append)
        assert next(playing)[1].shape == (48, 64, 3)
        with pytest.raises(FacelabError, match=r"broke off after frame [23] \(the stream ended\)"):
            list(playing)
        assert told == []


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (b"", "hangs up without an answer; does it speak http on this port, or https?"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "does not speak HTTP; is the port right?"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "does not speak HTTP; is the port right?"),
        (b"RTSP/1.0 200 OK\r\n\r\n", "does not speak HTTP; is the port right?"),
        (OK + b"X: " + b"x" * 70000, "a header that is too long"),
        (OK + b"X: x\r\n" * 200 + b"\r\n", "more headers than"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://[/\r\n\r\n",
            "sends on to an address that is none",
        ),
        (b"HTTP/1.1 302 Found\r\n\r\n", "sends on"),
        (b"HTTP/1.1 500 Oops\r\n\r\n", "fails itself (HTTP 500); switch it off and on"),
        (
            OK + b"Content-Type: image/jpeg\r\n\r\n" + SHOT,
            "sends image/jpeg, no stream of pictures",
        ),
        (OK + b"\r\n<html>", "sends a web page"),
        (OK + b"\r\n", "sends nothing"),
        (OK + b"\r\n" + SHOT, "sends a single picture"),
        (OK + b"\r\nsomething", "sends no stream of pictures"),
    ],
)
def test_what_is_wrong_with_a_server_is_said(answer: bytes, line: str) -> None:
    with server(answering(answer)) as url:
        told = said(url.replace("hush", "cret"))
    assert line in told
    assert "camera on" not in told


@pytest.mark.parametrize("scheme", ["http", "https", "rtsp"])
def test_nobody_listens(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        assert f"nobody listens on port {port} there" in said(f"{scheme}://127.0.0.1:{port}/")


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_no_such_host(scheme: str) -> None:
    assert "no such host" in said(f"{scheme}://no-such-camera.invalid/")


@pytest.mark.parametrize(
    ("status", "line"),
    [
        ("401 Unauthorized", "user or password is missing or wrong"),
        ("404 Not Found", "no such stream there (RTSP 404)"),
        ("453 Not Enough Bandwidth", "refuses (RTSP 453)"),
    ],
)
def test_an_rtsp_server_refuses(status: str, line: str) -> None:
    answer = f"RTSP/1.0 {status}\r\nCSeq: 1\r\n\r\n".encode()
    with server(answering(answer)) as url:
        assert line in said(url.replace("http:", "rtsp:"))
