"""MJPEG over HTTP: a stream of JPEGs from webcam servers and network cameras.

facelab reads it itself: FFmpeg conceals errors in a JPEG and passes it on as a picture, and its
decoder gives other pixels than that of photos. Input is untrusted: lines, headers and pictures are
bounded, and cutting the line ends every wait.
"""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse

from facelab.camera.causes import broken_off, cause
from facelab.camera.faults import BrokenPicture, Dropped, NoLine
from facelab.camera.line import Line
from facelab.camera.web_address import WebAddress
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


def pictures(
    address: WebAddress, name: str, wait: float, line: Line
) -> Iterator[Frame | BrokenPicture] | None:
    """Connect, and return the pictures, without end; None when it is a film of another kind.

    ``wait``: seconds after which the reader gives up; the network gets twice as long, and is given
    up with its ``line``. What an answer is called does not count where its content is a stream.
    Raises FacelabError when there is no answer, or no stream in it; the pictures raise Dropped when
    the stream ends.
    """
    answer = _connect(address, name, wait, line)
    kind, boundary = _kind(answer)
    stream = Stream(answer)
    if not kind.startswith("multipart/"):
        first = _first_line(stream, name)
        if first[:2] != b"--":
            answer.close()
            _check_film(kind, first, name)
            return None
        stream.back(first)
    return _pictures(answer, stream, boundary, name)


def _kind(answer: HTTPResponse) -> tuple[str, bytes]:
    """Return what an answer is said to be, if it is said, and the boundary of its parts."""
    if not answer.headers.get("Content-Type"):
        return "", b""
    boundary = answer.headers.get_boundary() or ""
    return answer.headers.get_content_type(), boundary.strip().encode(errors="replace")


def _first_line(stream: Stream, name: str) -> bytes:
    """Return the first line of an answer that is not empty."""
    try:
        for _ in range(HEADERS):
            line = stream.line(HEADER)
            if not line or line.strip():
                return line
    except (OSError, HTTPException, ValueError, OverflowError) as error:
        raise FacelabError(f"{name}: breaks off ({broken_off(error)}); start it again") from None
    return b""


def _check_film(kind: str, first: bytes, name: str) -> None:
    """Raise FacelabError unless it may be a film that FFmpeg reads."""
    what = one_line(kind, 40)
    if not kind:
        if first.lstrip()[:1] == b"<":
            what = "a web page"
        elif first.startswith((b"\xff\xd8\xff", b"\x89PNG")):
            what = "a single picture"
        elif not first:
            what = "nothing"
        elif first.strip().isascii() and first.strip().decode().isprintable():
            what = ""
        else:
            return
    elif not kind.startswith(("image/", "text/")):
        return
    raise FacelabError(
        f"{name}: sends {what}, no stream of pictures; look for the address of the camera's MJPEG "
        "stream in its manual".replace("sends , no", "sends no")
    )


def _connect(address: WebAddress, name: str, wait: float, line: Line) -> HTTPResponse:
    try:
        return line.open(address, 2 * wait)
    except urllib.error.HTTPError as error:
        error.close()
        raise FacelabError(f"{name}: {_meaning(error.code, address)}") from None
    except (OSError, HTTPException, ValueError, OverflowError, NoLine) as error:
        raise FacelabError(f"{name}: {cause(error, address, wait)}") from None


def _meaning(code: int, address: WebAddress) -> str:
    if code == 401 and address.user is None:
        return "user and password are missing (HTTP 401); write http://user:password@…"
    if code == 401:
        return "user or password is wrong (HTTP 401); correct them"
    if code == 403:
        return "forbidden (HTTP 403); allow this user, or this computer, in the camera's settings"
    if code in (423, 429, 503):
        return f"already in use or not ready (HTTP {code}); close what else shows its pictures"
    if 300 <= code < 400:
        return (
            f"sends on to where nobody goes (HTTP {code}); allowed are http and https, and few "
            "turns: is the address right?"
        )
    if code >= 500:
        return f"fails itself (HTTP {code}); switch it off and on"
    return f"no such stream there (HTTP {code}); is the address right?"


def _pictures(
    answer: HTTPResponse, stream: Stream, boundary: bytes, name: str
) -> Iterator[Frame | BrokenPicture]:
    with answer:
        try:
            for number, content in enumerate(_parts(stream, boundary), 1):
                try:
                    yield decode_image(content, name)
                except FacelabError:
                    yield BrokenPicture(
                        f"{name}: picture {number} is broken ({len(content)} bytes)"
                    )
        except (ValueError, OverflowError):  # http.client takes whatever it is told
            raise Dropped("a length that is none") from None
        except (OSError, HTTPException) as error:
            raise Dropped(broken_off(error)) from None
    raise Dropped("the stream ended")


class Stream:
    """The bytes of an answer, of which some can be given back."""

    def __init__(self, answer: HTTPResponse) -> None:
        self._answer, self._back = answer, b""

    def back(self, content: bytes) -> None:
        """Give bytes back, to be read next."""
        self._back = content + self._back

    def line(self, most: int) -> bytes:
        """Return a line with its end; less where it is longer than ``most``, or at the end."""
        given, end, self._back = self._back.partition(b"\n")
        return given + end if end else given + self._answer.readline(max(most - len(given), 1))

    def read(self, count: int) -> bytes:
        """Return so many bytes, fewer at the end."""
        given, self._back = self._back[:count], self._back[count:]
        return given + self._answer.read(count - len(given)) if len(given) < count else given


def _parts(stream: Stream, boundary: bytes) -> Iterator[bytes]:
    """Yield the content of each part until the stream ends, a part broken off left out.

    Servers tell other boundaries than they use, and wrong lengths: what stands in the stream
    counts. Raises Dropped where a part has more headers, or a longer length, than any camera sends.
    """
    line = _first_mark(stream, boundary)
    told = b"--" + boundary
    mark = next((one for one in (told, boundary) if one[:2] == b"--" and line.startswith(one)), b"")
    mark = mark if boundary and mark else line.strip()
    while line:
        if not line.startswith(mark):
            line = stream.line(LARGEST)
            continue
        length = _length(stream)
        content = bytearray()
        if length is not None:
            content += stream.read(min(length, LARGEST))
            within = content.find(b"\n" + mark)
            if within < 0 and len(content) < length:
                return
            if within >= 0:  # the length is too long
                stream.back(bytes(content[within + 1 :]))
                del content[within:]
                content = content.removesuffix(b"\r")
        line = stream.line(LARGEST)
        if length is None or (line.strip() and not line.startswith(mark)):
            while line and not line.startswith(mark):
                content += line
                if len(content) > LARGEST:
                    return
                line = stream.line(LARGEST)
            content = content.removesuffix(b"\n").removesuffix(b"\r")
        if content:
            yield bytes(content)


def _first_mark(stream: Stream, boundary: bytes) -> bytes:
    """Return the line that begins the first part: with the boundary, or with two dashes."""
    before = 0
    while line := stream.line(LARGEST):
        if line.startswith(b"--") or (boundary[:2] == b"--" and line.startswith(boundary)):
            return line
        before += len(line)
        if before > LARGEST:
            raise Dropped(f"no picture in {LARGEST >> 20} MB")
    return b""


def _length(stream: Stream) -> int | None:
    """Read the headers of a part, and return the length that they tell."""
    length = None
    for _ in range(HEADERS):
        line = stream.line(HEADER)
        if not line.strip():
            return length
        field, _, value = line.partition(b":")
        digits = value.strip()
        if field.strip().lower() == b"content-length" and digits.isdigit():
            if len(digits) > DIGITS:
                raise Dropped(f"a length of {len(digits)} digits")
            length = int(digits)
    raise Dropped(f"a picture with more than {HEADERS} headers")
