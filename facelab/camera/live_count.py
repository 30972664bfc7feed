"""Live count: counts the people that a classifier sees, with a bar for each."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from facelab.base.interrupt import interruptible
from facelab.camera.camera import Camera
from facelab.camera.window import open_window
from facelab.contract.frame import Frame
from facelab.contract.text import one_line
from facelab.judging.answers import NOBODY
from facelab.judging.answers import tally as counted

if TYPE_CHECKING:
    from rich.table import Table

Watch = Callable[[Iterable[Sequence[Frame]]], Iterator[NDArray[np.float32]]]
"""From batches of frames to probabilities (replicates, frames, people), a batch at a time."""

TOGETHER = 8
"""Frames that are answered together: a quarter of a second at 30 a second."""

EVERY = 5.0
"""Seconds between two lines where there is no terminal."""


def tally(
    camera: Camera, watch: Watch, people: Sequence[str], seconds: float = float("inf")
) -> NDArray[np.int64]:
    """Count the people that the first replicate sees, until the time, the film or Ctrl-C ends it.

    Shows bars while it counts, prints the final count, and returns it: (people + 1,), the last is
    nobody. Raises FacelabError, after printing it, when the camera fails.
    """
    from rich.console import Console
    from rich.live import Live

    counts = np.zeros(len(people) + 1, np.int64)
    window, console = open_window(), Console()
    at_terminal = sys.stdout.isatty()
    tell = partial(console.print, markup=False, highlight=False)
    board = Live(console=console, auto_refresh=False, transient=True) if at_terminal else None
    said = time.monotonic()
    try:
        with interruptible() as interrupted, board or nullcontext():
            for answers in watch(_batches(camera, seconds, interrupted, window, tell)):
                counts += counted(answers[:1])[0]
                if board:
                    board.update(bars(people, counts), refresh=True)
                elif time.monotonic() - said > EVERY:
                    said = time.monotonic()
                    print(line(people, counts), flush=True)
    finally:
        if window:
            window.close()
        console.print(bars(people, counts))
    return counts


def _batches(
    camera: Camera,
    seconds: float,
    interrupted: Callable[[], bool],
    window: Any,
    tell: Callable[[str], None],
) -> Iterator[list[Frame]]:
    def frames() -> Generator[Frame, None, None]:
        with closing(camera.play(tell, newest=True)) as shots:
            for now, frame in shots:
                if now >= seconds or interrupted():
                    return
                if window and window.show(frame) in ("q", "\x1b"):
                    return
                yield frame

    with closing(frames()) as source:
        while batch := list(islice(source, TOGETHER)):
            yield batch


def bars(people: Sequence[str], counts: NDArray[np.int64]) -> Table:
    """Return a table with a bar, a count (people + 1,) and a share for each person."""
    from rich.bar import Bar
    from rich.table import Table
    from rich.text import Text

    total, most = max(int(counts.sum()), 1), max(int(counts.max()), 1)
    table = Table("person", "", "frames", "share", title=f"{counts.sum():,} frames", expand=True)
    table.columns[1].ratio = 1
    for column in table.columns[2:]:
        column.justify = "right"
    for name, count in zip((*people, NOBODY), counts.tolist(), strict=True):
        bar = Bar(most, 0, count, color="green" if count == most else "cyan")
        table.add_row(Text(one_line(name)), bar, f"{count:,}", f"{count / total:.1%}")
    return table


def line(people: Sequence[str], counts: NDArray[np.int64]) -> str:
    """Return the count in one line, as: Alex 610, Amine 79, nobody 0."""
    told = zip((*people, NOBODY), counts.tolist(), strict=True)
    return ", ".join(f"{one_line(name)} {count:,}" for name, count in told)
