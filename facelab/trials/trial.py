"""Trial: a training of one or more replicates, and their answers to probes.

The axes are R replicate, U update, N probe, C person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError
from facelab.contract.history import History
from facelab.contract.number import exact
from facelab.contract.parameters import PARAMETERS, Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import Training
from facelab.judging.answers import NOBODY, Answers, Values, typical

FEWEST, MOST = 2, 6
"""Trials of a comparison: more lines than six cannot be told apart on one chart."""

OPTIONS = {"learning_rate": "--rates", "epochs": "--epochs", "batch_size": "--batch-sizes"}
"""What gives the values of each parameter in a comparison."""


@dataclass(frozen=True)
class Trial:
    """A training and what it answers. ``answers`` is None where there is no probe.

    ``updates``: how many were to be made; the history has fewer where it was interrupted.
    """

    parameters: Parameters
    history: History
    answers: Answers | None
    updates: int

    @property
    def whole(self) -> bool:
        """Whether every update was made."""
        return self.history.updates == self.updates

    @property
    def right(self) -> NDArray[np.int64]:
        """How many probes each replicate answers right, (R,)."""
        wrong = self.answers.wrong if self.answers else np.ones((len(self.history.seeds), 0), bool)
        return np.asarray((~wrong).sum(axis=1), np.int64)

    @property
    def shown(self) -> int:
        """The replicate to show for all: the one with the median number of right answers."""
        return typical(-self.right.astype(np.float64))

    def confusions(self) -> Counter[tuple[str, str]]:
        """Return how often the replicate shown takes whom for whom: (expected, answered)."""
        if self.answers is None:
            return Counter()
        names = [*self.answers.people, NOBODY]
        answered = [names[number] for number in self.answers.predicted[self.shown]]
        return Counter(zip(self.answers.labels["person"], answered, strict=True))


def asked(
    trained: Training, learned: Photos, probes: Photos | None, parameters: Parameters
) -> Trial:
    """Return the trial of a training on the photos learned, asked about the probes."""
    answers = None
    if probes:
        answers = Answers(probes.labels, trained.predict(probes.frames), learned.people)
    return Trial(parameters, trained.history, answers, parameters.updates(len(learned)))


def confused(trial: Trial) -> list[tuple[str, str, int]]:
    """Return who is taken for whom by the replicate shown, and how often, the most frequent first.

    Nobody seen is a person called ``nobody``.
    """
    return [(a, b, times) for (a, b), times in trial.confusions().most_common() if a != b]


def last_epoch(history: History, points: NDArray[np.float32]) -> Values:
    """Return the mean of ``points`` (R, U) over the photos of the last epoch's updates, (R,).

    Of an interrupted training: over as many updates, the last that were made.
    """
    last = slice(-history.updates_per_epoch, None)
    sizes = history.batch_sizes[:, last]
    return np.asarray((points[:, last] * sizes).sum(axis=1) / sizes.sum(axis=1), np.float64)


def combinations(values: Mapping[str, Sequence[str]]) -> list[Parameters]:
    """Return the parameters of a comparison, all combinations of values by their fields.

    Raises FacelabError for a value that is not allowed or stands twice, and for too few or too many
    combinations.
    """
    checked = {}
    for parameter in PARAMETERS:
        field = parameter.field
        given = values.get(field) or [str(getattr(Parameters, field))]
        numbers = [parameter.check(text) for text in given]
        for number in numbers:
            if numbers.count(number) > 1:
                raise FacelabError(
                    f"{OPTIONS[field]}: received {exact(number)} twice, allowed is each value "
                    "once; take one away"
                )
        checked[field] = numbers
    found = [
        Parameters().with_(**dict(zip(checked, one, strict=True)))
        for one in product(*checked.values())
    ]
    if not FEWEST <= len(found) <= MOST:
        times = " x ".join(str(len(numbers)) for numbers in checked.values())
        several, wanted = "s" * (len(found) > 1), "more" if len(found) < FEWEST else "fewer"
        raise FacelabError(
            f"compare: received {len(found)} combination{several} ({times} learning rates, epochs "
            f"and batch sizes), allowed are {FEWEST} to {MOST}, which can be told apart on one "
            f"chart; name {wanted} values, as --rates 0.001 0.1 1"
        )
    return found


def titles(trials: Sequence[Parameters]) -> list[str]:
    """Return what tells each trial from the others: the parameters in which they differ.

    >>> titles([Parameters(0.1), Parameters(1.0)])
    ['rate 0.1', 'rate 1']
    """
    told = {
        "learning_rate": "rate {}",
        "epochs": "{} epochs",
        "batch_size": "batch {}",
    }
    differing = {field for field in told if len({getattr(one, field) for one in trials}) > 1}
    shown = differing or set(told)
    return [
        ", ".join(
            text.format(exact(getattr(one, field)))
            for field, text in told.items()
            if field in shown
        )
        for one in trials
    ]
