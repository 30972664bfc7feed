"""Replicates: side by side on this machine, or each on a worker of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import joblib
import numpy as np
from joblib.parallel import get_active_backend
from numpy.typing import NDArray

from facelab.contract.history import History
from facelab.contract.training import Head, TrainingRequest
from facelab.learning.training import train

WORTH = 1e8
"""Products and sums of a replicate from which on it is worth a journey: a tenth of a second."""


def train_replicates(
    embeddings: NDArray[np.float32],
    labels: NDArray[np.int32],
    people: int,
    request: TrainingRequest,
) -> tuple[Head, History]:
    """Train one replicate a seed, as ``training.train``; long ones on a cluster, if one is in use.

    On one machine, replicates side by side already use every core. A training that can be stopped
    or followed stays on this machine, where it can be asked.
    """
    photos, features = embeddings.shape
    parameters, seeds = request.parameters, request.seeds
    parameters.check_against(photos)
    work = parameters.updates(photos) * parameters.batch_size * min(photos, features) * people
    here = type(get_active_backend()[0]).__module__ != "joblib._dask"
    followed = request.stop or request.points
    if here or work < WORTH or request.start or followed or len(seeds) == 1:
        return train(
            embeddings,
            labels,
            people,
            parameters,
            seeds=seeds,
            start=request.start,
            stop=request.stop,
            progress=request.progress,
            points=request.points,
        )
    jobs = (joblib.delayed(train)(embeddings, labels, people, parameters, seeds=[s]) for s in seeds)
    trained = joblib.Parallel(batch_size=1)(jobs)
    heads, histories = zip(*trained, strict=True)
    kernel, bias = (np.concatenate([getattr(h, n) for h in heads]) for n in ("kernel", "bias"))
    return Head(kernel, bias), joined(histories)


def joined(histories: Sequence[History]) -> History:
    """Return the history of replicates that were trained apart."""
    return replace(
        histories[0],
        seeds=tuple(seed for history in histories for seed in history.seeds),
        loss=np.concatenate([history.loss for history in histories]),
        accuracy=np.concatenate([history.accuracy for history in histories]),
        learning_rate=np.concatenate([history.learning_rate for history in histories]),
        photos=np.concatenate([history.photos for history in histories]),
    )
