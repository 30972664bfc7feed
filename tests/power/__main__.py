"""Command: measure what the book catches and how rarely it is wrong, and write both down.

    python -m tests.power [--into DIR] [--sets 20] [--core 1000] [--only T1,T2] [--pages]

Everything is measured once and kept in DIR; the same command goes on after an interruption.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from facelab.base.files import write_atomically
from tests.power import examine, pages
from tests.power.examine import CORE, Result, Results, examine_core, examine_mutant, run_tests
from tests.power.mutants import MUTANTS
from tests.power.play import ROOT

WORKERS = 2
"""Processes: one a core of the smallest machine that this is meant for."""


@dataclass(frozen=True)
class Job:
    """Something to be measured: ``key`` changes when the result may."""

    key: str
    function: Callable[..., Result]
    given: tuple[object, ...]


def main() -> int:
    """Run the command and return its exit status: 1 when a mutant survives everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.power", description=__doc__)
    folder = Path(tempfile.gettempdir()) / "facelab-power"
    parser.add_argument("--into", type=Path, default=folder, help="results; default %(default)s")
    parser.add_argument("--sets", type=int, default=20, help="sets of 5 seeds a mutant")
    parser.add_argument("--core", type=int, default=CORE, help="seeds of the product itself")
    parser.add_argument("--only", default="", help="ids of mutants, with commas; writes no pages")
    parser.add_argument("--pages", action="store_true", help="only write the pages again")
    options = parser.parse_args()
    if not options.pages:
        labels = options.only.split(",") if options.only else list(MUTANTS)
        found = measure(Results(options.into), plan(labels, options))
        if options.only:
            print(*(json.dumps(result) for result in found.values()), sep="\n")
            return 0
        mutants = [found[label] for label in labels]
        tested = {label: found[f"tests of {label}"] for label in labels if MUTANTS[label].tests}
        data = pages.summary(found["core"], mutants, tested, options.sets)
        write_atomically(pages.DATA, pages.as_json(data).encode())
    measured = json.loads(pages.DATA.read_text("utf-8"))
    for path, text in pages.render(measured).items():
        write_atomically(path, text.encode())
        print(f"wrote {path.relative_to(ROOT)}")
    return 1 if pages.survivors(measured) else 0


def plan(labels: list[str], options: argparse.Namespace) -> dict[str, Job]:
    """Return what is to be measured, by name: first the product itself, which takes longest."""
    product = examine.product()
    jobs = {}
    if not options.only:
        jobs["core"] = Job(f"{product} core {options.core}", examine_core, (options.core,))
    for label in labels:
        mutant = MUTANTS[label]
        key = f"{product} {mutant.fingerprint} {label}"
        jobs[label] = Job(f"{key} {options.sets}", examine_mutant, (label, options.sets))
        if mutant.tests:
            files = examine.digest(sorted({test.partition("::")[0] for test in mutant.tests}))
            jobs[f"tests of {label}"] = Job(f"{key} {files}", run_tests, (label, mutant.tests))
    return jobs


def measure(results: Results, jobs: dict[str, Job]) -> dict[str, Result]:
    """Measure what is not known yet, with a bar, and return all results by name."""
    missing = {name: job for name, job in jobs.items() if job.key not in results.known}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn()) as bar, examine.pool(WORKERS) as pool:
        task = bar.add_task("power", total=len(jobs), completed=len(jobs) - len(missing))
        futures = {pool.submit(job.function, *job.given): name for name, job in missing.items()}
        try:
            for future in as_completed(futures):
                name = futures[future]
                results.keep(jobs[name].key, future.result())
                bar.update(task, advance=1, description=name)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {name: results.known[job.key] for name, job in jobs.items()}


if __name__ == "__main__":
    sys.exit(main())
