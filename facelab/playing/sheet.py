"""Sheet: the sheet of the scenario that is being played, where steps put what they find."""

from __future__ import annotations

import math
import re
import sysconfig
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

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
from facelab.playing.waivers import Waiver
from facelab.report import coverage, record
from facelab.report.evidence import POINTS, Evidence, curves
from facelab.report.record import Sheet, Step

BLOCKED = "blocked by "

TIMEOUT = "Timeout (>"
"""How pytest-timeout begins what it fails a test with: that is no refusal."""

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
        self.opened = 0
        self._failures: list[str] = []
        self._current = -1
        self._started = 0.0

    @property
    def tried(self) -> list[str]:
        """How its earlier tries ended, in one line; none when it held at its first."""
        last = len(self._failures)
        return [f"held at try {last + 1}; try {last}: {self._failures[-1]}"] if last else []

    def open(self) -> None:
        """Turn to the beginning; what an earlier try has left is kept as one line only."""
        sheet = self.sheet
        if self.opened:
            self._failures.append(f"{sheet.verdict}: {sheet.reason}")
            fresh = [Step(step.keyword, step.text, line=step.line) for step in sheet.steps]
            sheet.steps, sheet.verdict, sheet.reason = fresh, record.NOT_RUN, ""
            self.lacking, self.cause, self.remarks = "", coverage.OTHER, ()
            self._current = -1
        self.opened += 1

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
        self.cause = record.CHOICE if by_choice else coverage.OTHER
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
    if reason.startswith(TIMEOUT):
        return record.ERROR, f"{reason.rstrip('.')}: it ran out of time, so nothing is judged"
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
