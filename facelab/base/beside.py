"""Beside: a process of facelab's own that works for this one, over standard input and output."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import BinaryIO


def begin(module: str) -> subprocess.Popen[bytes]:
    """Begin a process that runs ``serve`` of a module of facelab's; raises OSError where none can.

    It ends when its standard input does: with this process at the latest. Not by multiprocessing,
    which would import whoever began the run once more, and may wait for ever for a process that
    dies.
    """
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(  # noqa: S603 (this very Python)
        [sys.executable, "-c", f"from {module} import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
        start_new_session=True,  # Ctrl-C is for whoever began it
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """End such a process, whatever it is at."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # what was still to be sent
            assert pipe
            pipe.close()
    process.wait()


def asked_and_told() -> tuple[BinaryIO, BinaryIO]:
    """Return where such a process is asked, and where it answers: nothing else is printed there."""
    told = sys.stdout.buffer
    sys.stdout = sys.stderr
    return sys.stdin.buffer, told
