"""Ending: how a run ends before its time, and SIGTERM, which ends it like Ctrl-C."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import pytest

_CAUGHT = pytest.StashKey[bool]()
_TERMINATED = pytest.StashKey[bool]()


def end_on_sigterm(config: pytest.Config) -> None:
    """Until the end of the run, let SIGTERM end it as Ctrl-C does: with a report.

    It is how a service ends what runs too long. One that comes while the report is written is
    ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        return

    def interrupt(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        config.stash[_TERMINATED] = True
        raise KeyboardInterrupt

    config.stash[_CAUGHT] = True
    before = signal.signal(signal.SIGTERM, interrupt)

    def restore() -> None:
        signal.signal(signal.SIGTERM, before)

    config.add_cleanup(restore)


def ignore_sigterm(config: pytest.Config) -> None:
    """From now on, while the report is written, let SIGTERM pass."""
    if config.stash.get(_CAUGHT, False):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def ending(session: pytest.Session) -> str:
    """Return, in a few words, what ended a run that ended before its end."""
    if session.config.stash.get(_TERMINATED, False):
        return "by SIGTERM, as at a time limit"
    if session.shouldfail:
        return "after a failure, as with -x or --maxfail"
    if session.exitstatus == pytest.ExitCode.INTERNAL_ERROR:
        return "by an error of pytest or of a plugin"
    if session.shouldstop:
        return "by a plugin, or by an option that stops early"
    return "by Ctrl-C" if session.exitstatus == pytest.ExitCode.INTERRUPTED else "by pytest.exit"
