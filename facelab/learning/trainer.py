"""Trainer: facelab's own system under test, from photos to answers.

TensorFlow is imported when something is trained, described by the compiled layer or put into a
model; until then a run says and reads what it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.contract.history import History
from facelab.contract.photos import Photos
from facelab.contract.system import Capability
from facelab.contract.training import Head, TrainingRequest
from facelab.faces.embedding import Embedder
from facelab.faces.extractor import Features, Hog
from facelab.faces.hog import Vectors
from facelab.learning.answerer import probabilities
from facelab.learning.core import import_core
from facelab.learning.describer import Describer

if TYPE_CHECKING:
    import keras


def compiled_hog(squares: NDArray[np.uint8]) -> Vectors:
    """Return the vectors (n, 1764) of squares (n, 64, 64) uint8, by the layer `Hog`, compiled."""
    import_core()
    from facelab.faces import layers

    return layers.compiled_hog(squares)


@dataclass(frozen=True)
class Trained:
    """R trained replicates that share one embedding."""

    history: History
    head: Head
    embedder: Embedder
    people: tuple[str, ...]

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return the probability of each person, (replicates, frames, people), float32.

        All zeros where nobody is seen.
        """
        return self._answer(self.embedder.embed(frames))

    def watch(self, clip: Iterable[Sequence[Frame]]) -> Iterator[NDArray[np.float32]]:
        """Yield the same for each batch of a clip, following one face through it."""
        return map(self._answer, self.embedder.follow(clip))

    def _answer(self, features: Features) -> NDArray[np.float32]:
        return probabilities(self.head, features)

    def model(self, replicate: int = 0) -> keras.Model:
        """Return one replicate as a Keras model from frames to probabilities."""
        import_core()
        from facelab.learning.classifier import assemble

        head = self.head.kernel[replicate], self.head.bias[replicate]
        embedder = self.embedder
        return assemble(embedder.extractor.detection, embedder.centring, *head, self.people)


class Trainer(Describer):
    """HOG embedding of the main face, softmax head, plain SGD."""

    name = "facelab"
    capabilities = tuple(one for one in Capability if one != Capability.PHOTOS_KEPT)

    def __init__(
        self,
        face_detector: str = "facelab",
        cache: Path | None = None,
        hog: Hog | None = None,
        embedding: str = "hog",
    ) -> None:
        """Choose how faces are found: ``facelab``, ``none`` or the path of a YuNet file.

        ``cache``: folder in which what photos were described as is kept for the next run. ``hog``:
        what describes squares; the compiled layer unless told, with which the book's numbers were
        measured to the last digit. ``embedding``: ``hog`` or ``whitened``.
        """
        super().__init__(face_detector, cache, hog or compiled_hog, embedding)

    @property
    def version(self) -> str:
        """Version, how faces are found, and whether their vectors are whitened."""
        found = f"{version('facelab')}, {self.extractor.detection.name}"
        return f"{found}, whitened vectors" if self.whitening else found

    def train(self, photos: Photos, request: TrainingRequest) -> Trained:
        """Train one replicate a seed on photos; people are numbered as ``photos.people``."""
        embedder, embedded = self.embedded(photos, request.parameters)
        labels, people = photos.numbers(photos.people), len(photos.people)
        import_core()
        from facelab.learning.replicates import train_replicates

        head, history = train_replicates(embedded.vectors, labels, people, request)
        return Trained(history, head, embedder, photos.people)
