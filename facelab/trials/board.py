"""Board: the curves of trials in the terminal, while they grow; without a terminal, plain lines."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from facelab.base.progress import Told, progress
from facelab.trials.braille import BLANK, braille

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

REFRESH = 0.2
"""Seconds between two looks of the board."""

NARROW, WIDE = 12, 36
"""Characters that a curve is wide, at least and at most."""

MARGIN = 3
"""Characters free at the end of a line: a terminal shows ^C there, and nothing moves."""

TITLE, STATE = 20, 22
"""Characters of a title and of a state in one line: what is longer takes two."""

Points = Callable[[NDArray[np.float32]], None]
"""``points(values)``: those of the updates just made, as a ``TrainingRequest`` says."""


class Row:
    """What the board shows of a trial: the mean of its replicates, in as many columns as fit."""

    def __init__(self, title: str, columns: int) -> None:
        self.title, self.columns = title, columns
        self.state = "waits"
        self.now: tuple[float, float] | None = None
        self._total = self._done = 0
        self._sums, self._counts = np.zeros((2, 0)), np.zeros(0)

    def add(self, values: NDArray[np.float32], total: int) -> None:
        """Take the values (updates, 3, replicates) of the next of ``total`` updates."""
        if not self._total:
            self._total, count = total, min(total, self.columns)
            self._sums, self._counts = np.zeros((2, count)), np.zeros(count)
        means = values[:, :2].astype(np.float64).mean(axis=2)  # (updates, 2)
        updates = np.arange(self._done, self._done + len(means))
        bins = updates * len(self._counts) // self._total
        for sums, measure in zip(self._sums, means.T, strict=True):
            sums += np.bincount(bins, measure, len(sums))
        self._counts += np.bincount(bins, minlength=len(self._counts))
        self._done += len(means)
        self.now = float(means[-1, 0]), float(means[-1, 1])
        self.state = f"{self._done:,} of {self._total:,}\nupdates"

    def curve(self, measure: int) -> list[float]:
        """Return loss (0) or accuracy (1) for each column, NaN where nothing is drawn yet."""
        if not self._total:
            return [math.nan] * self.columns
        with np.errstate(invalid="ignore"):
            means = self._sums[measure] / self._counts
        return [float(means[c * len(means) // self.columns]) for c in range(self.columns)]


class Board:
    """The rows of all trials; ``shown`` draws them, and is None where there is no terminal."""

    def __init__(self, titles: Sequence[str], people: int, columns: int) -> None:
        self.rows = [Row(title, columns) for title in titles]
        self.top = 1.2 * math.log(people)  # a loss of chance and a little more
        self.height = 5 if len(titles) == 1 else 2
        self.shown: Callable[[], None] | None = None
        self._next = 0.0

    @contextmanager
    def trial(self, number: int, total: int) -> Iterator[tuple[Told, Points | None]]:
        """Within the block, give what is to be told of the progress and the values of a trial."""
        row, draw = self.rows[number], self.shown
        if draw is None:
            with progress(row.title, "updates") as told:
                yield told, None
            return

        def look(*_: int) -> None:
            if time.monotonic() >= self._next:
                draw()
                self._next = time.monotonic() + REFRESH

        row.state = "begins"
        draw()
        yield look, lambda values: row.add(values, total)
        draw()

    def end(self, number: int, result: str) -> None:
        """Say what came of a trial."""
        self.rows[number].state = result
        if self.shown:
            self.shown()
        else:
            print(f"{self.rows[number].title}: {result}".replace("\n", ", "), flush=True)

    def table(self) -> Table:
        """Return the rows as they are now."""
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 1))
        for width in (TITLE, None, None, None, None, STATE):
            table.add_column(vertical="middle", no_wrap=width is None, max_width=width)
        names = ("", f"loss 0–{self.top:.2g}", "", "accuracy 0–1", "", "")
        table.add_row(*(Text(name, "bold") for name in names))
        for row in self.rows:
            lines = [
                Text("\n".join(braille(row.curve(measure), self.height, 0, top)), style)
                for measure, top, style in ((0, self.top, "cyan"), (1, 1.0, "green"))
            ]
            loss, accuracy = (f"{row.now[0]:.3f}", f"{row.now[1]:.2f}") if row.now else ("", "")
            title = row.title if len(self.rows) > 1 else ""
            table.add_row(
                Text(title), lines[0], f"{loss:<5.6}", lines[1], f"{accuracy:<4}", Text(row.state)
            )
        return table


@contextmanager
def board(titles: Sequence[str], people: int) -> Iterator[Board]:
    """Show the board within the block; what it shows last, stays."""
    from rich.console import Console
    from rich.constrain import Constrain
    from rich.live import Live

    console = Console()
    shown = Board(titles, people, 2 * curve_width(console, titles))
    if not can_draw(console):
        yield shown
        return
    with Live(console=console, auto_refresh=False) as live:
        shown.shown = lambda: live.update(
            Constrain(shown.table(), console.width - MARGIN), refresh=True
        )
        yield shown


def can_draw(console: Console) -> bool:
    """Return whether there is a terminal that shows the board: it moves, and knows the dots."""
    try:
        chr(BLANK).encode(console.encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return sys.stdout.isatty() and not console.is_dumb_terminal


def curve_width(console: Console, titles: Sequence[str]) -> int:
    """Return how many characters there are for each of two curves, beside the words."""
    title = min(max(map(len, titles)), TITLE) if len(titles) > 1 else 0
    words = title + len("0.012") + len("1.00") + STATE + 5 + MARGIN
    return min(max((console.width - words) // 2, NARROW), WIDE)
