"""Book files: which features are the book's, what they are called, and the frames beside them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from facelab.base.home import book
from facelab.playing.entry import ASKED, BOOK, FEATURES


def name_book(config: pytest.Config) -> None:
    """Put the book's own paths in the place of its names among the arguments of a run.

    ``facelab.book`` is all of its features. A path that is not here is looked up in the book.
    """
    config.args[:] = [_place_of(word, config.invocation_params.dir) for word in config.args]


def _place_of(word: str, here: Path) -> str:
    path, colons, scenario = word.partition("::")
    if path == BOOK:
        return str(book() / "features")
    known = book() / path
    found = not (here / path).exists() and known.is_relative_to(book() / "features")
    return f"{known}{colons}{scenario}" if found and known.exists() else word


def is_for_the_book(file: Path, config: pytest.Config) -> bool:
    """Return whether a feature file is to be played by facelab.

    That are the book's, those that the command line names, and those of the project's setting.
    Without the setting it is all, where the project itself has loaded facelab; a project that
    merely has facelab installed may play its features otherwise.
    """
    named = {Path(word.partition("::")[0]) for word in config.args}
    if file.is_relative_to(book() / "features") or {file, _shortened(file, config)} & named:
        return True
    own: list[Path] = []
    with suppress(ValueError):  # the setting is not declared where our entry point is blocked
        own = config.getini(FEATURES)
    if own:
        return any(file.is_relative_to(place) for place in own)
    return not config.stash.get(ASKED, False)


def _shortened(file: Path, config: pytest.Config) -> Path:
    here = config.invocation_params.dir
    return file.relative_to(here) if file.is_relative_to(here) else file


def told_of(file: Path, root: Path) -> str:
    """Return what a record calls a feature file: its path in the project, or in the book."""
    for folder in (root, book()):
        if file.is_relative_to(folder):
            return file.relative_to(folder).as_posix()
    return file.name


def node_of(file: Path, root: Path) -> str | None:
    """Return the id of a feature of the book elsewhere, as in its clone; None: pytest's own.

    An id of pytest's would lead there by way of ``..``, and differ from computer to computer.
    """
    told = told_of(file, root)
    return None if file.is_relative_to(root) or (root / told).exists() else told
