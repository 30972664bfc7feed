"""Line: the connection to a camera on the network; another thread can cut it."""

from __future__ import annotations

import http.client
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from functools import partial
from typing import Any

SCHEMES = ("http", "https")


class Line:
    """The connections of one player of a camera; ``cut`` ends every wait on them.

    The reader then gets an end of the stream, however slowly it came.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_cut = False

    def cut(self) -> None:
        """Close all connections, and those that are still to come."""
        with self._lock:
            self._is_cut = True
            for one in self._sockets:
                with suppress(OSError):  # it is closed already
                    socket.socket.shutdown(one, socket.SHUT_RDWR)
            self._sockets.clear()

    def add(self, connection: socket.socket) -> None:
        """Take a connection down. Raises ConnectionAbortedError when the line is cut."""
        with self._lock:
            if self._is_cut:
                connection.close()
                raise ConnectionAbortedError("the camera is closed")
            self._sockets.append(connection)

    def open(self, url: str, timeout: float) -> http.client.HTTPResponse:
        """Connect with the user and password of an address, and return the answer.

        Redirects are followed to http and https alone. No proxy is asked: a camera stands in
        one's own network. ``timeout``: seconds without a byte. Raises urllib.error.HTTPError,
        OSError, HTTPException, ValueError.
        """
        opener = urllib.request.OpenerDirector()
        bare, known = _credentials(url)
        for handler in (
            _Handler(self),
            _Redirects(),
            urllib.request.UnknownHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPBasicAuthHandler(known),
            urllib.request.HTTPDigestAuthHandler(known),
        ):
            opener.add_handler(handler)
        answer: http.client.HTTPResponse = opener.open(bare, timeout=timeout)
        return answer


def _credentials(url: str) -> tuple[str, urllib.request.HTTPPasswordMgr]:
    """Return an address without its user and password, and what knows these."""
    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = parts._replace(netloc=host, fragment="").geturl()
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    if parts.username is not None:
        user, password = (
            urllib.parse.unquote(one or "") for one in (parts.username, parts.password)
        )
        known.add_password(None, bare, user, password)
    return bare, known


class _Handler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens http and https, and hands each connection to a line."""

    def __init__(self, line: Line) -> None:
        urllib.request.HTTPSHandler.__init__(self)
        self._line = line

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Plain, self._line), request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Secure, self._line), request)


class _Plain(http.client.HTTPConnection):
    """Hands its socket to a line as soon as it is connected."""

    def __init__(self, line: Line, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._line = line

    def connect(self) -> None:
        super().connect()
        self._line.add(self.sock)


class _Secure(_Plain, http.client.HTTPSConnection):
    """Does so once the connection is encrypted."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to http and https alone: urllib would go on to ftp too, and read all that comes."""

    def http_error_302(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any
    ) -> Any:
        fp.close()
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urllib.parse.urlsplit(newurl).scheme not in SCHEMES:
            raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
