"""Keys: reads pressed keys at the terminal, without Enter."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Keys(Protocol):
    """A keyboard."""

    def pressed(self) -> str:
        """Return the key that was pressed since the last call, or nothing."""


@contextmanager
def keyboard() -> Iterator[Keys]:
    """Within the block, hear single keys of the terminal that is standard input."""
    if sys.platform == "win32":
        yield _Console()
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)  # Ctrl-C stays Ctrl-C
    try:
        yield _Tty(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


class _Tty:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def pressed(self) -> str:
        if not select.select([self._descriptor], [], [], 0)[0]:
            return ""
        return os.read(self._descriptor, 1).decode("ascii", "replace")


class _Console:
    def pressed(self) -> str:
        if sys.platform != "win32":
            return ""
        import msvcrt

        return msvcrt.getwch() if msvcrt.kbhit() else ""
