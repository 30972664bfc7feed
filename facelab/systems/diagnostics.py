"""Diagnostics: known mistakes that a history alone can show."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from facelab.contract.history import UNNAMED, History
from facelab.contract.parameters import Parameters
from facelab.judging import curves


def diagnose(history: History, parameters: Parameters) -> Iterator[str]:
    """Yield a line for every known mistake that the values suggest."""
    each = history.updates_per_epoch
    if each > 1 and history.updates == parameters.epochs:
        yield "one value was told an epoch; tell one at every update"
    elif each > 1 and _are_means(history):
        yield "the accuracies are means since the beginning of the epoch; tell the batch's own"
    if np.allclose(history.loss[:, 0], np.log(history.people), rtol=0, atol=1e-6):
        yield f"the first loss is ln {history.people} itself, as weights of zero give it"
    whole = history.updates // each
    if whole > 1 and (history.photos != UNNAMED).all():
        repeated = curves.repeated_orders(history)
        if (repeated == whole - 1).all():
            yield "every epoch sees the photos in one order; shuffle them anew for each"


def _are_means(history: History) -> bool:
    """Return whether accuracies are whole numbers of photos since an epoch's start, not of a batch.

    Keras' ``fit`` gives its callbacks such means.
    """
    if not curves.odd_accuracies(history).any():
        return False
    each = history.updates_per_epoch
    ends = range(0, history.updates, each)
    seen = np.concatenate(
        [np.cumsum(history.batch_sizes[:, start : start + each], axis=1) for start in ends], axis=1
    )
    right = history.accuracy.astype(np.float64) * seen
    return bool((np.abs(right - right.round()) < 1e-3).all())
