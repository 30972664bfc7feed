"""Ahead: a second process that looks for the faces in recorded files while this one is busy.

To find a face is most of what a frame costs, and needs no TensorFlow: while that is imported, the
second core can begin. What it has not begun when it is needed, this process does itself.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from ctypes import c_bool
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Condition, Thread
from typing import Any

from facelab.faces.detection import detection
from facelab.faces.squares import Squares, followed, joined, squares_of
from facelab.gallery.clip import Clip
from facelab.gallery.pictures import Pictures

WORTH = 300
"""Frames that are worth a process; fewer are looked at in the time in which one starts."""

Part = Pictures | Clip
"""What is looked at as a whole: a few photos, or a film."""


class Ahead:
    """A process that looks at parts, one after the other; whoever claims a part looks at it."""

    def __init__(self, choice: str, parts: Mapping[tuple[str, ...], Part]) -> None:
        """Begin, with a choice of face detector as ``detection`` takes it.

        ``parts``: each by the keys of its frames, or by the one key of a film.
        """
        context = get_context("spawn")  # a fork would have this process's threads and locks
        self._claimed = context.Array(c_bool, len(parts))
        self._places = {
            key: (number, slice(row, row + 1) if len(keys) > 1 else slice(None))
            for number, keys in enumerate(parts)
            for row, key in enumerate(keys)
        }
        self._here: set[int] = set()
        self._done: dict[int, Squares | None] = {}
        self._news, self._ended = Condition(), False
        here, there = context.Pipe(duplex=False)
        work = there, self._claimed, choice, list(parts.values())
        self._process = context.Process(target=_look, args=work, daemon=True)
        self._process.start()
        there.close()  # so that the end of the process is the end of the pipe
        Thread(target=self._listen, args=(here,), daemon=True).start()

    def take(self, key: str) -> Squares | None:
        """Return the squares of a photo or a film; None where it is to be looked at here.

        Waits for a part that the process has begun. One that could not be read is to be looked at
        here, too: then the reason is told.
        """
        number, rows = self._places.pop(key, (-1, slice(None)))
        if number in self._here or number < 0 or claim(self._claimed, number):
            self._here.add(number)
            return None
        with self._news:
            self._news.wait_for(lambda: number in self._done or self._ended)
            squares = self._done.get(number)
        return squares and squares[rows]

    def close(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._process.join()

    def _listen(self, told: Connection) -> None:
        try:
            while True:
                number, squares = told.recv()
                with self._news:
                    self._done[number] = squares
                    self._news.notify_all()
        except (EOFError, OSError):
            with self._news:
                self._ended = True
                self._news.notify_all()


def claim(claimed: Any, number: int) -> bool:
    """Claim a part for this process; return whether it was free."""
    with claimed.get_lock():
        free = not claimed[number]
        claimed[number] = True
    return free


def spare_core() -> bool:
    """Return whether this process may use more than one core."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1


def _look(told: Connection, claimed: Any, choice: str, parts: Sequence[Part]) -> None:
    """Look at what is free: the process's work. Whoever began it is told, until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever began it
    found = detection(choice)
    for number, part in enumerate(parts):
        if not claim(claimed, number):
            continue
        try:
            if isinstance(part, Clip):
                squares = joined(list(followed(part, found)))
            else:
                squares = squares_of(list(part), found)
        except Exception:  # it is looked at again where the reason can be told
            squares = None
        try:
            told.send((number, squares))
        except OSError:
            return
