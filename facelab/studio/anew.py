"""Probes drawn anew: the sets of a plan as they are recorded, in shots that nobody has seen."""

from collections.abc import Iterator
from pathlib import Path

import joblib
from joblib.externals.loky import get_reusable_executor
from joblib.parallel import LokyBackend, get_active_backend

from facelab.studio.plan import read_plan
from facelab.studio.still import Row, actors_of, draw_still
from facelab.studio.takes import takes


def draw_anew(path: Path, name: str, seed: int) -> tuple[int, Iterator[tuple[Row, bytes]]]:
    """Draw a set of a plan's file with other shots: how many there are, and each as it comes.

    People, sittings, garments, glasses, lights and bursts are the plan's; pose, expression, noise
    and the small changes of light are drawn by ``seed``. The same seed gives the same pixels on one
    machine. Yields lines of a manifest and JPEGs, on all cores or where joblib is told to.
    """
    plan, cast = read_plan(path)
    stills = takes(plan, plan.chosen([name]), seed)
    work = (joblib.delayed(draw_still)(still, actors_of(still, cast)) for still in stills)
    return len(stills), _drawn(work)


def _drawn(work: Iterator[object]) -> Iterator[tuple[Row, bytes]]:
    jobs = -1 if joblib.effective_n_jobs(None) == 1 else None
    pool = joblib.Parallel(jobs, return_as="generator_unordered", batch_size=4)
    results: Iterator[tuple[Row, bytes]] = pool(work)
    try:
        yield from results
    finally:
        if isinstance(get_active_backend()[0], LokyBackend):
            get_reusable_executor().shutdown(wait=True)  # idle workers would keep their memory
