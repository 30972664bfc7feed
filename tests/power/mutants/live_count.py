"""Faults in the live count: who is said to sit before the webcam while a film plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from tests.power.mutant import Catalogue, Mutant
from tests.power.mutants.data import TRAIN
from tests.power.mutants.ways import WATCH, filmed, leaders, normalised, surely

MUTANTS = Catalogue()
add = MUTANTS.add

TALLY = "facelab.judging.answers:tally"
SECOND = 25
"""Frames of about a second."""


def live(label: str, what: str, change: Callable[[Any], Any]) -> None:
    """Define a mutant whose answers to a whole film (R, N, C) are changed."""
    add(label, what, WATCH)(filmed(change))


def counted(label: str, what: str, change: Callable[[Any], Any]) -> None:
    """Define a mutant that counts other people: ``change`` of the leaders (R, N), -1 for nobody."""
    live(label, what, lambda odds: surely(change(leaders(odds)), odds.shape[2]))


def late(frames: int) -> Callable[[Any], Any]:
    """Return a change that shows each frame's answer so many frames later."""
    return lambda odds: odds[:, np.maximum(np.arange(odds.shape[1]) - frames, 0)]


def smoothed(odds: Any) -> Any:
    """Return answers of which each keeps 99 % of the one before."""
    after = odds.copy()
    for frame in range(1, odds.shape[1]):
        after[:, frame] = 0.99 * after[:, frame - 1] + 0.01 * odds[:, frame]
    return after


def filled(leading: Any) -> Any:
    """Give an empty chair to whoever was seen last."""
    after = leading.copy()
    for frame in range(1, leading.shape[1]):
        after[:, frame] = np.where(leading[:, frame] < 0, after[:, frame - 1], leading[:, frame])
    return after


def settled(frames: int) -> Callable[[Any], Any]:
    """Return a change that believes a new person only after so many frames in a row."""

    def change(leading: Any) -> Any:
        after, shown, run = leading.copy(), leading[:, 0].copy(), np.zeros(len(leading), int)
        for frame in range(1, leading.shape[1]):
            now = leading[:, frame]
            run = np.where(now == leading[:, frame - 1], run + 1, 1)
            shown = np.where(run >= frames, now, shown)
            after[:, frame] = shown
        return after

    return change


def tidied(leading: Any) -> Any:
    """Give the frames of whoever has less than a quarter of the film to the person with most."""
    after = leading.copy()
    for row in after:
        numbers, counts = np.unique(row, return_counts=True)
        rare = numbers[counts < 0.25 * len(row)]
        row[np.isin(row, rare)] = numbers[counts.argmax()]
    return after


def unsure_is_next(odds: Any) -> Any:
    """Answer the second most probable where the first has less than 0.9."""
    second = np.argsort(-odds, axis=2)[..., 1]
    unsure = odds.max(axis=2) < 0.9
    return surely(np.where(unsure & odds.any(axis=2), second, leaders(odds)), odds.shape[2])


def drawn(odds: Any) -> Any:
    """Draw a person by their probabilities, the same in every run."""
    dice = np.random.default_rng(2019).random(odds.shape[:2])[..., None]
    person = (np.cumsum(odds, axis=2) < dice).sum(axis=2).clip(max=odds.shape[2] - 1)
    return surely(np.where(odds.any(axis=2), person, -1), odds.shape[2])


def exchanged(leading: Any) -> Any:
    """Swap the second and the third person."""
    return np.where(leading == 1, 2, np.where(leading == 2, 1, leading))


def running_mean(odds: Any) -> Any:
    """Return the mean of all answers up to each."""
    return np.cumsum(odds, axis=1) / np.arange(1, odds.shape[1] + 1)[:, None]


live("S1", "live, every frame is the first person's", lambda p: surely(p.argmax(2) * 0, p.shape[2]))
live("S2", "live, the first frame's answer is kept", lambda p: np.repeat(p[:, :1], p.shape[1], 1))
live("S3", "live, answers come two seconds late", late(2 * SECOND))
live("S4", "live, answers are smoothed and hardly let go", smoothed)
live("S5", "live, the mean of all frames so far is answered", running_mean)
counted("S6", "live, an empty chair is whoever sat there last", filled)
counted("S7", "live, an empty chair is the first person", lambda who: np.maximum(who, 0))
counted("S8", "live, the second and the third person are swapped", exchanged)
counted("S9", "live, a new person is believed after four seconds", settled(4 * SECOND))
counted("S10", "live, who is seen in less than a quarter of the film is given to the first", tidied)
live("S11", "live, who is not sure enough gives way to the next", unsure_is_next)
live(
    "S12",
    "live, only the first two people are known",
    lambda p: normalised(p * (np.arange(p.shape[2]) < 2)),
)
live("S13", "live, a film is answered from its end", lambda p: p[:, ::-1])


@add("S14", "live, vectors are centred on the frames seen together", WATCH)
def centred_on_the_film(_: Any) -> Any:
    def mutated(trained: Any, clip: Any) -> Iterator[Any]:
        norm = trained.embedder.centring.norm
        for features in trained.embedder.extractor.follow(clip):
            centring = type(trained.embedder.centring)(features.vectors.mean(axis=0).tolist(), norm)
            yield trained._answer(replace(features, vectors=centring.place(features.vectors)))

    return mutated


def _early_weights() -> Mutant:
    kept: dict[int, Any] = {}

    def train(original: Any) -> Any:
        kept.clear()

        def mutated(*given: Any, seeds: Any, **more: Any) -> Any:
            head, history = original(*given, seeds=seeds, **more)
            kept[id(head.kernel)] = head, given, seeds  # the head too: an id may be used again
            return head, history

        def early(trained: Any) -> Any:
            if (found := kept.get(id(trained.head.kernel))) is None:
                return trained
            _, (x, y, people, parameters), seeds = found
            head, _ = original(x, y, people, parameters.with_(epochs=1), seeds=seeds)
            return replace(trained, head=head)

        kept[0] = early
        return mutated

    def watch(original: Any) -> Any:
        return lambda trained, clip: original(kept[0](trained), clip)

    return Mutant(
        "S15", "live, the weights of the first epoch answer", {TRAIN: train, WATCH: watch}
    )


MUTANTS.define(_early_weights())


@add("S16", "a tally is sorted, the names are not", TALLY)
def sorted_tally(tally: Any) -> Any:
    def mutated(odds: Any) -> Any:
        counts = tally(odds)
        return np.concatenate([-np.sort(-counts[:, :-1], axis=1), counts[:, -1:]], axis=1)

    return mutated
