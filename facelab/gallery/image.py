"""Image: one picture file, read with care."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np

from facelab.base.files import read, read_named, shown
from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.gallery.picture_header import MOST_PIXELS, size

_MARKS = {
    b"\xff\xd8\xff": (b"\xff\xda", b"\xff\xd9"),
    b"\x89PNG": (b"IDAT", b"IEND\xaeB`\x82"),
}
"""How a JPEG and a PNG begin, where their last pixels begin, and how those end when whole. Phones
write more behind the end: thumbnails, depth, notes of their maker."""

LARGEST = 100_000_000
"""Bytes that a photo has at most."""


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
    return FacelabError(
        f"{name}: no such photo ({reason}); put it back or take it out of the gallery"
    )


def check_image(content: bytes, name: str) -> None:
    """Raise FacelabError, as ``read_image``, for a file that is no whole picture.

    JPEG and PNG are recognised by their first and last bytes; files of other kinds are decoded.
    """
    if content.startswith(tuple(_MARKS)):
        _check_head(content, name)
    else:
        decode_image(content, name)


def _check_head(content: bytes, name: str) -> None:
    """Raise FacelabError for what is no picture, too large a one, or one that breaks off."""
    for beginning, (pixels, ending) in _MARKS.items():
        if content.startswith(beginning) and ending not in content[content.rfind(pixels) :]:
            raise FacelabError(
                f"{name}: the picture breaks off after {len(content)} bytes; "
                "copy it again from where it came"
            )
    found = size(content)
    if found is None:
        raise _no_picture(content, name)
    if found[0] * found[1] > MOST_PIXELS:
        raise FacelabError(
            f"{name}: received {found[0]} x {found[1]} pixels, allowed are "
            f"{MOST_PIXELS // 10**6} million; save it smaller"
        )


def decode_image(content: bytes, name: str) -> Frame:
    """Return the picture in the bytes of a file called ``name``; errors as in ``read_image``."""
    _check_head(content, name)
    cv2 = opencv()
    try:
        frame = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # its size is nonsense
        frame = None
    if frame is None:
        raise _no_picture(content, name)
    return np.asarray(frame, np.uint8)


def _no_picture(content: bytes, name: str) -> FacelabError:
    return FacelabError(
        f"{name}: {len(content)} bytes that are no picture; allowed are JPEG, PNG, BMP, WebP "
        "and PGM files; take it away or replace it"
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
