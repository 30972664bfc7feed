"""Whitening: what changes in a face that stays the same person's weighs less.

Within-class covariance normalisation (WCCN; Hatch, Kajarekar and Stolcke, Interspeech 2006), of low
rank: along each of a few axes a vector is shortened, the more the same person varies along it. The
axes were learnt from people who do not exist (`facelab whitening`), never from a user's photos. It
is linear, so that a softmax head on whitened vectors is a softmax head on HOG.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError

EMBEDDINGS = "hog", "whitened"
"""What ``--embedding`` may be: HOG as it is, or whitened."""

RANK = 256
"""Axes of a whitening, at most."""


@dataclass(frozen=True)
class Whitening:
    """Along which orthonormal ``axes`` (features, k), and by which share of it, to shorten.

    ``shares`` (k,): 0 leaves the part along an axis as it is, 1 takes it away. Both float32.
    """

    axes: NDArray[np.float32]
    shares: NDArray[np.float32]

    def shorten(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shorten centred vectors (n, features), in place, and return them."""
        vectors -= (vectors @ self.axes * self.shares) @ self.axes.T
        return vectors


@cache
def whitening() -> Whitening:
    """Read the committed whitening."""
    with (files("facelab.faces") / "whitening.npz").open("rb") as file, np.load(file) as stored:
        return Whitening(stored["axes"].astype(np.float32), stored["shares"].astype(np.float32))


def whitening_of(embedding: str) -> Whitening | None:
    """Return what whitens the vectors of an embedding, None where nothing does.

    Raises FacelabError for an embedding that is none.
    """
    check_embedding(embedding)
    return whitening() if embedding == "whitened" else None


def check_embedding(embedding: str) -> None:
    """Raise FacelabError for an embedding that is none of `EMBEDDINGS`."""
    if embedding not in EMBEDDINGS:
        raise FacelabError(
            f"--embedding: received {embedding!r}, allowed is {' or '.join(EMBEDDINGS)}; choose one"
        )
