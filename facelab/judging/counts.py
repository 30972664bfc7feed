"""Counts: measures of a live count, frame by frame, while people come and go.

The axes are R replicate, F frame, C person; the last column of a count is nobody's. Frames of a
stretch are numbered from 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Stretch

Added = NDArray[np.int64]
"""What each frame added to the count, (R, F, C + 1)."""

Values = NDArray[np.float64]


def spread(count: int, wanted: int) -> NDArray[np.bool_]:
    """Return a mask (count,) of so many places, spread evenly; all where there are no more."""
    mask = np.zeros(count, np.bool_)
    mask[np.linspace(0, count - 1, min(wanted, count)).round().astype(int)] = True
    return mask


def odd_additions(added: Added) -> Values:
    """Return how many frames did not add one to the count of one, (R,)."""
    odd = (added.sum(axis=2) != 1) | (added.min(axis=2) < 0)
    return np.asarray(odd.sum(axis=1), np.float64)


def lone(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches in which one person is in view, and nobody comes or leaves."""
    return [one for one in stretches if len(one.people) == 1 and not one.partly]


def empty(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches in which nobody is in view, not even partly."""
    return [one for one in stretches if not (one.people or one.partly)]


def smallest_lead(added: Added, stretches: Sequence[Stretch], people: Sequence[str]) -> Values:
    """Return by what share of a stretch those in view lead, in the worst of the stretches, (R,).

    The frames that count somebody in view (nobody, where nobody is), less those of whoever else is
    counted most; of several in view any counts.
    """
    leads = []
    for one in stretches:
        counts = _of(added, one).sum(axis=1)  # (R, C + 1)
        own = _columns(one, people)
        others = np.delete(counts, own, axis=1).max(axis=1)
        leads.append((counts[:, own].sum(axis=1) - others) / one.frames)
    return np.asarray(np.min(leads, axis=0), np.float64)


def frames_until_lead(added: Added, stretches: Sequence[Stretch], people: Sequence[str]) -> Values:
    """Return after how many frames of a stretch whoever is then in view leads, at most, (R,).

    Counted from the beginning of the stretch; infinite where they never lead in it.
    """
    slowest = np.zeros(len(added))
    for one in stretches:
        running = _of(added, one).cumsum(axis=1)  # (R, frames, C + 1)
        own = _columns(one, people)
        leads = running[:, :, own].sum(axis=2) > np.delete(running, own, axis=2).max(axis=2)
        first = np.where(leads.any(axis=1), leads.argmax(axis=1) + 1, np.inf)
        slowest = np.maximum(slowest, first)
    return np.asarray(slowest, np.float64)


def runs(added: Added, replicate: int, people: Sequence[str], nobody: str) -> list[tuple[str, int]]:
    """Return who one replicate counts, as a name and a number of frames each, in order."""
    names = [*people, nobody]
    told: list[tuple[str, int]] = []
    for place in added[replicate].argmax(axis=1):
        if told and told[-1][0] == names[place]:
            told[-1] = names[place], told[-1][1] + 1
        else:
            told.append((names[place], 1))
    return told


def _of(added: Added, one: Stretch) -> Added:
    return added[:, one.first - 1 : one.last]


def _columns(one: Stretch, people: Sequence[str]) -> list[int]:
    """Return the columns of those in view; nobody's where there are none."""
    return [list(people).index(person) for person in one.people] or [len(people)]
