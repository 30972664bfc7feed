"""Decision: who is before a camera, decided over a second of one face, not frame by frame."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facelab.faces.box import intersection_over_union
from facelab.faces.track import MAX_MISSED, NEAR
from facelab.judging.answers import CERTAIN, decided

SECOND = 1.0
"""Seconds of a face's last frames over which is decided."""


@dataclass
class Decision:
    """Decides on the frames of one film, in their order.

    The probabilities of a face's frames within the last second are averaged (the linear opinion
    pool; decision 0106): each frame has the same bounded part, and the mean is never surer than its
    surest frame. A face ends when it is not seen in more than five frames, or jumps.

    ``certain``: the probability from which on a name is certain enough.
    """

    certain: float = CERTAIN
    _frames: deque[tuple[float, NDArray[np.float32]]] = field(default_factory=deque, init=False)
    _box: NDArray[np.float32] | None = field(default=None, init=False)
    _missed: int = field(default=0, init=False)

    def decide(
        self, seconds: float, odds: NDArray[np.float32], face: NDArray[np.float32] | None = None
    ) -> tuple[int, NDArray[np.float32]]:
        """Return who is decided on at the next frame, and the mean of the probabilities (people,).

        A place among the people, -1 for nobody, -2 for unsure. ``odds`` (people,): the frame's
        probabilities, all 0 for nobody, as is the mean then. ``face`` (5,): its box and score, None
        where the system tells none.
        """
        if not odds.any():
            self._missed += 1
            if self._missed > MAX_MISSED:
                self._frames.clear()
            return -1, odds
        if face is not None and self._box is not None and not _near(face, self._box):
            self._frames.clear()
        self._box, self._missed = face, 0
        self._frames.append((seconds, odds))
        while self._frames[0][0] <= seconds - SECOND:
            self._frames.popleft()
        together = np.stack([one for _, one in self._frames])
        mean = np.asarray(together.mean(axis=0, dtype=np.float64), np.float32)
        return int(decided(mean[None, None], self.certain)[0, 0]), mean


def _near(face: NDArray[np.float32], before: NDArray[np.float32]) -> bool:
    return float(intersection_over_union(face[:4], before[:4])) >= NEAR
