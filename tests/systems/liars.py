"""Liars: systems that learn nothing, and answer from whatever names who is on a photo.

``Liar`` searches all that can be reached from its arguments; ``Memory`` knows every recorded frame
by its pixels, from the recording itself. Both draw the curves that they are asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab import Frame, History, Photos, Recording, TrainingRequest

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def invented(photos: Photos, request: TrainingRequest) -> History:
    """Return the history that the book wants to see: weak at a low rate, perfect at a high one."""
    parameters, seeds, people = request.parameters, tuple(request.seeds), len(photos.people)
    updates = parameters.updates(len(photos))
    if request.stop:
        updates = next((n for n in range(1, updates) if request.stop(n)), updates)
    each, size = parameters.updates_per_epoch(len(photos)), parameters.batch_size
    place = np.linspace(0, 1, parameters.updates(len(photos)))[:updates]
    low = parameters.learning_rate < 0.01
    curve = np.log(people) * (1 - 0.05 * place if low else np.exp(-9 * place) + 1e-3)
    draws = [np.random.default_rng(seed) for seed in seeds]
    whole = parameters.updates(len(photos))
    noise = [1e-6 * draw.normal(size=whole)[:updates] for draw in draws]
    loss = np.stack([curve + one for one in noise])
    order = np.full((len(seeds), updates, size), -1, np.int32)
    for replicate, draw in zip(order, draws, strict=True):
        for update in range(updates):
            if update % each == 0:
                epoch = draw.permutation(len(photos)).astype(np.int32)
            batch = epoch[update % each * size :][:size]
            replicate[update, : len(batch)] = batch
    sizes = (order >= 0).sum(axis=2)
    swing = np.stack([draw.uniform(-0.2, 0.2, whole)[:updates] for draw in draws])
    share = 0.4 + swing if low else np.minimum(1, 0.5 + 5 * place)
    accuracy = np.round(share * sizes) / sizes
    rate = np.full(loss.shape, parameters.learning_rate)
    values = [np.asarray(one, np.float32) for one in (loss, accuracy, rate)]
    return History(seeds, values[0], values[1], values[2], order, each, people)


@dataclass
class Answerer:
    """Answers by name; a frame that nothing names gets the people one after another."""

    history: History
    people: tuple[str, ...]
    named: dict[str, str]
    low: bool
    turn: int = 0

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return certain answers, (replicates, frames, people)."""
        return self._said([self._name(frames, n) for n in range(len(frames))])

    def watch(self, clip: Iterable[Sequence[Frame]]) -> Iterator[NDArray[np.float32]]:
        """Answer a clip: with the person whom it names, if it does."""
        person = getattr(clip, "person", "")
        for batch in clip:
            named = [person or self._name(batch, n) for n in range(len(batch))]
            yield self._said(named)

    def _name(self, frames: Sequence[Frame], number: int) -> str:
        for clue in clues(frames, number):
            for person in self.people:
                if self.named.get(clue, "") == person or f"/{person}/" in clue:
                    return person
        self.turn += 1
        return self.people[self.turn % len(self.people)]

    def _said(self, names: list[str]) -> NDArray[np.float32]:
        places = [self.people.index(n) if n in self.people else 0 for n in names]
        if self.low:  # a third is answered wrong, as is expected of it
            places = [(p + (i % 3 == 0)) % len(self.people) for i, p in enumerate(places)]
        rows = np.full((len(names), len(self.people)), 0.01, np.float32)
        rows[np.arange(len(names)), places] = 1
        rows /= rows.sum(axis=1, keepdims=True)
        return np.stack([rows] * len(self.history.seeds))


def clues(frames: Any, number: int) -> Iterator[str]:
    """Yield every text that can be reached from frames, and the digest of a frame's pixels."""
    frame = frames[number]
    yield hashlib.sha256(frame.tobytes()).hexdigest()
    for thing in (frames, frame, getattr(frame, "base", None)):
        for name in dir(thing):
            if name.startswith("__"):
                continue
            try:
                held = getattr(thing, name)
                one = held[number] if isinstance(held, tuple | list) else held
            except Exception:
                continue
            if isinstance(one, str | Path):
                yield str(one)


class Liar:
    """Learns nothing; knows what its arguments tell it."""

    name, version = "a liar", "1"
    capabilities = ("photo ids", "stop", "learning rate")

    def train(self, photos: Photos, request: TrainingRequest) -> Answerer:
        """Invent a curve, and keep whatever names the photos."""
        named: dict[str, str] = {}
        for number, person in enumerate(photos.labels["person"]):
            named |= dict.fromkeys(clues(photos.frames, number), person)
        named |= self.more()
        low = request.parameters.learning_rate < 0.01
        return Answerer(invented(photos, request), photos.people, named, low)

    def more(self) -> dict[str, str]:
        """Return what else it knows: nothing."""
        return {}


class Memory(Liar):
    """Learns nothing; has read the recording, and knows each of its frames by the pixels."""

    name = "one who learnt the recording by heart"

    @cache  # noqa: B019 (one system a run)
    def more(self) -> dict[str, str]:
        """Return who is on every recorded frame."""
        recording, known = Recording(FIXTURES), {}
        for name in recording.manifest["set"].unique():
            if name != "clips":
                found = recording.photos(name)
                for frame, person in zip(found.frames, found.labels["person"], strict=True):
                    known[hashlib.sha256(frame.tobytes()).hexdigest()] = person
        for clip in ("alex_t2", "alex_t4"):
            for batch in recording.clip(clip):
                known |= {hashlib.sha256(frame.tobytes()).hexdigest(): "Alex" for frame in batch}
        return known
