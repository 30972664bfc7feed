"""Figures: the evidence of all steps, numbered; equal evidence is drawn once."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from facelab.contract.number import measured
from facelab.languages.speech import N_, _, digits, translated
from facelab.report import charts, wording
from facelab.report.csvlink import csv_address
from facelab.report.curve import Curve, read_curve, sparkline
from facelab.report.tables import PICTURE, read_predictions, read_tally

THEORY = "theory"
"""How the facts begin that are told once a family, and then only where they differ."""

STRIPES = 6
"""Patterns by which the people of a strip are told apart."""


@dataclass
class Figure:
    """A piece of evidence, ready to be shown.

    ``kind`` names the template, ``label`` is what it is cited by ("Figure 3"; facts have none),
    ``data`` is what the template needs, ``drawn`` its charts, ``sheet`` the number and the
    anchor of the sheet where it stands.
    """

    kind: str
    title: str
    label: str = ""
    anchor: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    charts: list[charts.Chart] = field(default_factory=list)
    drawn: list[Markup] = field(default_factory=list)
    sparks: dict[str, str] = field(default_factory=dict)
    sheet: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Shown:
    """A figure where a step shows it; ``again`` when it was shown before."""

    figure: Figure
    title: str
    again: bool


class Figures:
    """Collects evidence in the order of the document; ``draw`` then draws all charts together."""

    def __init__(self) -> None:
        self._known: dict[str, Figure] = {}
        self._counts = {"Figure": 0, "Table": 0}
        self._theory: Figure | None = None

    def show(self, evidence: dict[str, Any], sheet: tuple[str, str] = ("", "")) -> Shown:
        """Return the figure for a piece of evidence of a sheet, known by number and anchor.

        A damaged one is replaced by a message.
        """
        title = evidence.get("title") if evidence.get("kind") == "facts" else ""
        key = json.dumps({**evidence, "title": title}, sort_keys=True, default=str)
        again = key in self._known
        if not again:
            self._known[key] = self._number(_read(evidence))
            figure = self._known[key]
            figure.sheet = sheet
            if figure.kind == "facts" and figure.title.startswith(THEORY):
                whole = replace(figure)
                _what_differs(figure, self._theory)
                self._theory = whole
        return Shown(self._known[key], str(evidence.get("title", "")), again)

    def _number(self, figure: Figure) -> Figure:
        name = N_("Table") if figure.kind in ("predictions", "tally") else N_("Figure")
        if figure.kind not in ("damaged", "facts"):
            self._counts[name] += 1
            figure.label = f"{_(name)} {self._counts[name]}"
            figure.anchor = f"{name.lower()}-{self._counts[name]}"
        return figure

    def draw(self) -> None:
        """Draw the charts of all figures."""
        wanted = [figure for figure in self._known.values() if figure.charts]
        drawn = iter(charts.draw([chart for figure in wanted for chart in figure.charts]))
        for figure in wanted:
            figure.drawn = [next(drawn) for _ in figure.charts]


def _read(evidence: dict[str, Any]) -> Figure:
    figure = Figure(str(evidence.get("kind")), str(evidence.get("title", "")))
    try:
        _READERS[figure.kind](figure, evidence)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # One piece of evidence that cannot be read must not cost the owner the whole document.
        what = f"{type(error).__name__}: {error}"
        return Figure("damaged", figure.title, data={"kind": figure.kind, "what": what})
    return figure


def _read_facts(figure: Figure, evidence: dict[str, Any]) -> None:
    write = wording.setting if figure.title == "parameters" else wording.fact
    figure.data = {str(name): write(value) for name, value in evidence["values"].items()}


def _what_differs(figure: Figure, before: Figure | None) -> None:
    """Leave of a theory only what is another than on the sheet before of the same family."""
    if before is None or before.sheet[0].partition(".")[0] != figure.sheet[0].partition(".")[0]:
        return
    same = {name for name, value in figure.data.items() if before.data.get(name) == value}
    if same:
        figure.data = {name: value for name, value in figure.data.items() if name not in same}
        figure.title = _(
            "{title}, else as on {sheet}", title=translated(figure.title), sheet=before.sheet[0]
        )


def _read_curves(figure: Figure, evidence: dict[str, Any]) -> None:
    people = int(evidence["people"])
    chance = math.log(people) if people > 1 else 0.0
    loss, accuracy = read_curve(evidence["loss"]), read_curve(evidence["accuracy"])
    figure.charts = [
        charts.curve_chart("loss", loss, _told(loss), (chance, _("chance"))),
        charts.curve_chart("accuracy", accuracy, _told(accuracy), (1 / people, _("chance"))),
    ]
    figure.data = {
        "updates": int(evidence["updates"]),
        "updates_per_epoch": int(evidence["updates_per_epoch"]),
        "people": people,
        "chance": (digits(f"{chance:.3g}"), digits(f"{1 / people:.2g}")),
        "seeds": list(evidence["seeds"]),
        "joined": len(loss.update) < int(evidence["updates"]),
        "strange": loss.strange + accuracy.strange,
        "logarithmic": figure.charts[0].form[4],
        "told": {"loss": _ends(loss), "accuracy": _ends(accuracy)},
    }
    # A long curve was kept whole in a file beside the page, under a name that the run gave it.
    beside = str(evidence.get("file", ""))
    if re.fullmatch(r"curves-[\w.-]+\.csv", beside):
        figure.data["beside"] = beside
    elif not figure.data["strange"]:
        figure.data["csv"] = _curves_csv(evidence)
    top = max(2 * chance, 0.1)
    figure.sparks = {"loss": sparkline(loss, top), "accuracy": sparkline(accuracy, 1.0)}


def _curves_csv(evidence: dict[str, Any]) -> str:
    names, columns = ["update"], [evidence["loss"]["update"]]
    for number, seed in enumerate(evidence["seeds"]):
        for measure in ("loss", "accuracy"):
            for end in ("low", "high"):
                names.append(f"{measure}, seed {seed}, {end}")
                columns.append(evidence[measure][end][number])
    if evidence["loss"]["low"] == evidence["loss"]["high"]:  # every value, not the ends of bins
        names, columns = names[:1] + names[1::2], columns[:1] + columns[1::2]
        names = [name.removesuffix(", low") for name in names]
    return csv_address(names, zip(*columns, strict=True))


def _ends(curve: Curve) -> tuple[str, str]:
    first, last = curve.middle[0], curve.middle[-1]
    return translated(measured(first)), translated(measured(last))


def _told(curve: Curve) -> str:
    first, last = _ends(curve)
    known = [value for value in (*curve.low, *curve.high) if math.isfinite(value)]
    told = _("The median replicate starts at {first} and ends at {last}", first=first, last=last)
    if known:
        least, most = translated(measured(min(known))), translated(measured(max(known)))
        told += _("; lowest {least}, highest {most}", least=least, most=most)
    return f"{told}."


def _read_predictions(figure: Figure, evidence: dict[str, Any]) -> None:
    figure.data = {"predictions": read_predictions(evidence)}


def _read_tally(figure: Figure, evidence: dict[str, Any]) -> None:
    figure.data = {"tally": read_tally(evidence)}


def _read_series(figure: Figure, evidence: dict[str, Any]) -> None:
    x, y, points = str(evidence["x"]), str(evidence["y"]), list(evidence["points"])
    figure.charts = [charts.series_chart(x, y, points)]
    told = [[wording.fact(v) for v in p] for p in points]
    figure.data = {"x": x, "y": y, "points": told, "csv": csv_address((x, y), points)}


def _read_growth(figure: Figure, evidence: dict[str, Any]) -> None:
    bands = {str(name): [list(line) for line in lines] for name, lines in evidence["bands"].items()}
    top = max(line[3] for lines in bands.values() for line in lines)
    figure.charts = [charts.band_chart(name, lines, top) for name, lines in bands.items()]
    lines = [[name, *line] for name, of_one in bands.items() for line in of_one]
    names = ("frames", "people", "error rate", "low", "high")
    told = [
        [name, digits(f"{n:,}"), *(translated(measured(r, "%")) for r in rates)]
        for name, n, *rates in lines
    ]
    figure.data = {"told": told, "wish": str(evidence["wish"]), "csv": csv_address(names, lines)}


def _read_strip(figure: Figure, evidence: dict[str, Any]) -> None:
    rows = {
        N_("before the webcam"): [(str(who), int(frames)) for who, frames in evidence["truth"]],
        N_("counted"): [(str(who), int(frames)) for who, frames in evidence["counted"]],
    }
    total = max(sum(frames for _, frames in runs) for runs in rows.values())
    lines, told = [], []
    for row, runs in rows.items():
        first, blocks = 1, []
        for who, frames in runs:
            last = first + frames - 1
            blocks.append((who, first, last, 100 * (first - 1) / total, 100 * frames / total))
            lines.append((row, who, first, last))
            first = last + 1
        told.append((row, blocks))
    # whoever is counted has a colour; several together, or somebody partly in view, share a grey
    names = dict.fromkeys(who for who, _ in rows["counted"])
    colours = {who: f"s{number % STRIPES}" for number, who in enumerate(names)}
    csv = csv_address(("row", "who", "first frame", "last frame"), lines)
    figure.data = {"rows": told, "colours": colours, "csv": csv}


def _read_picture(figure: Figure, evidence: dict[str, Any]) -> None:
    if not PICTURE.fullmatch(evidence["picture"]):
        raise ValueError("no picture that lies in the record")
    figure.data = {"picture": evidence["picture"]}


_READERS = {
    "facts": _read_facts,
    "curves": _read_curves,
    "predictions": _read_predictions,
    "tally": _read_tally,
    "series": _read_series,
    "strip": _read_strip,
    "growth": _read_growth,
    "picture": _read_picture,
}
