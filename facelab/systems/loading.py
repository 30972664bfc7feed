"""Loading: the system that ``--system`` names."""

from __future__ import annotations

import importlib
import inspect
import shlex
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from facelab.base.packages import WITHOUT_TENSORFLOW, has_tensorflow
from facelab.contract.errors import FacelabError
from facelab.contract.photos import Photos
from facelab.contract.system import Capability, Granted, System
from facelab.contract.text import one_line, quoted
from facelab.contract.training import Training, TrainingRequest
from facelab.systems.process import Process, program

if TYPE_CHECKING:
    from facelab.gallery.clip import Clip
    from facelab.gallery.pictures import Pictures
    from facelab.learning.describer import Describer

COMMAND = "command:"
"""What ``--system`` begins with when the rest is a command line, a learner in its own process."""


def load_system(
    name: str, face_detector: str = "facelab", cache: Path | None = None, embedding: str = "hog"
) -> System:
    """Return facelab's own system, or the one that ``--system`` names.

    ``package.module:factory`` makes a System or a Learner; ``command: node trainer.js`` starts a
    learner that speaks the protocol of docs/protocol.md. ``face_detector``, how faces are found
    for facelab's embeddings, is ``facelab``, ``none`` or the path of a YuNet file. ``cache``:
    folder in which those embeddings' vectors are kept for the next run. ``embedding``: ``hog`` or
    ``whitened``. Raises FacelabError when there is no such system, detector or embedding.
    """
    if name == "facelab":
        if not has_tensorflow():
            raise FacelabError(f"--system facelab: {WITHOUT_TENSORFLOW}")
        from facelab.learning.trainer import Trainer  # TensorFlow comes with the first training

        return Trainer(face_detector, cache, embedding=embedding)
    if name.startswith(COMMAND):
        made: Any = Process(_words(name))
    else:
        made = _made_by(name)
    return as_system(made, name, face_detector, cache, embedding)


@contextmanager
def looking_ahead(system: System, files: Callable[[], Iterable[Pictures | Clip]]) -> Iterator[None]:
    """Have facelab's own system look ahead at files, until the block ends."""
    extractor = cast("Describer", system).extractor
    extractor.look_ahead(files)
    try:
        yield
    finally:
        extractor.close()


def described(name: str) -> str:
    """Return what ``--system`` names as it may be written down: a command without its arguments.

    They may hold keys. Raises FacelabError for a command line that is none.

    >>> described("command: node trainer.js --api-key=1")
    'command: node …'
    """
    if name.startswith(COMMAND):
        words = _words(name)
        return f"{COMMAND} {program(words)}{' …' * (len(words) > 1)}"
    first, space, _ = one_line(name).partition(" ")  # a command, but for a slip of the pen
    return f"{first}{space and ' …'}"


def _words(name: str) -> list[str]:
    try:
        return shlex.split(name.removeprefix(COMMAND))
    except ValueError as error:
        raise FacelabError(
            f"--system: received a command line that breaks off ({error}); close its quotation "
            "marks"
        ) from None


def _made_by(name: str) -> Any:
    module, _, factory = name.partition(":")
    try:
        if (here := str(Path.cwd())) not in sys.path:
            sys.path.insert(0, here)  # as for ``python -m``; the commands of an installation do not
        return getattr(importlib.import_module(module), factory)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise FacelabError(
            f"--system: received {described(name)!r} ({error}); allowed is facelab, "
            f"package.module:factory, importable from here, or {COMMAND} and a command line"
        ) from error


def as_system(
    made: Any,
    name: str,
    face_detector: str = "facelab",
    cache: Path | None = None,
    embedding: str = "hog",
) -> System:
    """Return a System or a Learner as a System. Raises FacelabError when it is neither."""
    missing = [part for part in ("name", "version", "capabilities") if not hasattr(made, part)]
    if not hasattr(made, "train") and not hasattr(made, "learn"):
        missing.append("learn")
    if missing:
        raise FacelabError(
            f"--system: {described(name)} gives a {type(made).__name__} without "
            f"{', '.join(missing)}; docs/your_system.md shows a whole one"
        )
    known = [str(capability) for capability in Capability]
    offered = made.capabilities
    listed = isinstance(offered, Collection) and not isinstance(offered, str | bytes)
    if not listed or any(one not in known for one in offered):
        raise FacelabError(
            f"--system: {described(name)} has the capabilities {quoted(made.capabilities, 100)}, "
            f"allowed is a list of {', '.join(known)}"
        )
    lacking, granted = getattr(made, "limits", ()), [str(one) for one in Granted]
    if isinstance(lacking, str) or any(one not in granted for one in lacking):
        raise FacelabError(
            f"--system: {described(name)} has the limits {quoted(lacking, 100)}, allowed is a list "
            f"of {', '.join(granted)}"
        )
    if hasattr(made, "learn"):
        from facelab.systems.embedded import Embedded

        return Embedded(made, face_detector, cache, embedding)
    if embedding != "hog":
        raise FacelabError(
            f"--embedding: received {embedding} for the system {described(name)}, which describes "
            "faces by itself; leave the option out"
        )
    if face_detector != "facelab":
        raise FacelabError(
            f"--face-detector: received {face_detector} for the system {described(name)}, which "
            "finds faces by itself; leave the option out"
        )
    if "seeds" in inspect.signature(made.train).parameters:
        return Spread(made)
    return cast("System", made)


class Spread:
    """A system written for facelab 1.0.0, whose ``train`` takes the request in many arguments."""

    strange = True
    """What it is handed it hands on to code that is not ours."""

    def __init__(self, system: Any) -> None:
        self._system = system

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)

    def train(self, photos: Photos, request: TrainingRequest) -> Training:
        """Hand the request on, part by part."""
        return cast(
            "Training",
            self._system.train(
                photos,
                request.parameters,
                seeds=request.seeds,
                start=request.start,
                stop=request.stop,
                progress=request.progress,
            ),
        )
