"""Place: the folder of a report; one run at a time writes to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facelab.base.lock import locked
from facelab.contract.errors import FacelabError

REPORT = "--acceptance-report"
"""The option that names the folder: a name that no other plugin of pytest has."""

LOCK = ".acceptance.lock"
"""The file in the folder that says who writes there; gone when they have ended."""


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
            f"{folder}: cannot be made ({error.strerror}); write to another with {option}"
        ) from error
    otherwise = (
        f"{_escaped(folder)}: a run that has not ended ({{who}}) writes its report there; wait for "
        f"it, or write to another folder with {option}"
    )
    with locked(folder / LOCK, otherwise):
        yield


def _escaped(folder: Path) -> str:
    return str(folder).replace("{", "{{").replace("}", "}}")
