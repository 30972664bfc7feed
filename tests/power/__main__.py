"""Command: measure what the book catches and how rarely it is wrong, and write both down.

    python -m tests.power [--into DIR] [--sets 20] [--workers 2] [--only T1,T2] [--pages]

Everything is measured once and kept in DIR; the same command goes on after an interruption.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from facelab.files import write_atomically
from tests.power import examine, pages
from tests.power.examine import CORE, Result, Results, examine_core, examine_mutant, run_tests
from tests.power.mutants import MUTANTS


def main() -> int:
    """Run the command and return its exit status: 1 when a mutant survives everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.power", description=__doc__)
    folder = Path(tempfile.gettempdir()) / "facelab-power"
    parser.add_argument("--into", type=Path, default=folder, help="results; default %(default)s")
    parser.add_argument("--sets", type=int, default=20, help="sets of 5 seeds a mutant")
    parser.add_argument("--core", type=int, default=CORE, help="seeds of the product itself")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--only", default="", help="ids of mutants, with commas; writes no pages")
    parser.add_argument("--pages", action="store_true", help="only write the pages again")
    options = parser.parse_args()
    if not options.pages:
        results = Results(options.into)
        ids = options.only.split(",") if options.only else list(MUTANTS)
        started = time.perf_counter()
        measure(results, ids, options)
        print(f"measured in {(time.perf_counter() - started) / 60:.1f} minutes")
        if options.only:
            for id in ids:
                print(json.dumps(results.known[key(id, options.sets)]))
            return 0
        write_atomically(pages.DATA, pages.as_json(summary(results, options)).encode())
    for path, text in pages.render(json.loads(pages.DATA.read_text("utf-8"))).items():
        write_atomically(path, text.encode())
        print(f"wrote {path.relative_to(pages.ROOT)}")
    return int(bool(pages.survivors(json.loads(pages.DATA.read_text("utf-8")))))


def key(id: str, sets: int) -> str:
    """Return what a mutant's result is kept under."""
    return f"{examine.product()} {MUTANTS[id].fingerprint} {id} {sets}"


def core_key(count: int) -> str:
    """Return what the product's own result is kept under."""
    return f"{examine.product()} core {count}"


def tests_key(id: str) -> str:
    """Return what the result of a mutant's tests is kept under."""
    files = {test.partition("::")[0] for test in MUTANTS[id].tests}
    return f"{examine.digest(sorted(files))} {examine.product()} {MUTANTS[id].fingerprint} {id}"


def measure(results: Results, ids: list[str], options: argparse.Namespace) -> None:
    """Measure what is not known yet, with a bar."""
    jobs: dict[str, tuple[Any, ...]] = {}
    if not options.only:
        jobs[core_key(options.core)] = (examine_core, options.core)
    jobs |= {key(id, options.sets): (examine_mutant, id, options.sets) for id in ids}
    jobs |= {tests_key(id): (run_tests, id, MUTANTS[id].tests) for id in ids if MUTANTS[id].tests}
    missing = {name: job for name, job in jobs.items() if name not in results.known}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bar, examine.pool(options.workers) as pool:
        task = bar.add_task("mutants", total=len(jobs), completed=len(jobs) - len(missing))
        try:
            for name, result in done(pool, missing):
                results.keep(name, result)
                bar.update(task, advance=1, description=result["id"])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def done(pool: ProcessPoolExecutor, jobs: dict[str, tuple[Any, ...]]) -> Any:
    """Yield the key and the result of every job, as it ends."""
    futures: dict[Future[Result], str] = {pool.submit(*job): name for name, job in jobs.items()}
    for future in as_completed(futures):
        yield futures[future], future.result()


def summary(results: Results, options: argparse.Namespace) -> dict[str, Any]:
    """Return what the pages are made of."""
    core = results.known[core_key(options.core)]
    mutants = [results.known[key(id, options.sets)] for id in MUTANTS]
    tested = {id: results.known[tests_key(id)] for id, m in MUTANTS.items() if m.tests}
    return pages.summary(core, mutants, tested, options.sets)


if __name__ == "__main__":
    sys.exit(main())
