"""The seam: the interface of a system under test. Steps and features use nothing beyond it.

A ``System`` takes photos. A ``Learner`` is much smaller: it gets facelab's embeddings, one training
at a time, and facelab makes a system of it. docs/your_system.md shows a complete one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facelab.contract.frame import Frame
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.text import one_line
from facelab.contract.training import Training, TrainingRequest


class Capability(StrEnum):
    """What a system may be able to do beyond training and answering."""

    INITIAL_WEIGHTS = "initial weights"
    """It trains facelab's head (softmax, cross-entropy, plain SGD on facelab's embeddings) from
    the weights that it is given, so that its every value can be calculated again."""

    PHOTO_IDS = "photo ids"
    """It names the photos of every batch."""

    STOP = "stop"
    """It stops when told to, and keeps what was learnt."""

    NOBODY = "nobody"
    """It answers nobody, with probabilities that are all 0, where it sees no face."""

    LEARNING_RATE = "learning rate"
    """The rate that was really used is known: read back from the weights, or from the losses,
    which takes initial weights and photo ids."""

    PHOTOS_KEPT = "photos kept"
    """It keeps photos and gives them back: ``face_base()`` opens its face base, emptied."""


class Granted(StrEnum):
    """What the exam takes for granted, unless a system names it in its ``limits``.

    No capability, which a system must list: one that knows none of these words lacks nothing.
    """

    ACCURACY = "accuracy"
    """It tells the accuracy of every update."""

    PROBABILITIES = "probabilities"
    """It answers with a probability of each person, not with a name alone."""

    COUNT = "exact count"
    """It counts every frame of a film, each once."""

    SEEDS = "seeds"
    """It draws its random numbers from the seed that it is given."""


class Described(Protocol):
    """What says what it is."""

    @property
    def name(self) -> str:
        """Its name, as the report's cover says it."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def capabilities(self) -> Collection[str]:
        """Which ``Capability`` it has; what needs another one is not run."""


class System(Described, Protocol):
    """A webcam face classifier that can sit the exam.

    It may have ``limits``, those of ``Granted`` that it lacks.
    """

    def train(self, photos: Photos, request: TrainingRequest) -> Training:
        """Train one replicate a seed on photos; people are numbered as ``photos.people``."""


class FaceBase(Protocol):
    """What keeps photos by person, and gives them back."""

    def save(self, person: str, frame: Frame) -> str:
        """Keep a frame; return the name of its file."""

    def add(self, person: str, path: Path) -> str:
        """Keep a photo file. Raises FacelabError, which names it, when it is no whole picture."""

    def photos(self) -> Photos:
        """Return all that is kept, read anew."""


def limits(system: System) -> frozenset[str]:
    """Return what a system lacks of what the exam takes for granted."""
    return frozenset(map(str, getattr(system, "limits", ())))


@dataclass(frozen=True)
class Lesson:
    """The input of a learner: one training of one replicate.

    ``embeddings`` (N, D) float32: the photos. ``labels`` (N,) int32: the person on each, as a
    number from 0. ``people``: the number of people, C. ``parameters``: ``learning_rate``,
    ``epochs``, ``batch_size`` and the others. ``seed``: for random numbers. ``kernel`` (D, C) and
    ``bias`` (C,) float32: the initial weights, for learners that can use them.
    """

    embeddings: NDArray[np.float32]
    labels: NDArray[np.int32]
    people: int
    parameters: Parameters
    seed: int
    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]


Tell = Callable[..., bool]
"""``tell(loss, accuracy, photos)``: what the batch of an update gave *before* the update – its mean
loss in nats, the share answered right, and the numbers of its photos for those who name them. It
returns whether to stop."""

Predict = Callable[[NDArray[np.float32]], ArrayLike]
"""From embeddings (n, D) float32 to probabilities (n, C)."""


class Learner(Described, Protocol):
    """The smallest thing that can sit the exam: it learns from embeddings.

    Of the capabilities it may have ``initial weights``, ``photo ids`` and ``stop``.
    """

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        """Train, calling ``tell`` at every update, and return a function that answers."""


def title(system: System) -> str:
    """Return name and version in one printable line."""
    return f"{one_line(str(system.name))} {one_line(str(system.version))}"
