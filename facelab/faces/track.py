"""Track: one face followed through a clip."""

from dataclasses import dataclass, field

import numpy as np

from facelab.faces.box import Candidates, intersection_over_union
from facelab.faces.face import SURELY, claims
from facelab.faces.finder import THRESHOLD

START, KEEP = THRESHOLD, 0.5
"""Score that starts a track, and the lower one that keeps it."""

NEAR = 0.3
"""Least overlap (intersection over union) with the last box of a face that is kept."""

MAX_MISSED = 5
"""Frames without a face until a track ends."""

SMOOTHING = 0.6
"""Share of the new box in the smoothed one."""


@dataclass
class Track:
    """Follows the main face from frame to frame: sure faces start it, fainter ones keep it.

    What was never surely a face is left for what surely is one: it may be a print on a jumper.
    """

    _last: Candidates | None = field(default=None, init=False)
    _missed: int = field(default=0, init=False)
    _certain: bool = field(default=False, init=False)

    def follow(self, candidates: Candidates) -> Candidates:
        """Return the face (5,) of the next frame, smoothed; zeros when there is none.

        ``candidates`` (n, 5) are boxes and scores; those with a score of 0 count for nothing.
        """
        face = self._kept(candidates)
        if face is None or self._outdone(face, candidates):
            face = self._started(candidates)
            if face is None:
                self._missed += 1
                if self._missed > MAX_MISSED:
                    self._last = None
                return np.zeros(5, np.float32)
            self._certain = False  # another face; one that is only missed stays what it was
        elif self._last is not None:
            face[:4] = self._last[:4] + SMOOTHING * (face[:4] - self._last[:4])
        self._last, self._missed = face, 0
        self._certain |= bool(face[4] >= SURELY)
        return face.copy()

    def _outdone(self, face: Candidates, candidates: Candidates) -> bool:
        """Whether another place surely shows a face, and the followed one never surely did."""
        certain = self._certain or face[4] >= SURELY
        return not certain and bool((candidates[:, 4] >= SURELY).any())

    def _kept(self, candidates: Candidates) -> Candidates | None:
        """The candidate nearest to the last face, when one is near and sure enough."""
        if self._last is None:
            return None
        near = intersection_over_union(candidates[:, :4], self._last[:4])
        near = np.where(candidates[:, 4] >= KEEP, near, 0)
        best = int(near.argmax())
        return candidates[best].copy() if near[best] >= NEAR else None

    def _started(self, candidates: Candidates) -> Candidates | None:
        """The main candidate of those that are sure enough to start a track."""
        claim = claims(candidates, START)
        best = int(claim.argmax())
        return candidates[best].copy() if claim[best] > 0 else None
