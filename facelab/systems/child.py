"""Child: a program in a process group of its own, whose pipes never block facelab.

The children of a program can leave its group and keep its pipes. So nothing here waits for the end
of a pipe: three threads serve the pipes, and end as soon as the program is given up.
"""

from __future__ import annotations

import os
import queue
import select
import signal
import subprocess
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

LINE = 4 << 20
"""Longest line that is read, in bytes: many times what 64 answers about 1,000 people take."""

TAIL = 300
"""So many last bytes of standard error are kept."""

GRACE = 1.0
"""Seconds that a program has to end once its input has."""

TICK = 0.25
"""Seconds within which a thread sees that all is over, when its pipe does not wake it."""

PART = 4096
"""Bytes written at once: a pipe that is said to have room has room for these."""

Lines = queue.Queue[bytes]


class Child:
    """A started program; lines go to it and come from it.

    It runs in the current folder, in our environment without pytest's variables. Raises OSError or
    ValueError when there is no such program.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 (the command that the user named)
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            start_new_session=True,  # so that its children end with it
        )
        # Short queues, so that one that writes without end fills its own pipe and not our memory.
        self._out: Lines = queue.Queue(maxsize=8)
        self._in: Lines = queue.Queue(maxsize=8)
        self._tail = bytearray()
        self._over = threading.Event()
        _thread(_write_lines, self._process.stdin, self._out, self._over)
        _thread(_read_lines, self._process.stdout, self._in, self._over)
        self._errors = _thread(_keep_tail, self._process.stderr, self._tail, self._over)
        weakref.finalize(self, _end, self._process, self._out, self._over)

    def put(self, line: bytes, timeout: float) -> None:
        """Have a line written. Raises queue.Full when nothing is read for ``timeout`` seconds."""
        self._out.put(line, timeout=timeout)

    def get(self, timeout: float) -> bytes:
        """Return the next line, b"" after the last. Raises queue.Empty after ``timeout`` seconds.

        A line without its end is one of more than LINE bytes, or the last.
        """
        return self._in.get(timeout=timeout)

    def unread(self) -> bytes | None:
        """Return a line that is there already, if any is."""
        with suppress(queue.Empty):
            return self._in.get_nowait()
        return None

    def status(self) -> int | None:
        """Return the exit status, None when it goes on for another second."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(1)
        return None

    def kill(self) -> str:
        """End it and its group, within seconds, and return the last of its standard error."""
        _kill(self._process)
        self._errors.join(1)
        words = self._tail.decode(errors="replace")
        _let_go(self._out, self._over)
        return words


def environment() -> dict[str, str]:
    """Return our environment without the variables of pytest and ``_``, which name our files."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTEST_") and name != "_"
    }


def _thread(target: Any, *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def _ready(stream: IO[bytes], over: threading.Event, *, to_write: bool = False) -> bool:
    """Wait until a pipe can be read or written, and return whether to go on."""
    if not hasattr(select, "poll"):  # Windows: its pipes cannot be asked
        return not over.is_set()
    poll = select.poll()
    poll.register(stream, select.POLLOUT if to_write else select.POLLIN)
    while not over.is_set():
        if poll.poll(1000 * TICK):
            return True
    return False


def _read_lines(stream: IO[bytes], lines: Lines, over: threading.Event) -> None:
    """Hand lines on, each cut at its longest; half a one is the last but for an empty one."""

    def hand_on(line: bytes) -> None:
        while not over.is_set():
            with suppress(queue.Full):
                lines.put(line, timeout=TICK)
                return

    with stream:
        rest = b""
        while len(rest) <= LINE and _ready(stream, over):
            if not (part := os.read(stream.fileno(), 1 << 16)):
                break
            *whole, rest = (rest + part).split(b"\n")
            for line in whole:
                if len(line) > LINE:
                    rest = line
                    break
                hand_on(line + b"\n")
        if rest:
            hand_on(rest)
    hand_on(b"")


def _write_lines(stream: IO[bytes], lines: Lines, over: threading.Event) -> None:
    """Write what comes, up to an empty line."""
    with suppress(OSError), stream:  # it has ended: the reader says so
        while not over.is_set() and (line := lines.get()):
            left = memoryview(line)
            while left and _ready(stream, over, to_write=True):
                left = left[os.write(stream.fileno(), left[:PART]) :]


def _keep_tail(stream: IO[bytes], tail: bytearray, over: threading.Event) -> None:
    with stream:
        while _ready(stream, over) and (part := os.read(stream.fileno(), 1 << 16)):
            tail += part[-TAIL:]
            del tail[:-TAIL]


def _end(process: subprocess.Popen[bytes], out: Lines, over: threading.Event) -> None:
    """End a process: its input ends, and so must it within ``GRACE``, and then its group."""
    with suppress(queue.Full):
        out.put_nowait(b"")
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    _kill(process)
    _let_go(out, over)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process, if it has not ended, and, where there are sessions, those it left behind."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with suppress(subprocess.TimeoutExpired):  # one that hangs in a driver outlives even that
        process.wait(5)


def _let_go(out: Lines, over: threading.Event) -> None:
    """End the threads, even if another process holds the other ends of their pipes."""
    over.set()
    with suppress(queue.Full):  # full: then it is not waited for
        out.put_nowait(b"")
