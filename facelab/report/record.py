"""Record: the result of a run as plain data, written as JSON and read back.

A ``Record`` holds ``Family`` records (a feature file each), they hold ``Sheet`` records (a
scenario each), they hold ``Step`` records with the verdicts and the evidence of each step.
"""

from __future__ import annotations

import errno
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten
from typing import Any

from facelab.base.files import reason, write_atomically
from facelab.contract.errors import FacelabError
from facelab.contract.text import quoted

SCHEMA = 2
"""Version of the JSON, which ``record.schema.json`` describes; a reader refuses any other."""

LARGEST = 256 << 20
"""Bytes of a record, at most."""

ACCEPTED, RESERVED = "accepted", "accepted with reservations"
REFUSED, BLOCKED, NOT_RUN = "refused", "blocked", "not run"
ERROR, UNDEFINED = "error", "undefined"
INCOMPLETE = "incomplete"
"""The verdict on a run that was to leave nothing out, and did."""
INTERRUPTED = "interrupted"
"""The verdict on a run that ended before its end, and had nothing against the system until then."""
PARTLY = "partly run"
"""How a whole is shown of which a part was run, and accepted: a book, a family, a scenario. A
record says ``RESERVED`` of such a family and scenario."""

CHOICE = "choice"
"""The cause of a scenario that is not run because the run was not asked for it."""

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
    """A step of a scenario after the run. ``duration`` in seconds, ``evidence`` as ``Sheet.show``.

    ``waiver``: the waiver that accepts its refused measures, empty when there is none. ``line``:
    its line in the feature file, 0 when that is not known.
    """

    keyword: str
    text: str
    verdict: str = NOT_RUN
    duration: float = 0.0
    message: str = ""
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    waiver: dict[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass
class Sheet:
    """A scenario after the run. ``line``: its line in the feature file."""

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
        """The requirements it names, R1 … R14, in their order."""
        return requirements_of(self.tags)

    @property
    def checks(self) -> list[Step]:
        """Its steps under Then, each with what follows it by And or But."""
        found, kind = [], ""
        for step in self.steps:
            kind = step.keyword if step.keyword in ("Given", "When", "Then") else kind
            if kind == "Then":
                found.append(step)
        return found

    @property
    def judged(self) -> list[Step]:
        """Those of its checks that held, or were waived."""
        return [step for step in self.checks if step.verdict in (ACCEPTED, RESERVED)]

    @property
    def partly(self) -> bool:
        """Whether some of it was judged and held, and some of it was not run."""
        left_out = any(step.verdict == NOT_RUN for step in self.steps)
        return self.verdict in (RESERVED, NOT_RUN) and left_out and bool(self.judged)

    @property
    def shown(self) -> str:
        """The verdict for the reader: "partly run" where the scenario was run in part."""
        return PARTLY if self.partly else self.verdict


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
    """A whole run. ``document``: the title block. ``run``: environment, seeds, source, system.

    For the annexes: ``waivers`` with what became of each, ``phrases`` with what each means,
    ``recordings`` (the manifest's fingerprint and rows), empty for a source without one.
    ``causes``: why a scenario was not run, as ``coverage.CAUSES``, by its node. ``deselected``:
    family, name, node and requirements of each scenario that pytest was told to leave out.
    ``unplayed``: the features of the book of which it collected nothing, by their files.
    ``since``: what changed since the last accepted run, empty where none is kept.
    """

    document: dict[str, str]
    run: dict[str, Any]
    families: list[Family] = field(default_factory=list)
    waivers: list[dict[str, str]] = field(default_factory=list)
    phrases: list[dict[str, str]] = field(default_factory=list)
    recordings: dict[str, Any] = field(default_factory=dict)
    causes: dict[str, str] = field(default_factory=dict)
    deselected: list[dict[str, Any]] = field(default_factory=list)
    unplayed: list[str] = field(default_factory=list)
    since: dict[str, Any] = field(default_factory=dict)
    schema: int = SCHEMA

    @property
    def verdict(self) -> str:
        """The verdict over what was played; what was left out by choice counts for nothing.

        A person of whom no face is found is a reservation, whatever the scenarios say.
        """
        played = combine(sheet.verdict for sheet in self.sheets if not self.chosen(sheet))
        if played == ACCEPTED and self.run.get("never_seen"):
            played = RESERVED
        if played not in (ACCEPTED, RESERVED, NOT_RUN):
            return played
        if self.run.get("interrupted"):
            return INTERRUPTED
        if self.run.get("nothing_left_out") and (self.left_out or self.part):
            return INCOMPLETE
        return PARTLY if self.part and played != NOT_RUN else played

    @property
    def part(self) -> bool:
        """Whether it was a part of the book that was selected."""
        return bool(self.deselected or self.unplayed)

    @property
    def whole(self) -> bool:
        """Whether the whole book was played to its end: only then is there something to sign."""
        return bool(self.families) and not (self.part or self.run.get("interrupted"))

    @property
    def signable(self) -> bool:
        """Whether there is something to sign: the whole book, of which something was judged."""
        return self.whole and self.verdict != NOT_RUN

    def chosen(self, sheet: Sheet) -> bool:
        """Return whether a scenario was left out by choice, and might be."""
        chosen = sheet.verdict == NOT_RUN and self.causes.get(sheet.node) == CHOICE
        return chosen and not self.run.get("nothing_left_out")

    @property
    def sheets(self) -> list[Sheet]:
        """All scenarios, in order."""
        return [sheet for family in self.families for sheet in family.sheets]

    @property
    def left_out(self) -> list[Sheet]:
        """The scenarios that were not run, or only in part."""
        return [sheet for sheet in self.sheets if sheet.shown in (PARTLY, NOT_RUN)]

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """All evidence, in the order of its steps."""
        return [shown for sheet in self.sheets for step in sheet.steps for shown in step.evidence]


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


def shown_whole(shown: Iterable[str]) -> str:
    """Return how a whole is shown, from how its parts are: one that lacks a part is "partly run".

    >>> shown_whole(["accepted", "not run"]), shown_whole(["accepted", "accepted"])
    ('partly run', 'accepted')
    """
    parts = set(shown)
    whole = combine(RESERVED if part == PARTLY else part for part in parts)
    return PARTLY if whole == RESERVED and parts & {PARTLY, NOT_RUN} else whole


def requirements_of(tags: Iterable[str]) -> list[str]:
    """Return the requirements among tags, in their order.

    >>> requirements_of(["R10", "T1", "R4"])
    ['R4', 'R10']
    """
    return sorted((t for t in tags if re.fullmatch(r"R\d+", t)), key=lambda t: int(t[1:]))


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
    """Write the record as JSON, whole or not at all."""
    write_atomically(path, encode_record(record))


def encode_record(record: Record) -> bytes:
    """Return the record as JSON; numbers that are not finite as text."""
    families = [{**vars(family), "verdict": family.verdict} for family in record.families]
    data = {**vars(record), "verdict": record.verdict, "families": families}
    text = json.dumps(_plain(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return encoded(text)


def encoded(text: str) -> bytes:
    """Return a text as UTF-8; what is no character, as half of a pair, becomes a question mark."""
    return text.encode("utf-8", "replace")


OPTIONAL = ("causes", "deselected", "unplayed", "since")
"""What records of 1.0 do not have."""


def read_record(path: Path, *, check: bool = True) -> Record:
    """Read a record back, checked against the schema unless facelab itself has kept it.

    Raises FacelabError, in one line, when the file is none, of another version, or not whole.
    """
    data = _parsed(path)
    version = data.get("schema", SCHEMA) if isinstance(data, dict) else SCHEMA
    if type(version) is not int or version != SCHEMA:
        told = quoted(version) if isinstance(version, str | int | float) else "something else"
        raise FacelabError(f"{path}: received schema {told}, allowed is {SCHEMA}; run pytest again")
    if check and (what := _fault(data)):
        raise FacelabError(f"{path}: not a facelab report ({what}); run pytest again")
    parts = {name: data[name] for name in ("document", "run", "waivers", "phrases", "recordings")}
    parts |= {name: data[name] for name in OPTIONAL if name in data}
    return Record(families=[_family(plain) for plain in data["families"]], **parts)


def _parsed(path: Path) -> Any:
    """Return what a file holds as JSON, also one that a shell pipes: `<(git show …)`."""
    try:
        if path.is_fifo() and path.absolute().parts[1] not in ("dev", "proc"):
            raise OSError(errno.EINVAL, "no regular file")  # it might wait for ever
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise FacelabError(f"{path}: {reason(error)}; run pytest to write a report") from error
    try:
        if len(content) > LARGEST:
            raise ValueError(f"larger than {LARGEST >> 20} MB")
        if not content.strip():
            raise ValueError("an empty file")
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        why: object = error
        if isinstance(error, RecursionError):
            why = "nested too deeply"
        elif isinstance(error, UnicodeDecodeError):
            why = "no text in UTF-8"
        raise FacelabError(f"{path}: not a facelab report ({why}); run pytest again") from error


def _fault(data: object) -> str:
    """Return the first thing in which data breaks the schema, empty when there is none."""
    from jsonschema import Draft202012Validator, exceptions  # half of the cost of a short run

    schema = json.loads(Path(__file__).with_name("record.schema.json").read_text(encoding="utf-8"))
    worst = exceptions.best_match(Draft202012Validator(schema).iter_errors(data))
    return "" if worst is None else f"{worst.json_path}: {shorten(worst.message, 200)}"


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
        # a curve, most of a record; a sum is finite where all its terms are
        if set(map(type, value)) <= {int, float} and math.isfinite(sum(value)):
            return list(value)
        return [_plain(item) for item in value]
    if isinstance(value, Family | Sheet | Step):
        value = vars(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
