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
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Capability, Lesson
from facelab.contract.training import Head, TrainingRequest
from facelab.faces.detection import detection
from facelab.faces.embedding import Centring, Embedder
from facelab.faces.extractor import FeatureExtractor, Features, Hog
from facelab.faces.hog import Vectors
from facelab.faces.store import Store, fingerprint
from facelab.learning.answerer import probabilities
from facelab.learning.core import import_core
from facelab.learning.theory import theory

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


class Trainer:
    """HOG embedding of the largest face, softmax head, plain SGD."""

    name = "facelab"
    capabilities = tuple(one for one in Capability if one != Capability.PHOTOS_KEPT)

    def __init__(
        self, face_detector: str = "facelab", cache: Path | None = None, hog: Hog | None = None
    ) -> None:
        """Choose how faces are found: ``facelab``, ``none`` or the path of a YuNet file.

        ``cache``: folder in which what photos were described as is kept for the next run. ``hog``:
        what describes squares; the compiled layer unless told, with which the book's numbers were
        measured to the last digit.
        """
        hog = hog or compiled_hog
        found, name = detection(face_detector), f"{hog.__module__}.{hog.__qualname__}"
        store = Store(cache, fingerprint(face_detector, name)) if cache else Store()
        self.extractor = FeatureExtractor(found, store, hog)

    @property
    def version(self) -> str:
        """Version, and how faces are found."""
        return f"{version('facelab')}, {self.extractor.detection.name}"

    def train(self, photos: Photos, request: TrainingRequest) -> Trained:
        """Train one replicate a seed on photos; people are numbered as ``photos.people``."""
        embedder, embedded = self.embedded(photos, request.parameters)
        labels, people = photos.numbers(photos.people), len(photos.people)
        import_core()
        from facelab.learning.replicates import train_replicates

        head, history = train_replicates(embedded.vectors, labels, people, request)
        return Trained(history, head, embedder, photos.people)

    def embedded(self, photos: Photos, parameters: Parameters) -> tuple[Embedder, Features]:
        """Return what embeds frames as for a training on photos, round their mean, and the photos.

        Each is described once.
        """
        features = self.extractor.extract(photos.frames)
        centring = Centring(features.vectors.mean(axis=0), parameters.embedding_norm)
        embedder = Embedder(self.extractor, centring)
        return embedder, embedder.placed(features)

    def lessons(self, photos: Photos, parameters: Parameters, seeds: Sequence[int]) -> list[Lesson]:
        """Return what a learner is given to train each replicate on photos, one a seed.

        They share their embeddings. The first weights are drawn here once more, as the exam's own
        arithmetic: not by the training's function, which is examined.
        """
        embeddings = self.embedded(photos, parameters)[1].vectors
        labels, people = photos.numbers(photos.people), len(photos.people)
        import_core()
        import keras

        draw = type(keras.initializers.get(parameters.kernel_initializer))
        shape, bias = (embeddings.shape[1], people), np.zeros(people, np.float32)
        kernels = [np.asarray(draw(seed=seed)(shape)) for seed in seeds]
        return [
            Lesson(embeddings, labels, people, parameters, seed, kernel, bias)
            for seed, kernel in zip(seeds, kernels, strict=True)
        ]

    def theory(self, photos: Photos, parameters: Parameters) -> dict[str, float]:
        """Return what theory says of a training on photos, by the reader's names."""
        _, embedded = self.embedded(photos, parameters)
        told = {
            "photos without a face, described by their centre square": (~embedded.seen).sum(),
            "photos with several faces, described by the largest": embedded.several.sum(),
        }
        known = theory(embedded.vectors, photos.numbers(photos.people), parameters)
        return known | {name: float(count) for name, count in told.items() if count}
