"""Forms: those of charts as Altair writes them; ``python -m tests.report.forms`` makes forms.json.

A run of the book would otherwise import Altair and compile each form anew.
"""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import vl_convert

from facelab.report import charts
from facelab.report.charts import LEVEL, LINE, Form, Spec, form_name, is_whole

MEASURES = (("loss", False), ("loss", True), ("accuracy", False))
"""Measures of an update, and whether their axis is logarithmic."""

FORMS: list[Form] = [
    *(("curve", "update", measure, False, log) for measure, log in MEASURES),
    *(("compared", "update", measure, False, log) for measure, log in MEASURES),
    *(("series", "photos", "accuracy", log, False) for log in (False, True)),
    ("band", "people", "error rate", True, False),
]
"""All that charts.py asks for."""


def compiled(form: Form) -> Spec:
    """Return the Vega specification of a form, as Altair and Vega-Lite make it."""
    kind, x, y, log_x, log_y = form
    scale = alt.Scale(domain=[0, 1]) if is_whole(kind, y) else _scale(log_y, True)
    horizontal = alt.X("x:Q", title=charts.title_of(x, 50), scale=_scale(log_x, False))
    layers = LAYERS[kind](horizontal, {"title": charts.title_of(y, 24), "scale": scale})
    chart = alt.layer(*layers, data=alt.InlineData(values=[], name="rows"))
    height = charts.TALL if kind == "compared" else charts.HEIGHT
    chart = _styled(chart.properties(width=charts.WIDTH, height=height))
    spec: Spec = vl_convert.vegalite_to_vega(chart.to_dict())
    return spec


def written() -> str:
    """Return what forms.json holds: a form a line."""
    named = {form_name(f[0], is_whole(f[0], f[2]), *f[3:]): compiled(f) for f in FORMS}
    lines = [f"{json.dumps(name)}: {json.dumps(spec)}" for name, spec in named.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _scale(logarithmic: bool, zero: bool) -> Any:
    return alt.Scale(type="log", nice=False) if logarithmic else alt.Scale(zero=zero, nice=zero)


def _curve_layers(x: Any, vertical: dict[str, Any]) -> list[Any]:
    base = alt.Chart().encode(x=x)
    low = alt.Y("low:Q", stack=None, **vertical)
    inner = alt.Y("inner_low:Q", stack=None, **vertical)
    levels = _of("levels").encode(y=alt.Y("level:Q", **vertical))
    return [
        base.mark_area(color=LINE, opacity=0.22).encode(y=low, y2="high:Q"),
        # Where a column is one update this area has no height: its outline is the median line.
        base.mark_area(color=LINE, stroke=LINE, strokeWidth=1.2).encode(y=inner, y2="inner_high:Q"),
        _of("points").encode(x=x, y=inner).mark_point(color=LINE, filled=True, size=18, opacity=1),
        levels.mark_rule(color=LEVEL, strokeDash=[5, 3]),
        levels.mark_text(color=LEVEL, align="left", dx=4, fontSize=11).encode(
            x="x:Q", text="label:N"
        ),
    ]


def _series_layers(x: Any, vertical: dict[str, Any]) -> list[Any]:
    base = alt.Chart().encode(x=x, y=alt.Y("y:Q", **vertical))
    points = base.mark_point(color=LINE, filled=True, size=40, opacity=1)
    return [base.mark_line(color=LINE, strokeWidth=1.4), points]


def _band_layers(x: Any, vertical: dict[str, Any]) -> list[Any]:
    base = alt.Chart().encode(x=x)
    low, rate = (alt.Y(f"{name}:Q", stack=None, **vertical) for name in ("low", "y"))
    return [
        base.mark_area(color=LINE, opacity=0.22).encode(y=low, y2="high:Q"),
        base.mark_line(color=LINE, strokeWidth=1.4).encode(y=rate),
        _of("points").encode(x=x, y=rate).mark_point(color=LINE, filled=True, size=40, opacity=1),
        _of("levels").encode(x="x:Q", y=alt.Y("level:Q", **vertical)).mark_point(opacity=0),
    ]


def _compared_layers(x: Any, vertical: dict[str, Any]) -> list[Any]:
    lines = list(range(len(charts.COMPARED)))
    colours = alt.Scale(domain=lines, range=list(charts.COMPARED))
    dashes = alt.Scale(domain=lines, range=[list(dash) for dash in charts.DASHES])
    base = alt.Chart().encode(x=x, color=alt.Color("line:N", scale=colours, legend=None))
    low, middle = (alt.Y(f"{name}:Q", stack=None, **vertical) for name in ("low", "y"))
    dash = alt.StrokeDash("line:N", scale=dashes, legend=None)
    return [
        base.mark_area(opacity=0.16).encode(y=low, y2="high:Q"),
        base.mark_line(strokeWidth=1.6).encode(y=middle, strokeDash=dash),
    ]


LAYERS = {
    "curve": _curve_layers,
    "series": _series_layers,
    "band": _band_layers,
    "compared": _compared_layers,
}


def _of(data: str) -> Any:
    return alt.Chart(alt.InlineData(values=[], name=data))


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


if __name__ == "__main__":
    charts.FORMS.write_text(written(), "utf-8")
