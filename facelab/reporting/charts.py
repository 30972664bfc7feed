"""Charts: curves and series drawn by Altair as SVG that stands in a page.

Altair and vl-convert are imported when the first chart is drawn. Three things keep twenty charts
near two seconds on two cores: the engine of vl-convert starts (1 s) while Altair is imported
(1 s); a chart's form is written by Altair once and filled with other data; and charts that differ
are drawn side by side in threads.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from facelab.reporting.curve import Curve

WIDTH, HEIGHT = 300, 150
LINE = "#1f5f99"
"""The colour of a measure. The style sheet turns it lighter in the dark, by this very value."""

LEVEL = "#9a4a00"
"""The colour of a level that a measure is held against."""

Spec = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """A chart to draw. ``form``: which one, as arguments of ``_form``; ``rows``, ``levels``: data.

    ``title`` is read out by a screen reader, with ``description``.
    """

    title: str
    description: str
    form: tuple[str, str, str, bool, bool]
    rows: list[dict[str, float]]
    levels: list[dict[str, Any]]


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
    return Chart(f"{measure} at every update", description, form, rows, levels)


def series_chart(x: str, y: str, points: Sequence[tuple[float, float]]) -> Chart:
    """Return a chart of a measure against a parameter, a line with points."""
    rows = [{"x": float(a), "y": float(b)} for a, b in points if math.isfinite(float(b))]
    spread = [row["x"] for row in rows if row["x"] > 0]
    logarithmic = len(spread) == len(rows) > 1 and max(spread) / min(spread) >= 50
    description = ", ".join(f"{row['x']:g}: {row['y']:.4g}" for row in rows)
    return Chart(f"{y} against {x}", description, ("series", x, y, logarithmic, False), rows, [])


def draw(charts: Sequence[Chart]) -> list[Markup]:
    """Draw charts, in their order; one that cannot be drawn says so in its place."""
    if not charts:
        return []
    with ThreadPoolExecutor(2) as pool:
        pool.submit(_to_svg, {"mark": "point", "data": {"values": []}})
        specs = [_filled(chart) for chart in charts]
        drawn = list(pool.map(_to_svg, specs))
    return [_standing(number, *pair) for number, pair in enumerate(zip(charts, drawn, strict=True))]


def _to_svg(spec: Spec) -> str:
    import vl_convert

    try:
        svg: str = vl_convert.vegalite_to_svg(spec)
    except ValueError as error:
        reason = str(error).partition(" at ")[0]
        return str(Markup("<p class='message'>This chart could not be drawn: {}</p>").format(reason))
    return svg


def _filled(chart: Chart) -> Spec:
    spec = copy.deepcopy(_form(*chart.form))
    spec["data"] = {"values": chart.rows}
    if chart.form[0] == "curve":
        for layer in spec["layer"][-2:]:
            layer["data"] = {"values": chart.levels}
        if len(chart.rows) > 40:
            del spec["layer"][2]  # points, for a curve so short that its outline may not be seen
    return spec


@cache
def _form(kind: str, x: str, y: str, log_x: bool, log_y: bool) -> Spec:
    import altair as alt

    def scale(logarithmic: bool, zero: bool) -> alt.Scale:
        if logarithmic:
            return alt.Scale(type="log", nice=False)
        return alt.Scale(zero=zero, nice=zero)

    horizontal = alt.X("x:Q", title=x, scale=scale(log_x, zero=False))
    vertical = {"title": y, "scale": scale(log_y, zero=True)}
    if y == "accuracy" and kind == "curve":
        vertical["scale"] = alt.Scale(domain=[0, 1])
    build = _curve_layers if kind == "curve" else _series_layers
    chart = alt.layer(*build(horizontal, vertical), data=alt.InlineData(values=[]))
    spec: Spec = _styled(chart.properties(width=WIDTH, height=HEIGHT)).to_dict(validate=False)
    del spec["datasets"]  # only the empty ones of this form
    return spec


def _curve_layers(x: Any, vertical: dict[str, Any]) -> list[Any]:
    import altair as alt

    base = alt.Chart().encode(x=x)
    low = alt.Y("low:Q", stack=None, **vertical)
    inner = alt.Y("inner_low:Q", stack=None, **vertical)
    levels = alt.Chart(alt.InlineData(values=[])).encode(y=alt.Y("level:Q", **vertical))
    return [
        base.mark_area(color=LINE, opacity=0.22).encode(y=low, y2="high:Q"),
        # Where a column is one update this area has no height: its outline is the median line.
        base.mark_area(color=LINE, stroke=LINE, strokeWidth=1.2).encode(y=inner, y2="inner_high:Q"),
        base.mark_point(color=LINE, filled=True, size=18, opacity=1).encode(y=inner),
        levels.mark_rule(color=LEVEL, strokeDash=[5, 3]),
        levels.mark_text(color=LEVEL, align="left", dx=4, fontSize=11).encode(
            x="x:Q", text="label:N"
        ),
    ]


def _series_layers(x: Any, vertical: dict[str, Any]) -> list[Any]:
    import altair as alt

    base = alt.Chart().encode(x=x, y=alt.Y("y:Q", **vertical))
    points = base.mark_point(color=LINE, filled=True, size=40, opacity=1)
    return [base.mark_line(color=LINE, strokeWidth=1.4), points]


def _styled(chart: Any) -> Any:
    ink = "currentColor"
    return (
        chart.configure(aria=False, background="transparent", font="sans-serif")
        .configure_axis(
            labelColor=ink, titleColor=ink, tickColor=ink, domainColor=ink, gridColor=ink,
            gridOpacity=0.13, labelFontSize=11, titleFontSize=11, titleFontWeight="normal",
            tickCount=5, labelFlush=False,
        )
        .configure_view(stroke=None)
    )  # fmt: skip


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
