"""Trainer: facelab's own system under test, from photos to answers."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby

import keras
import numpy as np
from numpy.typing import NDArray

from facelab.frames.photos import Frame, Photos
from facelab.learning.classifier import assemble
from facelab.learning.embedding import FEATURES, Centring, hog_vectors
from facelab.learning.history import History
from facelab.learning.parameters import Parameters
from facelab.learning.theory import theory
from facelab.learning.training import Head, train
from facelab.system import Capability

BATCH = 64
"""Frames embedded together: enough to be fast, few enough to be small."""


@dataclass(frozen=True)
class Trained:
    """R trained replicates that share one embedding."""

    history: History
    head: Head
    centring: Centring
    people: tuple[str, ...]
    describe: Callable[[Sequence[Frame]], NDArray[np.float32]]

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return the probability of each person, (replicates, frames, people), float32."""
        vectors = np.asarray(self.centring(self.describe(frames)))
        logits = np.matmul(vectors, self.head.kernel) + self.head.bias[:, None]
        odds = np.exp(logits - logits.max(axis=2, keepdims=True))
        share: NDArray[np.float32] = odds / odds.sum(axis=2, keepdims=True)
        return share

    def model(self, replicate: int = 0) -> keras.Model:
        """Return one replicate as a Keras model from frames to probabilities."""
        head = self.head.kernel[replicate], self.head.bias[replicate]
        return assemble(self.centring, *head, self.people)


class Trainer:
    """HOG embedding, softmax head, plain SGD. A frame is embedded once, as long as it is kept."""

    name = "facelab"
    version = version("facelab")
    capabilities = tuple(Capability)

    def __init__(self) -> None:
        self._vectors: dict[int, NDArray[np.float32]] = {}

    def train(
        self,
        photos: Photos,
        parameters: Parameters,
        *,
        seeds: Sequence[int],
        start: Head | None = None,
        stop: Callable[[int], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Trained:
        """Train one replicate a seed on photos; people are numbered as ``photos.people``."""
        centring = self._centring(photos, parameters)
        head, history = train(
            np.asarray(centring(self.describe(photos.frames))),
            photos.numbers(photos.people),
            len(photos.people),
            parameters,
            seeds=seeds,
            start=start,
            stop=stop,
            progress=progress,
        )
        return Trained(history, head, centring, photos.people, self.describe)

    def embedder(
        self, photos: Photos, parameters: Parameters
    ) -> Callable[[Sequence[Frame]], NDArray[np.float32]]:
        """Return what embeds frames, (frames, 1764) float32, as for a training on photos."""
        centring = self._centring(photos, parameters)
        return lambda frames: np.asarray(centring(self.describe(frames)))

    def theory(self, photos: Photos, parameters: Parameters) -> dict[str, float]:
        """Return what theory says of a training on photos, by the reader's names."""
        embeddings = self._centring(photos, parameters)(self.describe(photos.frames))
        return theory(np.asarray(embeddings), photos.numbers(photos.people), parameters)

    def _centring(self, photos: Photos, parameters: Parameters) -> Centring:
        mean = self.describe(photos.frames).mean(axis=0)
        return Centring(mean.tolist(), parameters.embedding_norm)

    def describe(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return the HOG vectors of frames of any sizes, (frames, 1764) float32."""
        new = [frame for frame in frames if id(frame) not in self._vectors]
        for batch in batches(new):
            for frame, vector in zip(batch, hog_vectors(np.stack(batch)), strict=True):
                self._vectors[id(frame)] = vector
                weakref.finalize(frame, self._vectors.pop, id(frame), None)
        known = [self._vectors[id(frame)] for frame in frames]
        return np.reshape(np.array(known, np.float32), (len(frames), FEATURES))


def batches(frames: Sequence[Frame]) -> Iterator[list[Frame]]:
    """Yield runs of up to 64 frames of one size."""
    for _, same in groupby(frames, key=np.shape):
        run = list(same)
        for start in range(0, len(run), BATCH):
            yield run[start : start + BATCH]
