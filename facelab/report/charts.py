"""Charts: curves and series as SVG inside a page, drawn by Vega.

The forms of charts lie in forms.json as Vega has them: Altair writes them once for all, by ``python
-m tests.report.forms``, and is not needed here. Two things keep twenty charts near a second on two
cores: the engine that draws starts while the record is redacted; and it draws one chart while the
next one is filled.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import Any

from markupsafe import Markup, escape

from facelab.base.progress import progress
from facelab.languages.speech import _, digits, spoken, translated
from facelab.report import drawing
from facelab.report.curve import Curve

WIDTH, HEIGHT = 310, 150
TALL = 220
"""The height of a chart that compares trainings."""

LINE = "#1f5f99"
"""The colour of a measure. The style sheet turns it lighter in the dark, by this very value."""

LEVEL = "#9a4a00"
"""The colour of a level that a measure is held against."""

COMPARED = ("#1f5f99", "#b3420a", "#1b7a3d", "#8a2f8f", "#7a6200", "#5b6570")
"""The colours of trainings that are compared; the style sheet turns each lighter in the dark."""

DASHES = ((1, 0), (7, 3), (2, 2), (9, 3, 2, 3), (14, 4), (4, 2, 1, 2, 1, 2))
"""Their lines, which differ on grey paper too."""

FORMS = Path(__file__).with_name("forms.json")
"""The forms of charts, written by Altair: a name and a specification each."""

Spec = dict[str, Any]
Form = tuple[str, str, str, bool, bool]
"""Kind, title of x and of y, whether x and y are logarithmic."""


@dataclass(frozen=True)
class Chart:
    """A chart to draw.

    A screen reader reads ``title`` and ``description``. ``form`` is shared with other charts;
    ``rows`` and ``levels`` are its data.
    """

    title: str
    description: str
    form: Form
    rows: list[dict[str, float]]
    levels: list[dict[str, Any]]

    @property
    def points(self) -> list[dict[str, float]]:
        """The rows to mark: none of a long curve."""
        return self.rows if len(self.rows) <= 40 else []


def curve_chart(
    measure: str, curve: Curve, description: str, level: tuple[float, str] | None
) -> Chart:
    """Return a chart of one measure over the updates, with a level such as that of chance."""
    logarithmic = measure == "loss" and curve.decades > 1.5
    names = ("low", "high", "inner_low", "inner_high")
    columns = zip(*(getattr(curve, name).tolist() for name in names), strict=True)
    rows = [
        {"x": x, **dict(zip(names, values, strict=True))}
        for x, values in zip(curve.update.tolist(), columns, strict=True)
        if all(math.isfinite(value) for value in values)
    ]
    if logarithmic:
        # The lowest replicate may touch 0, where the median does not: it ends at the frame.
        floor = min(row["inner_low"] for row in rows) / 10
        rows = [{**row, "low": max(row["low"], floor)} for row in rows]
    levels = [{"level": level[0], "label": level[1], "x": rows[-1]["x"]}] if level and rows else []
    form = ("curve", "update", measure, False, logarithmic)
    title = _("{measure} at every update", measure=_(measure))
    return Chart(title, description, form, rows, levels)


def series_chart(x: str, y: str, points: Sequence[tuple[float, float]]) -> Chart:
    """Return a chart of a measure against a parameter, a line with points."""
    rows = [{"x": float(a), "y": float(b)} for a, b in points if math.isfinite(float(b))]
    spread = [row["x"] for row in rows if row["x"] > 0]
    logarithmic = len(spread) == len(rows) > 1 and max(spread) / min(spread) >= 50
    description = _listed(f"{row['x']:g}: {row['y']:.4g}" for row in rows)
    form = ("series", x, y, logarithmic, False)
    title = _("{measure} against {what}", measure=translated(y), what=translated(x))
    return Chart(title, description, form, rows, [])


def band_chart(kind: str, lines: Sequence[Sequence[float]], top: float) -> Chart:
    """Return a chart of an error rate over the people, with its exact band, on an axis to ``top``.

    ``lines``: people, rate, low, high. ``kind``: of the frames, told in the title.
    """
    rows = [dict(zip(("x", "y", "low", "high"), map(float, line), strict=True)) for line in lines]
    description = _listed(f"{row['x']:g}: {row['y']:.4g}" for row in rows)
    # the axis of charts that stand side by side ends at the same rate: a level that is not labelled
    levels = [{"level": top, "label": "", "x": rows[0]["x"]}]
    rate = _("error rate, {kind}", kind=translated(kind))
    form = ("band", "people", rate, True, False)
    title = _("error rate against people, {kind}", kind=translated(kind))
    return Chart(title, description, form, rows, levels)


def compared_chart(
    measure: str, x: str, lines: Sequence[Sequence[Sequence[float]]], description: str
) -> Chart:
    """Return a chart of one measure of several trainings, each with a colour and dash of its own.

    ``lines``: a list a training, of points (x, low, middle, high), all finite.
    """
    names = ("x", "low", "y", "high")
    rows = [
        {**dict(zip(names, map(float, point), strict=True)), "line": float(number)}
        for number, line in enumerate(lines)
        for point in line
    ]
    middles = [row["y"] for row in rows]
    least, most = min(middles, default=0.0), max(middles, default=0.0)
    logarithmic = measure == "loss" and least > 0 and math.log10(most / least) > 1.5
    if logarithmic:  # the lowest replicate may touch 0, where no middle does
        rows = [{**row, "low": max(row["low"], least / 3)} for row in rows]
    form = ("compared", x, measure, False, logarithmic)
    return Chart(f"{measure} of every training", description, form, rows, [])


def _listed(pairs: Iterable[str]) -> str:
    return _(", ").join(map(digits, pairs))


def draw(charts: Sequence[Chart]) -> list[Markup]:
    """Draw charts, in their order; a failed one is replaced by a message."""
    if not charts:
        return []
    standing: list[Markup] = []
    with progress("drawing the report", "charts") as told, ThreadPoolExecutor(1) as pool:
        locale = _locale()
        drawn = pool.map(lambda spec: _to_svg(spec, locale), (_filled(chart) for chart in charts))
        for number, (chart, svg) in enumerate(zip(charts, drawn, strict=True)):
            standing.append(_standing(number, chart, svg))
            told(number + 1, len(charts))
    return standing


def _locale() -> dict[str, Any]:
    """Return how the language writes numbers, as Vega is told of it; nothing for English."""
    if spoken().is_source:
        return {}
    thousands, decimal = spoken().marks
    told = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}
    return {"format_locale": told}


def _to_svg(spec: Spec, locale: dict[str, Any]) -> str:
    try:
        return drawing.to_svg(spec, locale)
    except ValueError as error:
        return str(Markup("<p class='message'>This chart could not be drawn: {}</p>").format(error))


def _filled(chart: Chart) -> Spec:
    spec = formed(chart.form)
    for data in spec["data"]:
        if data["name"] in ("rows", "points", "levels"):
            data["values"] = getattr(chart, data["name"])
    for name in {scale["name"] for scale in spec["scales"] if scale["type"] == "log"}:
        # Vega would rule a line for every 1, 2, 3 … 9 of each decade.
        for axis in spec["axes"]:
            if axis["scale"] == name:
                measured = [row["x"] for row in chart.rows]
                axis["values"] = measured if chart.form[0] == "band" else _powers(chart.rows, name)
    return spec


def _powers(rows: list[dict[str, float]], name: str) -> list[float]:
    """Return the powers of ten, six at most, within what a scale, ``x`` or ``y``, spans."""
    keys = {"x"} if name == "x" else set(rows[0]) - {"x", "line"}
    values = [row[key] for row in rows for key in keys]
    first, last = (math.log10(pick(values)) for pick in (min, max))
    exponents = range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)
    return [10.0**exponent for exponent in exponents[:: 1 + len(exponents) // 7]]


def formed(form: Form) -> Spec:
    """Return the Vega specification of a form, without data, its titles in the language spoken."""
    kind, x, y, log_x, log_y = form
    spec: Spec = json.loads(_forms()[form_name(kind, is_whole(kind, y), log_x, log_y)])
    titles = {"x": title_of(x, 50), "y": title_of(y, 24)}
    for axis in spec["axes"]:
        if axis.pop("title", "") and (title := titles[axis["scale"]]):
            axis["title"] = title
    return spec


def is_whole(kind: str, y: str) -> bool:
    """Return whether the vertical axis always goes from 0 to 1."""
    return kind in ("curve", "compared") and y == "accuracy"


def form_name(kind: str, whole: bool, log_x: bool, log_y: bool) -> str:
    """Return what a form is called in forms.json."""
    told = (kind, "whole" * whole, "log x" * log_x, "log y" * log_y)
    return ", ".join(filter(None, told))


@cache
def _forms() -> dict[str, str]:
    # as text: to read it takes a tenth of what a deep copy takes
    return {name: json.dumps(spec) for name, spec in json.loads(FORMS.read_text("utf-8")).items()}


def title_of(text: str, most: int) -> str | list[str]:
    """Return the title of an axis, on several lines where it is longer than the axis."""
    lines = wrap(translated(text), most) or [""]
    return lines if len(lines) > 1 else lines[0]


_NOISE = re.compile(r' (?:role|class|aria-[a-z]+|pointer-events)="[^"]*"')
_GEOMETRY = re.compile(r' (?:d|transform|x2|y2)="[^"]*"')
_DIGITS = re.compile(r"(\d+\.\d{2})\d+")


def _standing(number: int, chart: Chart, svg: str) -> Markup:
    """Make a whole SVG file one that stands in a page: named, scaled by the page, no noise."""
    if not svg.startswith("<svg"):
        return Markup(svg)  # noqa: S704 (its text was escaped where the drawing failed)
    opening, _, body = svg.partition(">")
    size = re.search(r'viewBox="([\d. -]+)"', opening)
    box = size[1] if size else f"0 0 {WIDTH} {HEIGHT}"
    body = _NOISE.sub("", body)
    body = _GEOMETRY.sub(lambda found: _DIGITS.sub(r"\1", found[0]), body)
    name = f"chart-{number + 1}"
    width = float(box.split()[2])
    return Markup(  # noqa: S704 (Vega escapes the text that it draws; ours is escaped here)
        f'<svg class="chart" viewBox="{box}" width="{width:.0f}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">'
        f'{escape(chart.title)}</title><desc id="{name}-desc">{escape(chart.description)}</desc>'
        f"{body}"
    )
