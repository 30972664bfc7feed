"""Record: what a run leaves behind, as plain data, written as JSON and read back.

A ``Record`` holds ``Family`` records (a feature file each), they hold ``Sheet`` records (a
scenario each), they hold ``Step`` records with the verdicts and the evidence of each step.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facelab.errors import FacelabError
from facelab.files import write_atomically

SCHEMA = 1
"""Version of the JSON; a reader refuses any other."""

ACCEPTED, RESERVED = "accepted", "accepted with reservations"
REFUSED, BLOCKED, NOT_RUN = "refused", "blocked", "not run"
ERROR, UNDEFINED = "error", "undefined"

FIELDS = (
    "Description",
    "Constraints",
    "Dependencies",
    "Inputs",
    "Expected results",
    "Validation criteria",
    "Observed in 2019",
)
"""The headings of a feature's prose: the source's five fields (its test procedure has three
parts) and what was observed there."""


@dataclass
class Step:
    """A step of a scenario as it went. ``duration`` in seconds, ``evidence`` as ``Sheet.show``."""

    keyword: str
    text: str
    verdict: str = NOT_RUN
    duration: float = 0.0
    message: str = ""
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Sheet:
    """A scenario as it went. ``line``: where it stands in the feature file."""

    name: str
    node: str
    file: str
    line: int
    tags: list[str]
    prose: str
    steps: list[Step]
    verdict: str = NOT_RUN
    reason: str = ""
    duration: float = 0.0

    @property
    def requirements(self) -> list[str]:
        """The requirements it covers, R1 … R12, in their order."""
        return sorted((t for t in self.tags if re.fullmatch(r"R\d+", t)), key=lambda t: int(t[1:]))


@dataclass
class Family:
    """A feature: its id (T0 …), its title, its fields by heading, and its scenarios."""

    id: str
    title: str
    file: str
    fields: dict[str, str]
    sheets: list[Sheet] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """The worst of its scenarios; a part not run is a reservation."""
        return combine(sheet.verdict for sheet in self.sheets)


@dataclass
class Record:
    """A whole run. ``document``: the title block. ``run``: environment, seeds, source, system."""

    document: dict[str, str]
    run: dict[str, Any]
    families: list[Family] = field(default_factory=list)
    schema: int = SCHEMA

    @property
    def verdict(self) -> str:
        """The verdict over all families."""
        return combine(family.verdict for family in self.families)


def combine(verdicts: Iterable[str]) -> str:
    """Return the verdict on a whole from those on its parts.

    >>> combine(["accepted", "not run"]), combine(["accepted", "refused"]), combine([])
    ('accepted with reservations', 'refused', 'not run')
    """
    parts = set(verdicts)
    for worst in (REFUSED, ERROR, UNDEFINED, BLOCKED):
        if worst in parts:
            return worst
    if not parts & {ACCEPTED, RESERVED}:
        return NOT_RUN
    return ACCEPTED if parts == {ACCEPTED} else RESERVED


def fields_of(prose: str) -> dict[str, str]:
    r"""Return the parts of a feature's prose by their headings.

    >>> fields_of("Description: a\n b\nInputs: c")
    {'Description': 'a b', 'Inputs': 'c'}
    """
    heading = "|".join(FIELDS)
    parts = re.split(rf"^\s*({heading}):", prose, flags=re.MULTILINE)
    return {
        name: " ".join(text.split()) for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def write_record(path: Path, record: Record) -> None:
    """Write the record as JSON, whole or not at all; numbers that are not finite as text."""
    families = [{**vars(family), "verdict": family.verdict} for family in record.families]
    data = {**vars(record), "verdict": record.verdict, "families": families}
    text = json.dumps(_plain(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    write_atomically(path, text.encode())


def read_record(path: Path) -> Record:
    """Read a record back. Raises FacelabError when the file is none, or of another version."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA:
            raise FacelabError(
                f"{path}: received schema {data['schema']}, allowed is {SCHEMA}; run pytest again"
            )
        if not isinstance(data["document"], dict) or not isinstance(data["run"], dict):
            raise TypeError("document and run must be objects")
        families = [_family(plain) for plain in data["families"]]
        return Record(data["document"], data["run"], families)
    except OSError as error:
        raise FacelabError(f"{path}: {error.strerror}; run pytest to write a report") from error
    except (ValueError, KeyError, TypeError) as error:
        raise FacelabError(f"{path}: not a facelab report ({error!r}); run pytest again") from error


def _family(plain: dict[str, Any]) -> Family:
    sheets = [
        Sheet(**{**sheet, "steps": [Step(**step) for step in sheet["steps"]]})
        for sheet in plain["sheets"]
    ]
    return Family(plain["id"], plain["title"], plain["file"], plain["fields"], sheets)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Family | Sheet | Step):
        value = vars(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
