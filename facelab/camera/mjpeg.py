"""MJPEG over HTTP: a stream of JPEGs from webcam servers and network cameras.

facelab reads it itself: FFmpeg conceals errors in a JPEG and passes it on as a picture, and its
decoder gives other pixels than that of photos. Input is untrusted: lines, headers and pictures are
bounded, and cutting the line ends every wait.
"""

from __future__ import annotations

import socket
import ssl
import urllib.error
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse

from facelab.camera.address import hidden
from facelab.camera.faults import BrokenPicture, Dropped
from facelab.camera.line import Line
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.contract.text import one_line
from facelab.gallery.image import decode_image

LARGEST = 1 << 25
"""Bytes of a picture, at most: a stream that never says where one ends is no MJPEG."""

HEADER, HEADERS = 1 << 13, 100
"""Bytes of a header of a part, and how many it may have: as many as an answer itself."""

DIGITS = 10
"""Digits of a length, at most."""


def pictures(url: str, wait: float, line: Line) -> Iterator[Frame | BrokenPicture] | None:
    """Connect, and return the pictures, without end; None when it is a film of another kind.

    ``wait``: seconds after which the reader gives up; the network gets twice as long, and is given
    up with its ``line``. Raises FacelabError when there is no answer, or no stream in it; the
    pictures raise Dropped when the stream ends.
    """
    answer = _connect(url, wait, line)
    kind, boundary = answer.headers.get_content_type(), answer.headers.get_boundary()
    if kind.startswith("multipart/") and boundary:
        return _pictures(answer, boundary.encode(errors="replace"), hidden(url))
    answer.close()
    if kind.startswith(("image/", "text/")):
        raise FacelabError(
            f"{hidden(url)}: sends {one_line(kind, 40)}, no stream of pictures; look for the "
            "address of the camera's MJPEG stream in its manual"
        )
    return None


def _connect(url: str, wait: float, line: Line) -> HTTPResponse:
    name = hidden(url)
    try:
        return line.open(url, 2 * wait)
    except urllib.error.HTTPError as error:
        error.close()
        raise FacelabError(f"{name}: {_meaning(error.code)}") from None
    except (OSError, HTTPException, ValueError, OverflowError) as error:
        raise FacelabError(
            f"{name}: nobody answers ({_cause(error)}); is the camera on, is the address right?"
        ) from None


def _meaning(code: int) -> str:
    if code in (401, 403):
        return f"user or password is missing or wrong (HTTP {code}); write http://user:password@…"
    if code in (423, 429, 503):
        return f"already in use or not ready (HTTP {code}); close what else shows its pictures"
    if 300 <= code < 400:
        return (
            f"sends on to where nobody goes (HTTP {code}); allowed are http and https, and few "
            "turns: is the address right?"
        )
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
        except (ValueError, OverflowError):  # http.client takes whatever it is told
            raise Dropped("a length that is none") from None
        except (OSError, HTTPException) as error:
            raise Dropped(_cause(error)) from None
    raise Dropped("the stream ended")


def _parts(stream: HTTPResponse, boundary: bytes) -> Iterator[bytes]:
    """Yield the content of each part until the stream ends, a part broken off left out.

    Raises Dropped where a part has more headers, or a longer length, than any camera sends.
    """
    mark = (b"--" + boundary, *([boundary] if boundary.startswith(b"--") else []))
    line = stream.readline(LARGEST)
    before = 0
    while line:
        if not line.startswith(mark):
            before += len(line)
            if before > LARGEST:
                raise Dropped(f"no picture in {LARGEST >> 20} MB")
            line = stream.readline(LARGEST)
            continue
        before = 0
        length = None
        for _ in range(HEADERS):
            line = stream.readline(HEADER)
            if not line.strip():
                break
            field, _, value = line.partition(b":")
            digits = value.strip()
            if field.strip().lower() == b"content-length" and digits.isdigit():
                if len(digits) > DIGITS:
                    raise Dropped(f"a length of {len(digits)} digits")
                length = int(digits)
        else:
            raise Dropped(f"a picture with more than {HEADERS} headers")
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
