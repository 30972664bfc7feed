"""Outline: the record in the order and with the numbers of the document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from facelab.languages.speech import _, translated
from facelab.report.coverage import DESELECTED, LeftOut, cause_of, left_out
from facelab.report.figures import Figure, Figures, Shown
from facelab.report.record import (
    ACCEPTED,
    CHOICE,
    NOT_RUN,
    PARTLY,
    RESERVED,
    Family,
    Record,
    Sheet,
    Step,
    shown_whole,
)
from facelab.report.wording import ANOMALIES


@dataclass(frozen=True)
class Played:
    """A step with the figures that it shows."""

    step: Step
    shown: list[Shown]

    @property
    def again(self) -> dict[tuple[str, str], list[Shown]]:
        """What of them was shown before, by the number and the anchor of the sheet."""
        found: dict[tuple[str, str], list[Shown]] = {}
        for shown in self.shown:
            if shown.again:
                found.setdefault(shown.figure.sheet, []).append(shown)
        return found


@dataclass(frozen=True)
class Entry:
    """A scenario in the document. ``place``: 2 of ``number`` T1.2; ``anomaly``: A1, or empty.

    ``cause``: why it was not run, or only in part; empty when it was run whole.
    """

    place: int
    number: str
    anchor: str
    family: Family
    sheet: Sheet
    steps: list[Played]
    anomaly: str
    cause: str

    @property
    def verdict(self) -> str:
        """How its verdict is shown."""
        return self.sheet.shown

    @property
    def sparks(self) -> Figure | None:
        """The first figure of it that has small curves."""
        return next((s.figure for p in self.steps for s in p.shown if s.figure.sparks), None)

    @property
    def stopped(self) -> Step | None:
        """The step that decided a verdict other than accepted."""
        held = (ACCEPTED, RESERVED, NOT_RUN)
        return next((s for s in self.sheet.steps if s.verdict not in held), None)

    @property
    def line(self) -> int:
        """The line in the feature where it stopped, or where it begins."""
        return (self.stopped.line if self.stopped else 0) or self.sheet.line

    @property
    def why(self) -> str:
        """Why it is not accepted, in one line."""
        return self.sheet.reason or (self.stopped.message if self.stopped else "")

    @property
    def waivers(self) -> list[dict[str, str]]:
        """The waivers that accept what would be refused."""
        return [step.waiver for step in self.sheet.steps if step.waiver]

    @property
    def details(self) -> list[str]:
        """The lines of what was refused, each once."""
        told = (str(line) for v in self.refused_criteria for line in v.get("details") or ())
        return list(dict.fromkeys(told))

    @property
    def refused_criteria(self) -> list[dict[str, Any]]:
        """The criteria that were not met and are not waived."""
        unmet = [s for s in self.sheet.steps if not s.waiver]
        return [v for s in unmet for v in s.verdicts if not v.get("accepted")]


@dataclass(frozen=True)
class Chapter:
    """A family in the document. ``deselected``: how many more scenarios it has."""

    anchor: str
    family: Family
    entries: list[Entry]
    deselected: int = 0

    @property
    def verdict(self) -> str:
        """How its verdict is shown: "partly run" where a scenario of it was not run whole."""
        shown = [entry.verdict for entry in self.entries]
        return shown_whole([*shown, NOT_RUN] if self.deselected else shown)

    @property
    def tally(self) -> str:
        """How many of its scenarios are accepted, and what was not run of the others."""
        shown = [entry.verdict for entry in self.entries] + [NOT_RUN] * self.deselected
        chosen = sum(e.cause == CHOICE and e.verdict == NOT_RUN for e in self.entries)
        told = {
            translated(PARTLY): shown.count(PARTLY),
            translated(NOT_RUN): shown.count(NOT_RUN) - chosen,
            _("left out by choice"): chosen,
        }
        parts = [f"{number} {what}" for what, number in told.items() if number]
        came = _("{number} of {all}", number=self.accepted, all=len(shown))
        return ", ".join([came, *parts])

    @property
    def after(self) -> list[str]:
        """The families that it depends on, from its tags."""
        tags = {t for e in self.entries for t in e.sheet.tags if t.startswith("after:")}
        return sorted(tag.removeprefix("after:") for tag in tags)

    @property
    def accepted(self) -> int:
        """How many of its scenarios are accepted."""
        return sum(entry.sheet.verdict == ACCEPTED for entry in self.entries)

    @property
    def measured(self) -> list[dict[str, Any]]:
        """What its scenarios measured, each once."""
        found: dict[tuple[object, ...], dict[str, Any]] = {}
        for entry in self.entries:
            for step in entry.sheet.steps:
                for verdict in step.verdicts:
                    key = (verdict.get("measure"), verdict.get("shown"), verdict.get("threshold"))
                    found.setdefault(key, {**verdict, "waived": bool(step.waiver)})
        return list(found.values())

    @property
    def told(self) -> list[dict[str, Any]]:
        """What of it is listed: of many, exact checks that were met are only counted."""
        if len(self.measured) <= 8:
            return self.measured
        return [v for v in self.measured if not (v.get("exact") and v.get("accepted"))]

    @property
    def untold(self) -> int:
        """How many are only counted."""
        return len(self.measured) - len(self.told)

    @property
    def replicates(self) -> int:
        """How many replicates most of its criteria have; 0 where none has several."""
        counts = [len(v.get("values") or ()) for v in self.measured]
        several = [count for count in counts if count > 1]
        return max(set(several), key=several.count) if several else 0

    @property
    def answers(self) -> list[Figure]:
        """Its tables of predictions and tallies, each once."""
        shown = [s.figure for e in self.entries for p in e.steps for s in p.shown]
        kinds = ("predictions", "tally")
        return list({f.anchor: f for f in shown if f.kind in kinds}.values())


@dataclass(frozen=True)
class Outline:
    """The chapters, with all figures drawn."""

    record: Record
    chapters: list[Chapter]

    @property
    def entries(self) -> list[Entry]:
        """All scenarios, in order."""
        return [entry for chapter in self.chapters for entry in chapter.entries]

    @property
    def anomalies(self) -> list[Entry]:
        """The scenarios that prevent acceptance, in the order of their numbers."""
        found = [entry for entry in self.entries if entry.anomaly]
        return sorted(found, key=lambda entry: int(entry.anomaly[1:]))

    def blocking(self, entry: Entry) -> list[Chapter]:
        """The families that a scenario waits for and that were not accepted."""
        waits = [
            chapter for chapter in self.chapters if f"after:{chapter.family.id}" in entry.sheet.tags
        ]
        return [c for c in waits if c.family.verdict not in (ACCEPTED, RESERVED)]

    @property
    def reserved(self) -> list[Entry]:
        """The scenarios that hold with a reservation: by a waiver, or at a second try only."""
        return [
            entry
            for entry in self.entries
            if entry.verdict == RESERVED or (entry.verdict == PARTLY and entry.waivers)
        ]

    @property
    def left_out(self) -> list[LeftOut]:
        """The scenarios not run, or only in part, by cause."""
        return left_out(self.record)

    @property
    def reservations(self) -> list[LeftOut]:
        """What of that is a reservation: all but what was left out by choice or not selected."""
        free = (CHOICE, DESELECTED)
        return [group for group in self.left_out if group.cause not in free or group.partly]

    def of(self, sheet: Sheet) -> Entry:
        """Return the entry of a scenario."""
        return next(entry for entry in self.entries if entry.sheet is sheet)

    def at(self, node: str) -> Entry | None:
        """Return the entry of a scenario by its node, None where it is not of this run."""
        return next((entry for entry in self.entries if entry.sheet.node == node), None)

    def counts(self) -> dict[str, int]:
        """How many scenarios are shown with each verdict."""
        verdicts = [entry.verdict for entry in self.entries]
        return {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}


def outline(record: Record, *, draw: bool = True) -> Outline:
    """Number families, scenarios, anomalies and figures, and draw the figures."""
    figures, anomalies = Figures(), _anomalies(record)
    chapters: list[Chapter] = []
    taken: set[str] = set()
    for family in record.families:
        anchor = _anchor(family.id, taken)
        entries = []
        for place, sheet in enumerate(family.sheets, 1):
            number = f"{family.id}.{place}"
            here = (number, f"{anchor}-{place}")
            steps = [Played(s, [figures.show(e, here) for e in s.evidence]) for s in sheet.steps]
            anomaly = anomalies.get(id(sheet), "")
            cause = cause_of(record, sheet)
            entries.append(Entry(place, *here, family, sheet, steps, anomaly, cause))
        deselected = sum(one["family"] == family.id for one in record.deselected)
        chapters.append(Chapter(anchor, family, entries, deselected))
    if draw:
        figures.draw()
    return Outline(record, chapters)


def _anomalies(record: Record) -> dict[int, str]:
    sheets = [sheet for family in record.families for sheet in family.sheets]
    found = [sheet for verdict in ANOMALIES for sheet in sheets if sheet.verdict == verdict]
    return {id(sheet): f"A{number}" for number, sheet in enumerate(found, 1)}


def _anchor(name: str, taken: set[str]) -> str:
    """Return an anchor made of a name, one that is not taken, and take it."""
    anchor = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "family"
    while anchor in taken:
        anchor += "x"
    taken.add(anchor)
    return anchor
