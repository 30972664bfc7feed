"""A webcam server on this machine: MJPEG over HTTP, with the faults that real ones have."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2

from facelab.contract.frame import Frame


def jpeg(frame: Frame) -> bytes:
    """A frame as JPEG."""
    content: bytes = cv2.imencode(".jpg", frame)[1].tobytes()
    return content


@dataclass
class Webcam:
    """What is sent, and what goes wrong: ``headers`` is length, bare or dashes; times in s.

    No bytes for a picture are a hang.
    """

    pictures: Iterable[bytes]
    headers: str = "length"
    every: float = 0.0
    drips: float = 0.0
    torn: bool = False
    status: int = 200
    kind: str = "multipart/x-mixed-replace; boundary=frame"
    password: tuple[str, str] | None = None
    viewers: int = 99
    again: bool = False
    closing: threading.Event = field(default_factory=threading.Event)
    watching: list[int] = field(default_factory=list)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one viewer."""
        status = 503 if len(self.watching) >= self.viewers else self.status
        if self.password:
            known = base64.b64encode(":".join(self.password).encode()).decode()
            if request.headers.get("Authorization") != f"Basic {known}":
                status = 401
        request.send_response(status)
        if status != 200:
            request.send_header("WWW-Authenticate", 'Basic realm="camera"')
            request.end_headers()
            return
        kind = self.kind.replace("=frame", "=--frame") if self.headers == "dashes" else self.kind
        request.send_header("Content-Type", kind)
        request.end_headers()
        self.watching.append(1)
        try:
            self._send(request)
        except OSError:
            pass  # the viewer went away
        finally:
            self.watching.pop()

    def _send(self, request: BaseHTTPRequestHandler) -> None:
        if not self.kind.startswith("multipart/"):
            request.wfile.write(next(iter(self.pictures)))
            return
        while True:
            for picture in self.pictures:
                if not picture:
                    self.closing.wait()
                    return
                part = self._part(picture)
                for piece in [bytes([b]) for b in part] if self.drips else [part]:
                    request.wfile.write(piece)
                    if self.closing.wait(self.drips or self.every):
                        return
            if not self.again:
                break
        if self.torn:
            request.wfile.write(self._part(next(iter(self.pictures)))[:-99])

    def _part(self, picture: bytes) -> bytes:
        length = b"" if self.headers == "bare" else b"Content-Length: %d\r\n" % len(picture)
        return b"--frame\r\nContent-Type: image/jpeg\r\n" + length + b"\r\n" + picture + b"\r\n"


class Quiet(BaseHTTPRequestHandler):
    """Answers requests, and writes no log of them."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def listening(handler: type[Quiet]) -> Iterator[int]:
    """Within the block, a handler answers at the port that is given."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serve(webcam: Webcam) -> Iterator[str]:
    """Within the block, the webcam answers at the address that is given."""

    class Handler(Quiet):
        def do_GET(self) -> None:
            webcam.answer(self)

    with listening(Handler) as port:
        try:
            yield f"http://127.0.0.1:{port}/video?key=hush"
        finally:
            webcam.closing.set()
