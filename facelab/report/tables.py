"""Tables: predictions and tallies in numbers, as rows of a page."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from facelab.report.csvlink import csv_address

MATRIX = range(11, 26)
"""For how many people a confusion matrix is shown: fewer need none, more do not fit on paper."""

ROWS = 60
"""Longest table that is shown whole; of a longer one the errors are shown, up to ``ERRORS``."""

ERRORS = 100

COLUMNS = ("file", "expected", "predicted", "error", "probability", "unsure")
"""Of a whole prediction table as CSV."""

PICTURE = re.compile(r"data:image/jpeg;base64,[A-Za-z0-9+/]+={0,2}")
"""A picture that a page may show: no other address, so that none is fetched."""


@dataclass(frozen=True)
class PersonRow:
    """How one person was predicted. ``taken_for``: the wrong answers, most frequent first.

    ``unsure``: the answers of which no name was certain enough, right or wrong.
    """

    person: str
    frames: int
    errors: int
    taken_for: str
    unsure: int

    @property
    def right(self) -> int:
        """How many frames were answered right."""
        return self.frames - self.errors


@dataclass(frozen=True)
class Predictions:
    """A prediction table. ``rows``: those shown, errors first; ``left_out``: how many are not.

    ``matrix`` has a row an expected person, a column a predicted one; empty if it is not shown.
    ``confusions``: (expected, predicted, times), where there are too many people for a matrix.
    ``unsure``: the answers without a certain name; None where the record does not tell.
    ``csv``: the whole table, as the address of a link.
    """

    people: list[str]
    frames: int
    errors: int
    unsure: int | None
    rows: list[dict[str, Any]]
    left_out: int
    summary: list[PersonRow]
    unshown: int
    matrix: list[list[int]]
    confusions: list[tuple[str, str, int]]
    csv: str

    @property
    def pictured(self) -> bool:
        """Whether a photo stands in any of the rows shown."""
        return any(row["photo"] for row in self.rows)


def read_predictions(evidence: dict[str, Any]) -> Predictions:
    """Count up the evidence of kind ``predictions``."""
    people, rows = list(evidence["people"]), list(evidence["rows"])
    rows.sort(key=lambda row: not row["error"])
    errors = sum(bool(row["error"]) for row in rows)
    shown = [{**row, "photo": _photo(row.get("photo"))} for row in listed_rows(rows)]
    pairs = Counter((str(row["expected"]), str(row["predicted"])) for row in rows)
    unsure = Counter(str(row["expected"]) for row in rows if row.get("unsure"))
    summary = [_person_row(person, pairs, unsure[person]) for person in people]
    # Hundreds of people: only those with errors, the worst first.
    told = summary
    if len(people) > max(MATRIX):
        told = sorted((row for row in summary if row.errors), key=lambda row: -row.errors)[:20]
    wrong = [(a, b, n) for (a, b), n in pairs.most_common() if a != b]
    return Predictions(
        people,
        len(rows),
        errors,
        unsure.total() if all("unsure" in row for row in rows) else None,
        shown,
        len(rows) - len(shown),
        told,
        len(summary) - len(told),
        [[pairs[a, b] for b in people] for a in people] if len(people) in MATRIX else [],
        wrong[:15] if len(people) > max(MATRIX) else [],
        csv_address(COLUMNS, [[row.get(name) for name in COLUMNS] for row in rows]),
    )


def listed_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that a page lists, errors first."""
    wrong = [row for row in rows if row["error"]]
    if len(rows) > ROWS:
        return wrong[:ERRORS]
    return wrong + [row for row in rows if not row["error"]]


def _photo(address: object) -> str:
    """Return the address of a picture that lies in the record itself, empty for any other."""
    return address if isinstance(address, str) and PICTURE.fullmatch(address) else ""


def _person_row(person: str, pairs: Counter[tuple[str, str]], unsure: int) -> PersonRow:
    answers = [(b, n) for (a, b), n in pairs.most_common() if a == person]
    wrong = [(b, n) for b, n in answers if b != person]
    named = ", ".join(f"{b} {n}" for b, n in wrong[:4]) + (" …" if len(wrong) > 4 else "")
    return PersonRow(person, sum(n for _, n in answers), sum(n for _, n in wrong), named, unsure)


@dataclass(frozen=True)
class Bar:
    """One person's detections. ``length``: of the bar, 0 … 100, the longest being 100.

    ``unsure``: how many of them were not certain enough; None where that is not known.
    """

    person: str
    count: int
    unsure: int | None
    length: float
    expected: bool


@dataclass(frozen=True)
class Tally:
    """Detections per person over a clip. ``others``: (people, detections, unsure) not shown.

    ``total`` is 0 when it is not known: then no share is shown. ``csv``: all of it, as the address
    of a link.
    """

    person: str
    total: int
    bars: list[Bar]
    others: tuple[int, int, int]
    csv: str

    @property
    def tells_unsure(self) -> bool:
        """Whether it is known how many detections were unsure."""
        return any(bar.unsure is not None for bar in self.bars)


def read_tally(evidence: dict[str, Any], most: int = 12) -> Tally:
    """Count up the evidence of kind ``tally``; a count of None is not known."""
    people, counts = list(evidence["people"]), list(evidence["counts"])
    unsure = evidence.get("unsure")
    known = [
        (str(person), int(n), None if of_them is None else int(of_them))
        for person, n, of_them in zip(people, counts, unsure or [None] * len(people), strict=True)
        if n is not None
    ]
    person = str(evidence["person"])
    ranked = known
    if len(known) > most:
        ranked = sorted(known, key=lambda row: (row[0] != person, -row[1]))
    longest = max((n for _, n, _ in known), default=0) or 1
    bars = [Bar(p, n, u, round(100 * n / longest, 1), p == person) for p, n, u in ranked[:most]]
    rest = ranked[most:]
    total = sum(n for _, n, _ in known) if len(known) == len(people) else 0
    others = len(rest), sum(n for _, n, _ in rest), sum(u or 0 for _, _, u in rest)
    columns = ("person", "frames", "unsure") if unsure else ("person", "frames")
    rows = [row[: len(columns)] for row in known]
    return Tally(person, total, bars, others, csv_address(columns, rows))
