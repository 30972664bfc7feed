"""Live count: counts the people that a classifier sees, and shows who is seen now and was when."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.base.interrupt import interruptible
from facelab.camera.board import SEVERAL, board, clock, label, line, table
from facelab.camera.camera import Camera
from facelab.camera.count import Count, Sight
from facelab.camera.decision import Decision
from facelab.camera.marks import marked
from facelab.camera.window import Window
from facelab.contract.frame import Frame
from facelab.contract.text import one_line
from facelab.judging.answers import CERTAIN
from facelab.languages.speech import N_, _, translated


@dataclass(frozen=True)
class Seen:
    """What a classifier sees in a batch of n frames.

    ``odds`` (n, people). ``faces`` (n, 5): box and score, zeros for none; ``several`` (n,): whether
    there are more. Both are None where a system does not tell.
    """

    odds: NDArray[np.float32]
    faces: NDArray[np.float32] | None = None
    several: NDArray[np.bool_] | None = None


Watch = Callable[[Iterable[Sequence[Frame]]], Iterator[Seen]]
"""From batches of frames to what is seen in them, a batch at a time."""

Shot = tuple[float, Frame]
"""Seconds since the first frame, and a frame."""

TOGETHER = 8
"""Frames that a system answers together: a quarter of a second at 30 a second."""

EVERY = 5.0
"""Seconds between two lines where there is no terminal."""

REFRESH = 0.1
"""Seconds between two pictures of a terminal: to draw one takes as long as two answers."""


def answered(
    watch: Callable[[Iterable[Sequence[Frame]]], Iterator[NDArray[np.float32]]],
) -> Watch:
    """Return what watches as the first replicate of a system does, (replicates, n, people)."""
    return lambda batches: (Seen(odds[0]) for odds in watch(batches))


def tally(
    camera: Camera,
    watch: Watch,
    people: Sequence[str],
    seconds: float = float("inf"),
    *,
    certain: float = CERTAIN,
    together: int = TOGETHER,
    window: Window | None = None,
    keep: Callable[[Sight], None] = lambda _: None,
) -> Count:
    """Count the people that are seen, until the time, the film or Ctrl-C ends it; return the count.

    Shows the board while it counts, and prints the table at the end, and why it ended. ``certain``:
    the probability from which on a name is decided on. ``keep`` is called with every sight. Raises
    FacelabError, after the table, when the camera fails.
    """
    from rich.console import Console
    from rich.live import Live

    count, console, waiting = Count(people), Console(), deque[Shot]()
    decision = Decision(certain)
    tell = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    live = Live(console=console, auto_refresh=False, transient=True) if _at_terminal() else None
    said, pressed, end = time.monotonic(), "", ""
    try:
        with interruptible() as interrupted, live or nullcontext():
            ends = _Ends(seconds, interrupted, lambda: pressed)
            shots = _shots(camera, ends, tell)
            with closing(shots), closing(_batches(shots, waiting, together)) as batches:
                for seen in watch(batches):
                    for frame, sight in _sights(seen, waiting, decision):
                        count.add(sight)
                        keep(sight)
                        if window:
                            pressed = _show(window, frame, sight, count)
                    if live and time.monotonic() - said > REFRESH:
                        said = time.monotonic()
                        live.update(board(count, console.width), refresh=True)
                    elif not live and time.monotonic() - said > EVERY:
                        said = time.monotonic()
                        print(line(count), flush=True)
            over = _("{camera}: the film is over", camera=one_line(camera.name))
            end = _(ends.why) if ends.why else over
    finally:
        if window:
            window.close()
        if end or count.now:  # a camera that gave nothing: its line says all
            console.print(table(count))
        if end:
            at = clock(count.now.seconds if count.now else 0)
            tell(_("{end}, {time} after the first frame", end=end, time=at))
    return count


@dataclass
class _Ends:
    """What ends a count before its film does, and what did."""

    seconds: float
    interrupted: Callable[[], bool]
    pressed: Callable[[], str]
    why: str = ""

    def ended(self, now: float) -> bool:
        """Return whether it ends now."""
        if self.interrupted():
            self.why = N_("ended with Ctrl-C")
        elif self.pressed() in ("q", "\x1b"):
            self.why = N_("ended with a key")
        elif now >= self.seconds:
            self.why = N_("the time is over")
        return bool(self.why)


def _shots(camera: Camera, ends: _Ends, tell: Callable[[str], None]) -> Generator[Shot, None, None]:
    with closing(camera.play(lambda line: tell(translated(line)), newest=True)) as shots:
        for now, frame in shots:
            if ends.ended(now):
                return
            yield now, frame


def _batches(
    shots: Iterator[Shot], waiting: deque[Shot], together: int
) -> Generator[list[Frame], None, None]:
    """Yield frames together, and keep each until it is answered."""
    while batch := list(islice(shots, together)):
        waiting.extend(batch)
        yield [frame for _, frame in batch]


def _sights(seen: Seen, waiting: deque[Shot], decision: Decision) -> Iterator[tuple[Frame, Sight]]:
    faces: Iterable[Any] = repeat(None) if seen.faces is None else seen.faces
    several: Iterable[Any] = repeat(False) if seen.several is None else seen.several
    for odds, face, more in zip(seen.odds, faces, several, strict=False):
        now, frame = waiting.popleft()
        person, mean = decision.decide(now, odds, face)
        yield frame, Sight(now, person, odds, mean, face, bool(more))


def _show(window: Window, frame: Frame, sight: Sight, count: Count) -> str:
    more = _(SEVERAL) if sight.several else ""
    picture = marked(frame, sight.face, label(count, sight), more, sure=sight.person >= 0)
    return window.show(picture, mirror=False)


def _at_terminal() -> bool:
    return sys.stdout.isatty()
