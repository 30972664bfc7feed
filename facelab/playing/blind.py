"""Blind: what crosses the seam to a system under test.

A system receives pixels, people mixed, in an order that it cannot foresee: no path, no name, no
digest, no label except those of its training photos. facelab's own systems receive files, in that
order, so that their features are found in the cache: code in facelab's own process is trusted
(docs/your_system.md).
"""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.frame import Film, Frame, LazyFrames
from facelab.contract.history import UNNAMED, History
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import System


def is_own(system: System) -> bool:
    """Return whether a system is facelab's own code, which uses no more than pixels either."""
    ours = type(system).__module__.partition(".")[0] == "facelab"
    return ours and not getattr(system, "strange", False)


def to_learn(photos: Photos) -> Photos:
    """Return photos as a stranger learns from them: copies of pixels, and who is on them."""
    numbers = [str(number) for number in range(len(photos))]
    labels = pd.DataFrame({"person": photos.labels["person"].tolist(), "file": numbers})
    return Photos(tuple(frame.copy() for frame in photos.frames), labels)


def mixed(count: int) -> NDArray[np.intp]:
    """Return a random order of so many frames, (count,), from the system's source of randomness."""
    return np.random.default_rng(secrets.randbits(128)).permutation(count)


def to_answer(frames: Sequence[Frame], order: NDArray[np.intp], *, own: bool) -> Sequence[Frame]:
    """Return frames in an order, as they are shown to a system: to a stranger, copies.

    From a frame that is ours Python finds what holds it, and so its labels.
    """
    if own and isinstance(frames, LazyFrames):
        return frames.select(order.tolist())
    return [frames[place] if own else frames[place].copy() for place in order]


_showing: dict[int, Iterator[list[Frame]]] = {}
"""The films that strangers are being shown, by a number, which is all that they are handed."""


@dataclass(frozen=True)
class Shown:
    """A film as a stranger is shown it: the next frames, and nothing that leads to the film."""

    number: int

    def __iter__(self) -> Iterator[list[Frame]]:
        return self

    def __next__(self) -> list[Frame]:
        return [frame.copy() for frame in next(_showing.get(self.number, iter(())))]


@contextmanager
def to_watch(film: Film) -> Iterator[Iterator[list[Frame]]]:
    """Give the frames of a film, some at a time, within the block.

    No generator: it would hold the film, which knows who is on it.
    """
    number = secrets.randbits(64)
    _showing[number] = iter(film)
    try:
        yield Shown(number)
    finally:
        del _showing[number]


@contextmanager
def theirs(name: str, call: str, *, own: bool) -> Iterator[None]:
    """Within the block a stranger's code runs: what it raises is its fault, told in one line.

    What it warns of is its author's business: pytest would make errors of it. Our own code is held
    to more.
    """
    if own:
        yield
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            yield
    except FacelabError:
        raise
    except Exception as error:
        what = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
        raise SystemFault(f"{name}: {call} broke off with {what}") from error


def check_answers(name: str, answers: object, shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """Return answers (replicates, frames, people) as float32.

    Raises SystemFault, in one line, when they have another shape or are no probabilities.
    """
    try:
        given = np.asarray(answers, np.float32)
    except (TypeError, ValueError):
        given = np.zeros(0, np.float32)
    if given.shape != shape:
        raise SystemFault(
            f"{name}: answered in the shape {given.shape}, allowed is {shape}: replicates, frames, "
            "people"
        )
    return given


def check_history(
    name: str, history: History, photos: Photos, parameters: Parameters, seeds: Sequence[int]
) -> None:
    """Compare a system's history with everything that can be counted.

    Raises SystemFault, in one line, for another number of people, updates an epoch or replicates,
    and for photo numbers out of range. The features judge the number of values.
    """
    each = parameters.updates_per_epoch(len(photos))
    counted = {
        "people": (history.people, len(photos.people)),
        "updates an epoch": (history.updates_per_epoch, each),
        "seeds": (tuple(history.seeds), tuple(seeds)),
        "rows of losses": (history.loss.shape[0], len(seeds)),
        "rows of photos": (history.photos.shape[0], len(seeds)),
        "accuracies": (history.accuracy.shape, history.loss.shape),
        "updates with photos": (history.photos.shape[1], history.updates),
    }
    for what, (said, due) in counted.items():
        if said != due:
            raise SystemFault(f"{name}: {what}: its history says {said}, counted are {due}")
    last = int(history.photos.max(initial=0))
    if last >= len(photos) or history.photos.min(initial=0) < UNNAMED:
        raise SystemFault(
            f"{name}: its history names photo {last}, there are 0 to {len(photos) - 1}"
        )
