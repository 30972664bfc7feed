"""Rendered: frames that are rendered when they are used, and not kept."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, overload

from facelab.contract.frame import Frame, LazyFrames


class RenderBatch(Hashable, Protocol):
    """Frames that are made together; it can be pickled, and so be made in another process."""

    @property
    def key(self) -> str:
        """Fingerprint of all that determines the frames: batches of one key have the same."""

    def frames(self) -> list[Frame]:
        """Make the frames, in order."""


@dataclass(frozen=True)
class RenderedFrames(LazyFrames):
    """Frames of batches. ``places``: for each frame, the number of its batch and its number in it.

    Ten thousand frames would fill gigabytes; described batch by batch, only a few are in memory.
    """

    batches: tuple[RenderBatch, ...]
    places: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, place: int) -> Frame: ...
    @overload
    def __getitem__(self, place: slice) -> RenderedFrames: ...
    def __getitem__(self, place: int | slice) -> Frame | RenderedFrames:
        if isinstance(place, slice):
            return RenderedFrames(self.batches, self.places[place])
        batch, number = self.places[place]
        return _frames(self.batches[batch])[number]

    def __iter__(self) -> Iterator[Frame]:
        return (self[place] for place in range(len(self)))

    def select(self, places: Sequence[int]) -> RenderedFrames:
        """Return the frames at some places, in their order."""
        return RenderedFrames(self.batches, tuple(self.places[place] for place in places))


@lru_cache(maxsize=1)
def _frames(batch: RenderBatch) -> list[Frame]:
    return batch.frames()
