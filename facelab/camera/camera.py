"""Camera: frames of a live camera, each read within a time limit."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from facelab.camera.faults import BrokenPicture, Dropped, Shot
from facelab.camera.feeds import feed
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame

WAIT = 10.0
"""Seconds without a picture, or with the same one, after which a camera is given up. A webcam may
take a few to switch on."""

AHEAD = 2
"""Frames that are read ahead while others are looked at, when none may be left out."""

BEHIND = 30
"""Frames that are kept while the newest is looked at; with it, what is older is of no use."""

BROKEN = 10
"""Broken pictures in a row after which a camera is given up; single ones are told and left out."""


@dataclass(frozen=True)
class Camera:
    """A source of frames, one after another, begun anew whenever it is played.

    ``start`` returns the frames, (height, width, 3) uint8 BGR, of one size; of a film each may come
    with its seconds, (seconds, frame). Among them may be a ``BrokenPicture``, which is reported and
    left out. ``name`` is used in messages and the report:
    no password. ``rate`` is the frames a second of a film, None of a live camera. ``wait`` is in
    seconds. The result of ``start`` may have a method ``cut``: another thread calls it when nothing
    reads any more, and it ends every wait for a picture.
    """

    start: Callable[[], Iterable[Shot | BrokenPicture]]
    name: str
    rate: float | None = None
    wait: float = WAIT

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames alone, as ``play``."""
        return (frame for _, frame in self.play())

    def play(
        self, tell: Callable[[str], None] = lambda _: None, *, newest: bool = False
    ) -> Generator[tuple[float, Frame], None, None]:
        """Yield each frame, a new array, with the seconds since the first one.

        Seconds of a film are those it says, or counted by its rate, not by the clock. ``tell`` is
        called with a line for every broken picture. ``newest``: if a live camera is faster than the
        reader, the frames in between are left out, so that the reader never gets an old one.
        Raises FacelabError, within ``wait``, when the camera is absent, breaks off, hangs, freezes,
        changes size, or gives only broken pictures or what is no frame.
        """
        if not callable(self.start):
            raise FacelabError(
                f"{self.name}: start is {_kind(self.start)}, allowed is a function that returns "
                "the frames, begun anew"
            )
        reader = _Reader(self._begun, newest=newest and self.rate is None)
        last, since, begun, broken = None, 0.0, 0.0, 0
        try:
            for number in count():
                item = self._next(reader, number)
                if isinstance(item, _End):
                    return
                now = time.monotonic()
                if isinstance(item, BrokenPicture):
                    broken += 1
                    if broken == BROKEN:
                        raise FacelabError(f"{item}, as {broken} in a row are; see to the camera")
                    tell(f"{item}; left out")
                    continue
                broken = 0
                seconds = None
                if isinstance(item, tuple) and len(item) == 2 and type(item[0]) is float:
                    seconds, item = item
                self._check(item, number)
                if last is None:
                    begun = now
                elif item.shape != last.shape:
                    raise FacelabError(
                        f"{self.name}: frame {number + 1} changes size from {_size(last)} to "
                        f"{_size(item)}; set the camera to one size and start again"
                    )
                if last is None or not np.array_equal(item, last):
                    since = now
                elif self.rate is None and now - since > self.wait:
                    raise FacelabError(
                        f"{self.name}: frozen, the same picture for {self.wait:g} s; take its "
                        "cover off or switch it off and on"
                    )
                last = item
                if seconds is None:
                    seconds = number / self.rate if self.rate else now - begun
                yield seconds, item
        finally:
            reader.stop()

    def _begun(self) -> Iterable[Shot | BrokenPicture]:
        found = self.start()
        if not isinstance(found, Iterable):
            raise FacelabError(
                f"{self.name}: start gives {_kind(found)}, allowed are frames, one after another"
            )
        return found

    def _check(self, item: object, number: int) -> None:
        """Raise FacelabError for what is no frame: a fixture of a user's own may give anything."""
        array: Any = item if isinstance(item, np.ndarray) else np.empty(0)
        if array.dtype == np.uint8 and array.ndim == 3 and array.shape[2] == 3 and array.size:
            return
        hint = " (cv2.imread gives None for what it cannot read)" if item is None else ""
        raise FacelabError(
            f"{self.name}: frame {number + 1} is {_kind(item)}, allowed are arrays (height, width, "
            f"3) of uint8, blue-green-red{hint}; correct what gives the frames"
        )

    def _next(self, reader: _Reader, number: int) -> Item:
        after = f" after frame {number}" if number else ""
        try:
            return reader.next(self.wait)
        except queue.Empty:
            raise FacelabError(
                f"{self.name}: no picture for {self.wait:g} s{after}; see whether the "
                "camera is on and connected"
            ) from None
        except Dropped as error:
            raise FacelabError(
                f"{self.name}: broke off{after} ({error}); connect the camera again"
            ) from None


class _End:
    """There is no further picture."""


_END = _End()

Item = Any
"""What is read: a picture, whatever a user's own camera gives, what went wrong, or the end."""


class _Reader:
    """Reads in a thread of its own: who waits can stop waiting, and nothing is polled."""

    def __init__(
        self, start: Callable[[], Iterable[Shot | BrokenPicture]], *, newest: bool
    ) -> None:
        self._newest = newest
        self._read: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._got: deque[Item] = deque()
        self._wanted = threading.Semaphore(AHEAD)
        self._stopped = threading.Event()
        self._hangs = False
        self._source: object = None
        # A daemon: one that hangs in a driver must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, args=(start,), daemon=True)
        self._thread.start()

    def next(self, wait: float) -> Item:
        """Return the next picture, _End after the last. Raises what reading raised, or Empty."""
        try:
            item = self._got.popleft() if self._got else self._read.get(timeout=wait)
        except queue.Empty:
            self._hangs = True
            raise
        with suppress(queue.Empty):
            while self._newest and isinstance(item, np.ndarray) and not self._got:
                later = self._read.get_nowait()
                if isinstance(later, np.ndarray):
                    item = later
                else:
                    self._got.append(later)  # it is told after the picture before it
        self._wanted.release()
        if isinstance(item, BrokenPicture):
            return item
        if isinstance(item, BaseException):
            raise item
        return item

    def stop(self) -> None:
        """Let go of the camera, so that it can be played again."""
        self._stopped.set()
        self._wanted.release()
        cut = getattr(self._source, "cut", None)
        if cut is not None:
            cut()
        if cut is not None or not self._hangs:
            self._thread.join(timeout=0.5 if self._hangs else 2)

    def _run(self, start: Callable[[], Iterable[Shot | BrokenPicture]]) -> None:
        try:
            self._source = source = start()
            pictures = iter(source)
            try:
                while (self._newest or self._wanted.acquire()) and not self._stopped.is_set():
                    if self._newest and self._read.qsize() >= BEHIND:
                        with suppress(queue.Empty):
                            self._read.get_nowait()
                    picture = next(pictures, _END)
                    if isinstance(picture, np.ndarray):
                        picture = np.array(picture, order="C")  # its owner may use it again
                    self._read.put(picture)
                    if picture is _END:
                        return
            finally:
                with suppress(AttributeError):  # an iterator that is no generator
                    pictures.close()  # type: ignore[attr-defined]
        except BaseException as error:
            self._read.put(error)


def open_camera(place: str, wait: float = WAIT) -> Camera:
    """Return the camera at a place; it is not opened before it is played.

    ``place``: a number (0), a device (/dev/video2), an address (http, https, rtsp), a video file,
    a folder of pictures or a numbered sequence (shots/%03d.jpg).
    Raises FacelabError when it is none of these.
    """
    found = feed(place, wait)
    return Camera(found.start, found.name, found.rate, wait)


def _kind(item: object) -> str:
    """Return what something is that is no frame."""
    if item is None:
        return "None"
    if isinstance(item, np.ndarray):
        return f"{item.dtype} {item.shape}"
    name = type(item).__name__
    return f"an {name}" if name[:1] in "aeio" else f"a {name}"


def _size(frame: Frame) -> str:
    return f"{frame.shape[1]} × {frame.shape[0]}"
