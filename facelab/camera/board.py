"""Board: a count for the eye, as a table in a terminal and as a line elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from facelab.camera.count import Count, Sight
from facelab.contract.text import one_line
from facelab.judging.answers import NOBODY, UNSURE
from facelab.languages.speech import N_, _, _n, digits, translated

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

LEVELS = "▁▂▃▄▅▆▇█"
"""Shares of a stretch's frames, up to all of them."""

MARGIN = 3
"""Characters free at the end of a line: a terminal shows ^C there, and nothing moves."""

SEVERAL = N_("several faces: the main one is answered")


def board(count: Count, width: int) -> RenderableType:
    """Return who is seen now and the table, for a terminal of so many characters."""
    from rich.console import Group
    from rich.constrain import Constrain
    from rich.text import Text

    said = Text(now(count), style="bold")
    if count.now and count.now.person == -2:  # who is only likely
        likely = label(count, count.now).removeprefix(named(UNSURE))
        said.highlight_words([likely], "not bold dim")
    return Constrain(Group(said, table(count)), width - MARGIN)


def table(count: Count) -> Table:
    """Return a table of people, unsure and nobody: when, in how many frames, and when last seen."""
    from rich.table import Table
    from rich.text import Text

    total = max(int(count.frames.sum()), 1)
    end = max(float(count.last.max()), 0.0)
    told = Table(title=title(count), expand=True)
    told.add_column(_("person"), max_width=24)
    told.add_column(_("seen from 0:00 to {end}", end=clock(end)), ratio=1, no_wrap=True)
    for name in (_("frames"), _("share"), _("last seen")):
        told.add_column(name, justify="right", no_wrap=True)
    stretches = int(end / count.stretch) + 1
    for place, name in enumerate(count.names):
        frames, last = int(count.frames[place]), float(count.last[place])
        strip = Strip(count.when[:stretches], place)
        seen = clock(last) if frames else _("never")
        share = digits(f"{100 * frames / total:.1f} %")
        told.add_row(Text(named(name)), strip, digits(f"{frames:,}"), share, seen)
    return told


def title(count: Count) -> str:
    """Return how many frames were counted, and in how many more faces than one were seen."""
    told = _n("{number} frame", "{number} frames", int(count.frames.sum()))
    if not count.several:
        return told
    several = digits(f"{count.several:,}")
    return _("{frames}, {number} of them with several faces", frames=told, number=several)


def now(count: Count) -> str:
    """Return who was seen in the last frame, as: now: Ada, 0.93."""
    if count.now is None:
        return _("now: no frame yet")
    more = f" ({_(SEVERAL)})" if count.now.several else ""
    who = label(count, count.now) + more
    return _("now: {who}", who=who)


def label(count: Count, sight: Sight) -> str:
    """Return what is decided, and the mean probability: Ada, 0.93; unsure (Ada, 0.43); nobody."""
    decided, likeliest = named(count.names[sight.person]), sight.likeliest
    if likeliest < 0:
        return decided
    odds = digits(f"{sight.mean[likeliest]:.2f}")
    likely = _("{name}, {probability}", name=named(count.names[likeliest]), probability=odds)
    return likely if sight.person == likeliest else f"{decided} ({likely})"


def named(name: str) -> str:
    """Return a name to be shown; unsure and nobody are words of the language."""
    return translated(name) if name in (UNSURE, NOBODY) else one_line(name)


def line(count: Count) -> str:
    """Return it all in one line, as: 0:05 now: Ada, 0.93; counted: Ada 130, unsure 2, nobody 18."""
    told = zip(count.names, count.frames.tolist(), strict=True)
    counted = ", ".join(f"{named(name)} {digits(f'{frames:,}')}" for name, frames in told)
    at = clock(count.now.seconds) if count.now else clock(0)
    return _("{at} {now}; counted: {counted}", at=at, now=now(count), counted=counted)


def clock(seconds: float) -> str:
    """Return seconds as minutes and seconds, with hours where there are any: 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@dataclass(frozen=True)
class Strip:
    """A person's share of the frames over time: ``when`` (stretches, people + 2) and a place.

    It takes the width that there is, a character for one or several stretches.
    """

    when: NDArray[np.int64]
    place: int

    def __rich_measure__(self, _: Console, options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement

        return Measurement(min(8, options.max_width), options.max_width)

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[Text]:
        from rich.text import Text

        yield Text(self.drawn(max(options.max_width, 1)), style="green", no_wrap=True)

    def drawn(self, width: int) -> str:
        """Return the strip in at most so many characters; a dot stands for frames of others."""
        ends = np.linspace(0, len(self.when), min(width, len(self.when)) + 1).astype(int)
        parts = np.add.reduceat(self.when, ends[:-1], axis=0)
        signs = []
        for frames in parts:
            share = frames[self.place] / max(frames.sum(), 1)
            level = LEVELS[int(np.ceil(share * len(LEVELS))) - 1]
            signs.append(level if share else "·" if frames.any() else " ")
        return "".join(signs)
