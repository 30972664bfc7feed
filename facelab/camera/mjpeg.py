"""MJPEG over HTTP: JPEG after JPEG, as webcam servers and network cameras send them.

A reader of our own: FFmpeg's conceals what is broken in a JPEG and hands it on as a picture, and
its decoder gives other pixels than the one that photos are read with.
"""

from __future__ import annotations

import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit

from facelab.camera.address import hidden
from facelab.camera.faults import BrokenPicture, Dropped
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.gallery.image import decode_image

LARGEST = 1 << 25
"""Bytes of a picture, at most: a stream that never says where one ends is no MJPEG."""


def pictures(url: str, wait: float) -> Iterator[Frame | BrokenPicture] | None:
    """Connect, and return what is sent, without end; None when it is a film of another kind.

    ``wait``: seconds after which whoever reads gives up; the network is left twice as long.
    Raises FacelabError when nobody answers, or with no stream; the pictures raise Dropped when
    the stream ends.
    """
    answer = _connect(url, wait)
    kind, boundary = answer.headers.get_content_type(), answer.headers.get_boundary()
    if kind.startswith("multipart/") and boundary:
        return _pictures(answer, boundary.encode(), hidden(url))
    answer.close()
    if kind.startswith(("image/", "text/")):
        raise FacelabError(
            f"{hidden(url)}: sends {kind}, no stream of pictures; look for the address of the "
            "camera's MJPEG stream in its manual"
        )
    return None


def _connect(url: str, wait: float) -> HTTPResponse:
    name = hidden(url)
    try:
        opener, bare = _opener(url)
        answer: HTTPResponse = opener.open(bare, timeout=2 * wait)
    except urllib.error.HTTPError as error:
        error.close()
        raise FacelabError(f"{name}: {_meaning(error.code)}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise FacelabError(
            f"{name}: nobody answers ({_cause(error)}); is the camera on, is the address right?"
        ) from None
    return answer


def _opener(url: str) -> tuple[urllib.request.OpenerDirector, str]:
    """Return what opens an address, with its user and password, and the address without them."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = parts._replace(netloc=host, fragment="").geturl()
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    if parts.username is not None:
        user, password = (
            urllib.parse.unquote(one or "") for one in (parts.username, parts.password)
        )
        known.add_password(None, bare, user, password)
    handlers = (
        urllib.request.ProxyHandler({}),  # a camera stands in one's own network
        urllib.request.HTTPBasicAuthHandler(known),
        urllib.request.HTTPDigestAuthHandler(known),
    )
    return urllib.request.build_opener(*handlers), bare


def _meaning(code: int) -> str:
    if code in (401, 403):
        return f"user or password is missing or wrong (HTTP {code}); write http://user:password@…"
    if code in (423, 429, 503):
        return f"already in use or not ready (HTTP {code}); close what else shows its pictures"
    return f"no such stream there (HTTP {code}); is the address right?"


def _cause(error: Exception) -> str:
    """Return why a connection failed, without the text that may quote the address."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, socket.gaierror):
        return "no such host"
    if isinstance(reason, ssl.SSLError):
        return f"no secure connection: {reason.reason}"
    strerror = getattr(reason, "strerror", None)
    return strerror or type(reason).__name__


def _pictures(answer: HTTPResponse, boundary: bytes, name: str) -> Iterator[Frame | BrokenPicture]:
    with answer:
        try:
            for number, content in enumerate(_parts(answer, boundary), 1):
                try:
                    yield decode_image(content, name)
                except FacelabError:
                    yield BrokenPicture(
                        f"{name}: picture {number} is broken ({len(content)} bytes)"
                    )
        except (OSError, HTTPException) as error:
            raise Dropped(_cause(error)) from None
    raise Dropped("the stream ended")


def _parts(stream: HTTPResponse, boundary: bytes) -> Iterator[bytes]:
    """Yield the content of each part until the stream ends, a part broken off left out."""
    mark = (b"--" + boundary, *([boundary] if boundary.startswith(b"--") else []))
    line = stream.readline(LARGEST)
    while line:
        if not line.startswith(mark):
            line = stream.readline(LARGEST)
            continue
        length = None
        while (line := stream.readline(LARGEST)).strip():
            field, _, value = line.partition(b":")
            if field.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
        if length is not None:
            content = stream.read(min(length, LARGEST))
            if len(content) < length:
                return
            yield content
            line = stream.readline(LARGEST)
            continue
        lines = bytearray()
        while (line := stream.readline(LARGEST)) and not line.startswith(mark):
            lines += line
            if len(lines) > LARGEST:
                return
        if lines:
            yield bytes(lines).removesuffix(b"\r\n")
