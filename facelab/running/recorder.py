"""Recorder: follows the run and writes down how each scenario went."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike
from pytest_bdd.exceptions import StepDefinitionNotFoundError

from facelab.errors import FacelabError
from facelab.interval import Interval
from facelab.judging.verdict import Refused, judge
from facelab.reporting import record
from facelab.reporting.evidence import Evidence
from facelab.reporting.record import Family, Record, Sheet, Step, fields_of
from facelab.running.features import family_of, feature_of, scenario_of
from facelab.running.prerequisites import needs
from facelab.system import Capability, System, title

BLOCKED = "blocked by "

LACK = {
    Capability.INITIAL_WEIGHTS: "to begin with the weights that it is given",
    Capability.PHOTO_IDS: "the photos of a batch by number",
    Capability.STOP: "to be stopped",
    Capability.LEARNING_RATE: "a learning rate read back (it takes initial weights and photo ids)",
}
"""What a system does not offer, in the reason why a scenario is not run."""


class LiveSheet:
    """The sheet of the scenario that is being played: where steps put what they find."""

    def __init__(self, sheet: Sheet, seeds: Sequence[int]) -> None:
        self.sheet = sheet
        self.seeds = seeds
        self.lacking = ""
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
    ) -> None:
        """Write down the verdict on a measure, as ``judging.verdict.judge``, with this step.

        What the training's history looks like stands with a refusal.
        Raises Refused when it is not accepted.
        """
        seeds = self.seeds[: np.size(values)]
        verdict = judge(
            measure, values, allowed, unit=unit, exact=exact, seeds=seeds, details=details
        )
        if not verdict.accepted:
            verdict = replace(verdict, details=(*verdict.details, *self.remarks))
        self.step.verdicts.append(verdict.as_dict())
        if not verdict.accepted:
            raise Refused(str(verdict))

    def show(self, *evidence: Evidence) -> None:
        """Write evidence down with this step."""
        self.step.evidence += evidence

    def lacks(self, system: System, capability: Capability) -> bool:
        """Tell whether a system lacks what the step needs; then the scenario is not run.

        The steps after it are played all the same: what they refuse is refused.
        """
        if capability in system.capabilities:
            return False
        reason = f"{title(system)} does not offer {LACK[capability]}"
        self.lacking = self.lacking or reason
        self.step.verdict, self.step.message = record.NOT_RUN, reason
        return True

    def settle(self) -> None:
        """Skip the scenario, all steps of which held, when one needed what the system lacks."""
        held = {step.verdict for step in self.sheet.steps} <= {record.ACCEPTED, record.NOT_RUN}
        if self.lacking and held:
            pytest.skip(self.lacking)

    def begin(self) -> None:
        """Turn to the next step."""
        self._current += 1
        self._started = time.perf_counter()

    def fail(self, error: Exception) -> None:
        """Close the step with the verdict that an exception means."""
        self.end(*verdict_on(error))

    def end(self, verdict: str, message: str = "") -> None:
        """Close the step; one that needed what the system lacks stays not run."""
        if not (verdict == record.ACCEPTED and self.step.message):
            self.step.verdict = verdict
            self.step.message = message
        self.step.duration = time.perf_counter() - self._started


class Recorder:
    """Keeps the record of a run. ``title_block``: the document's fields; ``run``: its setting."""

    def __init__(self, document: dict[str, str], run: dict[str, Any], root: Path) -> None:
        self.record = Record(document, run)
        self.root = root
        self.live: dict[str, LiveSheet] = {}

    def announce(self, items: list[pytest.Item]) -> None:
        """Open a sheet for every scenario that is going to be played, in order."""
        families: dict[str, Family] = {}
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
            self.live[item.nodeid] = LiveSheet(sheet, self.record.run["seeds"])
        self.record.families = list(families.values())

    def blocking(self, item: pytest.Item) -> list[str]:
        """Return the prerequisites of an item that were not accepted."""
        feature = feature_of(item)
        if feature is None:
            return []
        verdicts = {family.id: family.verdict for family in self.record.families}
        accepted = (record.ACCEPTED, record.RESERVED)
        return sorted(name for name in needs(feature) if verdicts.get(name) not in accepted)

    def close(self) -> None:
        """Give the sheets that the run never came to their reason."""
        for live in self.live.values():
            if live.sheet.verdict == record.NOT_RUN and not live.sheet.reason:
                live.sheet.reason = "the run ended before"

    def note(
        self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport
    ) -> None:
        """Write down how a phase of an item went; shorten the report of what needs no traceback."""
        live = self.live.get(item.nodeid)
        if live is None:
            return
        sheet = live.sheet
        sheet.duration += call.duration
        if call.excinfo is None:
            if call.when == "call":
                sheet.verdict = record.ACCEPTED
            return
        sheet.verdict, sheet.reason = verdict_on(call.excinfo.value)
        if isinstance(call.excinfo.value, Refused | FacelabError | StepDefinitionNotFoundError):
            report.longrepr = f"{sheet.file}:{sheet.line}: {sheet.verdict}: {sheet.reason}"


def verdict_on(error: BaseException) -> tuple[str, str]:
    """Return the verdict that an exception means for a scenario, and the reason in one line."""
    reason = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, pytest.skip.Exception):
        return (record.BLOCKED if reason.startswith(BLOCKED) else record.NOT_RUN), reason
    if isinstance(error, StepDefinitionNotFoundError):
        return record.UNDEFINED, reason
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return record.REFUSED, reason
    if isinstance(error, FacelabError):
        return record.ERROR, reason
    return record.ERROR, f"{type(error).__name__}: {reason}"


def _sheet(item: pytest.Item, file: str) -> Sheet:
    scenario = scenario_of(item)
    steps = [Step(step.keyword.strip(), step.name) for step in scenario.steps]
    tags = sorted({*scenario.tags, *scenario.feature.tags})
    example = item.name.partition("[")[2].rstrip("]")
    name = f"{scenario.name} ({example})" if example else scenario.name
    prose = " ".join((scenario.description or "").split())
    return Sheet(name, item.nodeid, file, scenario.line_number, tags, prose, steps)
