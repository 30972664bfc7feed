"""Feeds: the frames of a device, an address, a film or a sequence of pictures."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from facelab.base.files import names
from facelab.base.opencv import opencv
from facelab.camera import mjpeg, rtsp
from facelab.camera.address import hidden
from facelab.camera.capture import captured, film, frames_of, rate
from facelab.camera.faults import BrokenPicture, Dropped, Shot
from facelab.camera.line import SCHEMES, Line
from facelab.camera.verified import held_to_certificate
from facelab.camera.web_address import WebAddress, read_address
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.gallery.folder import ENDINGS, may_be_picture
from facelab.gallery.image import read_image

RATE = 25.0
"""Pictures a second of a folder."""

ALLOWED = (
    "a number (0), a device (/dev/video2), an address (http, https, rtsp), a video file, a folder "
    "of pictures or a sequence (shots/%03d.jpg)"
)

_BARE = re.compile(r"(?:[\w.-]+:\d{1,5}|\d+(?:\.\d+){3}|localhost|[\w.-]+\.local)(?:/.*)?")
"""What is no file's name but an address without its scheme."""


@dataclass(frozen=True)
class Feed:
    """``start`` begins anew; ``name`` holds no password; ``rate`` is None of what is live."""

    start: Callable[[], Iterable[Shot | BrokenPicture]]
    name: str
    rate: float | None = None


def feed(place: str, wait: float) -> Feed:
    """Return the feed of a place. Raises FacelabError when it is none that exists."""
    path = Path(place)
    if place.isdecimal() and place.isascii() and len(place) < 5:
        device = Path(f"/dev/video{place}") if sys.platform == "linux" else None
        return Feed(lambda: _device(int(place), device, place), f"camera {place}")
    if re.match(r"\s*[A-Za-z][A-Za-z0-9+.-]*://", place):
        return _address(place.strip(), wait)
    if place.startswith("/dev/") or path.is_char_device():
        return Feed(lambda: _device(place, path, place), place)
    if (place and path.is_dir()) or re.search(r"%0?\d*d", path.name):
        return Feed(lambda: _pictures(path), place, RATE)
    if not path.is_file():
        meant = f"; did you mean http://{hidden(place)}?" if _BARE.fullmatch(place) else ""
        raise FacelabError(
            f"--camera: received {hidden(place)}, no such file; allowed is {ALLOWED}{meant}"
        )
    return Feed(lambda: film(path), place, rate(path))


def _address(url: str, wait: float) -> Feed:
    name = hidden(url)
    scheme = url.partition(":")[0].lower()
    if scheme in SCHEMES:
        return Feed(lambda: _Web(read_address(url), name, wait), name)
    if scheme in ("rtsp", "rtsps"):
        return Feed(lambda: _stream(read_address(url), name, wait), name)
    raise FacelabError(f"--camera: received {name}, allowed is {ALLOWED}")


class _Web:
    """The frames at a web address: MJPEG, or a film that FFmpeg reads. It can be cut."""

    def __init__(self, address: WebAddress, name: str, wait: float) -> None:
        self._address, self._name, self._wait, self._line = address, name, wait, Line()

    def __iter__(self) -> Iterator[Shot | BrokenPicture]:
        asked = self._address, self._name, self._wait
        yield from mjpeg.pictures(*asked, self._line) or _stream(*asked)

    def cut(self) -> None:
        """End every wait for it in another thread."""
        self._line.cut()


def _device(number: int | str, path: Path | None, name: str) -> Iterator[Frame]:
    """Yield what a webcam sees, without end."""
    if path is not None:
        _usable(path)
    backend = opencv().CAP_V4L2 if sys.platform == "linux" else opencv().CAP_ANY
    with captured(number, backend) as capture:
        if not capture.isOpened():
            raise FacelabError(
                f"camera {name}: gives no pictures{_users(path)}; close other programs that use "
                "it, or choose another number (a webcam often has two)"
            )
        yield from frames_of(capture)
    raise Dropped("it may have been unplugged")


def _usable(path: Path) -> None:
    """Raise FacelabError with what is wrong with a device, as far as the system knows."""
    # numbers move when cameras are plugged in; these names, where the system has them, do not
    named = sorted(str(one) for one in Path("/dev/v4l/by-id").glob("*"))
    there = sorted(str(one) for one in Path("/dev").glob("video*")) + named
    try:
        is_device = stat.S_ISCHR(path.stat().st_mode)
    except OSError:
        is_device = False
    if not is_device:
        raise FacelabError(
            f"camera {path}: absent; there are {', '.join(there)}; connect it or choose another"
            if there
            else f"camera {path}: absent; there is no camera at all; connect it or choose another"
        )
    if not os.access(path, os.R_OK | os.W_OK):
        group = _group(path)
        raise FacelabError(
            f"camera {path}: no right to use it; members of the group {group} have: `sudo usermod "
            f"-aG {group} $USER`, then log in again"
        )


def _group(path: Path) -> str:
    try:
        return path.group()
    except (OSError, KeyError):
        return "video"  # as on most systems


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


def _stream(address: WebAddress, name: str, wait: float) -> Iterator[Frame]:
    """Yield what FFmpeg makes of an address, without end."""
    cv2 = opencv()
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC]
    settings = [value for limit in limits for value in (limit, int(1000 * wait))]
    with (
        held_to_certificate(address, name, wait) as options,
        captured(address.whole, cv2.CAP_FFMPEG, settings, options=options) as capture,
    ):
        if not capture.isOpened():
            why = "no film that FFmpeg knows comes from there; is the path right?"
            if address.scheme in ("rtsp", "rtsps"):
                why = rtsp.refusal(address, wait)
            raise FacelabError(f"{name}: {why}")
        yield from frames_of(capture)
    raise Dropped("the stream ended")


def _pictures(path: Path) -> Iterator[Frame | BrokenPicture]:
    """Yield the pictures of a folder by name, or of a sequence by number; for a damaged one, why.

    Raises FacelabError when there are none, or a number is missing.
    """
    if path.is_dir():
        found = [path / file for file in sorted(names(path)) if may_be_picture(path, file)]
    else:
        found = _numbered(path)
    if not found:
        raise FacelabError(f"{path}: no pictures there; allowed are {', '.join(ENDINGS)} files")
    yield from map(_picture, found)


def _picture(file: Path) -> Frame | BrokenPicture:
    try:
        return read_image(file)
    except FacelabError as error:
        return BrokenPicture(str(error))


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
