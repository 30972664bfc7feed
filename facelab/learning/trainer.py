"""Trainer: facelab's own system under test, from photos to answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import keras
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
from facelab.faces.layers import compiled_hog
from facelab.faces.store import Store, fingerprint
from facelab.learning.classifier import assemble
from facelab.learning.replicates import train_replicates
from facelab.learning.theory import theory


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
        vectors, seen = features.vectors, features.seen[:, None]
        answers = np.empty((len(self.head.bias), len(vectors), len(self.people)), np.float32)
        # replicate by replicate: a crowd's answers are large, and here three times as large
        for answer, kernel, bias in zip(answers, self.head.kernel, self.head.bias, strict=True):
            logits = vectors @ kernel + bias
            exp_logits = np.exp(logits - logits.max(axis=1, keepdims=True))
            answer[:] = exp_logits / exp_logits.sum(axis=1, keepdims=True) * seen
        return answers

    def model(self, replicate: int = 0) -> keras.Model:
        """Return one replicate as a Keras model from frames to probabilities."""
        head = self.head.kernel[replicate], self.head.bias[replicate]
        embedder = self.embedder
        return assemble(embedder.extractor.detection, embedder.centring, *head, self.people)


class Trainer:
    """HOG embedding of the largest face, softmax head, plain SGD."""

    name = "facelab"
    capabilities = tuple(Capability)

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
        embedder = self.embedder(photos, request.parameters)
        embeddings, labels = embedder.embed(photos.frames).vectors, photos.numbers(photos.people)
        head, history = train_replicates(embeddings, labels, len(photos.people), request)
        return Trained(history, head, embedder, photos.people)

    def embedder(self, photos: Photos, parameters: Parameters) -> Embedder:
        """Return what embeds frames as for a training on photos: round their mean."""
        mean = self.extractor.extract(photos.frames).vectors.mean(axis=0)
        return Embedder(self.extractor, Centring(mean, parameters.embedding_norm))

    def lessons(self, photos: Photos, parameters: Parameters, seeds: Sequence[int]) -> list[Lesson]:
        """Return what a learner is given to train each replicate on photos, one a seed.

        They share their embeddings. The first weights are drawn here once more, as the exam's own
        arithmetic: not by the training's function, which is examined.
        """
        embeddings = self.embedder(photos, parameters).embed(photos.frames).vectors
        labels, people = photos.numbers(photos.people), len(photos.people)
        draw = type(keras.initializers.get(parameters.kernel_initializer))
        shape, bias = (embeddings.shape[1], people), np.zeros(people, np.float32)
        kernels = [np.asarray(draw(seed=seed)(shape)) for seed in seeds]
        return [
            Lesson(embeddings, labels, people, parameters, seed, kernel, bias)
            for seed, kernel in zip(seeds, kernels, strict=True)
        ]

    def theory(self, photos: Photos, parameters: Parameters) -> dict[str, float]:
        """Return what theory says of a training on photos, by the reader's names."""
        embedded = self.embedder(photos, parameters).embed(photos.frames)
        told = {
            "photos without a face, described by their centre square": (~embedded.seen).sum(),
            "photos with several faces, described by the largest": embedded.several.sum(),
        }
        known = theory(embedded.vectors, photos.numbers(photos.people), parameters)
        return known | {name: float(count) for name, count in told.items() if count}
