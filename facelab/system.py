"""The seam: what a system under test offers. Steps and features never reach past it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from facelab.errors import FacelabError
from facelab.frames.photos import Frame, Photos

if TYPE_CHECKING:
    from facelab.learning.history import History
    from facelab.learning.parameters import Parameters


class Training(Protocol):
    """What a training has left: its history, and replicates that answer."""

    @property
    def history(self) -> History:
        """Loss and accuracy of every update."""

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return the probability of each person, (replicates, frames, people), float32."""


class System(Protocol):
    """A webcam face classifier that can sit the exam."""

    @property
    def name(self) -> str:
        """Name and version, as the report's cover says them."""

    def train(
        self,
        photos: Photos,
        parameters: Parameters,
        *,
        seeds: Sequence[int],
        stop: Callable[[int], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Training:
        """Train one replicate a seed on photos; people are numbered as ``photos.people``.

        ``stop(values)`` is asked from time to time, with the number of values drawn so far,
        whether to interrupt; ``progress(done, total)`` is told how far it is.
        """


def load_system(name: str, face_detector: str = "facelab") -> System:
    """Return facelab's own system, or the one that ``package.module:factory`` makes.

    ``face_detector`` is for facelab's own: ``facelab``, ``none`` or the path of a YuNet file.
    Raises FacelabError when there is no such factory or detector.
    """
    if name == "facelab":
        from facelab.learning.trainer import Trainer

        return Trainer(face_detector)
    if face_detector != "facelab":
        raise FacelabError(
            f"--face-detector: received {face_detector} for the system {name}, which finds faces "
            "by itself; leave the option out"
        )
    module, _, factory = name.partition(":")
    try:
        return cast("System", getattr(importlib.import_module(module), factory)())
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise FacelabError(
            f"--system: received {name!r} ({error}); allowed is facelab or "
            "package.module:factory, importable from here"
        ) from error
