"""Servers as they are: cameras that ask for passwords, send on, speak loosely, sign themselves."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote
from urllib.request import parse_http_list, parse_keqv_list

import cv2
import pytest

from facelab.camera.camera import open_camera
from facelab.camera.capture import captured
from facelab.camera.verified import held_to_certificate
from facelab.camera.web_address import read_address
from facelab.contract.errors import FacelabError
from tests.camera.test_hostile import server
from tests.camera.webcam import jpeg
from tests.conftest import draw

SHOT = jpeg(draw(0, 0))
PART = b"--f\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(SHOT), SHOT)
KIND = "multipart/x-mixed-replace; boundary=f"
HASHES: dict[str, Callable[[bytes], hashlib._Hash]] = {
    "MD5": hashlib.md5,
    "SHA-256": hashlib.sha256,
    "SHA-512-256": lambda content: hashlib.new("sha512_256", content),
}


@dataclass
class Guarded:
    """A camera that asks for ``user`` and ``password`` by challenges, each a header of its own.

    ``moved``: paths that are sent on, and where to. It holds what was asked, and by which scheme.
    """

    challenges: list[str]
    user: str = "ann"
    password: str = "s:cret"
    moved: dict[str, str] = field(default_factory=dict)
    open_paths: tuple[str, ...] = ()
    asked: list[tuple[str, str]] = field(default_factory=list)
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))
    stale: int = 0

    def allows(self, method: str, path: str, given: str) -> bool:
        scheme, _, rest = given.partition(" ")
        if scheme == "Basic":
            known = base64.b64decode(rest).decode().partition(":")[::2]
            return known == (self.user, self.password) and any(
                "basic" in challenge.lower() for challenge in self.challenges
            )
        if scheme != "Digest":
            return False
        told = parse_keqv_list(parse_http_list(rest))
        name = told.get("algorithm", "MD5").upper()
        if told["nonce"] != self.nonce or told["uri"] != path:
            return False

        def digest(text: str) -> str:
            return HASHES[name.removesuffix("-SESS")](text.encode()).hexdigest()

        user = f"{self.user}:{told['realm']}:{self.password}"
        first = digest(user)
        if name.endswith("-SESS"):
            first = digest(f"{first}:{told['nonce']}:{told['cnonce']}")
        second = digest(f"{method}:{path}")
        middle = f"{told['nonce']}"
        if "qop" in told:
            middle += f":{told['nc']}:{told['cnonce']}:{told['qop']}"
        return told["response"] == digest(f"{first}:{middle}:{second}")


@contextmanager
def guarded(camera: Guarded) -> Iterator[str]:
    """Within the block, the camera answers at the address that is given."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            given = self.headers.get("Authorization", "")
            camera.asked.append((self.path, given.partition(" ")[0]))
            path = self.path.partition("?")[0]
            if path in camera.moved:
                self.send_response(302)
                self.send_header("Location", camera.moved[path])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            allowed = camera.allows(self.command, self.path, given)
            if allowed and camera.stale:
                camera.stale -= 1
                camera.nonce = secrets.token_hex(8)
                allowed = False
            if path not in camera.open_paths and not allowed:
                self.send_response(401)
                for challenge in camera.challenges:
                    text = challenge.replace("NONCE", camera.nonce)
                    self.send_header("WWW-Authenticate", text)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", KIND)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(PART * 3)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"127.0.0.1:{listening.server_port}"
        finally:
            listening.shutdown()
            thread.join()


def said(place: str, wait: float = 1) -> str:
    """Play a camera that must fail, and return the line."""
    with pytest.raises(FacelabError) as error:
        list(open_camera(place, wait=wait))
    line = str(error.value)
    assert line.isprintable()
    assert "cret" not in line
    # no type of Python's is a reason, and nobody is asked what is known
    assert not re.search(r"\((?:\w*(?:Error|Exception|Disconnected|Line|Read)|str|bytes)\)", line)
    return line


def plays(place: str) -> bool:
    return next(iter(open_camera(place, wait=2))).shape == (48, 64, 3)


BASIC = 'Basic realm="cam"'
MD5 = 'Digest realm="cam", nonce="NONCE", qop="auth", algorithm=MD5'
SHA = 'Digest realm="cam", nonce="NONCE", qop="auth,auth-int", algorithm=SHA-256'


@pytest.mark.parametrize(
    "challenges",
    [
        [BASIC],
        [MD5],
        [SHA],
        [SHA, MD5],
        [MD5, SHA, BASIC],
        [BASIC, SHA],
        ["Negotiate", BASIC],
        [BASIC, "NTLM", "Negotiate"],
        ["Bearer", "Negotiate abc=", SHA],
        [f"{SHA}, {BASIC}"],
        [f"Negotiate, {MD5}"],
        ['Digest realm="cam", nonce="NONCE"'],
        ['Digest realm="cam", nonce="NONCE", algorithm="MD5"'],
        ['digest REALM="cam",Nonce="NONCE",QOP=auth,Algorithm=md5'],
        ['Digest realm="cam", nonce="NONCE", qop="auth", algorithm=SHA-256-sess'],
        ['Digest realm="cam", nonce="NONCE", qop="auth", algorithm=SHA-512-256'],
        ['Digest realm="a, \\"b\\" camera", nonce="NONCE", qop="auth"'.replace('\\"b\\"', "b")],
        ['Digest realm="cam", nonce="NONCE", qop="auth", algorithm=TURBO-9', BASIC],
        ['Digest realm="cam", nonce="NONCE", opaque="x=", domain="/", stale=FALSE, qop="auth"'],
        ["basic"],
    ],
)
def test_a_scheme_that_is_known_is_used_wherever_it_stands(challenges: list[str]) -> None:
    camera = Guarded(challenges)
    with guarded(camera) as host:
        assert plays(f"http://ann:s%3Acret@{host}/video?key=1")
        line = said(f"http://ann:wrongcret@{host}/video")
        assert "user or password is wrong (HTTP 401)" in line
        assert "user and password are missing" in said(f"http://{host}/video")


@pytest.mark.parametrize(
    ("challenges", "named"),
    [
        (["Negotiate", "NTLM"], "Negotiate, NTLM"),
        (['Digest realm="cam", nonce="NONCE", algorithm=TURBO-9'], "Digest with TURBO-9"),
        (['Digest realm="cam", nonce="NONCE", qop="auth-int"'], "Digest with qop auth-int"),
        (["Bearer realm=x"], "Bearer"),
        (["\x1b[31mred"], "�[31mred"),
        ([""], "none"),
    ],
)
def test_a_scheme_that_is_not_known_is_named(challenges: list[str], named: str) -> None:
    with guarded(Guarded(challenges)) as host:
        line = said(f"http://ann:s%3Acret@{host}/video")
    assert f"asks for a password by {named}; facelab knows Basic and Digest" in line


def test_a_nonce_that_is_too_old_is_renewed() -> None:
    with guarded(Guarded([MD5], stale=1)) as host:
        assert plays(f"http://ann:s%3Acret@{host}/video")


@pytest.mark.parametrize("challenge", [BASIC, MD5, SHA])
def test_a_camera_sends_on_to_where_the_password_is_asked_for(challenge: str) -> None:
    moved = {"/": "/live/one", "/live/one": "../stream?size=1"}
    camera = Guarded([challenge], moved=moved)
    with guarded(camera) as host:
        assert plays(f"http://ann:s%3Acret@{host}/")
    assert camera.asked[-1] == ("/stream?size=1", challenge.split()[0])


def test_a_password_is_not_sent_to_another_host() -> None:
    other = Guarded([BASIC])
    with guarded(other) as elsewhere:
        first = Guarded([BASIC], moved={"/video": f"http://{elsewhere}/video"})
        with guarded(first) as host:
            line = said(f"http://ann:s%3Acret@{host}/video")
            assert f"sends on to http://{elsewhere}/…, which asks for a password" in line
    assert {scheme for _, scheme in other.asked} == {""}


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
        list(open_camera(f" HTTP://{host}{written} ".replace(" HTTP", "HTTP").strip(), wait=1))
    asked = camera.asked[0][0]
    assert asked.isascii()
    assert " " not in asked
    assert path is None or asked == path


@pytest.mark.parametrize("password", ["pä ss", "100%", "a%zz", "p@ss", "p:a", "€", "a+b", "%41"])
@pytest.mark.parametrize("challenge", [BASIC, MD5])
def test_odd_passwords(password: str, challenge: str) -> None:
    with guarded(Guarded([challenge], user="ann maría", password=password)) as host:
        written = (
            password if "%" not in password or password in ("100%", "a%zz") else quote(password)
        )
        assert plays(f"http://ann maría:{written.replace(':', '%3A')}@{host}/video")
        assert plays(f"http://{quote('ann maría')}:{quote(password, safe='')}@{host}/video")


@pytest.mark.parametrize("sign", ["#", "/", "?"])
def test_signs_of_a_password_that_end_a_host(sign: str) -> None:
    line = said(f"http://ann:se{sign}cret@127.0.0.1/video")
    assert "write %23 %2F %3F %40 for # / ? @ in a user or password" in line
    assert "camera on" not in line


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


def answering(*parts: bytes) -> Callable[[socket.socket], None]:
    def answer(caller: socket.socket) -> None:
        for part in parts:
            caller.sendall(part)

    return answer


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
        playing = open_camera(url, wait=2).play(told.append)
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
    assert "no such host" in said(f"{scheme}://no-such-camera.invalid/", wait=5)


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
        assert line in said(url.replace("http:", "rtsp:"), wait=2)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A certificate that signed itself, with its key, and its fingerprint; made by openssl."""
    both = tmp_path_factory.mktemp("signed") / "both.pem"
    return both, make_certificate(both)


def make_certificate(both: Path, *options: str) -> str:
    """Write a certificate that signed itself, and its key; return its fingerprint."""
    key, certificate = both.with_name("key.pem"), both.with_name("cert.pem")
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=camera", "-keyout", str(key), "-out",
         str(certificate), *options],
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip("openssl is not here")
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()


@contextmanager
def secure(both: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Within the block, an encrypted camera: its address, and what it was asked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    asked: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(caller: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(caller, server_side=True) as wrapped:
            asked.append(wrapped.recv(1 << 16))
            if asked[-1]:
                kind = f"Content-Type: {KIND}\r\n\r\n".encode()
                wrapped.sendall(b"HTTP/1.1 200 OK\r\n" + kind + PART * 3)

    def run() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/video", asked
    finally:
        listening.close()


def test_a_certificate_that_signed_itself_is_refused_and_can_be_trusted(
    signed: tuple[Path, str],
) -> None:
    both, print_ = signed
    with secure(both) as (url, asked):
        line = said(url, wait=3)
        assert "its certificate is signed by nobody known here" in line
        assert f"#sha256={print_}" in line
        assert not any(asked)  # it was told nothing, neither path nor password
        assert plays(f"{url}#sha256={print_}")
        assert plays(f"{url}#SHA256={':'.join(re.findall('..', print_.upper()))}")
        wrong = said(f"{url}#sha256={print_[::-1]}", wait=3)
        assert "another certificate than the one that was to be trusted" in wrong
        assert "allowed are 64 hexadecimal digits" in said(f"{url}#sha256=abc")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_stream_that_ffmpeg_reads_is_held_to_its_certificate(
    signed: tuple[Path, str], host: str
) -> None:
    both, print_ = signed
    with secure(both) as (address, asked):
        url = address.replace("https://127.0.0.1", f"rtsps://ann:hush@{host}")
        line = said(url, wait=3)
        assert "its certificate is signed by nobody known here" in line
        assert f"#sha256={print_}" in line
        assert "another certificate than" in said(f"{url}#sha256={print_[::-1]}", wait=3)
        assert not any(asked)  # nobody was told anything
        assert "does not speak RTSP; is the port right?" in said(f"{url}#sha256={print_}", wait=3)
        assert [one.split()[0] for one in asked if one] == [b"OPTIONS", b"DESCRIBE"]
        assert b"hush" not in b"".join(asked)


def test_ffmpeg_itself_refuses_another_certificate(
    signed: tuple[Path, str], tmp_path: Path
) -> None:
    """The server that is asked first and the one that FFmpeg asks may be two."""
    both, print_ = signed
    other = tmp_path / "other.pem"
    make_certificate(other)
    with secure(both) as (honest, _), secure(other) as (url, asked):
        address = read_address(f"{honest}#sha256={print_}")
        with (
            held_to_certificate(address, "camera", 3) as options,
            captured(url, cv2.CAP_FFMPEG, options=options) as capture,
        ):
            assert not capture.isOpened()
        assert not any(asked)
        assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in os.environ


def test_an_unpinned_number_is_refused_since_ffmpeg_compares_names_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    both = tmp_path / "both.pem"
    make_certificate(both, "-addext", "subjectAltName=IP:127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(both))
    with secure(both) as (url, asked):
        line = said(url.replace("https:", "rtsps:"), wait=3)
        assert "compares no certificate with a number; write the host's name, or append" in line
        assert not any(asked)


def test_a_plain_server_asked_for_https() -> None:
    with server(answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as url:
        assert "speaks no https on this port; write http://" in said(url.replace("http:", "https:"))
