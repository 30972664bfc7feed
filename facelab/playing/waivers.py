"""Waivers: refusals that a reviewer accepts, with the reason and an end.

``reports/waivers.toml`` holds a table a waiver::

    [[waiver]]
    scenario = "No probe is answered wrong"
    phrase = "none of them is answered wrong"
    reason = "One probe shows a face half out of the frame; recorded anew in March."
    who = "A. Reviewer"
    until = 2027-03-31

``scenario`` is the scenario's name, ``phrase`` the sentence of the step without its keyword. The
measures of that step then refuse nothing: the scenario continues and is accepted with reservations.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from facelab.base.files import reason
from facelab.contract.errors import FacelabError
from facelab.report.record import RESERVED, Record, Sheet, Step

PLACE = Path("reports", "waivers.toml")
"""Where waivers stand, below the project's root."""

APPLIED = "applied"
"""The state of a waiver without which something were refused."""


@dataclass(frozen=True)
class Waiver:
    """One waiver; it counts up to and on the day ``until``."""

    scenario: str
    phrase: str
    reason: str
    who: str
    until: date

    def names(self, sheet: Sheet) -> bool:
        """Return whether it means a scenario; the name of an outline means all its examples."""
        return sheet.name == self.scenario or sheet.name.startswith(f"{self.scenario} (")

    def covers(self, sheet: Sheet, step: Step) -> bool:
        """Return whether it means a step of a scenario."""
        return self.names(sheet) and step.text == self.phrase

    def as_dict(self) -> dict[str, str]:
        """Return plain data for the record."""
        return {**asdict(self), "until": self.until.isoformat()}


def read_waivers(root: Path) -> tuple[Waiver, ...]:
    """Return the waivers of a project, none when it has no such file.

    Raises FacelabError, in one line, for the first thing in the file that is not a waiver.
    """
    try:
        text = (root / PLACE).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "no text in UTF-8"
        raise FacelabError(f"{PLACE}: cannot be read ({why}); repair or remove it") from error
    try:
        content = tomllib.loads(text)
    except ValueError as error:
        raise FacelabError(f"{PLACE}: not TOML ({error}); correct that line") from error
    except RecursionError as error:
        raise FacelabError(f"{PLACE}: nested too deeply; correct it") from error
    for name in content:
        if name != "waiver":
            raise FacelabError(f"{PLACE}: received {name!r}, allowed are [[waiver]] tables only")
    tables = content.get("waiver", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise FacelabError(f"{PLACE}: received one [waiver], allowed are [[waiver]] tables")
    waivers = [_waiver(number, table) for number, table in enumerate(tables, 1)]
    seen: dict[tuple[str, str], int] = {}
    for number, waiver in enumerate(waivers, 1):
        first = seen.setdefault((waiver.scenario, waiver.phrase), number)
        if first != number:
            raise FacelabError(
                f"{PLACE}: waivers {first} and {number} are for the same phrase of the same "
                "scenario; remove one"
            )
    return tuple(waivers)


def _waiver(number: int, table: dict[str, Any]) -> Waiver:
    place = f"{PLACE}: waiver {number}"
    needed = [field.name for field in fields(Waiver)]
    for name in (*needed, *table):
        if name not in needed:
            raise FacelabError(f"{place}: received {name!r}, allowed are {', '.join(needed)}")
        if name not in table:
            raise FacelabError(f"{place}: {name!r} is missing; needed are {', '.join(needed)}")
    until = table["until"]
    if not isinstance(until, date) or isinstance(until, datetime):
        raise FacelabError(
            f"{place}: until: received {until!r}, allowed is a day without quotes, as 2027-03-31"
        )
    texts = {}
    for name in needed[:-1]:
        if not isinstance(table[name], str) or not table[name].strip():
            raise FacelabError(f"{place}: {name}: received {table[name]!r}, allowed is a text")
        texts[name] = " ".join(table[name].split())
    return Waiver(**texts, until=until)


def settle(waivers: Sequence[Waiver], record: Record, today: date) -> None:
    """Write the waivers into a finished record, each with what became of it (``state``)."""
    record.waivers = [{**w.as_dict(), "state": _state(w, record, today)} for w in waivers]


def _state(waiver: Waiver, record: Record, today: date) -> str:
    sheets = [s for family in record.families for s in family.sheets if waiver.names(s)]
    steps = [step for sheet in sheets for step in sheet.steps if waiver.covers(sheet, step)]
    if any(step.waiver for step in steps):
        return APPLIED
    if waiver.until < today:
        return f"expired on {waiver.until}; it counts no more"
    if not sheets:
        return "matches no scenario of this run"
    if not steps:
        return "matches no phrase of its scenario"
    if all(step.verdict in ("accepted", RESERVED) for step in steps):
        return "not needed: what it waives was accepted"
    return "without effect: no measure of its phrase was refused"
