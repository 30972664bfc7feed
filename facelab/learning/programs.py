"""Programs: what trainings needed compiled in a run is compiled ahead in the next one.

A training of new sizes waits half a second for its program. Once TensorFlow is there, a thread
compiles one after the other while the run trains and judges. It compiles for no other sizes than
those that a run of the same scenarios had the last time, so that nothing is compiled in vain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from facelab.base.files import write_atomically
from facelab.contract.errors import FacelabError
from facelab.learning.core import imported

MOST = 64
"""Most programs of a run, more than any has."""

LARGEST = 1 << 20
"""Most numbers of an array from which a program is compiled ahead: those of a crowd are not."""

WAIT = 0.05
"""Seconds after which the thread looks again whether the run has ended."""


class Sizes(NamedTuple):
    """The sizes of a training's arrays; XLA compiles a program for each set of them."""

    photos: int
    features: int
    people: int
    replicates: int
    places: int


_had: dict[Sizes, None] = {}


def note(sizes: Sizes) -> None:
    """Note which sizes a training of this process has."""
    _had[sizes] = None


@contextmanager
def compiled_ahead(folder: Path, run: Sequence[str]) -> Iterator[None]:
    """Within the block compile ahead what a ``run`` of these scenarios had the last time.

    ``folder``: where that is kept. Losing it costs only time; so does what is damaged in it.
    """
    path, over = file_of(folder, run), Event()
    known = _read(path)
    # a daemon: a run that breaks down without coming to the end of this block waits for nobody
    thread = Thread(target=_compile, args=(known, over), name="programs", daemon=True)
    if known:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if known:
            thread.join()  # if it compiled while Python ends, the process might end badly
        _keep(path, known)


def file_of(folder: Path, run: Sequence[str]) -> Path:
    """Return the file that keeps which sizes a run had."""
    return folder / f"{hashlib.sha256(repr([*run]).encode()).hexdigest()[:16]}.json"


def _compile(known: list[Sizes], over: Event) -> None:
    """Compile one program after the other, as soon as TensorFlow is there, until it is over."""
    while not imported.wait(WAIT):
        if over.is_set():
            return
    from facelab.learning.training import compile_for

    for sizes in known:
        if over.is_set():
            return
        if not _is_large(sizes):
            with suppress(Exception):  # whoever needs it compiles it, and is told what is wrong
                compile_for(sizes)


def _read(path: Path) -> list[Sizes]:
    try:
        known = [Sizes(*map(int, sizes)) for sizes in json.loads(path.read_bytes())[:MOST]]
    except (OSError, ValueError, TypeError, LookupError, ArithmeticError):
        return []
    return known if all(min(sizes) > 0 for sizes in known) else []


def _is_large(sizes: Sizes) -> bool:
    heads = sizes.replicates * sizes.features * sizes.people
    return max(sizes.photos * sizes.features, heads, sizes.replicates * sizes.places) > LARGEST


def _keep(path: Path, known: list[Sizes]) -> None:
    if (sizes := list(_had)[:MOST]) and sizes != known:
        with suppress(OSError, FacelabError):
            write_atomically(path, json.dumps(sizes).encode())
