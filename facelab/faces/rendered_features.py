"""Rolls: frames drawn and described at once, roll by roll and in parallel; only vectors are kept.

What a roll was described as is a file, written as soon as it is there: a run that was killed goes
on where it was. Drawing and describing go through joblib, on this machine's cores or on whatever
``joblib.parallel_config`` names.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Protocol

import joblib
import numpy as np
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import TerminatedWorkerError
from joblib.parallel import LokyBackend, get_active_backend

from facelab.base.files import write_atomically
from facelab.base.progress import progress
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.faces.cache import ROW, Rows
from facelab.gallery.rendered import RenderBatch, RenderedFrames

LARGEST = 1_000_000_000
"""Most bytes of all rolls that are kept, those of about 3,500 people with 40 frames each."""

LIVES = 3
"""How often in a row workers may be lost before a run gives up."""


class Extracts(Protocol):
    """What describes frames; it can be pickled."""

    def rows(self, frames: Sequence[Frame]) -> Rows:
        """Describe frames as rows, (n,)."""


class RenderedFeatures:
    """The rolls that are known.

    ``folder``: where they are kept, None for in memory; ``fingerprint``: of what describes them.
    """

    def __init__(self, folder: Path | None, fingerprint: str) -> None:
        self.folder = folder / "rolls" if folder else None
        self.fingerprint = fingerprint
        self._here: dict[str, Rows] = {}
        self._kept: set[str] = set()

    def extract(self, frames: RenderedFrames, extractor: Extracts) -> Iterator[np.void]:
        """Make the rolls that nobody has described yet; return a row for each frame, in order.

        Files are read roll by roll, each time anew: those of a crowd would fill the memory.
        """
        wanted = {frames.rolls[roll].key: frames.rolls[roll] for roll, _ in frames.places}
        missing = [roll for key, roll in wanted.items() if not self._known(key)]
        with progress("drawing a crowd", "people") as told:
            for done, (key, rows) in enumerate(_made(missing, extractor), 1):
                self._keep(key, rows)
                told(done, len(missing))
        return self._in_order(frames, extractor)

    def _in_order(self, frames: RenderedFrames, extractor: Extracts) -> Iterator[np.void]:
        for number, places in groupby(frames.places, lambda place: place[0]):
            rows = self._rows(frames.rolls[number], extractor)
            yield from (rows[place] for _, place in places)

    def _known(self, key: str) -> bool:
        if key not in self._kept and self._read(key) is not None:
            self._kept.add(key)
        return key in self._kept or key in self._here

    def _rows(self, roll: RenderBatch, extractor: Extracts) -> Rows:
        rows = self._here.get(roll.key)
        if rows is None:
            rows = self._read(roll.key)
        # a file that went since it was looked for
        return render_and_extract(roll, extractor)[1] if rows is None else rows

    def _path(self, key: str) -> Path | None:
        name = hashlib.sha256(f"{self.fingerprint}{key}".encode()).hexdigest()
        return self.folder / f"{name}.roll" if self.folder else None

    def _read(self, key: str) -> Rows | None:
        """Return the rows of a roll's file; None, and no file, where there is none or no whole one.

        A file begins with the SHA-256 of the rest.
        """
        path = self._path(key)
        if path is None or not path.is_file():
            return None
        content = path.read_bytes()
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            path.unlink()
            return None
        os.utime(path)
        return np.frombuffer(content, ROW, offset=32)

    def _keep(self, key: str, rows: Rows) -> None:
        """Write a roll's file; where the folder cannot be written to, keep it in memory."""
        path, content = self._path(key), rows.tobytes()
        if path:
            with suppress(OSError):
                write_atomically(path, hashlib.sha256(content).digest() + content)
                self._kept.add(key)
                prune(path.parent)
                return
        self._here[key] = rows


def prune(folder: Path, largest: int = LARGEST) -> None:
    """Remove the rolls unused longest where all together have more than ``largest`` bytes."""
    files = [(path, path.stat()) for path in folder.glob("*.roll")]
    total = 0
    for path, stat in sorted(files, key=lambda file: file[1].st_mtime, reverse=True):
        total += stat.st_size
        if total > largest:
            path.unlink(missing_ok=True)


def render_and_extract(roll: RenderBatch, extractor: Extracts) -> tuple[str, Rows]:
    """Make a roll and describe its frames: what a worker does."""
    return roll.key, extractor.rows(roll.frames())


def _made(rolls: Sequence[RenderBatch], extractor: Extracts) -> Iterator[tuple[str, Rows]]:
    """Yield the rows of rolls as they come; where workers are lost, theirs are made again.

    Raises FacelabError when workers are lost again and again and nothing gets done.
    """
    left, lost = {roll.key: roll for roll in rolls}, 0
    while left:
        work = (joblib.delayed(render_and_extract)(roll, extractor) for roll in list(left.values()))
        try:
            for key, rows in _results(work):
                del left[key]
                lost = 0
                yield key, rows
        except TerminatedWorkerError as error:
            lost += 1
            if lost == LIVES:
                raise FacelabError(
                    f"{LIVES} times in a row the processes that draw were killed; free memory, "
                    "then run it again: what was drawn is kept"
                ) from error


def _results(work: Iterable[object]) -> Iterator[tuple[str, Rows]]:
    jobs = -1 if joblib.effective_n_jobs(None) == 1 else None  # all cores, unless told where
    parallel = joblib.Parallel(jobs, return_as="generator_unordered", batch_size=1)
    results: Iterator[tuple[str, Rows]] = parallel(work)
    try:
        yield from results
    finally:
        if isinstance(get_active_backend()[0], LokyBackend):
            # idle workers would keep half a gigabyte each while the crowd is learnt
            get_reusable_executor().shutdown(wait=True)
