"""Servers of cameras on this machine: of any answer, of answers word for word, with a password."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.request import parse_http_list, parse_keqv_list

import pytest

from facelab.camera.camera import open_camera
from facelab.contract.errors import FacelabError
from tests.camera.webcam import Quiet, jpeg, listening
from tests.conftest import draw

SHOT = jpeg(draw(0, 0))
PART = b"--f\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(SHOT), SHOT)
KIND = "multipart/x-mixed-replace; boundary=f"
HASHES: dict[str, Callable[[bytes], hashlib._Hash]] = {
    "MD5": hashlib.md5,
    "SHA-256": hashlib.sha256,
    "SHA-512-256": lambda content: hashlib.new("sha512_256", content),
}

Answer = Callable[[socket.socket], None]


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """Within the block, every caller is answered by ``answer``, in a thread of its own."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve_one(caller: socket.socket) -> None:
        with suppress(OSError), caller:
            caller.recv(1 << 16)
            answer(caller)

    def run() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(
                    target=serve_one, args=(listening.accept()[0],), daemon=True, name="server"
                ).start()

    threading.Thread(target=run, daemon=True, name="server").start()
    try:
        yield f"http://ann:hush@127.0.0.1:{listening.getsockname()[1]}/video?key=hush"
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def answering(*parts: bytes) -> Answer:
    def answer(caller: socket.socket) -> None:
        for part in parts:
            caller.sendall(part)

    return answer


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

    class Handler(Quiet, BaseHTTPRequestHandler):
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

    with listening(Handler) as port:
        yield f"127.0.0.1:{port}"


def said(place: str, wait: float = 60) -> str:
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
    return next(iter(open_camera(place))).shape == (48, 64, 3)
