"""The commands ``facelab play``, which plays the book, and ``facelab steps``, which lists it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.base.files import write_atomically
from facelab.contract.errors import FacelabError

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

BEGIN, END = "<!-- facelab steps: begin -->\n", "<!-- facelab steps: end -->\n"
"""Between these lines of the page stands the catalogue; the rest is written by hand."""


def add_commands(subparsers: Subparsers) -> None:
    """Add ``play`` and ``steps``."""
    play = subparsers.add_parser(
        "play",
        help="play the book, or features of your own: pytest with the book's options",
        add_help=False,
        prefix_chars="\0",  # every word is pytest's, those with a dash too
    )
    play.add_argument("words", nargs="*")
    play.set_defaults(run=run_play)
    command = subparsers.add_parser("steps", help="write the catalogue of steps anew")
    command.add_argument(
        "page",
        type=Path,
        nargs="?",
        default=Path("docs/steps.md"),
        help="page with the two marks to write between; default %(default)s",
    )
    command.set_defaults(run=run_steps)


def run_play(arguments: argparse.Namespace) -> int:
    """Play the book with pytest's and facelab's options; the exit status is pytest's."""
    # pytest takes a tenth of a second
    from facelab.playing.play import play

    return play(arguments.words)


def run_steps(arguments: argparse.Namespace) -> int:
    """Write the steps of the package ``steps`` here into the page."""
    # pytest-bdd takes half a second, and the command may lie outside of the clone
    from facelab.playing.catalogue import markdown, step_modules

    sys.path.insert(0, str(Path.cwd()))
    page: Path = arguments.page
    try:
        before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    except OSError as error:
        raise FacelabError(f"{page}: {error.strerror}; run this in the clone") from error
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise FacelabError(f"{page}: a line {BEGIN.strip()} and one {END.strip()} must stand in it")
    modules = step_modules()
    write_atomically(page, "".join((before, begin, markdown(modules), end, after)).encode())
    print(f"{page}: the steps of {len(modules)} modules")
    return 0
