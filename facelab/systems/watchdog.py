"""Watchdog: the time that a system may be silent before facelab gives it up."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from facelab.contract.errors import SystemFault

SILENCE = 60.0
"""Seconds without an update or an answer; a system's own ``silence`` takes their place."""


def silence_of(system: Any) -> float:
    """Return how many seconds a learner may be silent. Raises SystemFault where it says none."""
    seconds = getattr(system, "silence", SILENCE)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        raise SystemFault(
            f"silence: received {seconds!r}, allowed is a number of seconds more than 0; correct "
            "the learner's attribute"
        )
    return float(seconds)


@contextmanager
def watchdog(seconds: float, message: Callable[[], str]) -> Iterator[Callable[[], None]]:
    """Within the block, raise SystemFault once the given function was not called for so long.

    It takes a signal that Windows does not have and that only the main thread receives:
    elsewhere, and for an infinite time, nothing is watched.
    """
    main = threading.current_thread() is threading.main_thread()
    if not (main and hasattr(signal, "SIGALRM") and math.isfinite(seconds)):
        yield lambda: None
        return

    def lost(_number: int, _frame: object) -> None:
        raise SystemFault(message())

    def alive() -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    before = signal.signal(signal.SIGALRM, lost)
    try:
        alive()
        yield alive
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
