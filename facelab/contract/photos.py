"""Photos: frames of people, with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from facelab.contract.errors import Lacking
from facelab.contract.frame import Frame, LazyFrames


@dataclass(frozen=True)
class Photos:
    """Frames of people and their labels, in one order.

    ``frames``: N pictures, of any sizes, in memory (a tuple) or made when they are looked at.
    ``labels``: a table of N rows with at least the columns ``file`` (its name in the gallery) and
    ``person``; a recorded set has more (``sitting``, ``light``, ``glasses``, ``burst`` …).
    """

    frames: Sequence[Frame]
    labels: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def people(self) -> tuple[str, ...]:
        """The people shown, in order of first appearance."""
        return tuple(self.labels["person"].unique())

    def select(self, mask: Sequence[bool] | NDArray[np.bool_] | pd.Series) -> Photos:
        """Return the photos whose entry in ``mask`` (N,) is true."""
        chosen = np.flatnonzero(np.asarray(mask, bool)).tolist()
        frames: Sequence[Frame]
        if isinstance(self.frames, LazyFrames):
            frames = self.frames.select(chosen)
        else:
            frames = tuple(self.frames[i] for i in chosen)
        return Photos(frames, self.labels.iloc[chosen].reset_index(drop=True))

    def of(self, people: Sequence[str]) -> Photos:
        """Return the photos of some people, in the order of this set."""
        return self.select(self.labels["person"].isin(list(people)))

    def first(self, count: int) -> Photos:
        """Return the first ``count`` photos."""
        return self.select(np.arange(len(self)) < count)

    def named(self, label: str) -> pd.Series:
        """Return the values of a label. Raises Lacking where a photo has none."""
        values = self.labels.get(label)
        if values is None or (values.isna() | (values == "")).any():
            raise Lacking(f"not all photos have a label that says their {label}")
        return values

    def numbers(self, people: Sequence[str]) -> NDArray[np.int32]:
        """Return each photo's person as a position in ``people``, (N,) int32, -1 for none."""
        return pd.Index(people).get_indexer(pd.Index(self.labels["person"])).astype(np.int32)
