"""Picture header: the kind and size of a picture, from its first bytes, before decoding."""

from __future__ import annotations

import re

MOST_PIXELS = 100_000_000
"""Pixels that a photo has at most: decoded they fill 300 MB."""

_PNM = re.compile(rb"P[25](?:\s+#[^\n]*|\s)*\s(\d{1,9})(?:\s+#[^\n]*|\s)*\s(\d{1,9})")
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of a JPEG that a frame's size follows."""

Size = tuple[int, int]
"""Width and height, in pixels, as they are stored: EXIF may turn them."""


def size(content: bytes) -> Size | None:
    """Return the size of a JPEG, PNG, BMP, WebP or PGM, or None for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return _number(content[16:20], "big"), _number(content[20:24], "big")
    if content.startswith(b"BM"):
        return _bmp(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _webp(content)
    if match := _PNM.match(content[:4096]):
        return int(match[1]), int(match[2])
    return None


def _jpeg(content: bytes) -> Size | None:
    place = 2
    while (place := content.find(b"\xff", place)) >= 0:
        while content[place : place + 1] == b"\xff":  # any number of them may stand there
            place += 1
        marker = content[place : place + 1]
        if not marker:
            break
        if marker[0] in _SIZES:
            height, width = content[place + 4 : place + 6], content[place + 6 : place + 8]
            return _number(width, "big"), _number(height, "big")
        if marker[0] == 0xDA:  # pixels begin, and nobody has said how many
            break
        alone = marker[0] in (0x00, 0x01) or 0xD0 <= marker[0] <= 0xD9
        place += 1 if alone else 1 + max(_number(content[place + 1 : place + 3], "big"), 2)
    return None


def _bmp(content: bytes) -> Size:
    if _number(content[14:18], "little") == 12:  # OS/2's
        return _number(content[18:20], "little"), _number(content[20:22], "little")
    width, height = (
        abs(int.from_bytes(content[start : start + 4], "little", signed=True)) for start in (18, 22)
    )
    return width, height


def _webp(content: bytes) -> Size | None:
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + _number(content[24:27], "little"), 1 + _number(content[27:30], "little")
    if kind == b"VP8L":
        bits = _number(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return (
            _number(content[26:28], "little") & 0x3FFF,
            _number(content[28:30], "little") & 0x3FFF,
        )
    return None


def _number(content: bytes, order: str) -> int:
    return int.from_bytes(content, "big" if order == "big" else "little")
