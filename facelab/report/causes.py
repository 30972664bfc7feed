"""Causes: anomalies that have one cause are one, however many scenarios they refuse."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from facelab.languages.speech import _
from facelab.report.outline import Entry, Outline
from facelab.report.record import REFUSED
from facelab.report.wording import ANOMALIES

OF_ANSWERS = {"R7", "R8", "R10"}
"""The requirements on answers and counts: who is taken for another fails them all."""

MOST = 0.8
"""Share of a person's wrong answers from which on they name one other person."""


@dataclass(frozen=True)
class Cause:
    """Anomalies of one verdict that have one cause. ``told``: what it is, where they share it."""

    entries: list[Entry]
    told: str

    @property
    def first(self) -> Entry:
        """The anomaly that stands for them all."""
        return self.entries[0]

    @property
    def why(self) -> str:
        """What it is, in one line."""
        return self.told or self.first.why


def causes(outlined: Outline) -> list[Cause]:
    """Return the causes of all anomalies: by gravity of their verdict, what explains most first."""
    anomalies = outlined.anomalies
    shared = _shared([entry for entry in anomalies if entry.sheet.verdict == REFUSED])
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in anomalies:
        told = shared.get(entry.anomaly, entry.why)
        found.setdefault((entry.sheet.verdict, told), []).append(entry)
    all_ = [
        Cause(entries, told if len(entries) > 1 else "") for (_, told), entries in found.items()
    ]
    return sorted(
        all_, key=lambda one: (ANOMALIES.index(one.first.sheet.verdict), -len(one.entries))
    )


def _shared(entries: list[Entry]) -> dict[str, str]:
    """Return, by anomaly, the cause that a refusal shares with others, where there is one.

    The gravest explanation first: people who are exchanged; a line that several refusals have in
    common, such as what is wrong with a training in a known way; the same measure refused.
    """
    told: dict[str, str] = {}
    if exchange := _exchanged(entries):
        told = {entry.anomaly: exchange for entry in entries if _on_answers(entry)}
    rest = [entry for entry in entries if entry.anomaly not in told]
    for lines in ({e.anomaly: e.details for e in rest}, {e.anomaly: _measures(e) for e in rest}):
        left = {name: own for name, own in lines.items() if name not in told}
        times = Counter(line for own in left.values() for line in own)
        best = {name: max(own, key=times.__getitem__, default="") for name, own in left.items()}
        told |= {name: line for name, line in best.items() if times[line] > 1}
    return told


def _measures(entry: Entry) -> list[str]:
    return [
        f"{verdict.get('measure')}: {verdict.get('threshold')} demanded"
        for verdict in entry.refused_criteria
    ]


def _on_answers(entry: Entry) -> bool:
    """Whether a refusal follows when people are exchanged: answers, counts, replayed losses."""
    replayed = any("calculated" in measure for measure in _measures(entry))
    kinds = {e.get("kind") for step in entry.sheet.steps for e in step.evidence}
    asked = bool(kinds & {"predictions", "tally", "strip"})
    return replayed or asked or bool(OF_ANSWERS & set(entry.sheet.requirements))


def _exchanged(entries: list[Entry]) -> str:
    """Return who is answered as whom where each of several people is answered as one other."""
    taken: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for expected, predicted in _answers(entries):
        taken[expected][predicted] += 1
    pairs = {}
    for person, answers in taken.items():
        other, times = answers.most_common(1)[0]
        if other != person and times >= MOST * answers.total():
            pairs[person] = other
    if len(pairs) < 2 or len(set(pairs.values())) < len(pairs):
        return ""  # when all are answered as one person, nobody is exchanged
    said = ", ".join(
        _("{person} as {other}", person=person, other=other)
        for person, other in list(pairs.items())[:6]
    )
    return _(
        "people are exchanged: {said}. Labels look shifted or swapped, where it learns or where "
        "it answers; that refuses answers, counts and losses that are calculated again",
        said=said,
    )


def _answers(entries: list[Entry]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        for step in entry.sheet.steps:
            for evidence in step.evidence:
                if evidence.get("kind") == "predictions":
                    for row in evidence["rows"]:
                        yield str(row["expected"]), str(row["predicted"])
