"""Embedding: how frames are described, and how the vectors are centred and scaled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.faces.extractor import FeatureExtractor, Features
from facelab.faces.whitening import Whitening


class Centring:
    """Vectors less the mean of the training photos', scaled to a fixed Euclidean norm.

    Where there is a whitening, they are whitened in between. The layers `Centring` and `Whitening`
    in `facelab.faces.layers` do the same.
    """

    def __init__(
        self,
        mean: Sequence[float] | NDArray[np.float32],
        norm: float,
        whitening: Whitening | None = None,
    ) -> None:
        """Take the mean (features,), the norm, and what whitens."""
        self.mean = np.asarray(mean, np.float32)
        self.norm = norm
        self.whitening = whitening

    def place(
        self, vectors: NDArray[np.float32], out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Return vectors (n, features) float32, centred and scaled; ``out``: where to."""
        placed = np.subtract(vectors, self.mean, out=out)
        if self.whitening:
            self.whitening.shorten(placed)
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
