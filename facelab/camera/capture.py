"""Capture: what OpenCV and FFmpeg give of devices, streams and films, frame by frame."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from facelab.base.files import first_bytes, named, opened, shown
from facelab.base.opencv import opencv
from facelab.camera.faults import BrokenPicture
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame

RATE = 25.0
"""Frames a second of a film that does not say."""

CONVERT = "convert it, for example with `ffmpeg -i IN -c:v libx264 OUT.mp4`"


_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
"""The variable from which OpenCV reads FFmpeg's options when it opens something."""

_opening = threading.Lock()


@contextmanager
def captured(*where: Any, options: str = "") -> Iterator[Any]:
    """Within the block, give a ``cv2.VideoCapture``, opened or not, that prints nothing.

    ``options``: FFmpeg's, beside those that the user has set.
    """
    # OpenCV and FFmpeg would print lines of their own, addresses with passwords among them.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2 = opencv()
    log = cv2.utils.logging
    before = log.setLogLevel(log.LOG_LEVEL_SILENT)
    with _set(options):
        capture = cv2.VideoCapture(*where)
    try:
        yield capture
    finally:
        capture.release()
        log.setLogLevel(before)


@contextmanager
def _set(options: str) -> Iterator[None]:
    """Set FFmpeg's options for the block; whoever opens something without is not held up."""
    if not options:
        yield
        return
    with _opening:
        before = os.environ.get(_OPTIONS)
        os.environ[_OPTIONS] = f"{before}|{options}" if before else options
        try:
            yield
        finally:
            if before is None:
                del os.environ[_OPTIONS]
            else:
                os.environ[_OPTIONS] = before


def frames_of(capture: Any) -> Iterator[Frame]:
    """Yield the frames that are captured, until there is none."""
    while (read := capture.read())[0]:
        yield np.asarray(read[1], np.uint8)


def film(path: Path) -> Iterator[tuple[float, Frame] | BrokenPicture]:
    """Yield the seconds and the frame of each picture of a video file.

    Raises FacelabError when it cannot be played, or when its file breaks off; where FFmpeg gives
    fewer frames of a whole file than that says, a line tells it.
    """
    cv2 = opencv()
    size = path.stat().st_size
    with captured(str(path), cv2.CAP_FFMPEG) as capture:
        if not capture.isOpened():
            raise FacelabError(
                f"{path}: {size} bytes that cannot be played as a film; allowed are files that "
                f"FFmpeg knows; {CONVERT}"
            )
        said = max(int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), 0)
        codec = _codec(int(capture.get(cv2.CAP_PROP_FOURCC)))
        steady = rate(path)
        count, last = 0, -1.0
        for frame in frames_of(capture):
            at = float(capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
            last = at if at > last else last + 1 / steady
            yield last, frame
            count += 1
    if _breaks_off(path, size):
        of = f" of {said}" if said > count else ""
        raise FacelabError(
            f"{path}: the film ends after {count}{of} frames, the file breaks off; copy it again "
            "from where it came"
        )
    if not count:
        raise FacelabError(
            f"{path}: no frame of it can be decoded (its codec is {codec}); {CONVERT}"
        )
    if count < said * 0.9 and _counts(path):
        yield BrokenPicture(
            f"{path}: {count} of {said} frames can be played, the others are cut off or damaged"
        )


def rate(path: Path) -> float:
    """Return the frames a second of a film, 25 where it is unknown."""
    cv2 = opencv()
    with captured(str(path), cv2.CAP_FFMPEG) as capture:
        found = float(capture.get(cv2.CAP_PROP_FPS))
    return found if 0 < found < 1000 else RATE


def _codec(number: int) -> str:
    name = number.to_bytes(4, "little", signed=number < 0).decode("latin-1").strip("\0 ")
    return shown(name) if name else "unknown"


def _counts(path: Path) -> bool:
    """Return whether a film's number of frames is written in it, not guessed from its length."""
    head = first_bytes(path, 12)
    return head[4:8] == b"ftyp" or head[:4] == b"RIFF"


def _breaks_off(path: Path, size: int) -> bool:
    """Return whether a file is shorter than its parts: of MP4 and QuickTime, AVI, Matroska."""
    head = first_bytes(path, 64)
    if head[:4] == b"RIFF":
        return 8 + int.from_bytes(head[4:8], "little") > size
    if head[:4] == b"\x1aE\xdf\xa3":
        return _matroska_ends(head) > size
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return _boxes_end(path, size) > size
    return False


def _boxes_end(path: Path, size: int) -> int:
    """Return where the last box of an MP4 ends."""
    place = 0
    with opened(*named(path)) as content:
        while place + 8 <= size:
            content.seek(place)
            head = content.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length < 8:  # 0: up to the end
                return place if length else size
            place += length
    return place


def _matroska_ends(head: bytes) -> int:
    """Return where the segment of a Matroska or WebM film ends, 0 where it does not say."""
    try:
        place = 4
        length, place = _vint(head, place)
        place += length
        if head[place : place + 4] != b"\x18\x53\x80\x67":
            return 0
        length, place = _vint(head, place + 4)
    except IndexError:
        return 0
    return 0 if length < 0 else place + length


def _vint(head: bytes, place: int) -> tuple[int, int]:
    """Return a number of variable length, -1 for unknown, and where it ends."""
    width = 9 - head[place].bit_length()
    bits = int.from_bytes(head[place : place + width], "big") & ((1 << 7 * width) - 1)
    return (-1 if bits == (1 << 7 * width) - 1 else bits), place + width
