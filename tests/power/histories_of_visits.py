"""Cases of the phrases on a visit: a live count on both sides of a bound."""

from __future__ import annotations

import numpy as np

from facelab.contract.frame import Stretch
from steps.counts import Watched
from tests.power.case import PEOPLE, Case, Fixtures, exam, said, shown

YES, NO = True, False

VISIT = (
    Stretch(1, 4, ("Alex",)),
    Stretch(5, 8, ()),
    Stretch(9, 12, ("Amine",)),
    Stretch(13, 16, ("Amine", "Lara")),
)


def counted(said: str) -> Fixtures:
    """Return who was counted on each frame: a = Alex, m = Amine, l = Lara, n = Naomie, . nobody."""
    one_of = np.eye(len(PEOPLE) + 1, dtype=np.int64)
    added = np.array([[one_of["amln.".index(letter)] for letter in said]])
    return {"watched": Watched(added, VISIT), "photos": shown(4, person=[*PEOPLE])}


def held(off: float) -> Fixtures:
    """Return answers to four photos, and live answers that are ``off``."""
    given = said("amln", "amln", 0.5)
    examined = exam(given)
    examined.hold = lambda *_: given.probabilities + np.float32(off)
    return {"exam": examined, "photos": shown(4, person=[*PEOPLE]), "training": None}


CASES = (
    Case(
        "12 photos held before the webcam are answered as when asked, within 0.25",
        "{} off",
        held,
        ((0, YES), (0.24, YES), (0.26, NO)),
    ),
    Case(
        "each of its 16 frames adds one to the count",
        "{} frames",
        lambda frames: counted("a" * frames),
        ((16, YES), (15, NO), (17, NO)),
    ),
    Case(
        "whoever is alone before the webcam leads the count while they are there",
        "Alex, nobody, Amine, Amine and Lara: {}",
        counted,
        (("aaan....amm.mmll", YES), ("aann....mmmmmmll", NO), ("aaaaaaaaaaaaaaaa", NO)),
    ),
    Case(
        "the empty chair is nobody's",
        "Alex, nobody, Amine, Amine and Lara: {}",
        counted,
        (("aaaaa...mmmmmmll", YES), ("aaaaaa..mmmmmmll", NO)),
    ),
    Case(
        "after each change whoever is there leads within 3 frames",
        "Alex, nobody, Amine, Amine and Lara: {}",
        counted,
        (("aaaa....ammmmmll", YES), ("aaaa....aammmmll", NO)),
    ),
)
