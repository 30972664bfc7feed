"""Coverage: how much of the book a run shows, what was not run, and why, in one headline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from facelab.languages.speech import N_, _, digits, translated
from facelab.report.record import (
    ACCEPTED,
    BLOCKED,
    CHOICE,
    ERROR,
    NOT_RUN,
    PARTLY,
    REFUSED,
    RESERVED,
    UNDEFINED,
    Record,
    Sheet,
)
from facelab.report.wording import count, share

SYSTEM, GALLERY, ENDED, OTHER = "system", "gallery", "ended", "other"
"""Why a scenario was not run, as a record keeps it, beside ``CHOICE``."""
DESELECTED = "deselected"
"""The same of what pytest was told to leave out; a record lists it apart."""

CAUSES = {
    SYSTEM: (N_("The system does not offer it"), N_("for what the system does not offer")),
    GALLERY: (N_("The gallery does not have it"), N_("for what the gallery does not have")),
    CHOICE: (N_("Left out by choice"), N_("left out by choice")),
    DESELECTED: (N_("Not selected"), N_("not selected")),
    ENDED: (N_("The run ended before"), N_("because the run ended before")),
    OTHER: (N_("For another reason"), N_("for another reason")),
}
"""Each cause as a heading, and after a number. What a system lacks comes first."""

_OLD = {
    r" does not offer ": SYSTEM,
    r"^(the gallery|not all photos|nobody plays|there is nobody but|the numbers are)": GALLERY,
    r"run pytest --people ": CHOICE,
    r"^the run ended before$": ENDED,
}
"""By its reason, the cause in a record of 1.0, which keeps none."""


@dataclass(frozen=True)
class Reason:
    """One reason, and the scenarios that were not run for it, or only in part."""

    text: str
    sheets: list[Sheet]

    @property
    def degrees(self) -> list[tuple[str, list[Sheet]]]:
        """Which were not run, and which in part, each with a word for it where both are."""
        whole = [sheet for sheet in self.sheets if not sheet.partly]
        partly = [sheet for sheet in self.sheets if sheet.partly]
        return [(word, some) for word, some in (("", whole), (N_("in part "), partly)) if some]


@dataclass(frozen=True)
class LeftOut:
    """All that was not run for one cause. ``names``: of scenarios that have no sheet."""

    cause: str
    reasons: list[Reason]
    names: list[str]

    @property
    def heading(self) -> str:
        """The cause as a heading."""
        return CAUSES[self.cause][0]

    @property
    def number(self) -> int:
        """How many scenarios."""
        return sum(len(reason.sheets) for reason in self.reasons) + len(self.names)

    @property
    def lacking(self) -> list[str]:
        """What the system does not offer, each once, in the words of the reasons."""
        told = (reason.text.partition(" does not offer ")[2] for reason in self.reasons)
        return list(dict.fromkeys(filter(None, told))) if self.cause == SYSTEM else []

    @property
    def partly(self) -> bool:
        """Whether some of it was run in part."""
        return any(sheet.partly for reason in self.reasons for sheet in reason.sheets)

    @property
    def why(self) -> str:
        """The cause after a number."""
        what = f" ({', '.join(map(translated, self.lacking))})" if self.lacking else ""
        return f"{_(CAUSES[self.cause][1])}{what}"

    def __str__(self) -> str:
        return f"{digits(f'{self.number:,}')} {self.why}"


def left_out(record: Record) -> list[LeftOut]:
    """Return the scenarios not run, or only in part, by cause; blocked ones stand apart."""
    found: dict[str, dict[str, list[Sheet]]] = {}
    for sheet in record.left_out:
        reasons = found.setdefault(cause_of(record, sheet), {})
        reasons.setdefault(sheet.reason or N_("no reason was given"), []).append(sheet)
    names = [f"{one['family']} {one['name']}" for one in record.deselected]
    return [
        LeftOut(
            cause,
            [Reason(text, sheets) for text, sheets in found.get(cause, {}).items()],
            names if cause == DESELECTED else [],
        )
        for cause in CAUSES
        if cause in found or (cause == DESELECTED and names)
    ]


def cause_of(record: Record, sheet: Sheet) -> str:
    """Return why a scenario was not run, or only in part; empty when it was run whole."""
    if sheet.shown not in (PARTLY, NOT_RUN):
        return ""
    told = record.causes.get(sheet.node)
    if told in CAUSES:
        return told
    known = (cause for sign, cause in _OLD.items() if re.search(sign, sheet.reason))
    return next(known, OTHER)


def counts(record: Record) -> dict[str, int]:
    """Return how many scenarios are shown with each verdict, the gravest first.

    Those that were left out by choice, or not selected, are not counted.
    """
    shown = [sheet.shown for sheet in record.sheets if not record.chosen(sheet)]
    known = (REFUSED, ERROR, UNDEFINED, BLOCKED, RESERVED, PARTLY, NOT_RUN, ACCEPTED)
    order = dict.fromkeys([*known, *shown])
    return {verdict: shown.count(verdict) for verdict in order if verdict in shown}


def unplayed(record: Record) -> list[str]:
    """Return the features of the book of which nothing was selected, by id or by name of file."""
    played = {family.id for family in record.families}
    left = [one["family"] for one in record.deselected if one["family"] not in played]
    files = [PurePosixPath(file).stem for file in record.unplayed]
    ids = [found[0] if (found := re.match(r"T\d+(?=_)", name)) else name for name in files]
    return list(dict.fromkeys([*left, *ids]))


def selection(record: Record) -> str:
    """Return how large a part of the book was selected; empty for the whole book."""
    if not record.part:
        return ""
    played = len(record.families)
    features = played + len(unplayed(record))
    said = _(
        "a part of the book: {played} of {features}",
        played=played,
        features=count(features, "feature"),
    )
    ids = {family.id for family in record.families}
    left = sum(one["family"] in ids for one in record.deselected)
    total = len(record.sheets) + left
    if not left:
        return said
    here = digits(f"{len(record.sheets):,}")
    return said + _(
        ", {played} of their {total} scenarios", played=here, total=digits(f"{total:,}")
    )


def headline(record: Record) -> str:
    """Return how much was accepted, the other verdicts, and the causes of what was not run.

    And whose face is found on no photo: of these people nothing was tested.
    """
    found = counts(record)
    total, accepted = sum(found.values()), found.pop(ACCEPTED, 0)
    part = selection(record)
    rate = f", {share(accepted, total)}" if total and not part else ""
    came = _(
        "{accepted} of {scenarios} accepted",
        accepted=digits(f"{accepted:,}"),
        scenarios=count(total, "scenario"),
    )
    came += rate
    others = [
        _("{number} {verdict}", number=digits(f"{number:,}"), verdict=translated(verdict))
        for verdict, number in found.items()
    ]
    groups = [group for group in left_out(record) if group.cause != DESELECTED]
    chosen = sum(map(record.chosen, record.sheets))
    causes = [group for group in groups if group.cause != CHOICE or group.number > chosen]
    why = causes[0].why if len(causes) == 1 else ", ".join(map(str, causes))
    told = _("; ").join(filter(None, [part, came, *others]))
    told += _(": ") + why if why else ""
    if chosen:
        told += _("; {number} more left out by choice", number=digits(f"{chosen:,}"))
    if people := record.run.get("never_seen"):
        told += _("; no face is found on any photo of {people}", people=", ".join(people))
    return told


def demand(record: Record) -> str:
    """Return the gaps of a run with ``--nothing-left-out`` in one line; empty when there is none.

    Blocked scenarios, and those that the end of the run prevented, are gaps too.
    """
    if not record.run.get("nothing_left_out"):
        return ""
    found = counts(record)
    number = sum(found.get(verdict, 0) for verdict in (PARTLY, NOT_RUN, BLOCKED))
    number += len(record.deselected)
    if not number:
        return f"--nothing-left-out: {selection(record)}" if record.part else ""
    total = len(record.sheets) + len(record.deselected)
    was = "was" if number == 1 else "were"
    what = f"{number:,} of {count(total, 'scenario')} {was} not run, or only in part"
    why = [str(group) for group in left_out(record) if group.number]
    why += [f"{found[BLOCKED]} blocked"] if BLOCKED in found else []
    why += [f"{count(len(record.unplayed), 'feature')} not selected"] if record.unplayed else []
    return f"--nothing-left-out: {what}: {', '.join(why)}"
