"""Pictures: whole ones of every kind that is read, and ways to damage them; all are drawn here."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import cv2
import numpy as np

from facelab.contract.frame import Frame
from tests.conftest import draw

SIZE = (48, 64)


def jpeg(frame: Frame | None = None, *how: int) -> bytes:
    """A frame as JPEG; ``how``: options of OpenCV."""
    coloured = draw(0, 0, SIZE) if frame is None else frame
    content: bytes = cv2.imencode(".jpg", coloured, list(how))[1].tobytes()
    return content


def progressive(frame: Frame | None = None) -> bytes:
    """A frame as a JPEG that comes in several scans."""
    return jpeg(frame, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)


def png(
    raw: bytes,
    size: tuple[int, int],
    depth: int = 8,
    colour: int = 2,
    *,
    interlaced: bool = False,
    before: tuple[tuple[bytes, bytes], ...] = (),
) -> bytes:
    """A PNG of (width, height) from raw rows, each with its filter's byte."""
    head = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlaced)
    parts = ((b"IHDR", head), *before, (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG, with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the parts of a PNG."""
    place = 8
    while place < len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        yield content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        place += 12 + length


def joined(parts: list[tuple[bytes, bytes]]) -> bytes:
    """A PNG of parts."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def pgm(values: np.ndarray, most: int, kind: str = "P5") -> bytes:
    """A PGM of grey levels (height, width) up to ``most``, in bytes (P5) or in words (P2)."""
    height, width = values.shape
    head = f"{kind}\n# drawn by a test\n{width} {height}\n{most}\n".encode()
    if kind == "P2":
        return head + "\n".join(" ".join(map(str, row)) for row in values.tolist()).encode()
    return head + values.astype(">u2" if most > 255 else "u1").tobytes()


def every_kind() -> dict[str, bytes]:
    """Whole pictures, by what they are."""
    frame = draw(0, 0, SIZE)
    grey = frame[..., 0]
    kinds: dict[str, bytes] = {
        f"{ending[1:]} {name}": cv2.imencode(ending, some)[1].tobytes()
        for ending in (".jpg", ".png", ".bmp", ".webp")
        for name, some in (("colour", frame), ("grey", grey))
    }
    return kinds | {
        "progressive": progressive(),
        "grey progressive": progressive(grey),
        "restarts": jpeg(None, cv2.IMWRITE_JPEG_RST_INTERVAL, 2),
        "4:4:4": jpeg(None, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111),
        "4:1:1": jpeg(None, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x411111),
        "4:4:0": jpeg(None, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x121111),
        "deep png": cv2.imencode(".png", grey.astype(np.uint16) * 257)[1].tobytes(),
        "clear png": cv2.imencode(".png", np.dstack([frame, grey]))[1].tobytes(),
        "lossless webp": cv2.imencode(".webp", frame, [cv2.IMWRITE_WEBP_QUALITY, 101])[1].tobytes(),
        "pgm": cv2.imencode(".pgm", grey)[1].tobytes(),
        "P2": pgm(grey, 255, "P2"),
        "deep pgm": pgm(grey.astype(int) * 16, 4095),
    }
