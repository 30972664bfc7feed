"""Recorder: follows the run and records the result of each scenario."""

from __future__ import annotations

import math
import re
import sysconfig
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from numpy.typing import ArrayLike
from pytest_bdd.exceptions import StepDefinitionNotFoundError

from facelab.contract.errors import LONGEST, FacelabError, Lacking, Unoffered
from facelab.contract.history import History
from facelab.contract.interval import Interval
from facelab.contract.system import Capability, Granted, System, limits, title
from facelab.contract.text import one_line
from facelab.contract.verdict import Refused, Verdict, judge
from facelab.playing.features import example_of, family_of, feature_of, scenario_of
from facelab.playing.prerequisites import needs
from facelab.playing.properties import properties_of
from facelab.playing.waivers import Waiver, settle
from facelab.report import coverage, record
from facelab.report.evidence import POINTS, Evidence, curves
from facelab.report.record import Family, Record, Sheet, Step, fields_of

BLOCKED = "blocked by "

LACK = {
    Capability.INITIAL_WEIGHTS: "to begin with the weights that it is given",
    Capability.PHOTO_IDS: "the photos of a batch by number",
    Capability.STOP: "to be stopped",
    Capability.NOBODY: "to answer nobody where no face is seen",
    Capability.LEARNING_RATE: "a learning rate read back (it takes initial weights and photo ids)",
    Granted.ACCURACY: "the accuracy of an update",
    Granted.PROBABILITIES: "probabilities",
    Granted.COUNT: "a count of every frame",
    Granted.SEEDS: "a seed to be set",
}
"""What a system does not offer, in the reason why a scenario is not run."""

_STDLIB = sysconfig.get_path("stdlib")


class LiveSheet:
    """The sheet of the scenario that is being played: where steps put what they find.

    ``waivers``: those of the project. ``long``: histories to be kept whole in files beside the
    report, by the name of the file; ``number``: what this sheet's are named after, as T3.9.
    """

    def __init__(
        self,
        sheet: Sheet,
        seeds: Sequence[int],
        waivers: Sequence[Waiver] = (),
        long: dict[str, History] | None = None,
        number: str = "",
    ) -> None:
        self.sheet = sheet
        self.seeds = seeds
        self.waivers = waivers
        self.number = number
        self._long = {} if long is None else long
        self.lacking = ""
        self.cause = coverage.OTHER
        self.remarks: tuple[str, ...] = ()
        self._current = -1
        self._started = 0.0

    @property
    def step(self) -> Step:
        """The step that is being played."""
        return self.sheet.steps[self._current]

    def judge(
        self,
        measure: str,
        values: ArrayLike,
        allowed: Interval,
        *,
        unit: str = "",
        exact: bool = False,
        details: Sequence[str] = (),
        found: Callable[[int], str] | None = None,
    ) -> None:
        """Record the verdict on a measure, as ``contract.verdict.judge``, with this step.

        A refusal begins with the finding of ``found``, in plain words, on the replicate that
        decides, by its number; it ends with the remarks on the training's history.
        Raises Refused when it is neither accepted nor waived.
        """
        seeds = self.seeds[: np.size(values)]
        verdict = judge(
            measure, values, allowed, unit=unit, exact=exact, seeds=seeds, details=details
        )
        if verdict.accepted:
            self.step.verdicts.append(verdict.as_dict())
            return
        told = [found(_deciding(verdict))] if found else []
        verdict = replace(verdict, details=(*verdict.details, *self.remarks))
        refusal = "; ".join([*told, str(verdict)])
        verdict = replace(verdict, details=(*told, *verdict.details))
        self.step.verdicts.append(verdict.as_dict())
        waiver = next((w for w in self.waivers if w.covers(self.sheet, self.step)), None)
        if waiver is None:
            raise Refused(refusal)
        self.step.waiver = waiver.as_dict()
        self.step.message = f"{refusal}; waived by {waiver.who} until {waiver.until}"

    def show(self, *evidence: Evidence) -> None:
        """Write evidence down with this step."""
        self.step.evidence += evidence

    def show_curves(self, title: str, history: History) -> None:
        """Write loss and accuracy down; of many updates, keep them all in a file beside."""
        shown = curves(title, history)
        if history.updates > POINTS:
            shown["file"] = self._keep(history)
        self.show(shown)

    def _keep(self, history: History) -> str:
        """Return the name of the file for a history, the same when it is shown again."""
        for name, kept in self._long.items():
            if kept is history:
                return name
        stem, number = "curves-" + re.sub(r"[^\w.-]+", "-", self.number), 1
        name = f"{stem}.csv"
        while name in self._long:
            number += 1
            name = f"{stem}-{number}.csv"
        self._long[name] = history
        return name

    def lacks(self, system: System, needed: Capability | Granted) -> bool:
        """Return whether a system lacks what the step needs; then the step is not run.

        The steps after it are played all the same: what they judge is judged.
        """
        granted = isinstance(needed, Granted)
        if granted and needed not in limits(system):
            return False
        if not granted and needed in system.capabilities:
            return False
        reason = f"{title(system)} does not offer {LACK[needed]}"
        self.pass_over(reason, coverage.SYSTEM)
        return True

    def pass_over(self, reason: str, cause: str = coverage.OTHER) -> None:
        """Leave this step out, and play the later ones; the scenario is then run in part."""
        self.lacking = self.lacking or reason
        self.cause = cause
        self.step.verdict, self.step.message = record.NOT_RUN, reason

    def leave_out(self, reason: str, *, by_choice: bool = False) -> NoReturn:
        """End the scenario at this step: the later steps are not run.

        ``by_choice``: because the run was not asked for it.
        """
        self.cause = coverage.CHOICE if by_choice else coverage.OTHER
        self.step.verdict, self.step.message = record.NOT_RUN, reason
        pytest.skip(reason)

    def settle(self) -> None:
        """Skip the scenario when all its steps held, but one needed a missing capability.

        Its verdicts stay: it is then run in part.
        """
        held = {record.ACCEPTED, record.RESERVED, record.NOT_RUN}
        if self.lacking and {step.verdict for step in self.sheet.steps} <= held:
            pytest.skip(self.lacking)

    def begin(self) -> None:
        """Turn to the next step."""
        self._current += 1
        self._started = time.perf_counter()

    def fail(self, error: Exception) -> None:
        """Close the step with the verdict that an exception means."""
        if isinstance(error, Lacking):
            self.cause = coverage.SYSTEM if isinstance(error, Unoffered) else coverage.GALLERY
        self.end(*verdict_on(error))

    def end(self, verdict: str, message: str = "") -> None:
        """Close the step; one that needed a missing capability stays not run.

        A waiver turns accepted into a reservation.
        """
        if verdict == record.ACCEPTED and self.step.waiver:
            verdict, message = record.RESERVED, self.step.message
        if not (verdict == record.ACCEPTED and self.step.message):
            self.step.verdict = verdict
            self.step.message = message
        self.step.duration = time.perf_counter() - self._started


class Recorder:
    """Keeps the record of a run. ``document``: the title block; ``run``: its setting.

    ``source`` is where the frames came from, once a scenario has asked for it.
    """

    def __init__(
        self,
        document: dict[str, str],
        run: dict[str, Any],
        root: Path,
        waivers: Sequence[Waiver] = (),
    ) -> None:
        self.record = Record(document, run)
        self.root = root
        self.waivers = waivers
        self.today = datetime.now(UTC).date()
        self.long: dict[str, History] = {}
        self.source: object = None
        self.live: dict[str, LiveSheet] = {}

    def announce(self, items: list[pytest.Item], collected: Sequence[pytest.Item] = ()) -> None:
        """Open a sheet for every scenario of the run, in order.

        Other ``collected`` ones are recorded as deselected.
        """
        families: dict[str, Family] = {}
        valid = [waiver for waiver in self.waivers if waiver.until >= self.today]
        for item in items:
            if (feature := feature_of(item)) is None:
                continue
            name = family_of(feature)
            file = item.path.relative_to(self.root).as_posix()
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

    def blocking(self, item: pytest.Item) -> list[str]:
        """Return the prerequisites of an item that were not accepted."""
        feature = feature_of(item)
        if feature is None:
            return []
        verdicts = {family.id: family.verdict for family in self.record.families}
        accepted = (record.ACCEPTED, record.RESERVED)
        return sorted(name for name in needs(feature) if verdicts.get(name) not in accepted)

    def close(self) -> None:
        """Give the sheets that the run never came to their reason, and settle the waivers."""
        for live in self.live.values():
            if live.sheet.verdict == record.NOT_RUN and not live.sheet.reason:
                live.cause = coverage.ENDED
                self._leave_out(live, "the run ended before")
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
                sheet.verdict = record.RESERVED if waived else record.ACCEPTED
                sheet.reason = "; ".join(waived)
            return
        sheet.verdict, sheet.reason = verdict_on(call.excinfo.value)
        if sheet.verdict == record.NOT_RUN:
            self._leave_out(live, sheet.reason)
        if isinstance(call.excinfo.value, Refused | FacelabError | StepDefinitionNotFoundError):
            report.longrepr = f"{sheet.file}:{sheet.line}: {sheet.verdict}: {sheet.reason}"


def _deciding(verdict: Verdict) -> int:
    """Return the number of the replicate that would have to move to turn the verdict."""
    margins = [verdict.allowed.margin(value) for value in verdict.values]
    order = sorted(range(len(margins)), key=lambda n: (not math.isnan(margins[n]), margins[n]))
    return order[verdict.tolerated] if order else 0


def verdict_on(error: BaseException) -> tuple[str, str]:
    """Return the verdict that an exception means for a scenario, and the reason in one line."""
    reason = one_line(" ".join(str(error).split()), 10 * LONGEST) or type(error).__name__
    if isinstance(error, pytest.skip.Exception):
        return (record.BLOCKED if reason.startswith(BLOCKED) else record.NOT_RUN), reason
    if isinstance(error, Lacking):
        return record.NOT_RUN, reason
    if isinstance(error, StepDefinitionNotFoundError):
        return record.UNDEFINED, reason
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return record.REFUSED, reason
    if isinstance(error, FacelabError):
        return record.ERROR, reason
    return record.ERROR, f"{type(error).__name__}: {reason}{_where(error)}"


def _where(error: BaseException) -> str:
    """Return the last place of one's own that an exception came through, as `` (file.py:7)``."""
    places = [
        f" ({Path(frame.filename).name}:{frame.lineno})"
        for frame in traceback.extract_tb(error.__traceback__)
        if "site-packages" not in frame.filename and not frame.filename.startswith(_STDLIB)
    ]
    return places[-1] if places else ""


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
    name = f"{scenario.name} ({', '.join(told)})" if told else scenario.name
    prose = " ".join((scenario.description or "").split())
    return Sheet(name, item.nodeid, file, scenario.line_number, tags, prose, steps)
