"""Liars: systems that learn nothing, and answer from whatever names who is on a photo.

``Liar`` searches all that can be reached from its arguments, as ``searching`` says; ``Memory``
knows every recorded frame by its pixels, from the recording itself. Both draw the curves that they
are asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab import Frame, History, Photos, Recording, TrainingRequest
from facelab.gallery.clip import Visit
from tests.systems.searching import holders, reached

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
    """Answers by name; a frame that nothing names gets the people one after another.

    ``named``: who is on a frame, by the digest of its pixels or a text that goes with it; "" is
    nobody.
    """

    history: History
    people: tuple[str, ...]
    named: dict[str, str]
    low: bool
    turn: int = 0

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return certain answers, (replicates, frames, people)."""
        return self._said(self._names(frames))

    def watch(self, clip: Iterable[Sequence[Frame]]) -> Iterator[NDArray[np.float32]]:
        """Answer a clip: with the person whom it names, if it does."""
        person = self._person(str(one) for one in reached(clip) if isinstance(one, str | PurePath))
        for batch in clip:
            yield self._said(self._names(batch) if person is None else [person] * len(batch))

    def _names(self, frames: Sequence[Frame]) -> list[str]:
        self.named |= told(frames, *holders([frames[0]]) if len(frames) else ())
        return [self._name(one) for one in clues(frames)]

    def _name(self, found: Iterable[str]) -> str:
        person = self._person(found)
        if person is None:
            self.turn += 1
            return self.people[self.turn % len(self.people)]
        return person

    def _person(self, found: Iterable[str]) -> str | None:
        for clue in found:
            if clue in self.named:
                return self.named[clue]
            for person in self.people:
                if clue == person or f"/{person}/" in clue:
                    return person
        return None

    def _said(self, names: list[str]) -> NDArray[np.float32]:
        places = [self.people.index(n) if n in self.people else 0 for n in names]
        if self.low:  # a third is answered wrong, as is expected of it
            places = [(p + (i % 3 == 0)) % len(self.people) for i, p in enumerate(places)]
        rows = np.full((len(names), len(self.people)), 0.01, np.float32)
        rows[np.arange(len(names)), places] = 1
        rows /= rows.sum(axis=1, keepdims=True)
        rows *= np.array([name != "" for name in names])[:, None]
        return np.stack([rows] * len(self.history.seeds))


def pixels(frame: Frame) -> str:
    """Return what a frame is known by, wherever it comes from."""
    return hashlib.sha256(np.ascontiguousarray(frame).tobytes()).hexdigest()


def told(*handed: Any) -> dict[str, str]:
    """Return who is on frames, by their pixels, as labelled photos say that can be reached."""
    return {
        pixels(frame): person
        for one in reached(*handed)
        if isinstance(one, Photos) and "person" in one.labels
        for frame, person in zip(one.frames, one.labels["person"], strict=True)
    }


def clues(frames: Sequence[Frame]) -> Iterator[list[str]]:
    """Yield for every frame the texts that go with it: its digest, and what is found beside it."""
    beside = [one for one in reached(frames) if is_row_of_texts(one, len(frames))]
    held = bool(len(frames)) and bool(holders([frames[0]], [frames]))
    for number, frame in enumerate(frames):
        found = [pixels(frame), *(str(one[number]) for one in beside)]
        around = [frame.base, *(holders([frame], [frames, found]) if held else ())]
        found += [str(one) for one in reached(*around) if isinstance(one, str | PurePath)]
        yield found


def is_row_of_texts(thing: Any, count: int) -> bool:
    """Tell whether a thing has a text or a path for each of so many frames."""
    return (
        isinstance(thing, list | tuple)
        and len(thing) == count
        and all(isinstance(one, str | PurePath) for one in thing)
    )


class Liar:
    """Learns nothing; knows what its arguments tell it."""

    name, version = "a liar", "1"
    capabilities = ("photo ids", "stop", "learning rate")

    def train(self, photos: Photos, request: TrainingRequest) -> Answerer:
        """Invent a curve, and keep whatever names the photos."""
        named = told(photos, request) | self.more()
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
        recording = Recording(FIXTURES)
        known: dict[str, str] = {}
        table = recording.manifest
        for name in sorted(set(table["set"]) - {"clips", "truth"}):
            known |= told(recording.photos(name))
        for file in table["file"][table["set"] == "clips"]:
            film = recording.clip(Path(file).stem)
            frames = [pixels(frame) for batch in film for frame in batch]
            truth = film.truth if isinstance(film, Visit) else [(film.person,)] * len(frames)
            known |= {one: "".join(who[:1]) for one, who in zip(frames, truth, strict=True)}
        return known
