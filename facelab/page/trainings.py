"""Trainings: those that run, each in a thread, and what they leave behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.gallery.caching import open_cache
from facelab.learning.core import import_core
from facelab.page import lessons
from facelab.page.guard import Refusal
from facelab.page.models import Model, Models, parameters_of
from facelab.page.store import Store

if TYPE_CHECKING:
    from facelab.learning.trainer import Trainer

AT_ONCE = 4
"""Trainings that run side by side: one in each of so many tabs."""

TOGETHER = 16
"""Photos in which faces are found until it is told how many are done."""


@dataclass(frozen=True)
class Run:
    """A training that runs.

    ``waiting`` is told in a line what is done before the training, ``began`` of its photos,
    ``points`` of loss, accuracy and rate of each update (n, 3).
    """

    number: str
    parameters: Parameters
    seed: int
    waiting: Callable[[str], None]
    began: Callable[[Photos], None]
    points: Callable[[NDArray[np.float32]], None]
    stopped: threading.Event = field(default_factory=threading.Event)


class Trainings:
    """The trainings that run, by the ids that their tabs gave them."""

    def __init__(self, store: Store, models: Models) -> None:
        self._store = store
        self._models = models
        self._threads = ThreadPoolExecutor(AT_ONCE, "training")
        self._running: dict[str, Run] = {}
        self._importing = threading.Lock()
        self._core: Trainer | None = None
        self._forgotten = 0
        store.lost.append(self._forget)

    def _forget(self) -> None:
        """Stop all: they learn from photos of somebody who was forgotten; nothing is kept."""
        self._forgotten += 1
        self._core = None
        for run in list(self._running.values()):
            run.stopped.set()

    def start(self, run: Run) -> Future[str]:
        """Begin a training; the result is the id of its model. Raises Refusal."""
        if run.number in self._running:
            raise Refusal(409, "a training of that id runs already; give it another")
        if len(self._running) >= AT_ONCE:
            raise Refusal(409, f"{AT_ONCE} trainings run already; wait for one, or stop one")
        self._models.check_room()
        self._running[run.number] = run
        future = self._threads.submit(self._train, run)
        future.add_done_callback(lambda _: self._running.pop(run.number, None))
        return future

    def _train(self, run: Run) -> str:
        before = self._forgotten
        photos, digest = self._store.call(self._store.learnt)
        lessons.check_photos(photos, run.parameters)
        core = self._imported(run)
        for done in range(0, len(photos), TOGETHER):
            run.waiting(f"finding faces: {done:,} of {len(photos):,} photos")
            core.extractor.extract(photos.frames[done : done + TOGETHER])
            if run.stopped.is_set():
                raise Refusal(409, "the training was stopped before its first update")
        run.began(photos)
        model = lessons.train(
            core,
            photos,
            run.parameters,
            run.seed,
            digest,
            points=lambda values: run.points(values[..., 0]),
            stop=run.stopped.is_set,
        )
        return self._store.call(self._keep, model, before)

    def _imported(self, run: Run) -> Trainer:
        """Return the training core; the first one waits for TensorFlow, and says so."""
        with self._importing:
            if self._core is None:
                run.waiting("TensorFlow is starting")
                import_core()
                folder, cache, marks = self._store.folder, self._models.cache, self._models.marks
                kept = self._store.call(open_cache, folder, cache, marks, lambda: None)
                self._core = lessons.trainer(kept)
            return self._core

    def _keep(self, model: Model, before: int) -> str:
        if self._forgotten != before:
            raise Refusal(409, "somebody was forgotten meanwhile, so the training is not kept")
        return self._models.keep(model)

    def stop(self, number: str) -> None:
        """Ask a training to stop and to keep what was learnt; one that is over stays so."""
        if run := self._running.get(number):
            run.stopped.set()

    def summaries(self) -> list[dict[str, Any]]:
        """Return what is told of those that run."""
        return [
            {"id": run.number, "parameters": parameters_of(run.parameters), "seed": run.seed}
            for run in list(self._running.values())
        ]

    def close(self) -> None:
        """Stop all, and wait until they are kept."""
        for run in list(self._running.values()):
            run.stopped.set()
        self._threads.shutdown()
