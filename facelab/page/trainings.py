"""Trainings: those that run, each in a thread, and what they leave behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.page import lessons
from facelab.page.guard import Refusal
from facelab.page.models import Models, parameters_of
from facelab.page.store import Store, fingerprint

AT_ONCE = 4
"""Trainings that run side by side: one in each of so many tabs."""


@dataclass
class Run:
    """A training that runs: ``began`` tells of its photos, ``points`` of its values (n, 3)."""

    number: str
    parameters: Parameters
    seed: int
    began: Callable[[Photos], None]
    points: Callable[[NDArray[np.float32]], None]
    stopped: threading.Event = field(default_factory=threading.Event)

    def summary(self) -> dict[str, Any]:
        """Return what `/api/state` tells of it."""
        chosen = parameters_of(self.parameters)
        return {"id": self.number, "parameters": chosen, "seed": self.seed}


class Trainings:
    """The trainings that run, by the ids that their tabs gave them."""

    def __init__(self, store: Store, models: Models) -> None:
        self._store = store
        self._models = models
        self._threads = ThreadPoolExecutor(AT_ONCE, "training")
        self._running: dict[str, Run] = {}
        self._forgotten = 0
        store.lost.append(self._forget)

    def _forget(self) -> None:
        """Stop all: they learn from photos of somebody who was forgotten; nothing is kept."""
        self._forgotten += 1
        for run in list(self._running.values()):
            run.stopped.set()

    def start(self, run: Run) -> Future[str]:
        """Begin a training; the result is the id of its model. Raises Refusal."""
        if run.number in self._running:
            raise Refusal(409, "a training of that number runs already")
        if len(self._running) >= AT_ONCE:
            raise Refusal(409, f"{AT_ONCE} trainings run already; wait for one, or stop it")
        self._models.check_room()
        self._running[run.number] = run
        future = self._threads.submit(self._train, run)
        future.add_done_callback(lambda _: self._running.pop(run.number, None))
        return future

    def _train(self, run: Run) -> str:
        before = self._forgotten
        photos, digest = self._store.call(self._photos)
        run.began(photos)
        model = lessons.train(
            photos,
            run.parameters,
            run.seed,
            digest,
            points=lambda values: run.points(values[..., 0]),
            stop=run.stopped.is_set,
        )
        if self._forgotten != before:
            raise Refusal(409, "somebody was forgotten meanwhile, so the training is not kept")
        return self._store.call(self._models.keep, model)

    def _photos(self) -> tuple[Photos, str]:
        return self._store.photos(), fingerprint(self._store.rows())

    def stop(self, number: str) -> None:
        """Ask a training to stop and to keep what was learnt; one that is over stays so."""
        if run := self._running.get(number):
            run.stopped.set()

    def summaries(self) -> list[dict[str, Any]]:
        """Return what is told of those that run."""
        return [run.summary() for run in list(self._running.values())]

    def close(self) -> None:
        """Stop all, and wait until they are kept."""
        for run in list(self._running.values()):
            run.stopped.set()
        self._threads.shutdown()
