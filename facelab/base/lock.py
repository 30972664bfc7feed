"""Lock: one process at a time; the system releases the lock of a process that has died."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from facelab.contract.errors import FacelabError

_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)

if sys.platform == "win32":
    import msvcrt

    _BEYOND = 1 << 30
    """A byte that is never written: who holds the lock stays readable to others."""

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD = (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
_UNKNOWN = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
"""What is said of a file system that has no locks."""


def lock(descriptor: int) -> bool:
    """Lock an open file if no other process has it; closing it releases the lock.

    Raises OSError where the file system has no locks.
    """
    try:
        _lock(descriptor)
    except OSError as error:
        if error.errno not in _HELD:
            raise
        return False
    return True


@contextmanager
def locked(path: Path, otherwise: str) -> Iterator[None]:
    """Hold the lock of a file, in an existing folder, for the time of the block.

    The file names the holder, and is removed afterwards. Raises FacelabError with ``otherwise``,
    in which ``{who}`` is the holder, when another process has it. Where a file system has no locks,
    the block is entered without one.
    """
    descriptor = _take(path, otherwise)
    try:
        yield
    finally:
        # Still held: whoever opened the same file meanwhile sees that it is the path's no more.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _take(path: Path, otherwise: str) -> int:
    while True:
        descriptor = _open(path)
        try:
            if not lock(descriptor):
                told = otherwise.format(who=_holder(descriptor))
                os.close(descriptor)
                raise FacelabError(told)
        except OSError as error:
            if error.errno in _UNKNOWN:
                return descriptor
            os.close(descriptor)
            raise FacelabError(f"{path}: cannot be locked: {error.strerror}") from error
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), path.lstat()):
                os.ftruncate(descriptor, 0)
                now = datetime.now().astimezone().strftime("%H:%M:%S")
                os.write(descriptor, f"process {os.getpid()}, since {now}".encode())
                return descriptor
        os.close(descriptor)  # another has just ended, and taken the file away


def _open(path: Path) -> int:
    """Open the file: never another by a link, never one that is no plain file."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _SAFELY, 0o666)
    except OSError as error:
        raise FacelabError(f"{path}: cannot be written: {error.strerror}") from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(descriptor)
        raise FacelabError(f"{path}: is no plain file of its own; remove it")
    return descriptor


def _holder(descriptor: int) -> str:
    with contextlib.suppress(OSError):
        told = os.pread(descriptor, 80, 0) if hasattr(os, "pread") else os.read(descriptor, 80)
        text = told.decode("utf-8", "replace")
        if text and text.isprintable():
            return text
    return "of another process"
