"""BLAS: matrix products on one thread, where they are small."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock

import numpy as np
from threadpoolctl import ThreadpoolController

_ALONE = RLock()
"""How many threads BLAS uses is the whole process's affair: one changes it at a time."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Within the block NumPy's products use one thread; another that wants the same waits.

    A product that takes microseconds gains nothing by a second thread, which then waits for the
    next one, and takes the processor from whoever has work: on a busy machine a frame's faces took
    ten times the processor time.
    """
    with _ALONE, _numpy_s_blas().limit(limits=1):
        yield


@contextmanager
def one_thread_in_a_run() -> Iterator[None]:
    """Within the block, which may last for hours, NumPy's products use one thread; nobody waits.

    For the main thread of a process that ends with the block: whoever is in ``one_thread`` in
    another thread at its end leaves the process with one.
    """
    with _numpy_s_blas().limit(limits=1):
        yield


@cache
def _numpy_s_blas() -> ThreadpoolController:
    _ = np.dot  # loaded by now, and so found
    return ThreadpoolController().select(user_api="blas")
