"""Looks: what the refinement network said of places in a film a moment ago.

A look costs as much as the rest of a frame, and a room shows the same false faces in every one. So
a live film is looked at where something moved, where the answer was not sure, and everywhere eight
times less often. Whoever wants the answers of each frame for itself uses no looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from facelab.faces.box import Box, intersection_over_union
from facelab.faces.face import SURELY

NONE = 0.2
"""Score up to which a place shows surely no face."""

STILL = 0.9
"""Overlap (intersection over union) with the box that was looked at, from which it is that one."""

FRAMES = 8
"""Frames that a look holds for, the one looked at included: a quarter of a second."""


@dataclass(frozen=True)
class Look:
    """The box (4,) that was looked at, its score, and how many frames it has held for."""

    box: Box
    score: float
    age: int = 1


@dataclass
class Looks:
    """The looks at the last frame of one film."""

    _last: list[Look] = field(default_factory=list, init=False)
    _known: list[Look | None] = field(default_factory=list, init=False)

    def known(self, boxes: Sequence[Box], small: Sequence[bool]) -> list[float | None]:
        """Return the score of each box (4,) of the next frame, None for those to be looked at.

        ``small``: which boxes a look would correct; of these it is only known what is none.
        """
        self._known = [self._look(*one) for one in zip(boxes, small, strict=True)]
        return [look.score if look else None for look in self._known]

    def keep(self, boxes: Sequence[Box], scores: Sequence[float]) -> None:
        """Keep what the same boxes scored, known or just looked at."""
        self._last = [
            Look(known.box, known.score, known.age + 1) if known else Look(box, score)
            for box, score, known in zip(boxes, scores, self._known, strict=True)
        ]

    def _look(self, box: Box, small: bool) -> Look | None:
        for look in self._last:
            held = look.age < FRAMES and intersection_over_union(box, look.box) >= STILL
            if held and (look.score < NONE or (look.score > SURELY and not small)):
                return look
        return None
