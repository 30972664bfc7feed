"""Answers: a trained system's answers to frames, compared with the truth, and exact tests on them.

The axes are R replicate, N frame, C person. scipy.stats is imported at its first use: the import
costs a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError, Lacking
from facelab.contract.parameters import CERTAIN as CERTAIN

Values = NDArray[np.float64]


NOBODY = "nobody"
"""What is answered to a frame in which no face is seen."""


def most_probable(probabilities: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the person answered, (R, N), for (R, N, C); -1, nobody, where all are 0."""
    return np.where(probabilities.any(axis=2), probabilities.argmax(axis=2), -1)


UNSURE = "unsure"
"""What is decided on a frame in which a face is seen and no name is certain enough."""


def decided(probabilities: NDArray[np.float32], certain: float = CERTAIN) -> NDArray[np.intp]:
    """Return the person decided on, (R, N), for (R, N, C); -1 for nobody, -2 for unsure.

    So ``[*people, UNSURE, NOBODY]`` has the name at that place.
    """
    sure = probabilities.max(axis=2) >= certain
    return np.where(sure | ~probabilities.any(axis=2), most_probable(probabilities), -2)


@dataclass(frozen=True)
class Answers:
    """The answers of R replicates to N labelled frames.

    ``labels``: a table of N rows with at least ``file`` and ``person``. ``probabilities``
    (R, N, C) float32. ``people``: the C names behind them.
    """

    labels: pd.DataFrame
    probabilities: NDArray[np.float32]
    people: tuple[str, ...]

    @cached_property
    def expected(self) -> NDArray[np.intp]:
        """The position of the right person in ``people``, (N,); -1 for a stranger."""
        return pd.Index(self.people).get_indexer(pd.Index(self.labels["person"]))

    @cached_property
    def predicted(self) -> NDArray[np.intp]:
        """The position of the person answered, (R, N): the most probable one; -1 for nobody."""
        return most_probable(self.probabilities)

    @cached_property
    def wrong(self) -> NDArray[np.bool_]:
        """Which answers are wrong, (R, N)."""
        return np.asarray(self.predicted != self.expected, np.bool_)

    def select(self, mask: pd.Series[bool]) -> Answers:
        """Return the answers to the frames whose entry in ``mask`` (N,) is true."""
        labels = self.labels[mask].reset_index(drop=True)
        return Answers(labels, self.probabilities[:, mask.to_numpy()], self.people)

    def of(self, people: Sequence[str]) -> Answers:
        """Return the answers to the frames of some people."""
        return self.select(self.labels["person"].isin(list(people)))


def error_rate(answers: Answers) -> Values:
    """Return the share of the frames that is answered wrong, (R,)."""
    return np.asarray(answers.wrong.mean(axis=1), np.float64)


def errors(answers: Answers) -> Values:
    """Return how many frames are answered wrong, (R,)."""
    return np.asarray(answers.wrong.sum(axis=1), np.float64)


def losses(answers: Answers) -> Values:
    """Return the cross-entropy of each answer, in nats, (R, N).

    It is infinite where the right person is given no chance. All frames must show people that it
    knows.
    """
    right = answers.probabilities[:, np.arange(len(answers.labels)), answers.expected]
    with np.errstate(divide="ignore"):
        return -np.log(right.astype(np.float64))


def taken_for_nobody(answers: Answers) -> int:
    """Return on how many frames some replicate sees no face."""
    return int((answers.predicted < 0).any(axis=0).sum())


def distance_from_one(probabilities: NDArray[np.float32], nobody_counts: bool = True) -> Values:
    """Return how far the probabilities (R, N, C) of a frame at most are from a sum of 1, (R,).

    Unless ``nobody_counts``, frames on which no face is seen, all 0, are left out; where all are
    such, they are not.
    """
    exact = probabilities.astype(np.float64)
    off, nobody = np.abs(exact.sum(axis=2) - 1), ~exact.any(axis=2)
    if not (nobody_counts or nobody.all()):
        off = np.where(nobody, 0, off)
    return np.asarray(off.max(axis=1), np.float64)


def error_bound(
    wrong: int, frames: int, side: Literal["lower", "upper"], confidence: float = 0.95
) -> float:
    """Return the exact one-sided bound on an error rate (Clopper and Pearson, 1934)."""
    from scipy import stats

    test = stats.binomtest(wrong, frames, alternative="greater" if side == "lower" else "less")
    interval = test.proportion_ci(confidence)
    return float(interval.low if side == "lower" else interval.high)


def most_errors(answers: Answers) -> Values:
    """Return the upper bound, with 95 % confidence, of the share answered wrong, (R,)."""
    return _upper(answers.wrong)


def most_hits(answers: Answers) -> Values:
    """Return the same of the share of right answers of the person answered worst, (R,)."""
    people = [answers.of([person]) for person in answers.labels["person"].unique()]
    return np.asarray(np.min([_upper(~one.wrong) for one in people], axis=0), np.float64)


def _upper(found: NDArray[np.bool_]) -> Values:
    counts = found.sum(axis=1)
    return np.array([error_bound(int(count), found.shape[1], "upper") for count in counts])


def prediction_table(answers: Answers, replicate: int = 0) -> pd.DataFrame:
    """Return a row a frame: ``file``, ``expected``, ``predicted``, ``error``, ``probability``.

    ``probability`` is that of the person answered.
    """
    return pd.DataFrame(
        {
            "file": answers.labels["file"],
            "expected": answers.labels["person"],
            "predicted": np.asarray([*answers.people, NOBODY])[answers.predicted[replicate]],
            "error": answers.wrong[replicate],
            "probability": answers.probabilities[replicate].max(axis=1).astype(float).round(4),
        }
    )


def confused(answers: Answers, pair: Sequence[str]) -> NDArray[np.bool_]:
    """Return which frames of two people are taken for the other of the two, (R, N)."""
    first, second = pd.Index(answers.people).get_indexer(pd.Index(list(pair)))
    swap = {first: second, second: first}
    other = np.array([swap.get(person, -2) for person in answers.expected])
    return np.asarray(answers.predicted == other, np.bool_)


def confusion_rate(answers: Answers, pair: Sequence[str]) -> Values:
    """Return the share of the frames of two people taken for the other of the two, (R,)."""
    return np.asarray(confused(answers, pair).mean(axis=1), np.float64)


def changed(answers: Answers, others: Answers) -> Values:
    """Return the share of paired frames that are answered otherwise, (R,)."""
    return np.asarray((answers.predicted != others.predicted).mean(axis=1), np.float64)


def fewer(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Values:
    """Return McNemar's exact one-sided p-value that ``after`` errs less on the same frames, (R,).

    Of the frames (R, N) on which the two differ, half would go either way by chance
    (McNemar, 1947): p = P(Binomial(differing, 1/2) <= those wrong only after). 1 if none differs.
    """
    from scipy import stats

    worse = (~before & after).sum(axis=1)
    differing = (before != after).sum(axis=1)
    return np.asarray(stats.binom.cdf(worse, differing, 0.5), np.float64)


def margins(answers: Answers) -> Values:
    """Return the right person's probability less the next one's, (R, N), -1 … 1."""
    probabilities = answers.probabilities.astype(np.float64)
    frames = np.arange(len(answers.labels))
    right = probabilities[:, frames, answers.expected]
    probabilities[:, frames, answers.expected] = -np.inf
    return np.asarray(right - probabilities.max(axis=2), np.float64)


def burst_means(values: NDArray[Any], labels: pd.DataFrame, by: str = "burst") -> Values:
    """Return the mean over each burst, (R, bursts), of ``values`` (R, N).

    Frames of one burst are not independent: a burst counts once. Bursts in order of appearance.
    """
    table = pd.DataFrame(np.asarray(values, np.float64).T)
    return table.groupby(labels[by].to_numpy(), sort=False).mean().to_numpy().T


def margins_lost(sure: Answers, unsure: Answers) -> Values:
    """Return the mean fall of the margins, frame by frame, over each burst, (R, bursts)."""
    return burst_means(margins(sure) - margins(unsure), sure.labels)


def signed_rank(differences: Values) -> Values:
    """Return Wilcoxon's one-sided p-value that paired differences (R, n) are positive, (R,).

    Where all pairs are equal nothing speaks for it: 1.
    """
    from scipy import stats

    p_values = np.ones(len(differences))
    if (differing := differences.any(axis=1)).any():
        test = stats.wilcoxon(differences[differing], alternative="greater", axis=1)
        p_values[differing] = test.pvalue
    return p_values


def most_excess(answers: Answers, others: Answers, chance: float) -> Values:
    """Return by how much the error rate at most exceeds that of other answers, (R,).

    The upper bound, which a larger excess passes by ``chance``, of resampling the bursts of each by
    the percentile bootstrap (Efron, 1979), with the same draws each time. Raises Lacking where
    there is but one burst of either.
    """
    from scipy import stats

    more, fewer = (burst_means(one.wrong, one.labels) for one in (answers, others))
    if min(more.shape[1], fewer.shape[1]) < 2:
        raise Lacking("frames of one burst are too few to tell errors from chance")

    bounds = [
        stats.bootstrap(
            (one, other),
            lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
            vectorized=True,
            confidence_level=1 - chance,
            alternative="less",
            method="percentile",
            rng=np.random.default_rng(0),
        ).confidence_interval.high
        for one, other in zip(more, fewer, strict=True)
    ]
    return np.asarray(bounds, np.float64)


def hits_by_person(answers: Answers) -> Values:
    """Return the share of right answers of the person answered worst, (R,)."""
    return np.asarray(burst_means(~answers.wrong, answers.labels, "person").min(axis=1), np.float64)


def typical(values: Values) -> int:
    """Return the replicate whose value is the median: the one to show for all."""
    return int(np.argsort(values, kind="stable")[len(values) // 2])


def tally(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return how many frames each person gets, and last nobody, (R, C + 1), for (R, N, C)."""
    places = probabilities.shape[2] + 1
    seen = most_probable(probabilities) % places  # -1, nobody, is the last place
    return np.stack([np.bincount(row, minlength=places) for row in seen])


def share(counts: NDArray[np.int64], person: int) -> Values:
    """Return a person's share of a tally (R, C + 1), (R,); NaN where nothing was counted."""
    with np.errstate(invalid="ignore"):
        return np.asarray(counts[:, person] / counts.sum(axis=1), np.float64)


def lead(counts: NDArray[np.int64], person: int) -> Values:
    """Return how many times the next person's count a person's is, (R,), for counts (R, C + 1).

    Infinite when no other person was counted, 0 when nobody at all was.
    """
    own, others = counts[:, person], np.delete(counts[:, :-1], person, axis=1).max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(own, own / others, 0.0).astype(np.float64)


Sweep = dict[float, Values]
"""Errors of each replicate, (R,), by learning rate."""


def beyond_best(sweep: Sweep, rate: float) -> Values:
    """Return the errors at a rate beyond the fewest at any rate, (R,).

    Raises FacelabError for a rate that was not trained at.
    """
    if rate not in sweep:
        raise FacelabError(
            f"nothing was trained at a rate of {rate:g}; there are "
            f"{', '.join(f'{one:g}' for one in sweep)}; name one of them"
        )
    return np.asarray(sweep[rate] - np.min(list(sweep.values()), axis=0), np.float64)


def surely_worse(wrong: Values, before: tuple[Values, int], photos: int) -> Values:
    """Return by how much the share wrong surely exceeds the one before, (R,).

    ``wrong`` (R,) of so many ``photos``; ``before``: wrong (R,), and of how many. The lower bound
    of the one less the upper bound of the other, each exact with 95 % confidence.
    """
    least = np.array([error_bound(int(one), photos, "lower") for one in wrong])
    most = np.array([error_bound(int(one), before[1], "upper") for one in before[0]])
    return np.asarray(least - most, np.float64)
