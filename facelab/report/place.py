"""Place: the folder of a report; one run at a time writes to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from facelab.base.files import read, reason, remove, write
from facelab.base.lock import locked
from facelab.contract.errors import FacelabError
from facelab.contract.text import one_line

REPORT = "--acceptance-report"
"""The option that names the folder: a name that no other plugin of pytest has."""

LOCK = ".acceptance.lock"
"""The file in the folder that says who writes there; gone when they have ended."""


UNFINISHED = "UNFINISHED.txt"
"""The file in the folder, from a run's start to its report, that says whose report is missing."""


@contextmanager
def held_folder(folder: Path, option: str = f"{REPORT}=DIR") -> Iterator[None]:
    """Keep a folder, made if need be, for the time of the block: record, page and CSV go together.

    ``option``: what names another folder. Raises FacelabError, in one line, when another run has
    it, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FacelabError(
            f"{folder}: cannot be made ({reason(error)}); write to another with {option}"
        ) from error
    otherwise = (
        f"{_escaped(folder)}: a run that has not ended ({{who}}) writes its report there; wait for "
        f"it, or write to another folder with {option}"
    )
    with locked(folder / LOCK, otherwise):
        yield


def mark(folder: Path) -> None:
    """Say in a folder that a run has begun, and has not left its report: it may be killed.

    Raises FacelabError when that cannot be written.
    """
    told = (
        f"A run of the book that began on {datetime.now(UTC):%Y-%m-%d at %H:%M} UTC has left no "
        "report here: unless it is still playing, it was killed, or its report could not be "
        "written. What is here is of the run before; run the book again.\n"
    )
    try:
        write(folder, UNFINISHED, told.encode())
    except OSError as error:
        raise FacelabError(
            f"{folder / UNFINISHED}: cannot be written ({reason(error)}); write to another folder "
            f"with {REPORT}=DIR"
        ) from error


def unmark(folder: Path) -> None:
    """Take away what ``mark`` has written."""
    with suppress(OSError, FacelabError):
        remove(folder, UNFINISHED)


def unfinished(folder: Path) -> str:
    """Return in a line that a run has left no report in a folder, empty where none is missing."""
    with suppress(OSError, FacelabError):
        told = one_line(read(folder, UNFINISHED, 10_000).decode("utf-8", "replace"), 400)
        return f"{folder / UNFINISHED}: {told}"
    return ""


def _escaped(folder: Path) -> str:
    return str(folder).replace("{", "{{").replace("}", "}}")
