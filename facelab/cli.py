"""The ``facelab`` command; each package adds its own commands."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from os.path import expanduser

from facelab.base.opencv import explained
from facelab.base.packages import WITHOUT_TENSORFLOW, has_tensorflow
from facelab.contract.errors import FacelabError
from facelab.languages.speech import N_

COMMANDS = (
    "playing",
    "trials",
    "camera",
    "page",
    "gallery",
    "studio",
    "report",
    "recipe",
    "systems",
)
"""The packages that add commands, each in a module called ``command``, in the order of the help."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; each package adds its own."""
    root = argparse.ArgumentParser(prog="facelab", description=__doc__)
    subparsers = root.add_subparsers(metavar="COMMAND", required=True)
    for package in COMMANDS:
        import_module(f"facelab.{package}.command").add_commands(subparsers)
    return root


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Within the block, let SIGTERM, as of a service that ends, do what Ctrl-C does: keep all."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        if not callable(signal.getsignal(signal.SIGINT)):  # ignored, as behind `&` in a script
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _expanded(word: str) -> str:
    """Return `--record=~/team` with one's own folder, which no shell puts in behind a ``=``."""
    option, mark, value = word.partition("=")
    own = mark and option[:2] == "--"
    return f"{option}={expanduser(value)}" if own else word  # noqa: PTH111 (it may be no path)


INTERRUPTED = N_("interrupted; what was done is kept")


def _say(refusal: object, option: str | None) -> None:
    """Print a refusal, in the language of ``--language`` or of the project."""
    from facelab.languages.choice import chosen

    said = str(refusal)
    with suppress(FacelabError):  # an unknown language is refused in English
        said = chosen(option).translated(said)
    print(f"facelab: {said}", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; bad input is one line on standard error."""
    given = sys.argv[1:] if arguments is None else arguments
    # TensorFlow tells of drivers that nobody asked for; whoever wants to read it sets 0.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    option = None
    if isinstance(sys.stdout, io.TextIOWrapper):  # as standard error does, where it is not UTF-8
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        chosen = parser().parse_args([_expanded(word) for word in given])
        option = getattr(chosen, "language", None)
        with explained(), _ended_by_sigterm():
            status: int = chosen.run(chosen)
    except FacelabError as error:
        _say(error, option)
        return 2
    except ModuleNotFoundError as error:
        if error.name not in ("tensorflow", "keras") or has_tensorflow():
            raise
        _say(WITHOUT_TENSORFLOW, option)
        return 2
    except BrokenPipeError:  # whoever read what is printed has gone, as in `facelab steps | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a disk that is full, or may only be read, where no room said so
        place = f"{error.filename}: " if error.filename else ""
        said = error.strerror or "reading or writing failed"
        told = FacelabError(f"{place}{said.lower()}; what was there before is kept")
        _say(told, option)
        return 2
    except KeyboardInterrupt:
        _say(INTERRUPTED, option)
        return 130
    return status
