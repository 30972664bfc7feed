"""Ahead: what is slow to start is begun on another core while the first scenarios are played."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from facelab.reporting.charts import warm_up


def begin_ahead(system: str) -> None:
    """Begin to import TensorFlow (for facelab's own system) and SciPy, and to start the charts.

    Nothing waits for it, and what fails here fails again, aloud, where it is needed. The pool's
    threads are joined when Python ends.
    """
    pool = ThreadPoolExecutor(2)
    if system == "facelab":
        pool.submit(import_module, "tensorflow")
    pool.submit(warm_up)
    pool.submit(import_module, "scipy.stats")
    pool.shutdown(wait=False)
