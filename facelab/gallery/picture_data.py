"""Picture data: whether all pixels of a picture file are there, beyond its header.

Decoders are made to show something whatever they are given: a JPEG's missing part is grey, and a
line on the terminal that names no file is all they say. Here that line is a refusal. What is no
picture's size and kind is not looked at: `picture_header` has done that.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from itertools import accumulate, pairwise

from facelab.gallery.picture_header import size

SCANS = 100
"""Scans of a progressive JPEG, at most; usual are 10. Each passes over the whole picture."""

_MARKER = re.compile(rb"\xff+([^\xff\x00])", re.DOTALL)
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of a JPEG behind which no segment follows."""

PIECE = 1 << 20
"""Bytes that are unpacked at once."""


class Broken(Exception):
    """A picture breaks off."""


class Damaged(Exception):
    """A picture is damaged; the text says how."""


def check_data(content: bytes) -> None:
    """Raise Broken or Damaged unless all pixels of a JPEG, PNG, BMP or WebP file are there."""
    if content.startswith(b"\xff\xd8\xff"):
        _check_jpeg(content)
    elif content.startswith(b"\x89PNG"):
        _check_png(content)
    elif content.startswith(b"BM"):
        _check_bmp(content)
    elif content.startswith(b"RIFF") and 8 + _number(content, 4, 4) > len(content):
        raise Broken


def bare(content: bytes) -> bytes:
    """Return what a decoder is to be given of a whole file: of a PNG what its pixels are made of.

    Profiles and notes make libpng talk on the terminal.
    """
    if not content.startswith(b"\x89PNG"):
        return content
    head, turned, kept = b"", False, [content[:8]]
    for kind, data in _chunks(content):
        if kind == b"eXIf":
            if turned:
                continue
            turned = True
        if kind == b"IHDR":
            head = data
        if kind == b"PLTE":  # an index beyond it is black, without a word
            most = 3 << head[8] if head[9] == 3 else len(data)
            data = data[:most].ljust(most, b"\0")
        if kind in (b"IHDR", b"PLTE", b"eXIf", b"IDAT"):
            kept.append(_chunk(kind, data))
    return b"".join((*kept, _chunk(b"IEND", b"")))


def _check_jpeg(content: bytes) -> None:
    import simplejpeg

    content = content[: _end_of_jpeg(content)]
    if size(content) is None:
        raise Damaged("no size")
    try:
        colours = simplejpeg.decode_jpeg_header(content)[2]
        # an eighth of the size: all is read, and little of it calculated
        kind = "CMYK" if colours in ("CMYK", "YCCK") else "GRAY"
        simplejpeg.decode_jpeg(content, kind, min_height=1, min_width=1, min_factor=8)
    except ValueError as error:
        raise Damaged(str(error).removeprefix("Corrupt JPEG data: ")) from None


def _end_of_jpeg(content: bytes) -> int:
    """Return where the first picture in a JPEG ends; phones write films and notes behind it."""
    place, scans = 2, 0
    while match := _MARKER.search(content, place):
        marker, place = match[1][0], match.end()
        if marker == 0xD9:
            return place
        if marker in _ALONE:
            continue
        scans += marker == 0xDA
        if scans > SCANS:
            raise Damaged(f"more than {SCANS} scans")
        place += max(int.from_bytes(content[place : place + 2], "big"), 2)
    raise Broken


_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
           (0, 1, 1, 2))  # fmt: skip
"""Left, top, steps across and down of the seven passes of an interlaced PNG."""

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


def _check_png(content: bytes) -> None:
    parts: dict[bytes, bytes] = {}
    pixels: list[bytes] = []
    for kind, data in _chunks(content, verified=True):
        if kind == b"IDAT":
            pixels.append(data)
        elif kind in parts or (pixels and kind in (b"IHDR", b"PLTE")):
            raise Damaged(f"a second or late {kind.decode()}")
        elif kind in (b"IHDR", b"PLTE"):
            parts[kind] = data
    head, palette = parts.get(b"IHDR", b""), parts.get(b"PLTE", b"")
    if len(head) != 13 or not all(size(content) or (0,)):
        raise Damaged("no size")
    width, height, depth, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", head)
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or interlaced > 1:
        raise Damaged("an IHDR that no PNG has")
    if len(palette) % 3 or len(palette) > 768 or (colour == 3 and not palette):
        raise Damaged("a palette that is none")
    bits = depth * _CHANNELS[colour]
    passes = [
        (len(range(top, height, down)), -(-len(range(left, width, across)) * bits // 8) + 1)
        for left, top, across, down in (_PASSES if interlaced else ((0, 0, 1, 1),))
        if left < width and top < height
    ]
    _check_rows(b"".join(pixels), passes)


def _chunks(content: bytes, *, verified: bool = False) -> Iterator[tuple[bytes, bytes]]:
    """Yield the parts of a PNG up to its end; ``verified``: each has its right checksum."""
    place = 8
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        end = place + 8 + length
        if end + 4 > len(content):
            break
        kind, data = content[place + 4 : place + 8], content[place + 8 : end]
        if verified and _checksum(kind, data) != content[end : end + 4]:
            raise Damaged(f"a wrong checksum after {place} bytes")
        if kind == b"IEND":
            return
        yield kind, data
        place = end + 4
    raise Broken


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + _checksum(kind, data)


def _checksum(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def _check_rows(stream: bytes, passes: list[tuple[int, int]]) -> None:
    """Unpack the pixels of a PNG, and forget them; ``passes``: rows, and bytes a row, of each."""
    unpacked, left, seen = zlib.decompressobj(), stream, 0
    ends = list(accumulate((rows * length for rows, length in passes), initial=0))
    try:
        while not unpacked.eof:
            begun, piece = seen, unpacked.decompress(left, PIECE)
            left = unpacked.unconsumed_tail
            if not piece and not left:
                break
            seen += len(piece)
            for (_, length), (start, end) in zip(passes, pairwise(ends), strict=True):
                first = start + max(0, -(-(begun - start) // length)) * length
                filters = piece[first - begun : max(min(end, seen) - begun, 0) : length]
                if max(filters, default=0) > 4:
                    raise Damaged("a filter that no PNG has")
    except zlib.error:
        raise Damaged("its pixels cannot be unpacked") from None
    if seen != ends[-1] or not unpacked.eof or unpacked.unused_data:
        raise Damaged(f"{seen:,} bytes of pixels instead of {ends[-1]:,}")


def _check_bmp(content: bytes) -> None:
    """Packed pixels are left to the decoder: their length is written nowhere."""
    old = _number(content, 14, 4) == 12  # OS/2's
    depth = _number(content, 24 if old else 28, 2)
    found = size(content)
    if found is not None and (old or _number(content, 30, 4) not in (1, 2)):
        width, height = found
        if _number(content, 10, 4) + (width * depth + 31) // 32 * 4 * height > len(content):
            raise Broken


def _number(content: bytes, place: int, length: int) -> int:
    return int.from_bytes(content[place : place + length], "little")
