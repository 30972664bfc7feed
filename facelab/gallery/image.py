"""Image: one picture file, read with care."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from facelab.base.files import read, read_named, shown
from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.contract.text import one_line
from facelab.gallery.foreign import foreign
from facelab.gallery.pgm import is_pgm, read_pgm
from facelab.gallery.picture_data import Broken, Damaged, bare, check_data
from facelab.gallery.picture_header import MOST_PIXELS, size

LARGEST = 100_000_000
"""Bytes that a photo has at most."""

_MARKED = (b"\xff\xd8\xff", b"\x89PNG")
"""How a JPEG and a PNG begin."""

KINDS = "JPEG, PNG, BMP, WebP and PGM"
"""What is read."""


class Unreadable(FacelabError):
    """A file that is no whole picture: what it is, what to do, and whose photo it was to be."""

    def __init__(self, name: str, reason: str, cure: str, person: str = "") -> None:
        super().__init__(f"{name}: {reason}; {cure}")
        self.reason, self.cure, self.person = reason, cure, person


def read_image(path: Path) -> Frame:
    """Return the picture in a file that the user has named, (height, width, 3) uint8 BGR.

    Raises FacelabError, in one line that names the file, when there is none, when it is no
    picture, and when it breaks off: OpenCV alone would fill the rest with grey.
    """
    try:
        content = read_named(path, LARGEST)
    except OSError as error:
        raise _unreadable(str(path), error) from error
    return decode_image(content, str(path))


def read_bytes(folder: Path, file: str, name: str = "") -> bytes:
    """Return the bytes of a photo in a folder.

    Raises FacelabError, which calls the file by ``name``, when it lies elsewhere, cannot be read,
    or is far too large for a photo.
    """
    try:
        return read(folder, file, LARGEST)
    except (OSError, ValueError) as error:
        raise _unreadable(name or shown(file), error) from error


def _unreadable(name: str, error: Exception) -> FacelabError:
    reason = getattr(error, "strerror", None) or error
    return Unreadable(
        name, f"no such photo ({reason})", "put it back or take it out of the gallery"
    )


def check_image(content: bytes, name: str) -> None:
    """Raise FacelabError, as ``read_image``, for a file that is no whole picture.

    JPEG and PNG are unpacked, in a third of the time; files of other kinds are decoded.
    """
    if content.startswith(_MARKED):
        _check(content, name)
    else:
        decode_image(content, name)


def decode_image(content: bytes, name: str) -> Frame:
    """Return the picture in the bytes of a file called ``name``; errors as in ``read_image``."""
    _check(content, name)
    return decode_checked(content, name)


def decode_checked(content: bytes, name: str) -> Frame:
    """Return the picture in bytes that ``check_image`` has let pass."""
    if is_pgm(content):
        with _explained(content, name):
            return read_pgm(content)
    cv2 = opencv()
    try:
        frame = cv2.imdecode(np.frombuffer(bare(content), np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # its size is nonsense
        frame = None
    if frame is None:
        raise _no_picture(content, name)
    return np.asarray(frame, np.uint8)


def _check(content: bytes, name: str) -> None:
    """Raise FacelabError for what is no picture, too large a one, or one that is not whole."""
    found = size(content)
    if found is None and not content.startswith(_MARKED):
        raise _no_picture(content, name)
    if found and found[0] * found[1] > MOST_PIXELS:
        raise Unreadable(
            name,
            f"received {found[0]} x {found[1]} pixels, allowed are {MOST_PIXELS // 10**6} million",
            "save it smaller",
        )
    with _explained(content, name):
        check_data(content)


@contextmanager
def _explained(content: bytes, name: str) -> Iterator[None]:
    """Within the block, what is wrong with a picture is a FacelabError."""
    cure = "copy it again from where it came"
    try:
        yield
    except Broken:
        raise Unreadable(name, f"the picture breaks off after {len(content)} bytes", cure) from None
    except Damaged as error:
        raise Unreadable(name, f"the picture is damaged ({one_line(str(error))})", cure) from None


def _no_picture(content: bytes, name: str) -> FacelabError:
    if found := foreign(content):
        what, cure = found
        return Unreadable(name, what, f"{cure}; allowed are {KINDS}")
    return Unreadable(
        name,
        f"{len(content)} bytes that are no picture",
        f"allowed are {KINDS} files; take it away or replace it",
    )


def shrunk(frame: Frame, most: int) -> Frame:
    """Return a frame that is at most so many pixels wide and high: a phone's photos have more."""
    cv2 = opencv()
    height, width = frame.shape[:2]
    share = most / max(height, width)
    if share >= 1:
        return frame
    size = max(round(width * share), 1), max(round(height * share), 1)
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def encode_png(frame: Frame) -> bytes:
    """Return the bytes of a PNG file that gives the frame back pixel for pixel."""
    cv2 = opencv()
    encoded: bytes = cv2.imencode(".png", frame, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
    return encoded


def thumbnail(frame: Frame, size: int = 72) -> str:
    """Return a frame's centre square, so many pixels wide, as a JPEG in a ``data:`` address."""
    cv2 = opencv()
    height, width = frame.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = frame[top : top + side, left : left + side]
    small = cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA)
    encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 70])[1].tobytes()
    return f"data:image/jpeg;base64,{base64.b64encode(encoded).decode()}"
