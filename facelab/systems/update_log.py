"""Update log: records and checks what a learner reports, update by update."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.errors import SystemFault
from facelab.contract.history import NO_PHOTO, UNNAMED
from facelab.contract.system import Capability, Learner, Lesson
from facelab.contract.text import one_line, quoted

LARGEST = float(np.finfo(np.float32).max)
"""A history keeps its values in 32 bits."""


class UpdateLog:
    """The updates of one replicate. ``told`` is called after each with their number."""

    def __init__(
        self,
        learner: Learner,
        lesson: Lesson,
        *,
        stop: Callable[[int], bool] | None = None,
        told: Callable[[int], None] | None = None,
    ) -> None:
        self.lesson = lesson
        self.stopped = False
        self._who = one_line(str(learner.name))
        self._names = Capability.PHOTO_IDS in learner.capabilities
        self._expected = lesson.parameters.updates(len(lesson.labels))
        self._stop, self._told = stop, told
        self._loss: list[float] = []
        self._accuracy: list[float] = []
        self._photos: list[NDArray[np.int32]] = []

    def __len__(self) -> int:
        return len(self._loss)

    def tell(self, loss: Any, accuracy: Any, photos: Any = None) -> bool:
        """Record an update, as ``system.Tell``, and return whether to stop.

        Raises SystemFault for values that are no update.
        """
        if len(self) > 2 * self._expected + 100:
            raise self._fault(
                f"no end in sight: {self._expected:,} were due; return after the last epoch"
            )
        values = self._number("loss", loss), self._number("accuracy", accuracy)
        if self._names:
            self._photos.append(self._ids(photos))
        self._loss.append(values[0])
        self._accuracy.append(values[1])
        if self._told:
            self._told(len(self))
        self.stopped = bool(self._stop and self._stop(len(self)))
        return self.stopped

    def row(self) -> tuple[list[float], list[float], list[NDArray[np.int32]]]:
        """Return loss, accuracy and photos of every update.

        Unnamed photos are as many as the parameters give.
        """
        if self._names:
            return self._loss, self._accuracy, self._photos
        size, count = self.lesson.parameters.batch_size, len(self.lesson.labels)
        epoch = [min(size, count - start) for start in range(0, count, size)]
        sizes = np.resize(epoch, len(self))
        return self._loss, self._accuracy, [np.full(n, UNNAMED, np.int32) for n in sizes]

    def _number(self, what: str, value: Any) -> float:
        kind = value.dtype.kind if isinstance(value, np.ndarray | np.generic) else ""
        try:
            is_none = value is None or isinstance(value, str | bytes | bool) or kind in {*"bSU"}
            number = math.nan if is_none else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not abs(number) <= LARGEST:
            shown = "null (JavaScript writes NaN so)" if value is None else quoted(value)
            raise self._fault(f"{what} {shown}; a finite number is needed at every update")
        return number

    def _ids(self, photos: Any) -> NDArray[np.int32]:
        count = len(self.lesson.labels)
        try:
            ids = np.asarray(photos)
        except ValueError:
            ids = np.array(None)
        whole = ids.ndim == 1 and 0 < ids.size <= count and np.issubdtype(ids.dtype, np.integer)
        if isinstance(photos, list | tuple) and bool in map(type, photos):
            whole = False  # NumPy takes [0, True] for [0, 1]
        if not whole or ids.min() < 0 or ids.max() >= count:
            raise self._fault(
                f"the photos {quoted(photos)}; name those of the batch by numbers from 0 to "
                f"{count - 1}, or do not offer {Capability.PHOTO_IDS}"
            )
        return ids.astype(np.int32)

    def _fault(self, what: str) -> SystemFault:
        return SystemFault(f"{self._who}: update {len(self) + 1:,} came with {what}")


def padded(rows: list[list[NDArray[np.int32]]], updates: int) -> NDArray[np.int32]:
    """Return the photos of R replicates as one array (R, U, B), partial batches filled up."""
    places = max(len(batch) for row in rows for batch in row[:updates])
    table = np.full((len(rows), updates, places), NO_PHOTO, np.int32)
    for replicate, row in enumerate(rows):
        for update, batch in enumerate(row[:updates]):
            table[replicate, update, : len(batch)] = batch
    return table
