"""Rendered features: frames rendered and described at once, in parallel; only vectors are kept.

Frames that are rendered together (a `RenderBatch`, a person of a crowd) are one entry of the store,
written as soon as it is complete: a run that was killed continues from there. The work goes through
joblib, on this machine's cores or on the backend of ``joblib.parallel_config``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

import joblib
import numpy as np
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import TerminatedWorkerError
from joblib.parallel import LokyBackend, get_active_backend

from facelab.base.progress import progress
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.faces.store import FeatureRows, Store
from facelab.gallery.rendered import RenderBatch, RenderedFrames

LIVES = 3
"""How often in a row workers may be lost before a run gives up."""


class Extracts(Protocol):
    """What describes frames; it can be pickled."""

    def rows(self, frames: Sequence[Frame]) -> FeatureRows:
        """Describe frames as rows, (n,)."""


class RenderedFeatures:
    """What rendered frames were described as, one entry of a store for those rendered together.

    Those that the store cannot keep stay in memory.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._here: dict[str, FeatureRows] = {}
        self._kept: set[str] = set()

    def extract(self, frames: RenderedFrames, extractor: Extracts) -> Iterator[np.void]:
        """Render and describe the frames that the store lacks; return a row for each frame.

        Entries are read one by one, each time anew: those of a crowd would fill the memory.
        """
        wanted = {frames.batches[number].key: frames.batches[number] for number, _ in frames.places}
        missing = [batch for key, batch in wanted.items() if not self._known(key)]
        with progress("drawing a crowd", "people", grace=0) as report:
            report(0, len(missing))
            for done, (key, rows) in enumerate(_made(missing, extractor), 1):
                self._keep(key, rows)
                report(done, len(missing))
        return self._in_order(frames, extractor)

    def _in_order(self, frames: RenderedFrames, extractor: Extracts) -> Iterator[np.void]:
        for number, places in groupby(frames.places, lambda place: place[0]):
            rows = self._rows(frames.batches[number], extractor)
            yield from (rows[place] for _, place in places)

    def _known(self, key: str) -> bool:
        if key not in self._kept and self._store.read(_name(key)) is not None:
            self._kept.add(key)
        return key in self._kept or key in self._here

    def _rows(self, batch: RenderBatch, extractor: Extracts) -> FeatureRows:
        rows = self._here.get(batch.key)
        if rows is None:
            rows = self._store.read(_name(batch.key))
        # a file that went since it was looked for
        return render_and_extract(batch, extractor)[1] if rows is None else rows

    def _keep(self, key: str, rows: FeatureRows) -> None:
        if self._store.write(_name(key), rows):
            self._kept.add(key)
        else:
            self._here[key] = rows


def _name(key: str) -> str:
    return f"rendered {key}"


def render_and_extract(batch: RenderBatch, extractor: Extracts) -> tuple[str, FeatureRows]:
    """Render frames and describe them: what a worker does."""
    return batch.key, extractor.rows(batch.frames())


def _made(batches: Sequence[RenderBatch], extractor: Extracts) -> Iterator[tuple[str, FeatureRows]]:
    """Yield rows as they come; where workers are lost, theirs are made again.

    Raises FacelabError when workers are lost again and again and nothing gets done.
    """
    left, lost = {batch.key: batch for batch in batches}, 0
    while left:
        render = joblib.delayed(render_and_extract)
        work = (render(batch, extractor) for batch in list(left.values()))
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


def _results(work: Iterable[object]) -> Iterator[tuple[str, FeatureRows]]:
    jobs = -1 if joblib.effective_n_jobs(None) == 1 else None  # all cores, unless told where
    parallel = joblib.Parallel(jobs, return_as="generator_unordered", batch_size=1)
    results: Iterator[tuple[str, FeatureRows]] = parallel(work)
    try:
        yield from results
    finally:
        if isinstance(get_active_backend()[0], LokyBackend):
            # idle workers would keep half a gigabyte each while the crowd is learnt
            get_reusable_executor().shutdown(wait=True)
