"""Trainer: facelab's own system under test, from photos to answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import keras
import numpy as np
from numpy.typing import NDArray

from facelab.finder.track import Track
from facelab.frames.photos import Frame, Photos
from facelab.learning.classifier import assemble
from facelab.learning.description import Described, Describer, detection
from facelab.learning.embedding import Centring
from facelab.learning.history import History
from facelab.learning.parameters import Parameters
from facelab.learning.theory import theory
from facelab.learning.training import Head, train


@dataclass(frozen=True)
class Trained:
    """R trained replicates that share one embedding."""

    history: History
    head: Head
    centring: Centring
    people: tuple[str, ...]
    describer: Describer

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return the probability of each person, (replicates, frames, people), float32.

        All zeros where nobody is seen.
        """
        return self._answer(self.describer.describe(frames))

    def watch(self, clip: Iterable[Sequence[Frame]]) -> Iterator[NDArray[np.float32]]:
        """Yield the same for each batch of a clip, following one face through it."""
        for described in self.describer.follow(clip, Track()):
            yield self._answer(described)

    def _answer(self, described: Described) -> NDArray[np.float32]:
        vectors = np.asarray(self.centring(described.vectors))
        logits = np.matmul(vectors, self.head.kernel) + self.head.bias[:, None]
        odds = np.exp(logits - logits.max(axis=2, keepdims=True))
        seen = described.faces[:, 4:] > 0
        share: NDArray[np.float32] = odds / odds.sum(axis=2, keepdims=True) * seen
        return share

    def model(self, replicate: int = 0) -> keras.Model:
        """Return one replicate as a Keras model from frames to probabilities."""
        head = self.head.kernel[replicate], self.head.bias[replicate]
        return assemble(self.describer.detection, self.centring, *head, self.people)


class Trainer:
    """HOG embedding of the largest face, softmax head, plain SGD."""

    def __init__(self, face_detector: str = "facelab") -> None:
        """Choose how faces are found: ``facelab``, ``none`` or the path of a YuNet file."""
        self.describer = Describer(detection(face_detector))

    @property
    def name(self) -> str:
        """Name and version, as the report's cover says them."""
        return f"facelab {version('facelab')}, {self.describer.detection.name}"

    def train(
        self,
        photos: Photos,
        parameters: Parameters,
        *,
        seeds: Sequence[int],
        stop: Callable[[int], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Trained:
        """Train one replicate a seed on photos; people are numbered as ``photos.people``."""
        centring = self._centring(photos, parameters)
        head, history = train(
            np.asarray(centring(self.describer.describe(photos.frames).vectors)),
            photos.numbers(photos.people),
            len(photos.people),
            parameters,
            seeds=seeds,
            stop=stop,
            progress=progress,
        )
        return Trained(history, head, centring, photos.people, self.describer)

    def theory(self, photos: Photos, parameters: Parameters) -> dict[str, float]:
        """Return what theory says of a training on photos, by the reader's names."""
        described = self.describer.describe(photos.frames)
        embeddings = self._centring(photos, parameters)(described.vectors)
        seen = {
            "photos without a face, described by their centre square": (
                described.faces[:, 4] == 0
            ).sum(),
            "photos with several faces, described by the largest": described.several.sum(),
        }
        told = {name: float(count) for name, count in seen.items() if count}
        return theory(np.asarray(embeddings), photos.numbers(photos.people), parameters) | told

    def _centring(self, photos: Photos, parameters: Parameters) -> Centring:
        mean = self.describer.describe(photos.frames).vectors.mean(axis=0)
        return Centring(mean.tolist(), parameters.embedding_norm)
