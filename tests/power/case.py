"""Case: a phrase with the smallest histories, answers or photos on both sides of its bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from facelab.contract.history import History
from facelab.contract.photos import Photos
from facelab.contract.system import Capability
from facelab.contract.verdict import Refused
from facelab.judging.answers import CERTAIN, Answers
from facelab.playing import reference
from facelab.playing.recorder import LiveSheet
from facelab.report.record import Sheet, Step
from tests.power.catalogue import phrase_of

Fixtures = dict[str, Any]
PEOPLE = ("Alex", "Amine", "Lara", "Naomie")


@dataclass(frozen=True)
class Case:
    """A step's text, with bounds that floats can meet, and what it is held against.

    ``build``: the fixtures for a value of ``dial``; ``says``: the value in words; ``dial``: values
    and whether each is accepted, from inside over the bound to outside.
    """

    step: str
    says: str
    build: Callable[[Any], Fixtures]
    dial: tuple[tuple[Any, bool], ...]

    def play(self, value: Any, folder: Path) -> bool:
        """Play the step and tell whether it accepts; ``folder`` is empty and may be written to."""
        phrase = phrase_of(self.step)
        assert phrase is not None
        sheet = LiveSheet(Sheet("", "", "", 1, [], "", [Step("Then", self.step)]), seeds=(0,))
        sheet.begin()
        known = {
            "sheet": sheet,
            "folder": folder,
            "exam": exam(),
            "source": exam().source,
            "photos": None,
            "parameters": None,
            **(phrase.parser.parse_arguments(self.step) or {}),
        }
        known |= {k: v(folder) if k == "face_base" else v for k, v in self.build(value).items()}
        wanted = phrase.step_func.__code__.co_varnames[: phrase.step_func.__code__.co_argcount]
        try:
            phrase.step_func(**{name: known[name] for name in wanted})
        except Refused:
            return False
        assert sheet.step.verdicts
        return True

    def __str__(self) -> str:
        told = [
            f"{self.says.format(value)} {'is accepted' if accepted else 'is refused'}"
            for value, accepted in self.dial
        ]
        return f"*{self.step}*: {', '.join(told)}"


def drawn(
    loss: ArrayLike = (),
    accuracy: ArrayLike = (),
    *,
    photos: ArrayLike | None = None,
    per_epoch: int = 1,
    rate: float = 1.0,
) -> Fixtures:
    """Return a training of one replicate on 4 people, in batches of one photo unless told."""
    size = max(np.size(loss), np.size(accuracy))
    losses = np.atleast_2d(np.asarray(loss if np.size(loss) else np.ones(size), float))
    accuracies = np.atleast_2d(np.asarray(accuracy if np.size(accuracy) else np.ones(size), float))
    order = np.arange(size)[:, None] % per_epoch if photos is None else np.asarray(photos)
    rates = np.full((1, size), rate)
    # float64, where a training has float32: bounds can then be met to the last bit.
    values: dict[str, Any] = {"loss": losses, "accuracy": accuracies, "learning_rate": rates}
    photo_ids = order[None].astype(np.int32)
    history = History(
        (0,), **values, photos=photo_ids, updates_per_epoch=per_epoch, people=len(PEOPLE)
    )
    return {"training": SimpleNamespace(history=history)}


def shown(count: int, **labels: Any) -> Photos:
    """Return photos with labels; their frames are blank."""
    table = {"file": [f"{n}.jpg" for n in range(count)], "person": ["Alex"] * count, **labels}
    return Photos((np.zeros((4, 4, 3), np.uint8),) * count, pd.DataFrame(table))


def said(expected: str, predicted: str, sure: ArrayLike = 1.0, **labels: Any) -> Answers:
    """Return answers by first letters: a = Alex, m = Amine, l = Lara, n = Naomie.

    ``sure``: the probability of the person answered; the others share the rest.
    """
    letters, right = "amln", np.broadcast_to(np.asarray(sure, np.float64), len(expected))
    rest = ((1 - right) / 3)[:, None]
    chosen = np.eye(4)[[letters.index(letter) for letter in predicted]]
    probabilities = np.where(chosen == 1, right[:, None], rest)
    people = [PEOPLE[letters.index(letter)] for letter in expected]
    labelled = shown(len(people), person=people, **labels).labels
    return Answers(labelled, probabilities[None].astype(np.float32), PEOPLE)


def exam(answers: Any = None, training: Any = None, probes: Photos | None = None) -> Any:
    """Return an exam that gives what it is told to give."""
    source: Any = SimpleNamespace(photos=lambda _: probes, is_reference=True)
    return SimpleNamespace(
        system=SimpleNamespace(capabilities=tuple(Capability)),
        certainty=CERTAIN,
        said=(),
        shown=lambda _: lambda _: None,
        ask=lambda *_: answers,
        ask_alone=lambda *_: answers,
        train=lambda _, parameters: training(parameters) if training else None,
        source=source,
        probes=lambda *_: probes,
        expected=partial(reference.expected, source),
        require=partial(reference.require, source),
        require_people=partial(reference.require_people, source),
    )
