"""Line: the connection to a camera on the network; another thread can cut it."""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from functools import partial
from typing import Any

from facelab.camera.credentials import Credentials
from facelab.camera.faults import NoLine
from facelab.camera.verified import OTHER
from facelab.camera.web_address import WebAddress

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

    def open(self, address: WebAddress, timeout: float) -> http.client.HTTPResponse:
        """Connect with the user and password of an address, and return the answer.

        Redirects are followed to http and https alone. No proxy is asked: a camera stands in
        one's own network. ``timeout``: seconds without a byte. Raises urllib.error.HTTPError,
        OSError, HTTPException, NoLine.
        """
        opener = urllib.request.OpenerDirector()
        for handler in (
            _Handler(self, address.pin),
            _Redirects(),
            urllib.request.UnknownHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            Credentials(address),
        ):
            opener.add_handler(handler)
        answer: http.client.HTTPResponse = opener.open(address.bare, timeout=timeout)
        return answer


class _Handler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens http and https, and hands each connection to a line."""

    def __init__(self, line: Line, pin: str) -> None:
        urllib.request.HTTPSHandler.__init__(self)
        self._line, self._pin = line, pin

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Plain, self._line), request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Secure, self._line, self._pin), request)


class _Plain(http.client.HTTPConnection):
    """Hands its socket to a line as soon as it is connected."""

    def __init__(self, line: Line, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._line = line

    def connect(self) -> None:
        super().connect()
        self._line.add(self.sock)


class _Secure(_Plain, http.client.HTTPSConnection):
    """Does so once the connection is encrypted, to whoever shows the certificate to be trusted."""

    def __init__(self, line: Line, pin: str, *arguments: Any, **options: Any) -> None:
        if pin:  # of this one certificate its host's name and who signed it do not count
            options["context"] = context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        super().__init__(line, *arguments, **options)
        self._pin = pin

    def connect(self) -> None:
        super().connect()
        shown = hashlib.sha256(self.sock.getpeercert(binary_form=True) or b"").hexdigest()
        if self._pin and shown != self._pin:
            self.close()
            raise NoLine(OTHER)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to http and https alone: urllib would go on to ftp too, and read all that comes."""

    def http_error_302(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any
    ) -> Any:
        fp.close()
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except ValueError:
            raise NoLine("sends on to an address that is none; is the address right?") from None

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urllib.parse.urlsplit(newurl).scheme not in SCHEMES:
            raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
