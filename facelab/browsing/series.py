"""Series: the values that a stranger's page tells of each update, as a history."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from facelab.browsing.description import Series
from facelab.browsing.tab import Tab
from facelab.contract.errors import SystemFault
from facelab.contract.history import NO_PHOTO, UNNAMED, History
from facelab.contract.training import TrainingRequest

Row = dict[str, str]
"""What was told of an update, by the words of ``description.COLUMNS``."""


def rows_of(tab: Tab, series: Series) -> list[Row]:
    """Return what the page tells of every update until now."""
    if not series.columns:
        texts = tab.ask("() => facelabTold.values")
        return [found.groupdict("") for one in texts if (found := re.search(series.says, one))]
    text = tab.ask(
        "async at => await (await fetch(document.querySelector(at).href)).text()",
        series.at,
        f"download {series.at}",
    )
    rows = csv.DictReader(io.StringIO(text))
    return [{key: row.get(name) or "" for key, name in series.columns.items()} for row in rows]


def history_of(
    name: str, rows: Sequence[list[Row]], photos: int, people: int, request: TrainingRequest
) -> History:
    """Return the history of replicates, from the rows of each.

    NaN where nothing was told. Raises SystemFault, which begins with ``name``, without any value.
    """
    updates = min(map(len, rows))
    if not updates:
        raise SystemFault(f"{name}: told no value of a training")

    def told(column: str) -> NDArray[np.float32]:
        values = [[number_in(row.get(column)) for row in some[:updates]] for some in rows]
        return np.array(values, np.float32)

    return History(
        seeds=tuple(request.seeds),
        loss=told("loss"),
        accuracy=told("accuracy"),
        learning_rate=told("learning rate"),
        photos=_batches(rows, updates, photos, request.parameters.batch_size),
        updates_per_epoch=request.parameters.updates_per_epoch(photos),
        people=people,
    )


def _batches(rows: Sequence[list[Row]], updates: int, photos: int, size: int) -> NDArray[np.int32]:
    """Return which photos each update saw, (R, U, B); their numbers where the page tells them."""
    named = [[(row.get("photos") or "").split() for row in some[:updates]] for some in rows]
    width = max(size, *(len(batch) for some in named for batch in some))
    told = np.full((len(rows), updates, width), NO_PHOTO, np.int32)
    starts = [*range(0, photos, size), photos]
    sizes = [after - before for before, after in pairwise(starts)]
    for update in range(updates):
        told[:, update, : sizes[update % len(sizes)]] = UNNAMED
    for number, some in enumerate(named):
        for update, batch in enumerate(some):
            if batch:
                told[number, update] = NO_PHOTO
                told[number, update, : len(batch)] = [int(one) for one in batch]
    return told


def number_in(text: object) -> float:
    """Return the number that a text is; NaN where it is none."""
    try:
        return float(str(text).strip().rstrip("%"))
    except ValueError:
        return math.nan


def same(one: float, other: float) -> bool:
    """Return whether two numbers are one, written differently."""
    return math.isclose(one, other, rel_tol=1e-9)
