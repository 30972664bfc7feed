"""A client of the page: plain HTTP and a WebSocket, with the cookie and the Origin of a browser."""

from __future__ import annotations

import http.client
import json
import struct
from dataclasses import dataclass, field
from http.client import HTTPConnection
from socket import create_connection
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from facelab.contract.frame import Frame
from facelab.gallery.image import encode_png


@dataclass
class Answer:
    """Status, headers and body of an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def line(self) -> str:
        """What it says is wrong."""
        line: str = self.told["error"]
        return line


@dataclass
class Client:
    """Opens the printed address, as a browser does, and keeps the cookie."""

    address: str
    cookie: str = field(default="", init=False)

    def __post_init__(self) -> None:
        url = urlsplit(self.address)
        self.host = url.netloc
        answer = self.ask("GET", f"/?{url.query}")
        assert answer.status == 303, answer
        assert answer.headers["location"] == "/"
        self.cookie = answer.headers["set-cookie"].partition(";")[0]

    @property
    def place(self) -> tuple[str, int]:
        """Its host and port, for a socket of one's own."""
        host, port = self.host.split(":")
        return host, int(port)

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str | None
    ) -> Answer:
        """Send a request; ``headers`` replace those of a browser, None leaves one out."""
        sent: dict[str, str | None] = {"Host": self.host, "Cookie": self.cookie or None}
        if method != "GET":
            sent["Origin"] = self.origin
        sent |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        connection = HTTPConnection(self.host, timeout=120)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return received(connection.getresponse())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, told: Any = None) -> Answer:
        """Send JSON, or the bytes of a file."""
        body = told if isinstance(told, bytes) else json.dumps(told or {}).encode()
        return self.ask("POST", path, body)

    def state(self) -> Any:
        return self.get("/api/state").told

    def socket(self, host: str = "", **headers: str) -> ClientConnection:
        """Open the WebSocket, by another name of the host if one is given."""
        sent = {"Cookie": self.cookie, "Origin": self.origin} | headers
        origin = Origin(sent.pop("Origin"))
        return connect(
            f"ws://{host or self.host}/ws",
            sock=create_connection(self.place),
            additional_headers=sent,
            origin=origin,
            max_size=None,
            proxy=None,
        )


def received(answer: http.client.HTTPResponse) -> Answer:
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, headers, answer.read())


def png(frame: Frame) -> bytes:
    """Return a frame as the camera's page sends it."""
    return encode_png(frame)


def frame_message(number: int, grey: NDArray[np.uint8]) -> bytes:
    height, width = grey.shape
    return struct.pack("<4I", number, width, height, 0) + grey.tobytes()


def heard(socket: ClientConnection, kind: str, seconds: float = 120) -> Any:
    """Return the next message of a kind; others are passed over."""
    while True:
        told = json.loads(socket.recv(timeout=seconds))
        if told["type"] == kind:
            return told
        assert told["type"] != "error", told
