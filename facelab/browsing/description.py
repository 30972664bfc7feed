"""Description: where on a stranger's page things are, as a file in TOML says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from facelab.base.toml import Span, build, load, refusal
from facelab.contract.errors import FacelabError

COLUMNS = ("loss", "accuracy", "learning rate", "photos")
"""What a table of updates may tell."""


@dataclass(frozen=True)
class Route:
    """An address, with ``*`` and ``**`` for any part of it, that the page asks of somebody else.

    ``file``, beside the description, answers in their place; without one nobody does.
    """

    match: str
    file: str = ""


@dataclass(frozen=True)
class Film:
    """How the page takes photos.

    ``buttons``: one a person, in the order of the gallery; or a single one, with ``name`` for the
    field that the person's name is written into. ``hold``: it is held while photos are taken.
    ``several``: the page takes as many as it likes at a time.
    ``counters``: the texts with each person's number of photos, or one for all.
    """

    buttons: tuple[str, ...]
    counters: tuple[str, ...]
    name: str = ""
    hold: bool = False
    several: bool = False


@dataclass(frozen=True)
class Setting:
    """Where a parameter is set: ``field``, an input or a menu; or ``fixed``, if the page fixes it.

    ``share``: the page wants it as a share of all photos.
    """

    field: str = ""
    fixed: float = 0.0
    share: bool = False


@dataclass(frozen=True)
class Settings:
    """Where the parameters are set; without a seed's field the page draws its own."""

    learning_rate: Setting
    epochs: Setting
    batch_size: Setting
    seed: Setting = Setting()


@dataclass(frozen=True)
class Train:
    """How it learns: what is pressed, and how it is known to have ended.

    ``done`` is what the text of ``at`` then matches; or, without it, ``quiet`` is for how many
    seconds no value came once all were told. ``stop``: what interrupts it.
    """

    press: str
    at: str = ""
    done: str = ""
    quiet: Annotated[float, Span(0, 600, "s without a value")] = 0.0
    stop: str = ""


@dataclass(frozen=True)
class Series:
    """Where the values of the updates are read: from a text at every change, or from a CSV file.

    ``at``: the text, or the link to the file. ``says``: a regular expression with the groups
    ``loss`` and, if the page tells it, ``accuracy``; or ``columns``: what the CSV calls them.
    """

    at: str
    says: str = ""
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def told(self) -> set[str]:
        """Which of ``COLUMNS`` it tells."""
        return set(self.columns) or {*re.compile(self.says).groupindex}


@dataclass(frozen=True)
class Answer:
    """Where the answer to the frame before the webcam is read.

    ``press``: what starts it. ``at``: the text, or with ``attribute`` that attribute, which
    ``says`` each person, in the order of the gallery, as a regular expression; without ``says``
    their names. ``probabilities``: a text with the number of each. ``nobody``: what it says of an
    empty chair. It is fresh when the number in ``counter`` has moved; or when ``at`` was written
    ``after`` so many times.
    """

    at: str
    attribute: str = ""
    says: tuple[str, ...] = ()
    press: str = ""
    probabilities: tuple[str, ...] = ()
    nobody: str = ""
    counter: str = ""
    after: Annotated[int, Span(1, 100, "answers")] = 2


@dataclass(frozen=True)
class Tally:
    """Where the live count is read: a text with a number for each person, and what starts it.

    ``nobody``: the number of frames with nobody. ``counter``: all frames.
    """

    counters: tuple[str, ...] = ()
    counter: str = ""
    press: str = ""
    nobody: str = ""


@dataclass(frozen=True)
class Description:
    """A whole description; docs/your_page.md explains every entry."""

    name: str
    ready: str
    film: Film
    parameters: Settings
    train: Train
    series: Series
    answer: Answer
    tally: Tally = Tally()
    version: str = ""
    routes: tuple[Route, ...] = ()
    wait: Annotated[float, Span(0.1, 600, "s until what is due is there")] = 30.0

    @cached_property
    def selectors(self) -> list[tuple[str, str]]:
        """Every selector that must be there once the page is ready, with its entry's name."""
        told = [
            ("film.buttons", self.film.buttons),
            ("film.counters", self.film.counters),
            ("film.name", (self.film.name,)),
            *((f"parameters.{one.name}", (getattr(self.parameters, one.name).field,))
              for one in fields(Settings)),
            ("train.press", (self.train.press,)),
        ]  # fmt: skip
        return [(entry, one) for entry, some in told for one in some if one]


def read_description(path: Path) -> Description:
    """Read a description. Raises FacelabError, in one line, for what is wrong in it."""
    table = load(path, "name an existing one with --page-description")
    made = build(Description, table, str(path))
    for problem in _problems(made, path.parent):
        raise FacelabError(f"{path}: {problem}")
    return made


def routes_of(description: Description, folder: Path) -> list[tuple[str, Path | None]]:
    """Return the patterns and the files that answer, which lie in ``folder``."""
    return [(one.match, folder / one.file if one.file else None) for one in description.routes]


def _problems(made: Description, folder: Path) -> Iterator[object]:
    film, people = made.film, len(made.film.buttons)
    if not film.buttons:
        yield refusal("film.buttons", [], "at least one selector", "name what takes a photo")
    if film.name and people > 1:
        yield refusal(
            "film.buttons", list(film.buttons), "one where film.name is given", "take one away"
        )
    if len(film.counters) not in {1, people}:
        yield refusal("film.counters", list(film.counters), f"one, or {people}", "correct it")
    for entry, setting in vars(made.parameters).items():
        given = bool(setting.field) + bool(setting.fixed)
        if given > 1 or (not given and entry != "seed"):
            yield refusal(
                f"parameters.{entry}", vars(setting), "field or fixed", "name one of them"
            )
    for entry, pattern in _patterns(made):
        try:
            re.compile(pattern)
        except re.error as error:
            yield refusal(entry, pattern, f"a regular expression ({error})", "correct it")
    yield from _series(made.series)
    if not made.train.done and not made.train.quiet:
        yield refusal("train.done", "", "the end of a training, or train.quiet", "name one")
    for entry, some in (("answer.says", made.answer.says), ("tally.counters", made.tally.counters)):
        if some and not film.name and len(some) != people:
            yield refusal(entry, list(some), f"a list of {people}, as film.buttons", "correct it")
    for one in made.routes:
        if one.file and not (folder / one.file).is_file():
            yield refusal("routes.file", one.file, f"a file in {folder}", "correct it")


def _patterns(made: Description) -> Iterator[tuple[str, str]]:
    yield "train.done", made.train.done
    yield "series.says", made.series.says
    yield "answer.nobody", made.answer.nobody
    for one in made.answer.says:
        yield "answer.says", one


def _series(series: Series) -> Iterator[object]:
    if bool(series.says) == bool(series.columns):
        yield refusal("series", vars(series), "says or columns", "name one of them")
        return
    try:
        told = series.told
    except re.error:
        return  # said before
    unknown = sorted(told - set(COLUMNS))
    if unknown:
        yield refusal("series", unknown[0], ", ".join(COLUMNS), "rename it")
    elif "loss" not in told:
        yield refusal("series", sorted(told), "one with the loss", "add it")


def plain(value: Any) -> str:
    """Return a number as a person writes it into a field.

    >>> plain(0.001), plain(1.0), plain(20)
    ('0.001', '1', '20')
    """
    return f"{value:.12g}"
