"""Play: ``facelab play``, the book for whoever does not know pytest."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from facelab.base import home
from facelab.playing.entry import BOOK

USAGE = """\
Play the book, or the features named: files, or folders that hold some. A feature of the book may be
named as features/T2_high_learning_rate.feature from anywhere. pytest plays them: its options are
allowed too, as -m T2 for a part, and its exit status is returned.\
"""


class Options(argparse.ArgumentParser):
    """facelab's options as argparse has them: for the help, and to tell values from paths.

    ``known``: their names; ``values``: those that take a value.
    """

    def __init__(self) -> None:
        super().__init__(
            prog="facelab play",
            usage="facelab play [OPTION …] [FEATURE …]",
            description=USAGE,
            allow_abbrev=False,
        )
        self.known: set[str] = set()
        self.values: set[str] = set()
        from facelab.playing.options import add_options  # with OpenCV's neighbours

        add_options(self)  # type: ignore[arg-type]  # it takes the place of pytest's parser

    def getgroup(self, _name: str, _title: str) -> Options:
        """Return what options are added to, as pytest's parser does."""
        return self

    def addoption(self, *names: str, **more: Any) -> None:
        """Add an option, as pytest's parser does."""
        action = self.add_argument(*names, **more)
        self.known.update(action.option_strings)
        if action.nargs is None:
            self.values.update(action.option_strings)


def play(words: Sequence[str]) -> int:
    """Play what the words of a command line name, else the book. Return pytest's exit status."""
    options = Options()
    if {"-h", "--help"} & set(words):
        options.print_help()
        return 0
    joined = list(_joined(words, options.values))
    book = [] if any(map(_names_features, joined)) else ["--pyargs", BOOK]
    return int(pytest.main(["-p", BOOK, *_elsewhere(), *joined, *book]))


def _elsewhere() -> list[str]:
    """Return how pytest leaves the conftest.py of a clone alone that it is not started in.

    It loads the plugins that are loaded already, which only that of the folder itself may do.
    """
    conftest = home.book() / "conftest.py"
    inside = Path.cwd().is_relative_to(home.book())
    return [] if inside or not conftest.is_file() else [f"--confcutdir={home.book() / 'features'}"]


def _joined(words: Sequence[str], options: set[str]) -> Iterator[str]:
    """Yield words, a value joined to its option: pytest would look for tests in its path."""
    rest = iter(words)
    for word in rest:
        value = next(rest, None) if word in options else None
        yield word if value is None else f"{word}={value}"


def _names_features(word: str) -> bool:
    path = Path(word.partition("::")[0])
    return path.suffix == ".feature" or (path.is_dir() and any(path.glob("*.feature")))
