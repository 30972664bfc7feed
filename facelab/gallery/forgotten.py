"""Forgotten: marks that tell running programs which people they may no longer keep.

A mark holds a salted fingerprint of the name, not the name, and is valid for a day: no program that
started before films longer. A program that opens the gallery afterwards may ask the person anew.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from facelab.base import files
from facelab.base.locking import HOME
from facelab.contract.errors import FacelabError
from facelab.gallery.name import alike

NAME = f"{HOME}/forgotten.json"

KEPT = 86_400.0
"""Seconds that a mark is kept."""

MOST = 16_000_000
"""Bytes that the marks have at most."""


class Forgotten(FacelabError):
    """Nothing of a person may be kept: the person was forgotten."""


@dataclass(frozen=True)
class Mark:
    """Somebody was forgotten, ``done``, or began to be, at a time in seconds."""

    salt: str
    digest: str
    when: float
    done: bool

    def means(self, person: str) -> bool:
        """Return whether it is this person's."""
        return self.digest == _digest(self.salt, person)


def read_marks(folder: Path) -> tuple[Mark, ...]:
    """Return the marks of a gallery. Raises FacelabError when they cannot be understood."""
    try:
        marks = json.loads(files.read(folder, NAME, MOST))
        return tuple(Mark(**mark) for mark in marks)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise FacelabError(
            f"{folder / NAME}: cannot be understood; end all programs that use the gallery, then "
            "remove it"
        ) from error


def begin(folder: Path, person: str) -> bool:
    """Mark that a person is being forgotten; return whether an earlier call was interrupted.

    The caller holds the lock. Raises OSError as the disk does.
    """
    marks = read_marks(folder)
    if any(mark.means(person) and not mark.done for mark in marks):
        return True
    salt = secrets.token_hex(16)
    _write(folder, (*marks, Mark(salt, _digest(salt, person), time.time(), done=False)))
    return False


def finish(folder: Path, person: str, *, known: bool) -> None:
    """Mark that nothing is left of a person; one who was not ``known`` leaves no mark."""
    marks = read_marks(folder)
    own = [mark for mark in marks if mark.means(person) and not mark.done]
    rest = [mark for mark in marks if mark not in own]
    _write(folder, (*rest, *(replace(mark, done=True) for mark in own if known)))


def check_standing(folder: Path, person: str, before: Iterable[Mark]) -> None:
    """Raise Forgotten when a person was forgotten since the marks ``before`` were read, or half."""
    known = set(before)
    for mark in read_marks(folder):
        if mark.means(person) and not mark.done:
            raise Forgotten(
                f"{person}: is being forgotten, so nothing is kept; `facelab forget` ends it"
            )
        if mark.means(person) and mark not in known:
            raise Forgotten(
                f"{person}: was forgotten meanwhile, so nothing is kept; to begin anew, start the "
                "program again and ask for consent"
            )


def _write(folder: Path, marks: Iterable[Mark]) -> None:
    fresh = [mark for mark in marks if not mark.done or time.time() - mark.when < KEPT]
    if fresh:
        files.write(folder, NAME, json.dumps([asdict(mark) for mark in fresh]).encode())
    else:
        files.remove(folder, NAME)


def _digest(salt: str, person: str) -> str:
    return hashlib.sha256(f"{salt} {alike(person)}".encode("utf-8", "surrogatepass")).hexdigest()
