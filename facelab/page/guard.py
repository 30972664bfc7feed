"""Guard: who may ask the server anything: this page, in the browser that was given its address.

Every request and every WebSocket passes it: the Host (a foreign name may be bound to this machine's
address), the Origin (other pages in the same browser), and the token, which the opened address
carries and a cookie keeps.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import secrets
import socket
from collections.abc import Iterable
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from facelab.contract.errors import FacelabError

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; script-src 'self' 'wasm-unsafe-eval'; "
        "worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer tells the browser to refuse."""

SAFE = ("GET", "HEAD")
"""Methods that change nothing."""

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

BODY_SECONDS = 120.0
"""How long the whole body of a request may take."""


class Refusal(FacelabError):
    """A request that is not fulfilled, in one line, with the status of HTTP that says why."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status = status


class Guard:
    """Lets only requests of this page pass, and adds the headers to every answer.

    ``names``: hosts under which the page may be asked for, without port; with ``addresses`` also
    any address in numbers, which no foreign name can be bound to. ``port``: where it is served.
    """

    def __init__(self, app: ASGIApp, port: int, names: Iterable[str], *, addresses: bool) -> None:
        self.app = app
        self.port = port
        self.token = secrets.token_urlsafe(24)
        self.cookie = f"facelab-{port}"  # cookies know no ports: two pages would share one
        self._names = frozenset(name.lower() for name in names)
        self._addresses = addresses
        self._session = secrets.token_urlsafe(32)
        self._invitations: set[str] = set()

    def invite(self) -> str:
        """Return a token that opens the page once.

        A browser is started with it: others on this computer can read what programs are started
        with, and are too late.
        """
        invitation = secrets.token_urlsafe(24)
        self._invitations.add(invitation)
        return invitation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        line = self._wrong(scope)
        if scope["type"] == "websocket":
            if line:
                await WebSocketClose(code=1008, reason=line)(scope, receive, send)
            else:
                await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        answer: ASGIApp = self.app
        if line in ("", _NO_TOKEN) and _opens(scope):
            answer = self._entry(scope)
        elif line == _NO_TOKEN and _is_crossing(scope):
            answer = HTMLResponse(_AGAIN, 403)
        elif line:
            answer = refused(scope, 403, line)
        await answer(scope, receive, send_guarded)

    def _wrong(self, scope: Scope) -> str:
        """Return why a request is refused, or nothing."""
        headers = Headers(scope=scope)
        secure = scope["scheme"] in ("https", "wss")
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_own(hosts[0], secure):
            return "received a foreign Host; open the address that `facelab page` has printed"
        origins = headers.getlist("origin")
        needed = scope["type"] == "websocket" or scope["method"] not in SAFE
        own = f"{'https' if secure else 'http'}://{hosts[0]}".lower()
        if (origins or needed) and [origin.lower() for origin in origins] != [own]:
            return "received a foreign Origin; only the page itself may ask this"
        cookie = HTTPConnection(scope).cookies.get(self.cookie, "")
        return "" if _same(cookie, self._session) else _NO_TOKEN

    def _is_own(self, host: str, secure: bool) -> bool:
        name, _, port = host.lower().rpartition(":")
        if not port.isdecimal() or name == "" or (name.startswith("[") != name.endswith("]")):
            name, port = host.lower(), "443" if secure else "80"
        if port != str(self.port):
            return False
        if name in self._names:
            return True
        return self._addresses and _is_address(name)

    def _entry(self, scope: Scope) -> Response:
        """Return the answer to an address with a token: a cookie, and the way to the page."""
        token = _query(scope)["token"][0]
        once = [known for known in self._invitations if _same(token, known)]
        if not once and not _same(token, self.token):
            return refused(scope, 403, _NO_TOKEN)
        self._invitations.difference_update(once)
        answer = RedirectResponse("/", 303)
        secure = scope["scheme"] == "https"
        answer.set_cookie(
            self.cookie, self._session, path="/", httponly=True, samesite="strict", secure=secure
        )
        return answer


_NO_TOKEN = "this page is not open to you; open the address that `facelab page` has printed"  # noqa: S105

_AGAIN = f"""<!doctype html><meta http-equiv="refresh" content="0;url=/"><p>{_NO_TOKEN}"""


def _opens(scope: Scope) -> bool:
    """Return whether a request is for an address with a token."""
    own = scope["path"] == "/" and scope["method"] in SAFE
    return own and "token" in _query(scope)


def _query(scope: Scope) -> dict[str, list[str]]:
    return parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _is_crossing(scope: Scope) -> bool:
    """Return whether a browser comes to the page by a link of another one.

    It then keeps the cookie back, though it has just got it, until this page itself leads on.
    """
    sent = Headers(scope=scope)
    crossing = sent.get("sec-fetch-site") == "cross-site" and sent.get("sec-fetch-dest")
    return scope["path"] == "/" and scope["method"] == "GET" and crossing == "document"


def _same(received: str, expected: str) -> bool:
    return hmac.compare_digest(received.encode("utf-8", "surrogatepass"), expected.encode())


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def refused(scope: Scope, status: int, line: str) -> Response:
    """Return an answer that says in one line why a request is not fulfilled."""
    if scope["path"].startswith("/api/"):
        return JSONResponse({"error": line}, status)
    return PlainTextResponse(f"{line}\n", status)


def own_names(host: str) -> tuple[str, ...]:
    """Return the names under which a page that is served at ``host`` may be asked for."""
    if host in ("127.0.0.1", "localhost", "::1"):
        return LOOPBACK
    machine = socket.gethostname()
    given = f"[{host}]" if ":" in host else host
    return (*LOOPBACK, given, machine, f"{machine}.local")


def is_loopback(host: str) -> bool:
    """Return whether a host is this computer and nobody else can reach it."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def body(request: Request, most: int) -> bytes:
    """Return the body of a request, counted while it streams in.

    Raises Refusal when it has more than ``most`` bytes (413), comes too slowly (408), or breaks
    off (400).
    """
    too_large = Refusal(413, f"received more than {most // 10**6} MB; send less")
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > most:
        raise too_large
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise too_large
                parts.append(part)
    except ClientDisconnect:
        raise Refusal(400, "the body broke off; send it again") from None
    except TimeoutError:
        raise Refusal(408, f"the body took more than {BODY_SECONDS:g} s; send it again") from None
    return b"".join(parts)
