"""Theory: what the photos alone imply about learning rates, before any training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facelab.contract.parameters import Parameters

PIECE = 2048
"""Photos that are worked on at once: those of a crowd, copied whole, would fill the memory."""


def smoothness_bound(embeddings: NDArray[np.float32]) -> float:
    """Return an upper bound on the smoothness constant of the softmax loss, lambda_max.

    That is the largest eigenvalue of its Hessian anywhere. lambda_max <= 1/2 lambda_max(X^T X / N),
    X (N, D + 1) with a constant 1 for the bias (Böhning, "Multinomial logistic regression
    algorithm", 1992). Gradient descent on all photos at once is stable below a learning rate of
    2 / lambda_max.
    """
    photos, features = embeddings.shape
    if photos <= features:
        extended = np.c_[embeddings, np.ones(photos)]
        gram = extended @ extended.T
    else:
        gram = np.zeros((features + 1, features + 1))
        for start in range(0, photos, PIECE):
            piece = embeddings[start : start + PIECE]
            extended = np.c_[piece, np.ones((len(piece), 1), np.float32)]
            gram += extended.T @ extended
    return float(np.linalg.eigvalsh(gram)[-1] / photos / 2)


def first_order_drop(
    embeddings: NDArray[np.float32], labels: NDArray[np.int32], parameters: Parameters
) -> float:
    """Return how far the loss falls in a training, as a share of ln(people), to first order.

    An update moves the loss by -rate * |gradient|^2; the gradient is taken where everyone is
    equally probable, so that this holds as long as little is learnt.
    """
    people = int(labels.max()) + 1
    sums = np.zeros((people, embeddings.shape[1] + 1))
    np.add.at(sums[:, :-1], labels, embeddings)
    sums[:, -1] = np.bincount(labels, minlength=people)
    gradient = (sums.sum(axis=0) / people - sums) / len(labels)  # (C, D + 1)
    updates = parameters.updates(len(labels)) - parameters.updates_per_epoch(len(labels))
    return float(parameters.learning_rate * updates * (gradient**2).sum() / np.log(people))


def theory(
    embeddings: NDArray[np.float32], labels: NDArray[np.int32], parameters: Parameters
) -> dict[str, float]:
    """Return the theory of a training, keyed by words for the reader."""
    bound = smoothness_bound(embeddings)
    # not by np.linalg.norm, which copies all embeddings, twice
    norm = float(np.sqrt(np.einsum("nd,nd->n", embeddings, embeddings).max()))
    return {
        "norm of the embeddings": norm,
        "smoothness constant of the loss (largest Hessian eigenvalue), upper bound": bound,
        "stable learning rate on all photos at once, at least": 2 / bound,
        "stable learning rate on any single photo": 4 / (norm**2 + 1),
        "fall of the loss predicted to first order": first_order_drop(
            embeddings, labels, parameters
        ),
    }
