"""Annexes: the recordings in numbers, and the document's tables as CSV links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from facelab.report.csvlink import csv_address
from facelab.report.outline import Outline
from facelab.report.requirements import Row


@dataclass(frozen=True)
class RecordedSet:
    """A set of files in a manifest, in numbers. ``settings``: sittings and lights, in words."""

    name: str
    files: int
    people: int
    settings: str


@dataclass(frozen=True)
class Recordings:
    """The manifest of the frames: a row a set, the whole list as the address of a link."""

    sha256: str
    sets: list[RecordedSet]
    csv: str

    @property
    def files(self) -> int:
        """How many files it lists."""
        return sum(one.files for one in self.sets)


def read_recordings(plain: dict[str, Any]) -> Recordings | None:
    """Count a record's ``recordings`` up; None when the source had no manifest."""
    rows: list[dict[str, str]] = plain.get("rows", [])
    if not rows:
        return None
    sets = []
    for name in dict.fromkeys(row["set"] for row in rows):
        of_set = [row for row in rows if row["set"] == name]
        settings = [sorted({row.get(key, "") for row in of_set}) for key in ("sitting", "light")]
        told = "; ".join(", ".join(filter(None, values)) for values in settings if any(values))
        sets.append(RecordedSet(name, len(of_set), len({row["person"] for row in of_set}), told))
    names = list(rows[0])
    address = csv_address(names, [[row.get(name, "") for name in names] for row in rows])
    return Recordings(plain.get("sha256", ""), sets, address)


def scenarios_csv(outlined: Outline) -> str:
    """Return the summary's address: a line a scenario."""
    names = ("sheet", "scenario", "verdict", "reason", "requirements", "seconds", "file", "line")
    return csv_address(
        names,
        [
            (
                entry.number,
                entry.sheet.name,
                entry.verdict,
                entry.why,
                " ".join(entry.sheet.requirements),
                f"{entry.sheet.duration:.3f}",
                entry.sheet.file,
                entry.sheet.line,
            )
            for entry in outlined.entries
        ],
    )


def criteria_csv(outlined: Outline) -> str:
    """Return the address of all that was measured: a line a criterion, with every value."""
    names = ("sheet", "step", "measure", "measured", "demanded", "margin", "accepted", "values")
    return csv_address(
        names,
        [
            (
                entry.number,
                f"{step.keyword} {step.text}",
                *(verdict.get(key, "") for key in ("measure", "shown", "threshold", "margin")),
                "yes" if verdict.get("accepted") else "waived" if step.waiver else "no",
                " ".join(str(value) for value in verdict.get("values", [])),
            )
            for entry in outlined.entries
            for step in entry.sheet.steps
            for verdict in step.verdicts
        ],
    )


def matrix_csv(rows: Sequence[Row]) -> str:
    """Return the address of the matrix: a line a requirement and scenario that covers it."""
    return csv_address(
        ("requirement", "text", "sheet", "verdict"),
        [
            (row.id, row.text, entry.number, entry.verdict)
            for row in rows
            for cell in row.cells
            for entry in cell
        ],
    )
