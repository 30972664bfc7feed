"""Caching: the folder in a gallery for everything calculated from its photos."""

from __future__ import annotations

import contextlib
import secrets
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from facelab.base import files
from facelab.base.locking import HOME, writing
from facelab.contract.errors import FacelabError
from facelab.gallery.forgotten import Mark, read_marks

CACHE = f"{HOME}/cache"


def cache_of(folder: Path) -> str:
    """Return a gallery's cache, relative to it. It need not be there yet."""
    for name in _tokens(folder):
        if stat.S_ISDIR(files.kind(folder, f"{CACHE}/{name}")):
            return f"{CACHE}/{name}"
    return f"{CACHE}/{secrets.token_hex(8)}"


def open_cache(
    folder: Path, cache: str, before: Sequence[Mark], fill: Callable[[], None]
) -> Path | None:
    """Make a gallery's cache, call ``fill``, and return its folder.

    None when the gallery is read-only, when the cache holds a link, through which a file elsewhere
    could be overwritten, and when somebody was forgotten since the marks ``before`` were read.
    """
    try:
        with writing(folder, interrupting=True):
            if set(read_marks(folder)) - set(before):
                return None
            fill()
            kinds = [files.kind(folder, file) for file in files.files_below(folder, cache)]
    except (OSError, FacelabError):
        return None
    return folder / cache if all(map(stat.S_ISREG, kinds)) else None


def cache_later(folder: Path) -> Callable[[], Path | None]:
    """Return what makes and returns a gallery's cache, once its photos have been read.

    It returns None where `open_cache` does. Raises FacelabError when it cannot be understood who
    was forgotten.
    """
    marks, cache = read_marks(folder), cache_of(folder)
    return lambda: open_cache(folder, cache, marks, lambda: None)


def forget_cache(folder: Path) -> bool:
    """Remove a gallery's cache, and return whether there was one.

    A program that still runs knows the cache by its name, and may be about to add to it. So an
    empty file takes its place: no program can write into that, and a new cache has a new name.
    Raises FacelabError when it is outside of the gallery, OSError when writing fails.
    """
    tokens = [f"{CACHE}/{name}" for name in _tokens(folder)]
    found = [token for token in tokens if stat.S_ISDIR(files.kind(folder, token))]
    for token in found:
        for attempt in range(100):
            try:
                files.remove_tree(folder, token)
                files.create(folder, token)
                break
            except OSError:  # somebody has just added to it
                if attempt == 99:
                    raise
    return bool(found)


def _tokens(folder: Path) -> list[str]:
    with contextlib.suppress(OSError, FacelabError):
        return files.names(folder, CACHE)
    return []
