"""Play: the whole book against the product or a mutant, many replicates at once, judged by sets.

The features are played by pytest in this process, with the project's own steps. What differs from
an ordinary run: a refused phrase is written down but does not end its scenario, nothing is blocked,
no report is written, and recorded frames, clips and their vectors are kept from one run to the
next. Each verdict keeps a value a replicate, so that it can be judged again for every five seeds.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

# All that a mutant or this module replaces is imported before: what is imported while something is
# replaced would keep the replacement.
import facelab.learning.classifier
import facelab.learning.replicates
import facelab.learning.trainer
import facelab.plugin
from facelab.contract.interval import Interval
from facelab.contract.photos import Photos
from facelab.contract.verdict import Verdict, judge
from facelab.faces.extractor import Features
from facelab.playing.recorder import LiveSheet
from facelab.report import record
from facelab.report.record import Record
from tests.power import catalogue
from tests.power.mutant import Mutant, applied, replaced

catalogue.phrases()  # imports the steps

ROOT = Path(__file__).resolve().parents[2]

SIZE = 5
"""Replicates of a set: the seeds of one ordinary run."""

_kept: dict[str, Any] = {}


@dataclass(frozen=True)
class Line:
    """A verdict, or an error, of a step. ``error``: its message, empty for a verdict."""

    scenario: str
    step: str
    verdict: Verdict | None
    error: str = ""

    def refused(self, sets: int) -> NDArray[np.bool_]:
        """Tell for each set of five seeds whether it refuses, (sets,)."""
        if self.verdict is None:
            return np.ones(sets, np.bool_)
        return np.array([not self.of_set(number).accepted for number in range(sets)])

    def of_set(self, number: int) -> Verdict:
        """Return the verdict of a set of five seeds; a single value is that of every set."""
        assert self.verdict is not None
        one = self.verdict
        values = one.values
        if len(values) > 1:
            values = values[SIZE * number : SIZE * (number + 1)]
        return judge(one.measure, values, one.allowed, unit=one.unit, exact=one.exact)


def play(
    seeds: Sequence[int], mutant: Mutant | None = None, features: Sequence[str] = ("features",)
) -> list[Line]:
    """Play features with one replicate a seed and return every verdict, in order.

    ``seeds`` follow each other. Raises RuntimeError when pytest cannot play at all.
    """
    listener = _Listener()
    arguments = [
        *features,
        "-q",
        "-Wdefault",
        "-pno:cacheprovider",
        f"--seeds={seeds[0]}-{seeds[-1]}",
        f"--rootdir={ROOT}",
    ]
    said = io.StringIO()
    with _as_it_is_played(mutant), applied(mutant), contextlib.redirect_stdout(said):
        status = pytest.main(arguments, plugins=[listener])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"pytest ended with {status!r}:\n{said.getvalue()[-3000:]}")
    assert listener.record
    return list(lines_of(listener.record))


def lines_of(played: Record) -> Iterator[Line]:
    """Yield the verdicts and errors of a record, in order."""
    for family in played.families:
        for sheet in family.sheets:
            scenario = f"{family.id} {sheet.name}"
            for step in sheet.steps:
                for plain in step.verdicts:
                    yield Line(scenario, step.text, read_verdict(plain))
                # a refusal without a verdict: what the system says of itself cannot be
                alone = step.verdict == record.REFUSED and not step.verdicts
                if alone or step.verdict in (record.ERROR, record.UNDEFINED):
                    yield Line(scenario, step.text, None, step.message)
            if sheet.verdict == record.ERROR and not any(s.message for s in sheet.steps):
                yield Line(scenario, "", None, sheet.reason)


def read_verdict(plain: dict[str, Any]) -> Verdict:
    """Return the verdict that a record keeps as plain data."""
    ends = plain["allowed"]
    low, high = float(ends["low"]), float(ends["high"])
    return judge(
        plain["measure"],
        [float(value) for value in plain["values"]],
        Interval(low, high, ends["open_low"], ends["open_high"]),
        unit=plain["unit"],
        exact=plain["exact"],
        seeds=plain["seeds"],
        details=plain["details"],
    )


class _Listener:
    """A plugin that takes the record before anything is written."""

    record: Record | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Take the record."""
        if (recorder := session.config.stash.get(facelab.plugin.RECORDER, None)) is not None:
            self.record = recorder.record


@contextmanager
def _as_it_is_played(mutant: Mutant | None) -> Iterator[None]:
    keeps = mutant is None or not mutant.touches_frames
    with ExitStack() as undo:
        patches: dict[str, Any] = {
            "facelab.playing.recorder:LiveSheet.judge": _judging_on,
            "facelab.playing.recorder:Recorder.blocking": lambda _: lambda *_: [],
            "facelab.report.evidence:curves": lambda _: lambda *_: {},
            "facelab.playing.report_folder:keep_folder": lambda _: lambda *_: None,
            "facelab.playing.summary:write_report": lambda _: lambda *_: None,
            "facelab.playing.summary:summarise": lambda _: lambda *_: None,
        }
        if keeps:
            patches |= {
                "facelab.gallery.source:Recording": _keeping_recording,
                "facelab.gallery.gallery:read_photos": _decoding,
                "facelab.gallery.clip:Clip.__iter__": _keeping_clips,
                "facelab.faces.extractor:FeatureExtractor.extract": _keeping_vectors,
                "facelab.faces.extractor:FeatureExtractor.follow": _keeping_followed,
            }
        for place, patch in patches.items():
            undo.enter_context(replaced(place, patch))
        yield


def _judging_on(_: Any) -> Any:
    def judging(sheet: LiveSheet, measure: str, values: Any, allowed: Interval, **how: Any) -> None:
        how.pop("found", None)
        seeds = sheet.seeds[: np.size(values)]
        sheet.step.verdicts.append(judge(measure, values, allowed, seeds=seeds, **how).as_dict())

    return judging


def _keeping_recording(original: Any) -> Any:
    return lambda folder: _kept.setdefault(f"recording {folder}", original(folder))


def _decoding(original: Any) -> Any:
    def read_photos(*asked: Any) -> Photos:
        photos: Photos = original(*asked)
        return replace(photos, frames=tuple(photos.frames))

    return read_photos


def _keeping_clips(original: Any) -> Any:
    def batches(clip: Any) -> Any:
        key = f"clip {clip.path}"
        if key not in _kept:
            _kept[key] = list(original(clip))
        return iter(_kept[key])

    return batches


def _keeping_vectors(original: Any) -> Any:
    rows: dict[int, tuple[Any, ...]] = _kept.setdefault("vectors", {})

    def extract(extractor: Any, frames: Any) -> Any:
        new = [frame for frame in frames if id(frame) not in rows]
        if new:
            told = original(extractor, new)
            # The frame is kept with its vector: its label stays its own.
            each = zip(new, told.vectors, told.faces, told.several, strict=True)
            rows.update((id(row[0]), row) for row in each)
        _, vectors, faces, several = zip(*(rows[id(frame)] for frame in frames), strict=True)
        return Features(np.stack(vectors), np.stack(faces), np.array(several))

    return extract


def _keeping_followed(original: Any) -> Any:
    def follow(extractor: Any, clip: Any) -> Any:
        batches = list(clip)
        key = f"followed {id(batches[0][0])}"
        if key not in _kept:
            _kept[key] = batches, list(original(extractor, batches))
        return iter(_kept[key][1])

    return follow
