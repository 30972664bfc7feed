"""Evidence: what a step shows beside its verdict, as plain data with a kind and a title."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.contract.history import History
from facelab.gallery.image import thumbnail
from facelab.report.tables import listed_rows

POINTS = 1200
"""Longest curve that is kept point by point; a longer one is kept as an envelope."""

BINS = 400
"""Bins of an envelope."""

Evidence = dict[str, Any]

Band = tuple[float, float, float, float]
"""People, error rate, and the lowest and highest that it may well be."""


def facts(title: str, values: dict[str, Any]) -> Evidence:
    """Show named values: {"kind": "facts", "values": {name: value}}."""
    return {"kind": "facts", "title": title, "values": values}


def curves(title: str, history: History) -> Evidence:
    """Show loss and accuracy of every update and replicate.

    {"kind": "curves", "updates", "updates_per_epoch", "people", "seeds", "loss", "accuracy"}; each
    curve is {"update": [...], "low": [...], "high": [...]}, a list a replicate in low and high.
    Short curves have low = high = the values; long ones keep the extremes of every bin of
    updates, so that none is lost; ``file``, when there, is the CSV beside that has every value.
    Of replicates that were interrupted at different updates those are shown that all made.
    """
    common = int(history.drawn.min())
    return {
        "kind": "curves",
        "title": title,
        "updates": common,
        "updates_per_epoch": history.updates_per_epoch,
        "people": history.people,
        "seeds": list(history.seeds),
        "loss": _envelope(history.loss[:, :common]),
        "accuracy": _envelope(history.accuracy[:, :common]),
    }


def curves_csv(history: History) -> str:
    """Return every value as CSV: a row an update, loss and accuracy of every seed."""
    names = [f'"{what}, seed {seed}"' for seed in history.seeds for what in ("loss", "accuracy")]
    columns = [
        row.tolist() for rows in zip(history.loss, history.accuracy, strict=True) for row in rows
    ]
    line = "%d" + ",%.5g" * len(columns)
    numbers = (line % row for row in zip(range(1, history.updates + 1), *columns, strict=True))
    # what an interrupted replicate did not draw is an empty cell
    return "\n".join([",".join(["update", *names]), *numbers]).replace("nan", "") + "\n"


def _envelope(values: NDArray[np.float32]) -> dict[str, Any]:
    updates = values.shape[1]
    edges = np.arange(updates + 1)
    if updates > POINTS:
        edges = np.unique(np.linspace(0, updates, BINS + 1).astype(int))
    low = np.minimum.reduceat(values, edges[:-1], axis=1)
    high = np.maximum.reduceat(values, edges[:-1], axis=1)
    return {"update": (edges[:-1] + 1).tolist(), "low": _rounded(low), "high": _rounded(high)}


def _rounded(values: NDArray[np.float32]) -> list[list[float]]:
    return [[float(f"{value:.5g}") for value in row] for row in values]


def predictions(
    title: str,
    table: pd.DataFrame,
    people: Sequence[str],
    frame: Callable[[int], Frame | None] | None = None,
) -> Evidence:
    """Show the table expected / predicted / error: {"kind": "predictions", "people", "rows"}.

    A row has ``file``, ``expected``, ``predicted``, ``error``, ``probability``, ``unsure``; where
    the page lists it and ``frame`` gives one by its number, ``photo``: the frame, small, as a data
    address.
    """
    rows = [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]
    if frame is not None:
        listed = {id(row) for row in listed_rows(rows)}
        for number, row in enumerate(rows):
            if id(row) in listed and (photo := frame(number)) is not None:
                row["photo"] = thumbnail(photo)
    return {"kind": "predictions", "title": title, "people": list(people), "rows": rows}


def tally(
    title: str,
    person: str,
    people: Sequence[str],
    counts: NDArray[np.int64],
    unsure: NDArray[np.int64] | None = None,
) -> Evidence:
    """Show detections per person: {"kind": "tally", "person", "people", "counts", "unsure"}.

    ``person`` is the one before the camera, ``counts`` (people,) one replicate's. ``unsure``: how
    many of these were not certain enough; not there where that is not known.
    """
    shown = {"person": person, "people": list(people), "counts": counts.tolist()}
    known = {} if unsure is None else {"unsure": unsure.tolist()}
    return {"kind": "tally", "title": title, **shown, **known}


def strip(
    title: str, truth: Sequence[tuple[str, int]], counted: Sequence[tuple[str, int]]
) -> Evidence:
    """Show who was counted when, beside who was there: {"kind": "strip", "truth", "counted"}.

    Each is a list of [name, frames], in order.
    """
    rows = {"truth": [list(run) for run in truth], "counted": [list(run) for run in counted]}
    return {"kind": "strip", "title": title, **rows}


def growth(title: str, bands: dict[str, list[Band]], wish: str) -> Evidence:
    """Show how an error rate grows with people, a chart a kind of frame, beside the source's wish.

    {"kind": "growth", "bands": {kind of frame: [[people, rate, low, high]]}, "wish"}.
    """
    rows = {name: [list(line) for line in lines] for name, lines in bands.items()}
    return {"kind": "growth", "title": title, "bands": rows, "wish": wish}


def series(title: str, x: str, y: str, points: Sequence[tuple[float, float]]) -> Evidence:
    """Show a measure against a parameter: {"kind": "series", "x", "y", "points": [[x, y]]}."""
    return {"kind": "series", "title": title, "x": x, "y": y, "points": [list(p) for p in points]}


def picture(title: str, content: bytes) -> Evidence:
    """Show a picture, a JPEG: {"kind": "picture", "picture": its data address}."""
    address = f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
    return {"kind": "picture", "title": title, "picture": address}
