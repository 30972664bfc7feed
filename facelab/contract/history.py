"""History: the values of a training at every update."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_PHOTO, UNNAMED = -1, -2
"""In place of a photo's number: there is none, or there is one that the system does not name."""


@dataclass(frozen=True)
class History:
    """Loss and accuracy of every update of R seeded replicates of one training.

    ``seeds`` (R,): what each replicate was seeded with.
    ``loss`` (R, U) float32: mean cross-entropy of the batch, in nats, *before* the update.
    ``accuracy`` (R, U) float32: share of the batch that was answered right, before the update.
    ``learning_rate`` (R, U) float32: the rate read back from the step that was really taken; NaN
    where nothing tells.
    ``photos`` (R, U, B) int32: which photos the batch held, as numbers from 0; ``NO_PHOTO`` fills a
    partial batch up, ``UNNAMED`` stands for each photo of a system that does not name them.
    ``updates_per_epoch``: so that update u belongs to epoch u // updates_per_epoch.
    ``people``: how many there are to choose from, hence a loss of ln(people) at chance.
    Replicates that were interrupted at different updates are as long as the longest: the others
    end in updates without photos, whose values are NaN.
    ``remarks``: what looks as if the system were wrong in a way that is known, a line each.
    """

    seeds: tuple[int, ...]
    loss: NDArray[np.float32]
    accuracy: NDArray[np.float32]
    learning_rate: NDArray[np.float32]
    photos: NDArray[np.int32]
    updates_per_epoch: int
    people: int
    remarks: tuple[str, ...] = ()

    @property
    def updates(self) -> int:
        """The number of updates made: fewer than requested when the training was interrupted."""
        return int(self.loss.shape[1])

    @property
    def drawn(self) -> NDArray[np.int64]:
        """The number of updates that each replicate made, (R,)."""
        return np.asarray(np.count_nonzero(self.batch_sizes, axis=1), np.int64)

    @property
    def epochs(self) -> int:
        """How many epochs were begun."""
        return -(-self.updates // self.updates_per_epoch)

    @property
    def batch_sizes(self) -> NDArray[np.int64]:
        """How many photos each update saw, (R, U)."""
        return np.asarray(np.count_nonzero(self.photos != NO_PHOTO, axis=2), np.int64)
