"""Faults: every write of this process, counted, so that the n-th can be made to fail.

As SQLite tests itself (sqlite.org/testing.html, 3.2): the same work is done again and again, and
each time another of its writes fails. A write of bytes that fails has written half of them.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

WRITES = (
    *((os, name) for name in ("fsync", "replace", "rename", "mkdir", "rmdir", "unlink", "chmod")),
)
"""What changes a disk, besides writes into open files and the opening of new ones."""


class Counter:
    """Counts writes and calls ``fail`` at the ``nth``, counted from 1, and where ``lasting`` after.

    ``fail`` raises, or never returns.
    """

    def __init__(self, nth: int, fail: Callable[[], None], lasting: bool = False) -> None:
        self.nth, self.fail, self.lasting = nth, fail, lasting
        self.done = 0

    def due(self) -> bool:
        """Count a write and tell whether it is to fail."""
        self.done += 1
        return self.done == self.nth or (self.lasting and self.done > self.nth)

    def through(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a call that is counted."""

        def counted(*arguments: Any, **named: Any) -> Any:
            if self.due():
                self.fail()
            return call(*arguments, **named)

        return counted

    def open(self, opened: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``io.open``, counted where it may write."""

        def opening(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            if not set(mode) & set("wax+"):
                return opened(file, mode, *arguments, **named)
            if not isinstance(file, int) and self.due():
                self.fail()
            return _Written(opened(file, mode, *arguments, **named), self)

        return opening

    def creating(self, opened: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``os.open``, counted where it may make a file."""

        def opening(path: Any, flags: int, *arguments: Any, **named: Any) -> Any:
            if flags & os.O_CREAT and self.due():
                self.fail()
            return opened(path, flags, *arguments, **named)

        return opening


class _Written:
    """An open file whose writes are counted; whatever is written is written at once."""

    def __init__(self, file: Any, counter: Counter) -> None:
        self._file, self._counter = file, counter

    def write(self, content: bytes) -> int:
        if self._counter.due():
            self._file.write(content[: len(content) // 2])
            self._file.flush()
            self._counter.fail()
        written: int = self._file.write(content)
        self._file.flush()
        return written

    def truncate(self, size: int) -> None:
        if self._counter.due():
            self._counter.fail()
        self._file.truncate(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def raising(number: int) -> Callable[[], None]:
    """Return what fails as a disk does, with an error's number."""

    def fail() -> None:
        raise OSError(number, os.strerror(number))

    return fail


@contextmanager
def counted(counter: Counter) -> Iterator[None]:
    """Within the block, every write of this process goes by the counter."""
    with mock.patch.object(io, "open", counter.open(io.open)):
        patches = [
            mock.patch.object(place, name, counter.through(getattr(place, name)))
            for place, name in WRITES
        ]
        patches.append(mock.patch.object(os, "open", counter.creating(os.open)))
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()
