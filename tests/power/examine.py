"""Examine: what the features say of a mutant on disjoint sets of seeds, and of the product itself.

Results are plain data, one JSON line a mutant, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from facelab.contract.verdict import Verdict
from tests.power.play import ROOT, SIZE, Line, play

SINGLE = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
"""Two workers, two cores: threads of one would only wait for those of the other."""

CORE = 1000
"""Seeds that the product itself is measured on, as many as ``--seeds`` allows."""

_PLAY = "tests/power/play.py"

Result = dict[str, Any]


def product() -> str:
    """Return a digest of all that a verdict may depend on."""
    patterns = ("facelab/**/*.py", "steps/*.py", "features/*", "fixtures/manifest.csv")
    paths = [path for pattern in patterns for path in ROOT.glob(pattern)]
    files = [path.relative_to(ROOT).as_posix() for path in paths]
    apart = ("facelab/report/", "facelab/studio/")
    return digest([*(file for file in sorted(files) if not file.startswith(apart)), _PLAY])


def digest(files: Iterable[str]) -> str:
    """Return a digest of the content of some files of the project."""
    content = b"".join((ROOT / file).read_bytes() for file in files)
    return hashlib.sha256(content).hexdigest()[:12]


def examine_mutant(label: str, sets: int) -> Result:
    """Play the features against a mutant on so many sets of five seeds and say who refused it.

    ``killed``: for each set whether anything refused; ``lines``: each verdict or error that did,
    with the sets it did so on.
    """
    from tests.power.mutants import MUTANTS

    started = time.process_time()
    refusals = []
    killed = np.zeros(sets, bool)
    for line in play(range(SIZE * sets), MUTANTS[label]):
        refused = line.refused(sets)
        killed |= refused
        if refused.any():
            refusals.append(
                {
                    "scenario": line.scenario,
                    "step": line.step,
                    "measure": line.verdict.measure if line.verdict else "",
                    "error": line.error,
                    "sets": np.flatnonzero(refused).tolist(),
                }
            )
    seconds = round(time.process_time() - started, 1)
    return {"id": label, "killed": killed.tolist(), "lines": refusals, "seconds": seconds}


def examine_core(count: int) -> Result:
    """Play the features against the product itself on ``count`` seeds and keep every value."""
    started = time.process_time()
    lines = play(range(count))
    broken = [f"{line.scenario}: {line.step}: {line.error}" for line in lines if line.error]
    verdicts = [measured(line, line.verdict) for line in lines if line.verdict]
    seconds = round(time.process_time() - started, 1)
    return {
        "id": "core",
        "seeds": count,
        "errors": broken,
        "verdicts": verdicts,
        "seconds": seconds,
    }


def measured(line: Line, verdict: Verdict) -> Result:
    """Return a verdict's measure, threshold and values as plain data, infinities as text."""
    values = [v if np.isfinite(v) else str(v) for v in verdict.values]
    return {
        "scenario": line.scenario,
        "step": line.step,
        "measure": verdict.measure,
        "unit": verdict.unit,
        "exact": verdict.exact,
        "allowed": [str(end) for end in (verdict.allowed.low, verdict.allowed.high)],
        "open": [verdict.allowed.open_low, verdict.allowed.open_high],
        "values": values,
    }


def run_tests(label: str, tests: Iterable[str]) -> Result:
    """Run tests against a mutant, in a process of their own, and say which of them fail."""
    started = time.perf_counter()
    report = ["-pno:cacheprovider", "-q", "--tb=no", "-rf"]
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.power.inject",
            f"--mutant={label}",
            *report,
            *tests,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = [
        line.removeprefix("FAILED ").partition(" - ")[0]
        for line in run.stdout.splitlines()
        if line.startswith("FAILED ")
    ]
    if run.returncode not in (0, 1) or bool(failed) != bool(run.returncode):
        raise RuntimeError(
            f"{label}: the tests did not run:\n{run.stdout[-2000:]}{run.stderr[-2000:]}"
        )
    return {"id": label, "failed": failed, "seconds": round(time.perf_counter() - started, 1)}


class Results:
    """Results in a folder, a JSON line each; those of another product or mutant do not count."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "results.jsonl"
        self.known: dict[str, Result] = {}
        if self.path.exists():
            for text in self.path.read_text(encoding="utf-8").splitlines():
                kept = json.loads(text)
                self.known[kept["key"]] = kept["result"]

    def keep(self, key: str, result: Result) -> None:
        """Write a result down."""
        self.known[key] = result
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "result": result}) + "\n")


def pool(workers: int) -> ProcessPoolExecutor:
    """Return fresh processes, each with one thread to compute with."""
    os.environ.update(dict.fromkeys(SINGLE, "1"), TF_CPP_MIN_LOG_LEVEL="3")
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
