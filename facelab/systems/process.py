"""Process: a learner in a process of its own, in any language, that speaks docs/protocol.md.

Each side writes lines of JSON. Input is untrusted: line length and idle time are bounded. A line
that facelab does not understand, or an error of facelab, ends the process; one line gives the
reason. So facelab never takes a line of one training for a part of another.
"""

from __future__ import annotations

import math
import queue
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.system import Capability, Lesson, Predict, Tell
from facelab.contract.text import one_line
from facelab.systems.child import LINE, TAIL, Child
from facelab.systems.watchdog import SILENCE
from facelab.systems.wire import Message, decode, encode, number_rows, short

PROTOCOLS = (1, 2)
"""Versions of the protocol that are spoken. In 2, whatever is said carries the number (``id``) of
what was asked; in 1 it does not."""


class Process:
    """A learner behind a command line. ``timeout``: seconds it may take to answer a line.

    Until it has given itself a name it is called by its program's alone: the arguments of a
    command may hold keys.
    """

    silence = math.inf
    """It is watched here, line by line, and by nobody else."""

    def __init__(self, command: Sequence[str], *, timeout: float = SILENCE) -> None:
        self._timeout = timeout
        self._asked = self._models = 0
        self._protocol = PROTOCOLS[0]
        self._fault = ""
        self.name = program(command)
        try:
            self._child = Child(list(command))
        except (OSError, IndexError, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            raise FacelabError(
                f"--system: cannot start {self.name!r} ({why}); name a program and its arguments"
            ) from None
        with self._kept_whole("describe"):
            self.name, self.version, self.capabilities = self._describe()

    def _describe(self) -> tuple[str, str, tuple[str, ...]]:
        # It names protocol 1, so that who speaks no other goes on, and the others beside.
        self._asked += 1
        message = {"facelab": 1, "ask": "describe", "speaks": list(PROTOCOLS), "id": self._asked}
        self._send(message)
        said = self._receive("describe", "facelab", "name", "version", "capabilities")
        if not _is(said["facelab"], *PROTOCOLS):
            raise self._broken(
                f"it speaks version {short(said['facelab'])} of the protocol, facelab "
                f"{' and '.join(map(str, PROTOCOLS))}"
            )
        self._protocol = said["facelab"]
        self._check_id("describe", said)
        name, version, capabilities = said["name"], said["version"], said["capabilities"]
        listed = capabilities if isinstance(capabilities, list) else [None]
        if not all(isinstance(one, str) and len(one) <= 100 for one in (name, version, *listed)):
            raise self._broken(
                f"describe: received {short(said)}; name and version are short texts, "
                "capabilities is a list of texts"
            )
        return one_line(name), one_line(version), tuple(capabilities)

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        """Have it train on a lesson, and return what asks it."""
        self._models += 1
        model = self._models
        with self._kept_whole("learn"):
            self._ask(
                "learn",
                model=model,
                learning_rate=lesson.parameters.learning_rate,
                epochs=lesson.parameters.epochs,
                batch_size=lesson.parameters.batch_size,
                seed=lesson.seed,
                people=lesson.people,
                labels=lesson.labels.tolist(),
                embeddings=lesson.embeddings,
                kernel=lesson.kernel,
                bias=lesson.bias,
            )
            while "learnt" not in (said := self._receive("learn")):
                if not {"loss", "accuracy"} <= said.keys():
                    raise self._broken(
                        f"learn: received {short(said)}; an update has loss and accuracy, the end "
                        'is {"learnt": true}'
                    )
                stop = tell(said["loss"], said["accuracy"], said.get("photos"))
                if Capability.STOP in self.capabilities:
                    self._send({**self._id(), "go": not stop})
        return lambda embeddings: self._predict(model, embeddings)

    def _predict(self, model: int, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        with self._kept_whole("predict"):
            self._ask("predict", model=model, embeddings=embeddings)
            said = self._receive("predict", "probabilities")
            try:
                return number_rows(said["probabilities"])
            except ValueError as error:
                raise self._broken(
                    f"predict: received {short(said)}; probabilities is a list of rows of numbers, "
                    "each as long as the others"
                ) from error

    @contextmanager
    def _kept_whole(self, asked: str) -> Iterator[None]:
        """Within the block every exception ends the process, since it breaks an exchange off."""
        try:
            yield
        except SystemFault as fault:
            if self._fault:
                raise
            raise self._broken(str(fault).removeprefix(f"{self.name}: ")) from fault
        except BaseException as error:
            if not self._fault:
                self._broken(f"{asked}: it was ended in the middle, by {type(error).__name__}")
            raise

    def _id(self) -> Message:
        return {"id": self._asked} if self._protocol > 1 else {}

    def _ask(self, asked: str, **about: Any) -> None:
        """Send a request to a process that has no unread line left."""
        if not self._fault and (line := self._child.unread()) is not None:
            self._check_line(asked, line)
            raise self._broken(f"{asked}: received {short(line)} before anything was asked")
        self._asked += 1
        self._send({**self._id(), "ask": asked, **about})

    def _send(self, message: Message) -> None:
        if self._fault:
            raise SystemFault(self._fault)
        try:
            self._child.put(encode(message), self._timeout)
        except queue.Full:
            raise self._broken(
                f"it did not read what was sent for {self._timeout:g} seconds"
            ) from None

    def _receive(self, asked: str, *keys: str) -> Message:
        """Return the next line, an object with ``keys`` and the id of the last request."""
        try:
            line = self._child.get(self._timeout)
        except queue.Empty:
            raise self._broken(
                f"{asked}: no line for {self._timeout:g} seconds; answer sooner, and flush "
                "standard output after every line"
            ) from None
        self._check_line(asked, line)
        try:
            said = decode(line)
        except ValueError as error:
            raise self._broken(
                f"{asked}: received {short(line)}, which is no JSON ({error}); "
                "write nothing else to standard output"
            ) from error
        if not isinstance(said, dict) or not said.keys() >= set(keys):
            needed = f"an object with {', '.join(keys)}" if keys else "an object"
            raise self._broken(f"{asked}: received {short(line)}; needed is {needed}")
        self._check_id(asked, said)
        return said

    def _check_line(self, asked: str, line: bytes) -> None:
        if not line:
            status = self._child.status()
            how = ", or closed its standard output" if status is None else ""
            raise self._broken(f"{asked}: it ended{how or f' with exit status {status}'}")
        if not line.endswith(b"\n"):
            what = f"a line of more than {LINE >> 20} MB" if len(line) > LINE else "half a line"
            raise self._broken(f"{asked}: received {what}, beginning with {short(line)}")

    def _check_id(self, asked: str, said: Message) -> None:
        if self._protocol > 1 and not _is(said.get("id"), self._asked):
            raise self._broken(
                f"{asked}: received {short(said)}; needed is the id of what was asked, "
                f"{self._asked}"
            )

    def _broken(self, what: str) -> SystemFault:
        """End the process; every later request is answered with this fault."""
        if words := one_line(" ".join(self._child.kill().split()), TAIL):
            what += f"; its last words: {words}"
        self._fault = f"{self.name}: {what}"
        return SystemFault(self._fault)


def program(command: Sequence[str]) -> str:
    """Return the name of a command's program, without its folder and its arguments.

    >>> program(["/opt/bin/node", "trainer.js", "--key=1"])
    'node'
    """
    return one_line(PurePath(command[0].partition("=")[0]).name) if command else ""


def _is(value: object, *allowed: int) -> bool:
    """Return whether a value is one of some numbers; ``True`` is no number here, though it is 1."""
    return not isinstance(value, bool) and value in allowed
