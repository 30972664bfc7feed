"""Recorder: follows the run and records the result of each scenario."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.exceptions import StepDefinitionNotFoundError

from facelab.contract.errors import FacelabError
from facelab.contract.history import History
from facelab.contract.verdict import Refused
from facelab.playing.book_files import told_of
from facelab.playing.examination import Exam
from facelab.playing.features import (
    example_of,
    family_of,
    feature_of,
    repetition_of,
    scenario_of,
)
from facelab.playing.prerequisites import in_book_order, needs
from facelab.playing.properties import properties_of
from facelab.playing.sheet import LiveSheet as LiveSheet
from facelab.playing.sheet import verdict_on
from facelab.playing.waivers import Waiver, settle
from facelab.report import coverage, record
from facelab.report.record import Family, Record, Sheet, Step, fields_of


class Recorder:
    """Keeps the record of a run. ``document``: the title block; ``run``: its setting.

    ``source`` is where the frames came from, once a scenario has asked for it. ``began``: whether
    any scenario was begun. ``exam``: what they shared, once one of them has asked for it.
    """

    def __init__(
        self,
        document: dict[str, str],
        run: dict[str, Any],
        root: Path,
        waivers: Sequence[Waiver] = (),
    ) -> None:
        self.record = Record(document, run)
        self.began = False
        self.root = root
        self.waivers = waivers
        self.today = datetime.now(UTC).date()
        self.long: dict[str, History] = {}
        self.source: object = None
        self.exam: Exam | None = None
        self.live: dict[str, LiveSheet] = {}

    def announce(self, items: list[pytest.Item], collected: Sequence[pytest.Item] = ()) -> None:
        """Open a sheet for every scenario of the run, in the book's order, however it is played.

        Other ``collected`` ones are recorded as deselected.
        """
        families: dict[str, Family] = {}
        valid = [waiver for waiver in self.waivers if waiver.until >= self.today]
        for item in in_book_order(items, collected):
            if (feature := feature_of(item)) is None:
                continue
            name = family_of(feature)
            file = told_of(item.path, self.root)
            family = families.setdefault(
                name, Family(name, feature.name, file, fields_of(feature.description))
            )
            sheet = _sheet(item, file)
            family.sheets.append(sheet)
            number = f"{name}.{len(family.sheets)}"
            seeds = self.record.run["seeds"]
            self.live[item.nodeid] = LiveSheet(sheet, seeds, valid, self.long, number)
        self.record.families = list(families.values())
        if self.live:
            played = set(items)
            left = [item for item in collected if item not in played]
            self.record.deselected = [plain for item in left if (plain := _deselected(item))]
            self.record.unplayed = self._unplayed([*items, *collected])

    def _unplayed(self, collected: Sequence[pytest.Item]) -> list[str]:
        """Return the feature files beside the collected ones, of which nothing was collected."""
        known = {item.path for item in collected if feature_of(item)}
        beside = {file for path in known for file in path.parent.glob("*.feature")}
        return sorted(told_of(file, self.root) for file in beside - known)

    def blocking(self, item: pytest.Item) -> list[str]:
        """Return the prerequisites of an item that were not accepted."""
        feature = feature_of(item)
        if feature is None:
            return []
        verdicts = {family.id: family.verdict for family in self.record.families}
        accepted = (record.ACCEPTED, record.RESERVED)
        return sorted(name for name in needs(feature) if verdicts.get(name) not in accepted)

    def begin(self, item: pytest.Item) -> None:
        """Open the sheet of an item; anew where it is tried again, as by pytest-rerunfailures."""
        if (live := self.live.get(item.nodeid)) is not None:
            self.began = True
            live.open()

    def check(self, item: pytest.Item) -> None:
        """Call a scenario an error that is over, and whose steps were not seen here."""
        live = self.live.get(item.nodeid)
        if live is not None and not live.opened:
            self.began = True
            live.sheet.verdict = record.ERROR
            live.sheet.reason = (
                "its steps were played in another process, unseen by the report; play it without "
                "the plugin that does so"
            )

    def close(self, ending: str) -> None:
        """Give the sheets that the run never came to their reason, and settle the waivers.

        ``ending``: what ended the run where it ended before them.
        """
        for live in self.live.values():
            if live.sheet.verdict == record.NOT_RUN and not live.sheet.reason:
                live.cause = coverage.ENDED
                self._leave_out(live, "the run ended before")
                self.record.run["interrupted"] = ending
        settle(self.waivers, self.record, self.today)

    def note(
        self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport
    ) -> None:
        """Write down how a phase of an item went; shorten the report of what needs no traceback.

        The last phase gives ``--junitxml`` its properties.
        """
        live = self.live.get(item.nodeid)
        if live is None:
            return
        self._judge(live, call, report)
        if call.when == "teardown":
            report.user_properties += properties_of(live.number, live.sheet)

    def _leave_out(self, live: LiveSheet, reason: str) -> None:
        """Write down why a scenario was not run; one that was run in part is a reservation."""
        sheet = live.sheet
        waived = [step.message for step in sheet.steps if step.waiver]
        sheet.verdict, sheet.reason = record.NOT_RUN, "; ".join([*waived, reason])
        if sheet.partly:
            sheet.verdict = record.RESERVED
        self.record.causes[sheet.node] = live.cause

    def _judge(
        self, live: LiveSheet, call: pytest.CallInfo[None], report: pytest.TestReport
    ) -> None:
        sheet = live.sheet
        sheet.duration += call.duration
        if call.excinfo is None:
            if call.when == "call":
                waived = [step.message for step in sheet.steps if step.waiver]
                told = [*waived, *live.tried]
                sheet.verdict = record.RESERVED if told else record.ACCEPTED
                sheet.reason = "; ".join(told)
            return
        sheet.verdict, sheet.reason = verdict_on(call.excinfo.value)
        if sheet.verdict == record.REFUSED and not any(
            step.verdict == record.REFUSED for step in sheet.steps
        ):
            sheet.verdict = record.ERROR  # no step has refused: a fixture or a plugin broke
        if sheet.verdict == record.NOT_RUN:
            self._leave_out(live, sheet.reason)
        if isinstance(call.excinfo.value, Refused | FacelabError | StepDefinitionNotFoundError):
            report.longrepr = f"{sheet.file}:{sheet.line}: {sheet.verdict}: {sheet.reason}"


def _deselected(item: pytest.Item) -> dict[str, Any]:
    """Return what a record says of a scenario that is not played, empty for another test."""
    if (feature := feature_of(item)) is None:
        return {}
    sheet = _sheet(item, item.path.name)
    return {
        "family": family_of(feature),
        "name": sheet.name,
        "node": item.nodeid,
        "requirements": sheet.requirements,
    }


def _sheet(item: pytest.Item, file: str) -> Sheet:
    scenario = scenario_of(item)
    steps = [
        Step(step.keyword.strip(), step.name, line=step.line_number) for step in scenario.steps
    ]
    tags = sorted({*scenario.tags, *scenario.feature.tags})
    example = example_of(item)
    told = [f"{name} {value}" if len(example) > 1 else value for name, value in example.items()]
    told += repetition_of(item)
    name = f"{scenario.name} ({', '.join(told)})" if told else scenario.name
    prose = " ".join((scenario.description or "").split())
    return Sheet(name, item.nodeid, file, scenario.line_number, tags, prose, steps)
