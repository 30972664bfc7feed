"""Progress: the state of long work, with its rate and the time left, where the user sees it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

GRACE = 2.0
"""Seconds of work of which nothing is said."""

REFRESH, LINES = 0.5, 10.0
"""Seconds between two looks of the bar in a terminal, and between two lines elsewhere."""

File = TypeVar("File", bound=TextIO)
Told = Callable[[int, int], None]
"""``told(done, total)``."""

_shown_on: list[TextIO] = []


@contextmanager
def shown_on(file: File) -> Iterator[File]:
    """Within the block, show progress on a file instead of standard error."""
    _shown_on.append(file)
    try:
        yield file
    finally:
        _shown_on.remove(file)


@contextmanager
def progress(work: str, units: str, grace: float | None = None) -> Iterator[Told]:
    """Give what is to be told how many ``units`` are done; after 2 seconds the user is told too.

    A terminal shows a bar, which goes when the work is done; other files get a line from time to
    time. ``grace``: other seconds than 2, 0 for work that is known to be long.
    """
    meter = _Meter(work, units, _shown_on[-1] if _shown_on else sys.stderr, grace)
    try:
        yield meter.told
    finally:
        meter.close()


class _Meter:
    def __init__(self, work: str, units: str, file: TextIO, grace: float | None) -> None:
        self.work, self.units, self.file = work, units, file
        self.next = time.monotonic() + (GRACE if grace is None else grace)
        self.first: tuple[float, int] | None = None
        self.bar: Progress | None = None

    def told(self, done: int, total: int) -> None:
        """Say it when it is time to."""
        now = time.monotonic()
        # The first piece of work may have compiled or opened something: the rate begins after it.
        self.first = self.first or (now, done)
        if now < self.next or done >= total:
            return
        if self.file.isatty():
            self.next = now + REFRESH
            self.bar = self.bar or self._opened(total)
            self.bar.update(self.bar.task_ids[0], completed=done, rate=self._rate(now, done))
            self.bar.refresh()
        else:
            self.next = now + LINES
            rate = self._rate(now, done)
            speed = f", {rate:,.1f} a second, {(total - done) / rate:,.0f} s left" if rate else ""
            self.file.write(f"{self.work}: {done:,} of {total:,} {self.units}{speed}\n")
            self.file.flush()

    def _rate(self, now: float, done: int) -> float:
        assert self.first
        began, before = self.first
        return (done - before) / (now - began) if now > began else 0.0

    def _opened(self, total: int) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        self.file.write("\n")  # the line that the cursor is on is pytest's
        bar = Progress(
            "{task.description}",
            BarColumn(),
            MofNCompleteColumn(),
            f"{self.units}, {{task.fields[rate]:,.1f}} a second,",
            TimeRemainingColumn(),
            "left",
            console=Console(file=self.file),
            transient=True,
            auto_refresh=False,
        )
        bar.add_task(self.work, total=total, rate=0.0)
        bar.start()
        return bar

    def close(self) -> None:
        """Take the bar away."""
        if self.bar:
            self.bar.stop()
