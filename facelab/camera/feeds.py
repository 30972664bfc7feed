"""Feeds: the frames of a device, an address, a film or a sequence of pictures."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facelab.base.opencv import opencv
from facelab.camera import mjpeg
from facelab.camera.address import hidden
from facelab.camera.faults import BrokenPicture, Dropped
from facelab.camera.line import SCHEMES, Line
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.gallery.folder import ENDINGS
from facelab.gallery.image import read_image

RATE = 25.0
"""Frames a second of pictures, and of a film that does not say."""

ALLOWED = (
    "a number (0), a device (/dev/video2), an address (http, https, rtsp), a video file, a folder "
    "of pictures or a sequence (shots/%03d.jpg)"
)


@dataclass(frozen=True)
class Feed:
    """``start`` begins anew; ``name`` holds no password; ``rate`` is None of what is live."""

    start: Callable[[], Iterable[Frame | BrokenPicture]]
    name: str
    rate: float | None = None


def feed(place: str, wait: float) -> Feed:
    """Return the feed of a place. Raises FacelabError when it is none that exists."""
    path = Path(place)
    if place.isdecimal():
        device = Path(f"/dev/video{place}") if sys.platform == "linux" else None
        return Feed(lambda: _device(int(place), device, place), f"camera {place}")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", place):
        return _address(place, wait)
    if place.startswith("/dev/") or path.is_char_device():
        return Feed(lambda: _device(place, path, place), place)
    if (place and path.is_dir()) or re.search(r"%0?\d*d", path.name):
        return Feed(lambda: _pictures(path), place, RATE)
    if not path.is_file():
        raise FacelabError(
            f"--camera: received {hidden(place)}, no such file; allowed is {ALLOWED}"
        )
    return Feed(lambda: _film(path), place, _rate(path))


def _address(url: str, wait: float) -> Feed:
    name = hidden(url)
    scheme = url.partition(":")[0].lower()
    if scheme in SCHEMES:
        return Feed(lambda: _Web(url, wait), name)
    if scheme in ("rtsp", "rtsps"):
        return Feed(lambda: _stream(url, wait), name)
    raise FacelabError(f"--camera: received {name}, allowed is {ALLOWED}")


class _Web:
    """The frames at a web address: MJPEG, or a film that FFmpeg reads. It can be cut."""

    def __init__(self, url: str, wait: float) -> None:
        self._url, self._wait, self._line = url, wait, Line()

    def __iter__(self) -> Iterator[Frame | BrokenPicture]:
        url, wait = self._url, self._wait
        yield from mjpeg.pictures(url, wait, self._line) or _stream(url, wait)

    def cut(self) -> None:
        """End every wait for it in another thread."""
        self._line.cut()


def _device(number: int | str, path: Path | None, name: str) -> Iterator[Frame]:
    """Yield what a webcam sees, without end."""
    if path is not None:
        _usable(path)
    backend = opencv().CAP_V4L2 if sys.platform == "linux" else opencv().CAP_ANY
    yield from _captured(
        [number, backend],
        f"camera {name}: gives no pictures{_users(path)}; close other programs that use it, or "
        "choose another number (a webcam often has two)",
    )
    raise Dropped("it may have been unplugged")


def _usable(path: Path) -> None:
    """Raise FacelabError with what is wrong with a device, as far as the system knows."""
    there = sorted(str(one) for one in Path("/dev").glob("video*"))
    try:
        is_device = stat.S_ISCHR(path.stat().st_mode)
    except OSError:
        is_device = False
    if not is_device:
        raise FacelabError(
            f"camera {path}: absent; there {'are' if there else 'is'} "
            f"{', '.join(there) or 'no camera at all'}; connect it or choose another"
        )
    if not os.access(path, os.R_OK | os.W_OK):
        raise FacelabError(
            f"camera {path}: no right to use it; on most systems members of the group video have"
        )


def _users(path: Path | None) -> str:
    """Return `` (already in use by NAME, process N)`` when another process has a device open."""
    for link in Path("/proc").glob("[0-9]*/fd/*") if path is not None else ():
        process = link.parents[1]
        try:
            if process.name != str(os.getpid()) and link.samefile(path or ""):
                name = (process / "comm").read_text().strip()
                return f", already in use by {name} (process {process.name})"
        except OSError:
            continue  # it ended meanwhile, or belongs to someone else
    return ""


def _stream(url: str, wait: float) -> Iterator[Frame]:
    """Yield what FFmpeg makes of an address, without end."""
    cv2 = opencv()
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC]
    settings = [value for limit in limits for value in (limit, int(1000 * wait))]
    yield from _captured(
        [url, cv2.CAP_FFMPEG, settings],
        f"{hidden(url)}: no film comes from there; is the camera on, are address, user and "
        "password right?",
    )
    raise Dropped("the stream ended")


def _film(path: Path) -> Iterator[Frame]:
    """Yield the frames of a video file."""
    yield from _captured(
        [str(path), opencv().CAP_FFMPEG],
        f"{path}: cannot be played as a film; allowed are files that FFmpeg knows",
    )


def _captured(where: list[Any], refusal: str) -> Iterator[Frame]:
    """Yield what ``cv2.VideoCapture`` reads. Raises FacelabError when it cannot be opened."""
    # OpenCV and FFmpeg would print lines of their own, addresses with passwords among them.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2 = opencv()
    log = cv2.utils.logging
    before = log.setLogLevel(log.LOG_LEVEL_SILENT)
    capture = cv2.VideoCapture(*where)
    try:
        if not capture.isOpened():
            raise FacelabError(refusal)
        while (read := capture.read())[0]:
            yield np.asarray(read[1], np.uint8)
    finally:
        capture.release()
        log.setLogLevel(before)


def _rate(path: Path) -> float:
    """Return the frames a second of a film, 25 where it is unknown."""
    cv2 = opencv()
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    rate = float(capture.get(cv2.CAP_PROP_FPS))
    capture.release()
    return rate if 0 < rate < 1000 else RATE


def _pictures(path: Path) -> Iterator[Frame]:
    """Yield the pictures of a folder by name, or of a sequence by number.

    Raises FacelabError when there are none, one is damaged, or a number is missing.
    """
    if path.is_dir():
        found = [one for one in sorted(path.iterdir()) if one.suffix.lower() in ENDINGS]
    else:
        found = _numbered(path)
    if not found:
        raise FacelabError(f"{path}: no pictures there; allowed are {', '.join(ENDINGS)} files")
    yield from map(read_image, found)


def _numbered(path: Path) -> list[Path]:
    """Return the files of a sequence such as ``shots/%03d.jpg``."""
    before, after = re.split(r"%0?\d*d", path.name, maxsplit=1)
    pattern = re.compile(re.escape(before) + r"(\d+)" + re.escape(after))
    folder = path.parent
    names = [one.name for one in folder.iterdir()] if folder.is_dir() else []
    numbers = sorted(int(m[1]) for name in names if (m := pattern.fullmatch(name)))
    missing = sorted({*range(numbers[0], numbers[-1])} - {*numbers}) if numbers else []
    if missing:
        raise FacelabError(
            f"{path}: number {missing[0]} is missing between {numbers[0]} and {numbers[-1]}; put "
            "it back or name the folder instead"
        )
    return [folder / (path.name % number) for number in numbers]
