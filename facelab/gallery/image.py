"""Image: one picture file, read with care."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError

if TYPE_CHECKING:
    from facelab.contract.frame import Frame

_MARKS = {
    b"\xff\xd8\xff": (b"\xff\xda", b"\xff\xd9"),
    b"\x89PNG": (b"IDAT", b"IEND\xaeB`\x82"),
}
"""How a JPEG and a PNG begin, where their last pixels begin, and how those end when whole. Phones
write more behind the end: thumbnails, depth, notes of their maker."""


def read_image(path: Path) -> Frame:
    """Return the picture in a file as (height, width, 3) uint8 BGR.

    Raises FacelabError, in one line that names the file, when there is none, when it is no
    picture, and when it breaks off: OpenCV alone would fill the rest with grey.
    """
    return decode_image(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a photo's file. Raises FacelabError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FacelabError(
            f"{path}: no such photo ({error.strerror}); put it back or take it out of the gallery"
        ) from error


def check_image(content: bytes, name: str) -> None:
    """Raise FacelabError, as ``read_image``, for what is no whole picture.

    A JPEG or PNG is told by how it begins and ends; files of other kinds are decoded.
    """
    if content.startswith(tuple(_MARKS)):
        _check_whole(content, name)
    else:
        decode_image(content, name)


def _check_whole(content: bytes, name: str) -> None:
    for beginning, (pixels, ending) in _MARKS.items():
        if content.startswith(beginning) and ending not in content[content.rfind(pixels) :]:
            raise FacelabError(
                f"{name}: the picture breaks off after {len(content)} bytes; "
                "copy it again from where it came"
            )


def decode_image(content: bytes, name: str) -> Frame:
    """Return the picture in the bytes of a file called ``name``; errors as in ``read_image``."""
    _check_whole(content, name)
    cv2 = opencv()
    try:
        frame = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # no bytes at all, or a picture of more than 2^30 pixels
        frame = None
    if frame is None:
        raise FacelabError(
            f"{name}: {len(content)} bytes that are no picture; allowed are JPEG, PNG, BMP, WebP "
            "and PGM files; take it away or replace it"
        )
    return np.asarray(frame, np.uint8)


def shrunk(frame: Frame, most: int = 1280) -> Frame:
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
