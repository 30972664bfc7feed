"""Training: the request for one, and its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.contract.history import History
from facelab.contract.parameters import Parameters


@dataclass(frozen=True)
class Head:
    """The softmax layers of R replicates: ``kernel`` (R, D, C) and ``bias`` (R, C), float32."""

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True)
class TrainingRequest:
    """The request for a training: one replicate a seed, all with the same parameters.

    ``start``: the initial weights, drawn from the seeds where it is None.
    ``stop(values)`` is called from time to time with the number of values drawn so far, and returns
    whether to interrupt. ``progress(done, total)`` is called as the work proceeds.
    ``points(values)`` is called with the values of each update as they are drawn, once each and in
    order: (updates, 3, replicates) float32, of loss, accuracy and the rate that was really used.
    """

    parameters: Parameters
    seeds: Sequence[int]
    start: Head | None = None
    stop: Callable[[int], bool] | None = None
    progress: Callable[[int, int], None] | None = None
    points: Callable[[NDArray[np.float32]], None] | None = None


class Training(Protocol):
    """What a training leaves behind: its history, and replicates that answer."""

    @property
    def history(self) -> History:
        """Loss and accuracy of every update."""

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return the probability of each person, (replicates, frames, people), float32."""
