"""Server: serves the page at an address of this computer, until it is told to end."""

from __future__ import annotations

import errno
import secrets
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from facelab.contract.errors import FacelabError
from facelab.page.app import Page, application
from facelab.page.guard import Guard, is_loopback, own_names

MESSAGE = 4 << 20
"""Bytes of a WebSocket's message, at most."""

CONNECTIONS = 200
"""Connections at once; further ones are refused."""


class Server(uvicorn.Server):
    """A server that ends at Ctrl-C or SIGTERM as if it had been asked to: with status 0."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; the second time, at once."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


@dataclass(frozen=True)
class Place:
    """Where a page is served: ``host`` and a ``listening`` socket; over TLS with a certificate."""

    host: str
    listening: socket.socket
    certificate: Path | None = None
    key: Path | None = None

    @property
    def port(self) -> int:
        """Its port."""
        port: int = self.listening.getsockname()[1]
        return port

    def address(self, host: str = "") -> str:
        """Return its address, without token, on this computer or at another ``host``."""
        host = host or (self.host if is_loopback(self.host) else "localhost")
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self.certificate else 'http'}://{shown}:{self.port}/"


def place(host: str, port: int, certificate: Path | None = None, key: Path | None = None) -> Place:
    """Take a port, 0 for a free one. Raises FacelabError where it cannot be had."""
    check_certificate(host, certificate, key)
    listening = None
    try:
        family, kind, protocol, _, at = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(at)
        listening.listen(128)
    except OSError as error:
        if listening:
            listening.close()
        if error.errno == errno.EADDRINUSE:
            line = f"--port: received {port}, which another program uses; choose another, or 0"
        elif error.errno in (errno.EACCES, errno.EPERM):
            line = f"--port: received {port}, which is not yours to use; choose one from 1024 on"
        else:
            line = f"--host: received {host} ({error.strerror}); allowed is one of this computer's"
        raise FacelabError(line) from error
    return Place(host, listening, certificate, key)


def check_certificate(host: str, certificate: Path | None, key: Path | None) -> None:
    """Raise FacelabError when a page would be served to others without encryption."""
    if certificate is None and key is None:
        if not is_loopback(host):
            raise FacelabError(
                f"--host: received {host}, which others can reach; allowed is that only with "
                "--certificate and --key, since browsers open no camera without encryption"
            )
        return
    if certificate is None or key is None:
        raise FacelabError("--certificate and --key: received one, allowed are both or none")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, lambda: "")
    except (OSError, ValueError) as error:  # SSLError is an OSError
        why = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise FacelabError(
            f"--certificate and --key: received {certificate} and {key} ({why}); allowed are the "
            "two PEM files of one certificate, without a password"
        ) from error


@dataclass(frozen=True)
class Served:
    """A page that is served: its ``server``, and the address that opens it."""

    server: Server
    place: Place
    token: str

    @property
    def address(self) -> str:
        """The address with the token, for one's own browser."""
        return f"{self.place.address()}?token={self.token}"

    def run(self) -> None:
        """Serve in this thread until a signal comes or ``end`` is called."""
        self.server.run([self.place.listening])

    def end(self) -> None:
        """Ask it to end."""
        self.server.should_exit = True


@contextmanager
def prepared(folder: Path, where: Place) -> Iterator[Served]:
    """Within the block, give a page that can be served; behind it all is kept and closed."""
    page = Page(folder)
    try:
        token = secrets.token_urlsafe(24)
        names = own_names(where.host)
        others = not is_loopback(where.host)
        guard = Guard(application(page), token, where.port, names, addresses=others)
        config = uvicorn.Config(
            guard,
            http="h11",
            ws="websockets-sansio",
            ws_max_size=MESSAGE,
            ws_per_message_deflate=False,
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=3,
            ssl_certfile=where.certificate,
            ssl_keyfile=where.key,
        )
        yield Served(Server(config), where, token)
    finally:
        page.close()


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Within the block, serve a gallery's page in a thread, and give the address that opens it.

    Raises FacelabError when the gallery cannot be understood or the port is in use.
    """
    with prepared(folder, place("127.0.0.1", port)) as served:
        thread = threading.Thread(target=served.run, daemon=True)
        thread.start()
        try:
            yield served.address
        finally:
            served.end()
            thread.join()
