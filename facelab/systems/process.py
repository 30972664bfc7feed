"""Process: a learner in a process of its own, in any language, that speaks docs/protocol.md.

Each side writes lines of JSON. Nothing that comes is trusted: a line has a size, silence an end,
and whatever is not understood ends the process with one line that says what it was.
"""

from __future__ import annotations

import json
import math
import os
import queue
import signal
import subprocess
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.system import Capability, Lesson, Predict, Tell
from facelab.systems.watchdog import SILENCE

PROTOCOL = 1
"""Version of the protocol; a learner that speaks another one is refused."""

LINE = 4 << 20
"""Longest line that is read, in bytes: many times what 64 answers about 1,000 people take."""

TAIL = 300
"""So many last bytes of standard error are quoted when a process breaks down."""

Message = dict[str, Any]
Lines = queue.Queue[bytes]


class Process:
    """A learner behind a command line. ``timeout``: seconds it may take to answer a line."""

    silence = math.inf
    """It is watched here, line by line, and by nobody else."""

    def __init__(self, command: Sequence[str], *, timeout: float = SILENCE) -> None:
        self._command = list(command)
        self._timeout = timeout
        self._models = 0
        self._fault = ""
        self.name = " ".join(self._command)
        try:
            self._process = subprocess.Popen(  # noqa: S603 (the command that the user named)
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # so that its children end with it
            )
        except (OSError, IndexError, ValueError) as error:
            raise FacelabError(
                f"--system: cannot start {self.name!r} ({error}); name a program and its arguments"
            ) from error
        # Threads, so that one that neither reads nor writes cannot hold us; short queues, so that
        # one that writes without end fills its own pipe and not our memory.
        self._out: Lines = queue.Queue(maxsize=8)
        self._in: Lines = queue.Queue(maxsize=8)
        self._tail = bytearray()
        _thread(_write_lines, self._process.stdin, self._out)
        _thread(_read_lines, self._process.stdout, self._in)
        self._errors = _thread(_keep_tail, self._process.stderr, self._tail)
        weakref.finalize(self, _end, self._process, self._out)
        self.name, self.version, self.capabilities = self._describe()

    def _describe(self) -> tuple[str, str, tuple[str, ...]]:
        self._send({"facelab": PROTOCOL, "ask": "describe"})
        said = self._receive("describe", "facelab", "name", "version", "capabilities")
        if said["facelab"] != PROTOCOL:
            raise self._broken(
                f"it speaks version {_short(said['facelab'])} of the protocol, facelab {PROTOCOL}"
            )
        name, version, capabilities = said["name"], said["version"], said["capabilities"]
        listed = capabilities if isinstance(capabilities, list) else [None]
        if not all(isinstance(one, str) and len(one) <= 100 for one in (name, version, *listed)):
            raise self._broken(
                f"describe: received {_short(said)}; name and version are short texts, "
                "capabilities is a list of texts"
            )
        return name, version, tuple(capabilities)

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        """Have it train on a lesson, and return what asks it."""
        self._models += 1
        model = self._models
        self._send(
            {
                "ask": "learn",
                "model": model,
                "learning_rate": lesson.parameters.learning_rate,
                "epochs": lesson.parameters.epochs,
                "batch_size": lesson.parameters.batch_size,
                "seed": lesson.seed,
                "people": lesson.people,
                "labels": lesson.labels.tolist(),
                "embeddings": lesson.embeddings,
                "kernel": lesson.kernel,
                "bias": lesson.bias,
            }
        )
        stops = Capability.STOP in self.capabilities
        while "learnt" not in (said := self._receive("learn")):
            if not {"loss", "accuracy"} <= said.keys():
                raise self._broken(
                    f"learn: received {_short(said)}; an update has loss and accuracy, the end is "
                    '{"learnt": true}'
                )
            try:
                stop = tell(said["loss"], said["accuracy"], said.get("photos"))
            except SystemFault as fault:
                raise self._broken(str(fault).removeprefix(f"{self.name}: ")) from fault
            if stops:
                self._send({"go": not stop})
        return lambda embeddings: self._predict(model, embeddings)

    def _predict(self, model: int, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        self._send({"ask": "predict", "model": model, "embeddings": embeddings})
        said = self._receive("predict", "probabilities")
        try:
            return np.array(said["probabilities"], np.float64)
        except (TypeError, ValueError) as error:
            raise self._broken(
                f"predict: received {_short(said)}; probabilities is a list of rows of numbers"
            ) from error

    def _send(self, message: Message) -> None:
        if self._fault:
            raise SystemFault(self._fault)
        try:
            self._out.put(_line(message), timeout=self._timeout)
        except queue.Full:
            raise self._broken(
                f"it did not read what was sent for {self._timeout:g} seconds"
            ) from None

    def _receive(self, asked: str, *keys: str) -> Message:
        """Return the next line, an object with ``keys``."""
        try:
            line = self._in.get(timeout=self._timeout)
        except queue.Empty:
            raise self._broken(
                f"{asked}: no line for {self._timeout:g} seconds; answer sooner, and flush "
                "standard output after every line"
            ) from None
        if not line:
            raise self._broken(f"{asked}: it ended{self._status()}")
        if not line.endswith(b"\n"):
            what = f"a line of more than {LINE >> 20} MB" if len(line) > LINE else "half a line"
            raise self._broken(f"{asked}: received {what}, beginning with {_short(line)}")
        try:
            said = json.loads(line, parse_constant=_no_json)
        except (ValueError, RecursionError) as error:
            raise self._broken(
                f"{asked}: received {_short(line)}, which is no JSON ({_short(str(error))}); "
                "write nothing else to standard output"
            ) from error
        if not isinstance(said, dict) or not said.keys() >= set(keys):
            needed = f"an object with {', '.join(keys)}" if keys else "an object"
            raise self._broken(f"{asked}: received {_short(line)}; needed is {needed}")
        return said

    def _status(self) -> str:
        try:
            return f" with exit status {self._process.wait(1)}"
        except subprocess.TimeoutExpired:
            return ", or closed its standard output"

    def _broken(self, what: str) -> SystemFault:
        """End the process; whatever is asked of it from now on is answered with this fault."""
        _kill(self._process)
        with suppress(queue.Empty):
            while self._in.get(timeout=0.2):  # so that the reader comes to the end
                pass
        self._errors.join(1)
        if said := " ".join(self._tail.decode(errors="replace").split()):
            what += f"; its last words: {said}"
        self._fault = f"{self.name}: {what}"
        return SystemFault(self._fault)


def _line(message: Message) -> bytes:
    parts = [f"{json.dumps(key)}:{_json(value)}" for key, value in message.items()]
    return ("{" + ",".join(parts) + "}\n").encode()


def _json(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return json.dumps(value, allow_nan=False)
    if value.ndim > 1:
        return "[" + ",".join(map(_json, value)) + "]"
    # Nine digits give a float32 back bit for bit, in half the bytes of a float64's seventeen.
    return "[" + ",".join(map("%.9g".__mod__, value.tolist())) + "]"


def _short(value: object, most: int = 80) -> str:
    text = value.decode(errors="replace").strip() if isinstance(value, bytes) else str(value)
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:most])
    return printable + ("…" if len(text) > most else "")


def _no_json(name: str) -> float:
    raise ValueError(f"{name} is not in JSON")


def _thread(target: Any, *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def _read_lines(stream: IO[bytes], lines: Lines) -> None:
    """Hand lines on, each cut at its longest; half a one is the last but for an empty one."""
    with stream:
        while line := stream.readline(LINE + 1):
            lines.put(line)
            if not line.endswith(b"\n"):
                break
    lines.put(b"")


def _write_lines(stream: IO[bytes], lines: Lines) -> None:
    """Write what comes, up to an empty line."""
    with suppress(OSError), stream:  # it has ended: the reader says so
        while line := lines.get():
            stream.write(line)
            stream.flush()


def _keep_tail(stream: IO[bytes], tail: bytearray) -> None:
    with stream:
        while part := stream.read1(1 << 16):  # type: ignore[attr-defined]
            tail += part
            del tail[:-TAIL]


def _end(process: subprocess.Popen[bytes], out: Lines) -> None:
    """End a process: its input ends, and so must it within a second."""
    with suppress(queue.Full):
        out.put_nowait(b"")
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and, where there are sessions, its children."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
