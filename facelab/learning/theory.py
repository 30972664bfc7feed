"""Theory: what the photos alone say of learning rates, before anything is trained."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facelab.learning.parameters import Parameters


def curvature_bound(embeddings: NDArray[np.float32]) -> float:
    """Return an upper bound on the curvature of the softmax loss anywhere, lambda_max.

    lambda_max <= 1/2 lambda_max(X^T X / N), X (N, D + 1) with a constant 1 for the bias (Böhning,
    "Multinomial logistic regression algorithm", 1992). Gradient descent on all photos at once is
    stable below a learning rate of 2 / lambda_max.
    """
    extended = np.c_[embeddings, np.ones(len(embeddings))]
    return float(np.linalg.norm(extended, 2) ** 2 / len(embeddings) / 2)


def first_order_drop(
    embeddings: NDArray[np.float32], labels: NDArray[np.int32], parameters: Parameters
) -> float:
    """Return how far the loss falls in a training, as a share of ln(people), to first order.

    An update moves the loss by -rate * |slope|^2; the slope is taken at even odds for everyone, so
    that this holds as long as little is learnt.
    """
    people = int(labels.max()) + 1
    residual = 1 / people - np.eye(people)[labels]
    extended = np.c_[embeddings, np.ones(len(embeddings))]
    slope = extended.T @ residual / len(labels)
    updates = parameters.updates(len(labels)) - parameters.updates_per_epoch(len(labels))
    return float(parameters.learning_rate * updates * (slope**2).sum() / np.log(people))


def theory(
    embeddings: NDArray[np.float32], labels: NDArray[np.int32], parameters: Parameters
) -> dict[str, float]:
    """Return what theory says of a training, by the reader's names."""
    bound = curvature_bound(embeddings)
    norm = float(np.linalg.norm(embeddings, axis=1).max())
    return {
        "norm of the embeddings": norm,
        "curvature of the loss, at most": bound,
        "stable learning rate on all photos at once, at least": 2 / bound,
        "stable learning rate on any single photo": 4 / (norm**2 + 1),
        "fall of the loss predicted to first order": first_order_drop(
            embeddings, labels, parameters
        ),
    }
