"""Programs: what trainings needed compiled in a run is compiled ahead in the next one.

A training of new sizes waits half a second for its program. Once TensorFlow is there, a thread
compiles one after the other while the run trains and judges: for the sizes that a run of the same
scenarios had the last time, and for no others.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from facelab.base.files import read_named, write_atomically
from facelab.contract.errors import FacelabError
from facelab.learning.core import imported

LARGEST = 1 << 20
"""An array of more numbers is none of the book's: nothing is compiled ahead for it."""

LONGEST = 1 << 16
"""A longer file, in bytes, is none of ours."""

KEPT = 32
"""Most runs whose sizes are kept; the oldest go first."""

WAIT = 0.05
"""Seconds after which the thread looks again whether the run has ended."""


class Sizes(NamedTuple):
    """The sizes of a training's arrays; XLA compiles a program for each set of them."""

    photos: int
    features: int
    people: int
    replicates: int
    places: int


_noted: dict[Sizes, None] | None = None
"""What the trainings of the block have had, each once, in their order; None outside of a block."""


def note(sizes: Sizes) -> None:
    """Note which sizes a training has, where a run is played."""
    if _noted is not None:
        _noted[sizes] = None


@contextmanager
def compiled_ahead(folder: Path, run: Sequence[str]) -> Iterator[None]:
    """Within the block compile ahead what a ``run`` of these scenarios had the last time.

    ``folder``: where that is kept. Losing it costs only time; so does what is damaged in it.
    """
    global _noted
    path, over = file_of(folder, run), Event()
    known = read_sizes(path)
    thread = Thread(target=_compile, args=(known, over), name="programs")
    if known:
        thread.start()
    had: dict[Sizes, None] = {}
    before, _noted = _noted, had
    try:
        yield
    finally:
        _noted = before
        over.set()
        if known:
            thread.join()
        if list(had) != known[: len(had)]:  # a run that was broken off had only the first of them
            _keep(path, list(had))


def file_of(folder: Path, run: Sequence[str]) -> Path:
    """Return the file that keeps which sizes a run had."""
    return folder / f"{hashlib.sha256(repr([*run]).encode()).hexdigest()[:16]}.json"


def read_sizes(path: Path) -> list[Sizes]:
    """Return the sizes that a file keeps, none where there is no sound one."""
    try:
        known = [Sizes(*map(int, sizes)) for sizes in json.loads(read_named(path, LONGEST))]
    except (FacelabError, OSError, ValueError, TypeError, ArithmeticError, RecursionError):
        return []
    return known if all(map(_is_sound, known)) else []


def _is_sound(sizes: Sizes) -> bool:
    photos, features, people, replicates, places = sizes
    arrays = photos * features, replicates * features * people, replicates * places
    return min(sizes) > 0 and max(arrays) <= LARGEST


def _compile(known: list[Sizes], over: Event) -> None:
    """Compile one program after the other, as soon as TensorFlow is there, until it is over."""
    while not imported.wait(WAIT):
        if _ended(over):
            return
    from facelab.learning.training import compile_for

    for sizes in known:
        if _ended(over):
            return
        with suppress(Exception):  # whoever needs it compiles it, and is told what is wrong
            compile_for(sizes)


def _ended(over: Event) -> bool:
    """Return whether nobody needs a program any more: a run may also break down."""
    return over.is_set() or not threading.main_thread().is_alive()


def _keep(path: Path, sizes: list[Sizes]) -> None:
    with suppress(OSError, FacelabError):
        write_atomically(path, json.dumps(sizes).encode())
        files = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime)
        for old in files[:-KEPT]:
            old.unlink(missing_ok=True)
