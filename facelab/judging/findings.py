"""Findings: the reason of a refusal in plain words, for the author of the system.

Each function returns a finding: a function from the number of a replicate to a sentence. It is
called only when a phrase is refused, for the replicate that decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Stretch
from facelab.contract.history import History
from facelab.judging.answers import NOBODY, Answers, Sweep, Values
from facelab.judging.counts import smallest_lead
from facelab.judging.curves import (
    epoch_means,
    impossible_accuracies,
    rolling_accuracy,
    unlike_values,
    updates_to_settle,
)

Finding = Callable[[int], str]
"""What says, of one replicate, what was seen."""


def rise(history: History) -> Finding:
    """Say between which epochs the loss rises most."""

    def said(replicate: int) -> str:
        means = epoch_means(history, history.loss)[replicate]
        epoch = int(np.argmax(np.diff(means)))
        return (
            f"the mean loss goes from {means[epoch]:.4g} in epoch {epoch + 1} to "
            f"{means[epoch + 1]:.4g} in epoch {epoch + 2}"
        )

    return said


def drop(history: History) -> Finding:
    """Say from where to where the loss falls."""

    def said(replicate: int) -> str:
        means = epoch_means(history, history.loss)[replicate]
        return (
            f"the mean loss goes from {means[0]:.4g} in the first epoch to {means[-1]:.4g} in the "
            "last"
        )

    return said


def first(history: History) -> Finding:
    """Say what the first loss is and would be at chance."""
    return lambda replicate: (
        f"the first loss is {history.loss[replicate, 0]:.4g}; before anything is learnt it is "
        f"about ln {history.people} = {np.log(history.people):.4g}"
    )


def rate(history: History, shown: float) -> Finding:
    """Say which rate was used."""

    def said(replicate: int) -> str:
        used = float(np.median(history.learning_rate[replicate].astype(np.float64)))
        if np.isnan(used):
            return "no learning rate explains the values that were drawn"
        return f"it learns as at a rate of {used:.4g}, and {shown:g} is shown"

    return said


def impossible(history: History) -> Finding:
    """Say which accuracy cannot be."""

    def said(replicate: int) -> str:
        update = int(np.argmax(impossible_accuracies(history)[replicate]))
        return (
            f"update {update + 1} has an accuracy of {history.accuracy[replicate, update]:.4g} on "
            f"a batch of {history.batch_sizes[replicate, update]} photos"
        )

    return said


def not_a_loss(history: History) -> Finding:
    """Say which value is not finite, or which loss is negative."""

    def said(replicate: int) -> str:
        loss, accuracy = history.loss[replicate], history.accuracy[replicate]
        finite = np.isfinite(loss) & np.isfinite(accuracy)
        update = int(np.argmin(loss) if finite.all() else np.argmin(finite))
        return (
            f"update {update + 1} has a loss of {loss[update]:.4g} and an accuracy of "
            f"{accuracy[update]:.4g}"
        )

    return said


def uneven(history: History) -> Finding:
    """Say which photos the first uneven epoch misses or repeats."""

    def said(replicate: int) -> str:
        length, photos = history.updates_per_epoch, int(history.photos.max()) + 1
        for epoch in range(history.updates // length):
            seen = history.photos[replicate, epoch * length : (epoch + 1) * length]
            times = np.bincount(seen[seen >= 0], minlength=photos)
            if (times != 1).any():
                return (
                    f"epoch {epoch + 1} misses {(times == 0).sum()} photos and repeats "
                    f"{(times > 1).sum()}"
                )
        return ""

    return said


def repeated(history: History) -> Finding:
    """Say which epoch has the order of which."""

    def said(replicate: int) -> str:
        length = history.updates_per_epoch
        known: dict[bytes, int] = {}
        for epoch in range(history.updates // length):
            order = history.photos[replicate, epoch * length : (epoch + 1) * length].tobytes()
            if (before := known.setdefault(order, epoch)) != epoch:
                return f"epoch {epoch + 1} sees the photos in the order of epoch {before + 1}"
        return ""

    return said


def settling(history: History, level: float, window: int) -> Finding:
    """Say when the accuracy is high."""

    def said(replicate: int) -> str:
        return f"the accuracy over {window} updates {_settled(history, level, window, replicate)}"

    return said


def later(history: History, smaller: History, level: float, window: int) -> Finding:
    """Say when the accuracy is high with more and with fewer people."""
    return lambda replicate: (
        f"with {history.people} people the accuracy "
        f"{_settled(history, level, window, replicate)}, with {smaller.people} it "
        f"{_settled(smaller, level, window, replicate)}"
    )


def _settled(history: History, level: float, window: int, replicate: int) -> str:
    updates = updates_to_settle(history, level, window)[replicate]
    if np.isfinite(updates):
        return f"reaches {level:g} after {updates:.0f} of {history.updates} updates"
    best = rolling_accuracy(history, window)[replicate].max()
    return f"never reaches {level:g}, at best {best:.4g}, in {history.updates} updates"


def late(history: History) -> Finding:
    """Say in which late epoch the accuracy is lowest."""

    def said(replicate: int) -> str:
        means = epoch_means(history, history.accuracy)[replicate]
        half = len(means) // 2
        epoch = half + int(np.argmin(means[half:]))
        return f"in epoch {epoch + 1} of {len(means)} the mean accuracy is {means[epoch]:.4g}"

    return said


def final(history: History) -> Finding:
    """Say what the last loss is, and the loss at chance."""

    def said(replicate: int) -> str:
        last = epoch_means(history, history.loss)[replicate, -1]
        return (
            f"the mean loss of the last epoch is {last:.4g}, and {np.log(history.people):.4g} at "
            "chance"
        )

    return said


def ends(histories: Sequence[History]) -> Finding:
    """Say what the last losses of several trainings are."""

    def said(replicate: int) -> str:
        means = [epoch_means(one, one.loss)[replicate, -1] for one in histories]
        return f"the mean losses of the last epochs are {', '.join(f'{m:.4g}' for m in means)}"

    return said


def unlike(part: History, whole: History) -> Finding:
    """Say which value of an interrupted training first differs from the uninterrupted one."""

    def said(replicate: int) -> str:
        update = int(np.argmax(unlike_values(part, whole)[replicate]))
        one, other = part.loss[replicate, update], whole.loss[replicate, update]
        return (
            f"value {update + 1} is a loss of {one:.6g}, in the uninterrupted training of "
            f"{other:.6g}"
        )

    return said


def continues(history: History, loss: Values) -> Finding:
    """Say what the loss of the answers is, and the last loss of the curve."""
    return lambda replicate: (
        "it answers otherwise than it learnt: the loss of its answers to the photos is "
        f"{loss[replicate]:.4g}, the curve ended at {history.loss[replicate, -1]:.4g}"
    )


def mistakes(answers: Answers) -> Finding:
    """Say who is taken for whom, the most frequent first."""

    def said(replicate: int) -> str:
        wrong = answers.wrong[replicate]
        names = np.asarray([*answers.people, NOBODY])
        taken = names[answers.predicted[replicate][wrong]]
        pairs = Counter(zip(answers.labels["person"].to_numpy()[wrong], taken, strict=True))
        told = [f"{a} is taken for {b} on {n}" for (a, b), n in pairs.most_common(3)]
        return f"of {len(wrong)} frames {wrong.sum()} are answered wrong: {', '.join(told)}"

    return said


def too_few_mistakes(answers: Answers) -> Finding:
    """Say how few answers are wrong where more should be."""
    return lambda replicate: (
        f"of {len(answers.labels)} answers only {answers.wrong[replicate].sum()} are wrong: it "
        "learns more than such a training should"
    )


def worst_person(answers: Answers) -> Finding:
    """Say who is answered right least often."""

    def said(replicate: int) -> str:
        people = answers.labels["person"].to_numpy()
        shown = Counter(people)
        right = Counter(people[~answers.wrong[replicate]])
        person = min(shown, key=lambda one: right[one] / shown[one])
        return f"{person} is answered right on {right[person]} of {shown[person]} frames"

    return said


def sums(probabilities: NDArray[np.float32]) -> Finding:
    """Say which photo's probabilities sum to what."""

    def said(replicate: int) -> str:
        total = probabilities[replicate].astype(np.float64).sum(axis=1)
        photo = int(np.argmax(np.abs(total - 1)))
        return f"the probabilities of photo {photo + 1} sum to {total[photo]:.6g}"

    return said


def tally(counts: NDArray[np.int64], people: Sequence[str]) -> Finding:
    """Say how many frames each person got, most first."""

    def said(replicate: int) -> str:
        row = sorted(zip(counts[replicate], [*people, NOBODY], strict=False), reverse=True)
        told = ", ".join(f"{name} {n}" for n, name in row[:4] if n)
        return f"of {counts[replicate].sum()} frames: {told}"

    return said


def plateau(sweep: Sweep, rate: float) -> Finding:
    """Say how many errors there are at a rate and at the best one."""

    def said(replicate: int) -> str:
        best = min(sweep, key=lambda one: float(sweep[one][replicate]))
        return (
            f"{sweep[rate][replicate]:.0f} probes are wrong at a rate of {rate:g}, "
            f"{sweep[best][replicate]:.0f} at {best:g}"
        )

    return said


def two(values: Values, what: str, others: Values, than: str) -> Finding:
    """Say two numbers of a replicate, each with its words."""
    return lambda replicate: (
        f"{_short(values[replicate])} {what}, {_short(others[replicate])} {than}"
    )


def lost_margin(lost: Values) -> Finding:
    """Say how far the right person's margin falls."""
    return lambda replicate: (
        "the right person's probability leads the next one's by "
        f"{lost[replicate].mean():.4g} less, as a mean over the bursts"
    )


def _short(value: Any) -> str:
    return f"{value:.4g}"


def other_answers(distances: Sequence[float]) -> Finding:
    """Say that the answers are not those of the trained model."""
    return lambda number: (
        "it answers otherwise than it learnt: a probability lies "
        f"{distances[number]:.3g} from the one that its updates lead to"
    )


def worse_than_curve(wrong: Values, before: tuple[Values, int], photos: int) -> Finding:
    """Say how many photos are answered wrong, now and in the last epoch of the curve."""
    return lambda number: (
        f"it answers {wrong[number]:.0f} of {photos} photos wrong; in the last epoch that it drew "
        f"it answered {before[0][number]:.0f} of {before[1]} wrong"
    )


def odd_replicates(first: NDArray[np.float32]) -> Finding:
    """Say which replicates are alike, or that a seed gives other losses the second time."""

    def said(number: int) -> str:
        alike = (first == first[number]).all(axis=1)
        others = [str(other + 1) for other in np.flatnonzero(alike) if other != number]
        if others:
            return f"replicate {number + 1} has the losses of replicate {', '.join(others)}"
        return f"the seed of replicate {number + 1} gives other losses the second time"

    return said


def live_differs(distances: Values) -> Finding:
    """Say that the live count answers by something else than what was asked."""
    return lambda number: (
        "live, it answers a photo otherwise than when it is asked about it: a probability differs "
        f"by {distances[number]:.3g}"
    )


def worst_stretch(
    added: NDArray[np.int64], stretches: Sequence[Stretch], people: Sequence[str]
) -> Finding:
    """Say whom the worst of some stretches of a visit counts."""

    def said(number: int) -> str:
        leads = [smallest_lead(added, [one], people)[number] for one in stretches]
        one = stretches[int(np.argmin(leads))]
        counts = added[number, one.first - 1 : one.last].sum(axis=0)
        names = [*people, NOBODY]
        seen = ", ".join(f"{names[n]} {counts[n]}" for n in np.argsort(-counts) if counts[n])
        there = " and ".join(one.people) or NOBODY
        return f"while {there} is there, frames {one.first} to {one.last}, it counts {seen}"

    return said
