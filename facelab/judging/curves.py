"""Curves: one function a phrase, from a history to one number a replicate.

The axes are R replicate, U update, E epoch. Epoch means are weighted by the batch sizes: with a
partial last batch, the plain mean of its updates is not the mean over the photos.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from facelab.contract.history import History
from facelab.contract.verdict import Refused

Values = NDArray[np.float64]

# A loss without bounds, or no fall at all, gives no number: that is refused, not an error of ours.
quiet = np.errstate(divide="ignore", invalid="ignore")


def need_values(history: History, count: int, why: str) -> None:
    """Raise Refused when a training drew fewer values than a measure is made of."""
    if history.updates < count:
        few = f"{history.updates} values, fewer than {why}"
        raise Refused("; ".join([few, *history.remarks]))


@quiet
def epoch_means(history: History, points: NDArray[np.float32]) -> Values:
    """Return the mean over the photos of every whole epoch, (R, E), of ``points`` (R, U).

    mean_e = sum(batch size * point) / sum(batch size) over the updates of epoch e. Raises Refused
    when there is not one.
    """
    whole = history.updates // history.updates_per_epoch * history.updates_per_epoch
    need_values(history, history.updates_per_epoch, f"the {history.updates_per_epoch} of an epoch")
    shape = (len(history.seeds), -1, history.updates_per_epoch)
    sizes = history.batch_sizes[:, :whole].reshape(shape)
    values = points[:, :whole].astype(np.float64).reshape(shape)
    means: Values = (values * sizes).sum(axis=2) / sizes.sum(axis=2)
    return means


@quiet
def loss_drop(history: History) -> Values:
    """Return how far the loss falls in all, (R,): 1 - last epoch's mean / first epoch's mean."""
    means = epoch_means(history, history.loss)
    return 1 - means[:, -1] / means[:, 0]


@quiet
def largest_rise(history: History) -> Values:
    """Return the largest step of the loss from an epoch's mean to the next, in nats, (R,).

    Negative when the loss falls at every epoch. Raises Refused when there are not two.
    """
    need_values(history, 2 * history.updates_per_epoch, "those of two epochs")
    return np.asarray(np.diff(epoch_means(history, history.loss)).max(axis=1), np.float64)


def accuracy_swing(history: History) -> Values:
    """Return the mean absolute change of the accuracy from update to update, (R,)."""
    need_values(history, 2, "the two that a change takes")
    return np.asarray(np.abs(np.diff(history.accuracy.astype(np.float64))).mean(axis=1), np.float64)


def early_accuracy(history: History) -> Values:
    """Return the mean of the accuracy over the first half of the epochs, (R,)."""
    means = epoch_means(history, history.accuracy)
    return np.asarray(means[:, : (means.shape[1] + 1) // 2].mean(axis=1), np.float64)


def late_accuracy(history: History) -> Values:
    """Return the lowest epoch mean of the accuracy in the last half of the epochs, (R,)."""
    means = epoch_means(history, history.accuracy)
    return np.asarray(means[:, means.shape[1] // 2 :].min(axis=1), np.float64)


def rolling_accuracy(history: History, window: int) -> Values:
    """Return the mean accuracy over every ``window`` updates in a row, (R, U - window + 1)."""
    need_values(history, window, f"the {window} that the mean is taken over")
    windows = sliding_window_view(history.accuracy.astype(np.float64), window, axis=1)
    return np.asarray(windows.mean(axis=2), np.float64)


def updates_to_settle(history: History, level: float, window: int = 10) -> Values:
    """Return after how many updates the accuracy first is high, (R,); infinite if it never is.

    High: the mean over ``window`` updates is at least ``level``; counted to the window's end.
    Raises Refused when there are fewer updates than that.
    """
    rolling = rolling_accuracy(history, window)
    reached = rolling >= level
    first = np.where(reached.any(axis=1), reached.argmax(axis=1) + window, np.inf)
    return first.astype(np.float64)


def settling_share(history: History, level: float, window: int = 10) -> Values:
    """Return ``updates_to_settle`` as a share of the whole training, (R,)."""
    return updates_to_settle(history, level, window) / history.updates


@quiet
def updates_later(history: History, smaller: History, level: float, window: int) -> Values:
    """Return how many updates later than in ``smaller`` the accuracy is high, (R,).

    NaN where it is in neither.
    """
    later, sooner = (updates_to_settle(one, level, window) for one in (history, smaller))
    return later - sooner


def final_loss(history: History) -> Values:
    """Return the last epoch's mean loss as a share of the loss at chance, ln(people), (R,)."""
    return np.asarray(
        epoch_means(history, history.loss)[:, -1] / np.log(history.people), np.float64
    )


@quiet
def largest_change(histories: Sequence[History]) -> Values:
    """Return the largest change of the last epoch's mean loss from a training to the next, (R,).

    In nats; negative when each training ends lower than the one before.
    """
    losses = np.stack([final_loss(one) for one in histories]) * math.log(histories[0].people)
    return np.asarray(np.diff(losses, axis=0).max(axis=0), np.float64)


def first_loss(history: History) -> Values:
    """Return the distance of the first value from the loss at chance, ln(people), in nats, (R,)."""
    need_values(history, 1, "one")
    return np.asarray(np.abs(history.loss[:, 0] - np.log(history.people)), np.float64)


@quiet
def next_decrease(history: History, loss: Values) -> Values:
    """Return by how much a loss (R,) lies below the last value, in last decreases, (R,).

    The last decrease is that from the last value but one to the last. Raises Refused when there are
    not two values.
    """
    need_values(history, 2, "the two that a decrease takes")
    before, last = history.loss[:, -2:].astype(np.float64).T
    return np.asarray((last - loss) / (before - last), np.float64)


def smallest_loss(history: History, *, accuracies: bool = True) -> Values:
    """Return the smallest loss of any update, in nats, (R,); NaN when a value is not finite.

    ``accuracies``: those count too.
    """
    finite = np.isfinite(history.loss).all(axis=1)
    if accuracies:
        finite &= np.isfinite(history.accuracy).all(axis=1)
    return np.where(finite, history.loss.min(axis=1), np.nan).astype(np.float64)


def uneven_photos(history: History) -> Values:
    """Return how many photos are not seen exactly once in a whole epoch, summed over epochs, (R,).

    A photo that is missing counts once, one that is seen k times counts k - 1 times.
    """
    whole = history.updates // history.updates_per_epoch
    photos = int(history.photos.max()) + 1
    counts = np.zeros((len(history.seeds), whole))
    for replicate, order in enumerate(history.photos):
        for epoch in range(whole):
            start = epoch * history.updates_per_epoch
            seen = order[start : start + history.updates_per_epoch]
            times = np.bincount(seen[seen >= 0], minlength=photos)
            counts[replicate, epoch] = np.abs(times - 1).sum()
    return np.asarray(counts.sum(axis=1), np.float64)


def repeated_orders(history: History) -> Values:
    """Return how many whole epochs repeat the order of an earlier one, (R,)."""
    whole = history.updates // history.updates_per_epoch
    orders = history.photos[:, : whole * history.updates_per_epoch].reshape(
        len(history.seeds), whole, -1
    )
    return np.array([whole - len({o.tobytes() for o in epochs}) for epochs in orders], float)


def odd_accuracies(history: History) -> Values:
    """Return how many accuracies are no multiple of 1 / batch size within 0 … 1, (R,)."""
    return np.asarray(impossible_accuracies(history).sum(axis=1), np.float64)


@quiet
def impossible_accuracies(history: History) -> NDArray[np.bool_]:
    """Return which accuracies are no multiple of 1 / batch size within 0 … 1, (R, U)."""
    right = history.accuracy.astype(np.float64) * history.batch_sizes
    off = np.abs(right - right.round()) > 1e-4
    outside = (right < -1e-4) | (right > history.batch_sizes + 1e-4)
    return np.asarray(off | outside | ~np.isfinite(right), np.bool_)


def rate_error(history: History, learning_rate: float) -> Values:
    """Return the distance of the rate read back from the rate shown, as a share of it, (R,).

    The median over the updates: where the gradient vanishes, single readings are rounding noise.
    """
    used = np.median(history.learning_rate.astype(np.float64), axis=1)
    return np.abs(used / learning_rate - 1)


def differing_values(part: History, whole: History) -> Values:
    """Return how many points of ``part`` differ from the head of ``whole``, (R,).

    Raises Refused when the part is longer than the whole.
    """
    return np.asarray(unlike_values(part, whole).sum(axis=1), np.float64)


def unlike_values(part: History, whole: History) -> NDArray[np.bool_]:
    """Return which points of ``part`` differ from the head of ``whole``, (R, updates of part).

    NaN is like NaN: a training that diverges does so again.
    """
    need_values(whole, part.updates, f"the {part.updates} of the interrupted training")
    head = slice(None), slice(part.updates)
    pairs = (part.loss, whole.loss[head]), (part.accuracy, whole.accuracy[head])
    alike = [np.isclose(one, other, rtol=0, atol=0, equal_nan=True) for one, other in pairs]
    return ~(alike[0] & alike[1]) & (part.batch_sizes > 0)


def worst_rate_error(history: History, learning_rate: float) -> Values:
    """Return the largest distance of an update's rate from the one shown, a share of it, (R,)."""
    used = history.learning_rate.astype(np.float64)
    return np.asarray(np.abs(used / learning_rate - 1).max(axis=1), np.float64)


def errors_of_last_epoch(history: History) -> tuple[Values, int]:
    """Return how many photos the last epoch's worth of updates answered wrong, (R,), of how many.

    An interrupted training may have ended within an epoch: its last updates count, as many as an
    epoch has.
    """
    update, drawn = np.arange(history.updates), history.drawn[:, None]
    last = (update >= drawn - history.updates_per_epoch) & (update < drawn)
    sizes, accuracy = history.batch_sizes * last, history.accuracy.astype(np.float64)
    wrong = np.where(last, sizes * (1 - accuracy), 0)
    return np.rint(wrong.sum(axis=1)), int(sizes[0].sum())


def odd_replicates(first: NDArray[np.float32], second: NDArray[np.float32]) -> Values:
    """Return of each replicate how many others have its losses, and 1 if it changes, (R,).

    ``first`` and ``second`` (R, U) are the losses of two trainings with the same seeds.
    """
    if first.shape != second.shape:
        return np.ones(len(first))
    alike = (first[:, None] == first[None]).all(axis=2).sum(axis=1) - 1
    return np.asarray(alike + (first != second).any(axis=1), np.float64)
