"""Findings: the reason of a refusal in plain words, for the author of the system.

Each function returns a finding: a function from the number of a replicate to a sentence. It is
called only when a phrase is refused, for the replicate that decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Stretch
from facelab.contract.history import History
from facelab.contract.number import apart, measured
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
        one, other = apart(means[epoch], means[epoch + 1])
        return f"the mean loss goes from {one} in epoch {epoch + 1} to {other} in epoch {epoch + 2}"

    return said


def drop(history: History) -> Finding:
    """Say from where to where the loss falls."""

    def said(replicate: int) -> str:
        means = epoch_means(history, history.loss)[replicate]
        one, other = apart(means[0], means[-1])
        return f"the mean loss goes from {one} in the first epoch to {other} in the last"

    return said


def first(history: History) -> Finding:
    """Say what the first loss is and would be at chance."""

    def said(replicate: int) -> str:
        seen, due = apart(history.loss[replicate, 0], np.log(history.people))
        return (
            f"the first loss is {seen}; before anything is learnt it is about ln {history.people} "
            f"= {due}"
        )

    return said


def rate(history: History, shown: float) -> Finding:
    """Say which rate was used."""

    def said(replicate: int) -> str:
        used = float(np.median(history.learning_rate[replicate].astype(np.float64)))
        if np.isnan(used):
            return "no learning rate explains the values that were drawn"
        learnt, told = apart(used, shown)
        return f"it learns as at a rate of {learnt}, and {told} is shown"

    return said


def impossible(history: History) -> Finding:
    """Say which accuracy cannot be."""

    def said(replicate: int) -> str:
        update = int(np.argmax(impossible_accuracies(history)[replicate]))
        size = int(history.batch_sizes[replicate, update])

        def is_impossible(accuracy: float) -> bool:
            right = accuracy * size
            return abs(right - round(right)) > 1e-4 or not 0 <= accuracy <= 1

        found = measured(history.accuracy[replicate, update], keeps=is_impossible)
        return f"update {update + 1} has an accuracy of {found} on a batch of {size} photos"

    return said


def not_a_loss(history: History) -> Finding:
    """Say which value is not finite, or which loss is negative."""

    def said(replicate: int) -> str:
        loss, accuracy = history.loss[replicate], history.accuracy[replicate]
        finite = np.isfinite(loss) & np.isfinite(accuracy)
        update = int(np.argmin(loss) if finite.all() else np.argmin(finite))
        return (
            f"the loss of update {update + 1} is {measured(loss[update])}, its accuracy "
            f"{measured(accuracy[update])}"
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
    highest = measured(best, keeps=lambda written: written < level)
    return f"never reaches {level:g}, at best {highest}, in {history.updates} updates"


def late(history: History) -> Finding:
    """Say in which late epoch the accuracy is lowest."""

    def said(replicate: int) -> str:
        means = epoch_means(history, history.accuracy)[replicate]
        half = len(means) // 2
        epoch = half + int(np.argmin(means[half:]))
        return f"in epoch {epoch + 1} of {len(means)} the mean accuracy is {measured(means[epoch])}"

    return said


def final(history: History) -> Finding:
    """Say what the last loss is, and the loss at chance."""

    def said(replicate: int) -> str:
        last = epoch_means(history, history.loss)[replicate, -1]
        ended, chance = apart(last, np.log(history.people))
        return f"the mean loss of the last epoch is {ended}, and {chance} at chance"

    return said


def ends(histories: Sequence[History]) -> Finding:
    """Say what the last losses of several trainings are."""

    def said(replicate: int) -> str:
        means = [epoch_means(one, one.loss)[replicate, -1] for one in histories]
        return f"the mean losses of the last epochs are {', '.join(map(measured, means))}"

    return said


def unlike(part: History, whole: History) -> Finding:
    """Say which value of an interrupted training first differs from the uninterrupted one."""

    def said(replicate: int) -> str:
        update = int(np.argmax(unlike_values(part, whole)[replicate]))
        at = replicate, update
        what, one, other = "a loss", part.loss[at], whole.loss[at]
        if np.isclose(one, other, rtol=0, atol=0, equal_nan=True):
            what, one, other = "an accuracy", part.accuracy[at], whole.accuracy[at]
        seen, due = apart(one, other)
        return f"value {update + 1} is {what} of {seen}, in the uninterrupted training of {due}"

    return said


def continues(history: History, loss: Values) -> Finding:
    """Say what the loss of the answers is, and the last loss of the curve."""

    def said(replicate: int) -> str:
        seen, due = apart(loss[replicate], history.loss[replicate, -1])
        return (
            "it answers otherwise than it learnt: the loss of its answers to the photos is "
            f"{seen}, the curve ended at {due}"
        )

    return said


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


def strangers_named(named: NDArray[np.bool_]) -> Finding:
    """Say how many of the strangers are named."""
    return lambda replicate: (
        f"{named[replicate].sum()} of {named.shape[1]} strangers are named with certainty"
    )


def left_unnamed(unnamed: NDArray[np.bool_]) -> Finding:
    """Say how many bursts of known people are left without their name."""
    return lambda replicate: (
        f"{unnamed[replicate].sum()} of {unnamed.shape[1]} bursts of known people are left "
        "without their name"
    )


def named_when_left_out(named: NDArray[np.bool_]) -> Finding:
    """Say how many people are named by a training that left them out."""
    return lambda replicate: (
        f"{named[replicate].sum()} of {named.shape[1]} people are named by a training without them"
    )


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
        return f"the probabilities of photo {photo + 1} sum to {apart(total[photo], 1)[0]}"

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

    def said(replicate: int) -> str:
        one, other = apart(values[replicate], others[replicate])
        return f"{one} {what}, {other} {than}"

    return said


def lost_margin(lost: Values) -> Finding:
    """Say how far the right person's margin falls."""
    return lambda replicate: (
        "the right person's probability leads the next one's by "
        f"{measured(lost[replicate].mean())} less, as a mean over the bursts"
    )


def other_answers(distances: Sequence[float]) -> Finding:
    """Say that the answers are not those of the trained model."""
    return lambda number: (
        "it answers otherwise than it learnt: a probability lies "
        f"{measured(distances[number])} from the one that its updates lead to"
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
        f"by {measured(distances[number])}"
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
