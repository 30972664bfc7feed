"""Page: trials as one HTML file that opens from disk, prints, and needs nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup
from numpy.typing import NDArray

from facelab.contract.history import History
from facelab.contract.number import measured
from facelab.judging.answers import NOBODY, prediction_table
from facelab.report import charts, evidence, wording
from facelab.report.csvlink import csv_address
from facelab.report.document import templates
from facelab.report.figures import Figure, Figures
from facelab.trials.trial import Trial, confused, last_epoch

COLUMNS = 120
"""Points of a line at most: each is the mean of a stretch of updates."""

LISTED = 11
"""People with a row in a table or a confusion matrix; of more, the most frequent confusions."""

Point = tuple[float, float, float, float]
"""Where, and the lowest, the middle and the highest replicate."""


@dataclass(frozen=True)
class Compared:
    """A trial as a comparison shows it. ``swatch``: its line, as an SVG picture."""

    title: str
    swatch: Markup
    cells: dict[str, str]
    right: dict[str, int]
    matrix: list[list[int]]
    confusions: list[tuple[str, str, int]]


def training_page(title: str, facts: dict[str, str], trial: Trial) -> str:
    """Return the page of one training: curves, and every answer, as in the report."""
    figures = Figures()
    shown = [figures.show(evidence.curves("loss and accuracy at every update", trial.history))]
    if trial.answers is not None:
        table = prediction_table(trial.answers, trial.shown)
        told = evidence.predictions("the probes, which were held out", table, trial.answers.people)
        shown.append(figures.show(told))
    figures.draw()
    page = _templates().get_template("training.html")
    facts = facts | _cells(trial)
    return page.render(title=title, facts=facts, figures=[one.figure for one in shown])


def comparison_page(
    title: str,
    facts: dict[str, str],
    names: Sequence[str],
    trials: Sequence[Trial],
    missing: Sequence[str],
) -> str:
    """Return the page of several trainings by their names, side by side.

    ``missing``: a line for each that was interrupted or not made.
    """
    people = trials[0].answers.people if trials[0].answers else ()
    columns = (*people, NOBODY) if any(_nobody(trial) for trial in trials) else people
    small = len(people) <= LISTED
    shown = [
        Compared(
            name,
            swatch(number),
            _cells(trial),
            {person: trial.confusions()[person, person] for person in people},
            [[trial.confusions()[a, b] for b in columns] for a in people] if small else [],
            confused(trial)[: 12 if not small else None],
        )
        for number, (name, trial) in enumerate(zip(names, trials, strict=True))
    ]
    figure = _curves(trials, names)
    page = _templates().get_template("comparison.html")
    return page.render(
        title=title,
        facts=facts,
        figure=figure,
        trials=shown,
        people=people if small else (),
        columns=columns,
        asked={person: _asked(trials[0], person) for person in people},
        missing=missing,
        answers_csv=_answers_csv(trials, names),
    )


def _curves(trials: Sequence[Trial], names: Sequence[str]) -> Figure:
    """Return the figure of all trials on one pair of charts, drawn."""
    steps = {trial.history.updates_per_epoch for trial in trials}
    x = "update" if len(steps) == 1 else "epoch"
    drawn, lines, rows, strange = [], {}, [], 0
    for measure in ("loss", "accuracy"):
        lines[measure] = [line(t.history, getattr(t.history, measure), x) for t in trials]
        told = "; ".join(
            f"{name} from {measured(points[0][2])} to {measured(points[-1][2])}"
            if points
            else f"{name} nowhere"
            for name, points in zip(names, lines[measure], strict=True)
        )
        drawn.append(charts.compared_chart(measure, x, lines[measure], told))
        rows += [
            (measure, name, *point)
            for name, points in zip(names, lines[measure], strict=True)
            for point in points
        ]
        strange += sum(
            int((~np.isfinite(getattr(trial.history, measure))).sum()) for trial in trials
        )
    figure = Figure("compared", "loss and accuracy", "Figure 1", "figure-1", charts=drawn)
    figure.drawn = charts.draw(drawn)
    people = trials[0].history.people
    figure.data = {
        "x": x,
        "replicates": len(trials[0].history.seeds),
        "stretch": max(-(-trial.history.updates // COLUMNS) for trial in trials),
        "chance": f"{measured(math.log(people))} (ln {people}) and an accuracy of "
        f"{measured(1 / people)}",
        "logarithmic": drawn[0].form[4],
        "strange": strange,
        "csv": csv_address(("measure", "training", x, "lowest", "middle", "highest"), rows),
    }
    return figure


def line(history: History, values: NDArray[np.float32], x: str) -> list[Point]:
    """Return the points of a measure (R, U) over ``update`` or ``epoch``, 120 at most.

    Each is the mean of a stretch of updates: of the lowest, the median and the highest replicate.
    Stretches with a value that is not finite are left out.
    """
    updates = history.updates
    edges = np.unique(np.linspace(0, updates, min(updates, COLUMNS) + 1).astype(int))
    ends = edges[1:]
    with np.errstate(over="ignore", invalid="ignore"):
        means = np.add.reduceat(values.astype(np.float64), edges[:-1], axis=1) / np.diff(edges)
    middles = (edges[:-1] + 1 + ends) / 2
    places = middles if x == "update" else middles / history.updates_per_epoch
    finite = np.isfinite(means).all(axis=0)
    parts = (places, means.min(axis=0), np.median(means, axis=0), means.max(axis=0))
    columns = np.stack([part[finite] for part in parts], axis=1)
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in columns]


def swatch(number: int) -> Markup:
    """Return the line of a trial as a small picture for legends and tables."""
    dash = " ".join(map(str, charts.DASHES[number]))
    return Markup(
        '<svg class="chart swatch" width="34" height="10" aria-hidden="true" focusable="false">'
        '<path d="M1 5H33" stroke="{}" stroke-width="2.4" stroke-dasharray="{}"/></svg>'
    ).format(charts.COMPARED[number], "none" if number == 0 else dash)


def spread(values: Sequence[float] | NDArray[Any], write: Callable[[float], str] = measured) -> str:
    """Write the median of the replicates, and their range where they differ.

    >>> spread([1, 3, 2]), spread([0.5], "{:.2f}".format), spread([2, 2])
    ('2 (1–3)', '0.50', '2')
    """
    low, middle, high = (write(float(pick(values))) for pick in (np.min, np.median, np.max))
    return middle if low == high else f"{middle} ({low}–{high})"


def _cells(trial: Trial) -> dict[str, str]:
    history = trial.history
    made = f"{history.updates:,}" if trial.whole else f"{history.updates:,} of {trial.updates:,}"
    cells = {
        "updates": made,
        "loss, last epoch": spread(last_epoch(history, history.loss)),
        "accuracy, last epoch": spread(last_epoch(history, history.accuracy), "{:.2f}".format),
    }
    if trial.answers is not None:
        count = len(trial.answers.labels)
        right = trial.right.astype(np.float64)
        share = wording.share(float(right[trial.shown]), count)
        cells["probes right"] = f"{spread(right)} of {count}, {share}"
    return cells


def _nobody(trial: Trial) -> bool:
    return any(answered == NOBODY for _, answered in trial.confusions())


def _asked(trial: Trial, person: str) -> int:
    return sum(times for (asked, _), times in trial.confusions().items() if asked == person)


def _answers_csv(trials: Sequence[Trial], names: Sequence[str]) -> str:
    columns = ("training", "file", "expected", "predicted", "probability")
    rows = [
        (name, *row)
        for name, trial in zip(names, trials, strict=True)
        if trial.answers is not None
        for row in prediction_table(trial.answers, trial.shown)[[*columns[1:]]].itertuples(
            index=False, name=None
        )
    ]
    return csv_address(columns, rows)


@cache
def _templates() -> Environment:
    ours, theirs = FileSystemLoader(Path(__file__).parent / "templates"), templates().loader
    assert theirs
    return templates().overlay(loader=ChoiceLoader([ours, theirs]))
