"""Ahead: a second process that looks for the faces in recorded files while this one is busy.

To find a face is most of what a frame costs, and needs no TensorFlow: while that is imported, the
second core can begin. What it has not begun when it is needed, this process does itself.
"""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from threading import Condition, Thread

from facelab.base.beside import asked_and_told, begin, end
from facelab.faces.detection import detection
from facelab.faces.squares import Squares, followed, joined, squares_of
from facelab.gallery.clip import Clip
from facelab.gallery.pictures import Pictures

WORTH = 300
"""Frames that are worth a process; fewer are looked at in the time in which one starts."""

Part = Pictures | Clip
"""What is looked at as a whole: a few photos, or a film."""


class Ahead:
    """A process that looks at parts, one after the other, unless this one is at them.

    What becomes of it is no error: whatever it does not answer is to be looked at here.
    """

    def __init__(self, choice: str, parts: Mapping[tuple[str, ...], Part]) -> None:
        """Begin, with a choice of face detector as ``detection`` takes it.

        ``parts``: each by the keys of its frames, or by the one key of a film. Raises OSError where
        no process can be started.
        """
        self._choice = choice
        self._parts = list(parts.values())
        self._places = {
            key: (number, slice(row, row + 1) if len(keys) > 1 else slice(None))
            for number, keys in enumerate(parts)
            for row, key in enumerate(keys)
        }
        self._untaken = Counter(number for number, _ in self._places.values())
        self._begun: set[int] = set()  # by whom ever
        self._here: set[int] = set()
        self._done: dict[int, Squares | None] = {}
        self._ended, self._news = False, Condition()
        self._process = begin(__name__)
        self._asking = Thread(target=self._ask, daemon=True)
        self._asking.start()

    def take(self, key: str) -> Squares | None:
        """Return the squares of a photo or a film, once; None where it is to be looked at here.

        Waits for a part that the process has begun. One that could not be read is to be looked at
        here, too: then the reason is told.
        """
        if key not in self._places:
            return None
        number, rows = self._places.pop(key)
        with self._news:
            if number not in self._begun:
                self._begun.add(number)
                self._here.add(number)
            if number in self._here:
                return None
            self._news.wait_for(lambda: number in self._done or self._ended)
            squares = self._done.get(number)
            self._untaken[number] -= 1
            if not self._untaken[number]:
                self._done.pop(number, None)
        return squares and squares[rows]

    def close(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._asking.join()

    def _ask(self) -> None:
        """Hand out what is not begun, a part at a time: a thread's work."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            for number, part in enumerate(self._parts):
                with self._news:
                    if number in self._begun:
                        continue
                    self._begun.add(number)
                pickle.dump((self._choice, part), self._process.stdin)
                self._process.stdin.flush()
                squares = pickle.load(self._process.stdout)  # noqa: S301 (our own process wrote it)
                with self._news:
                    self._done[number] = squares
                    self._news.notify_all()
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            pass  # it is gone, or closed
        finally:
            end(self._process)
            with self._news:
                self._ended = True
                self._news.notify_all()


def spare_core() -> bool:
    """Return whether this process may use more than one core."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1


def serve() -> None:
    """Look at what is asked for on standard input, until nobody asks any more."""
    asked, told = asked_and_told()
    with suppress(EOFError, BrokenPipeError):
        while True:
            choice, part = pickle.load(asked)  # noqa: S301 (whoever began us wrote it)
            pickle.dump(_looked_at(choice, part), told)
            told.flush()


def _looked_at(choice: str, part: Part) -> Squares | None:
    try:
        if isinstance(part, Clip):
            return joined(list(followed(part, detection(choice))))
        return squares_of(list(part), detection(choice))
    except Exception:  # it is looked at again where the reason can be told
        return None
