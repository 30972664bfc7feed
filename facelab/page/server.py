"""Server: serves the page at an address of this computer, until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import logging
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from facelab.contract.errors import FacelabError
from facelab.contract.parameters import CERTAIN
from facelab.page.app import application, opened
from facelab.page.guard import Guard, is_loopback, own_names
from facelab.page.session import Shared

MESSAGE = 4 << 20
"""Bytes of a WebSocket's message, at most."""

ANY = ("0.0.0.0", "::")  # noqa: S104
"""Hosts that stand for all addresses of this computer."""

CONNECTIONS = 200
"""Connections at once; further ones are refused."""


class Server(uvicorn.Server):
    """A server that ends at Ctrl-C or SIGTERM as if it had been asked to: with status 0."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
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


def place(
    folder: Path,
    host: str = "127.0.0.1",
    port: int | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
) -> Place:
    """Take a port for the page of a gallery: 0 for a free one, None for its own or a free one.

    Raises FacelabError where it cannot be had.
    """
    check_certificate(host, certificate, key)
    if port is None:
        with contextlib.suppress(FacelabError):
            return Place(host, _listening(host, own_port(folder)), certificate, key)
    return Place(host, _listening(host, port or 0), certificate, key)


def _listening(host: str, port: int) -> socket.socket:
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
    return listening


def own_port(folder: Path) -> int:
    """Return the port that a gallery's page has unless another is chosen or it is taken.

    With the same port, a tab that was left open finds the page again when it is started again.
    """
    digest = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).digest()
    return 20_000 + int.from_bytes(digest[:4], "big") % 10_000


def neighbours_address() -> str:
    """Return this computer's address in its network, empty where it has none."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(("192.0.2.1", 9))  # sends nothing: it only chooses the way out
        return str(asking.getsockname()[0])
    return ""


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
    """A page that can be served, and the addresses that open it."""

    page: Shared
    place: Place
    guard: Guard
    server: Server

    def address(self, host: str = "") -> str:
        """Return the address that opens the page, on this computer or at another ``host``."""
        return f"{self.place.address(host)}?token={self.guard.token}"

    def invitation(self) -> str:
        """Return an address that opens the page once, on this computer."""
        return f"{self.place.address()}?token={self.guard.invite()}"

    def remarks(self) -> list[str]:
        """Return lines on what the user should know: who gets in, and whether all is kept."""
        lines = []
        if not is_loopback(self.place.host):
            host = self.place.host if self.place.host not in ANY else neighbours_address()
            shown = self.address(host or socket.gethostname())
            lines.append(f"tablets in the same network: {shown}")
            lines.append("whoever has this address can film, train and forget; show it to nobody")
        if self.page.store.why:
            lines.append(f"photos cannot be kept now: {self.page.store.why}")
        return lines

    def run(self) -> None:
        """Serve in this thread until a signal comes or ``end`` is called."""
        self.server.run([self.place.listening])

    def end(self) -> None:
        """Ask it to end."""
        self.server.should_exit = True


@contextmanager
def prepared(
    folder: Path, where: Place, *, ahead: bool = False, certainty: float = CERTAIN
) -> Iterator[Served]:
    """Within the block, give a page that can be served; behind it all is kept and closed.

    ``ahead``: import TensorFlow before it is needed. ``certainty``: the probability from which on a
    name is decided on. Raises FacelabError when the gallery cannot be understood.
    """
    with closing(where.listening), opened(folder, ahead=ahead, certainty=certainty) as shared:
        others = not is_loopback(where.host)
        names = own_names(where.host)
        guard = Guard(application(shared), where.port, names, addresses=others)
        yield Served(shared, where, guard, Server(_config(guard, where)))


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether a line of uvicorn's is shown: not that it gave up who was stuck at the end."""
    given_up = isinstance((record.exc_info or (None, None))[1], asyncio.CancelledError)
    return not given_up and "timeout graceful shutdown" not in record.getMessage()


def _config(guard: Guard, where: Place) -> uvicorn.Config:
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    return uvicorn.Config(
        guard,
        http="h11",
        ws="websockets-sansio",
        ws_max_size=MESSAGE,
        ws_per_message_deflate=False,
        loop="asyncio",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=3,
        ssl_certfile=where.certificate,
        ssl_keyfile=where.key,
    )


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Within the block, serve a gallery's page in a thread, and give the address that opens it.

    Raises FacelabError when the gallery cannot be understood or the port is in use.
    """
    with prepared(folder, place(folder, port=port)) as served:
        thread = threading.Thread(target=served.run, daemon=True)
        thread.start()
        try:
            yield served.address()
        finally:
            served.end()
            thread.join()
