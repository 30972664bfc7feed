"""Reference: what the numbers in the features mean for the frames of a run.

They are those of the book's own frames, which must match them exactly. For other frames a rule
replaces them, and a step that needs what those frames lack is not run: the system is not at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from facelab.contract.errors import FacelabError, Lacking
from facelab.contract.photos import Photos
from facelab.gallery.source import Source

T = TypeVar("T")


def expected(source: Source, written: T, rule: Callable[[], T]) -> T:
    """Return what a phrase demands: its own number for the book's frames, else that of a rule."""
    return written if source.is_reference else rule()


def require(source: Source, held: bool, reason: str) -> None:
    """Raise Lacking where frames of one's own do not have what a step needs.

    The book's own are played strictly: the verdicts show what they lack.
    """
    if not (held or source.is_reference):
        raise Lacking(reason)


def require_people(source: Source, photos: Photos, people: Sequence[str]) -> None:
    """Raise when one of these people is not on the photos.

    Lacking where nobody plays a role, FacelabError where the book's own photos show nobody of that
    name.
    """
    missing = ", ".join(person for person in people if person not in photos.people)
    if not missing:
        return
    if source.is_reference:
        raise FacelabError(
            f"nobody is called {missing}; there are {', '.join(photos.people)}; correct the name"
        )
    raise Lacking(f"nobody plays {missing}: there are {len(photos.people)} people in the gallery")
