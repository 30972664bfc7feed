"""Progress: how far the drawing of a crowd is, told while pytest captures all else."""

from __future__ import annotations

import time
from typing import Any

import pytest

from facelab.reporting.wording import duration

PAUSE = 1.0, 60.0
"""Seconds from one line to the next in a terminal, where it is written over, and in a log."""


class Drawing:
    """Tells the terminal how many rolls are drawn, and how long the rest will take."""

    def __init__(self, config: pytest.Config) -> None:
        plugin = config.pluginmanager.getplugin
        self._capture: Any = plugin("capturemanager")
        self._terminal: Any = plugin("terminalreporter")
        self._began = self._told = time.monotonic()
        self._total = 0

    def __call__(self, done: int, total: int) -> None:
        """Tell that so many of all are done."""
        now = time.monotonic()
        if total != self._total:
            self._total, self._began = total, now
        on_screen = self._terminal.isatty
        if done < total and now - self._told < PAUSE[not on_screen]:
            return
        self._told = now
        left = (now - self._began) / max(done - 1, 1) * (total - done)
        rest = f", {duration(left)} left" if 1 < done < total else ""
        line = f"facelab: {done} of {total} people drawn{rest}"
        with self._capture.global_and_fixture_disabled():
            if on_screen:
                self._terminal.rewrite(line, erase=True)
                if done == total:
                    self._terminal.line("")
            else:
                self._terminal.ensure_newline()
                self._terminal.line(line)
