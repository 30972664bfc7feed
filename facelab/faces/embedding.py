"""Embedding: how frames are described, and how the vectors are centred and scaled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.faces.extractor import FeatureExtractor, Features


class Centring:
    """Vectors less the mean of the training photos', scaled to a fixed Euclidean norm.

    The layer of this name in `facelab.faces.layers` is its twin.
    """

    def __init__(self, mean: Sequence[float] | NDArray[np.float32], norm: float) -> None:
        """Take the mean (features,) and the norm."""
        self.mean = np.asarray(mean, np.float32)
        self.norm = norm

    def place(
        self, vectors: NDArray[np.float32], out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Return vectors (n, features) float32, centred and scaled; ``out``: where to."""
        placed = np.subtract(vectors, self.mean, out=out)
        square = np.einsum("nd,nd->n", placed, placed)
        placed *= (self.norm / np.sqrt(np.maximum(square, 1e-12)))[:, None]
        return placed


@dataclass(frozen=True)
class Embedder:
    """From frames to embeddings, as one training has them."""

    extractor: FeatureExtractor
    centring: Centring

    def embed(self, frames: Sequence[Frame]) -> Features:
        """Describe frames, with embeddings for vectors."""
        return self.placed(self.extractor.extract(frames))

    def placed(self, features: Features) -> Features:
        """Turn the vectors of described frames into embeddings, in place."""
        # nobody else has them, and those of a crowd are large
        self.centring.place(features.vectors, out=features.vectors)
        return features

    def follow(self, clip: Iterable[Sequence[Frame]]) -> Iterator[Features]:
        """Do the same for each batch of a clip, following one face through it."""
        for features in self.extractor.follow(clip):
            yield replace(features, vectors=self.centring.place(features.vectors))
