"""Locking: one writer at a time in a folder, by locks that end with their process.

A folder has two locks in its ``.facelab``. A program holds ``lock`` for one write, a few
milliseconds; others wait. A program that writes for minutes holds ``session``, which names it;
others are refused.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from facelab.base import files
from facelab.base.files import shown
from facelab.base.lock import lock
from facelab.contract.errors import FacelabError

HOME = ".facelab"
"""The folder in a folder for what is facelab's own."""

IGNORED = f"{HOME}/.gitignore"
"""So that nobody adds it to a repository by mistake."""

LOCK, SESSION = f"{HOME}/lock", f"{HOME}/session"

WAIT = 30.0
"""Seconds to wait for another's write; the longest is that of a report."""


class Session:
    """A folder that is one's own to write into, until it is released or the process ends."""

    def __init__(self, folder: Path) -> None:
        """Take it. Raises FacelabError, which says who has it, and OSError as the disk does."""
        with writing(folder):  # so that nobody writes without having seen the session
            self._descriptor = files.open_lock(folder, SESSION)
            if not lock(self._descriptor):
                os.close(self._descriptor)
                raise _busy(folder)
        with suppress(OSError):  # a full disk: who has it is not said then
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, _who())

    def release(self) -> None:
        """Leave the folder to others."""
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


@contextmanager
def writing(
    folder: Path, session: Session | None = None, *, interrupting: bool = False
) -> Iterator[None]:
    """Within the block no other program writes into a folder, which exists.

    Raises FacelabError when another holds its session, unless one is ``interrupting``, and when
    others write for more than 30 seconds; OSError as the disk does.
    """
    make_home(folder)
    descriptor = files.open_lock(folder, LOCK)
    try:
        end = time.monotonic() + WAIT
        while not lock(descriptor):
            if time.monotonic() > end:
                raise FacelabError(
                    f"{folder}: another program has been writing into it for {WAIT:g} s; wait for "
                    "it, or end it"
                )
            time.sleep(0.005)
        if session is None and not interrupting:
            _check_free(folder)
        yield
    finally:
        os.close(descriptor)


def make_home(folder: Path) -> None:
    """Make the folder of facelab's own files, which git ignores. Raises OSError."""
    if not files.exists(folder, IGNORED):
        files.write(folder, IGNORED, b"*\n")


def leave_home(folder: Path) -> None:
    """Remove a folder that holds only facelab's own folder, if that is empty."""
    with suppress(OSError):
        if files.names(folder) == [HOME]:
            rest = set(files.names(folder, HOME)) - {".gitignore", "lock", "session"}
            if not rest:
                files.remove_tree(folder, HOME)
                folder.rmdir()


def _check_free(folder: Path) -> None:
    if not files.exists(folder, SESSION):
        return
    descriptor = files.open_lock(folder, SESSION)
    try:
        if not lock(descriptor):
            raise _busy(folder)
    finally:
        os.close(descriptor)


def _who() -> bytes:
    """Return who this is, without arguments, which may hold a camera's password."""
    command = " ".join([Path(sys.argv[0]).name, *filter(str.isalpha, sys.argv[1:2])])
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return json.dumps({"pid": os.getpid(), "command": command, "since": since}).encode()


def _busy(folder: Path) -> FacelabError:
    try:
        said = json.loads(files.read(folder, SESSION, 10_000))
        who = f"{said['command']}, process {said['pid']}, since {said['since']}"
    except (OSError, ValueError, TypeError, KeyError):  # it has just begun, or just ended
        who = "another program"
    return FacelabError(
        f"{folder}: received a second program that writes into it, allowed is one: {shown(who)}; "
        "wait for it, or end it"
    )
