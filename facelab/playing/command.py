"""The command ``facelab steps``: writes the catalogue of steps into its page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.base.files import reason, write_atomically
from facelab.contract.errors import FacelabError

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

BEGIN, END = "<!-- facelab steps: begin -->\n", "<!-- facelab steps: end -->\n"
"""Between these lines of the page stands the catalogue; the rest is written by hand."""


def add_commands(subparsers: Subparsers) -> None:
    """Add ``steps``."""
    command = subparsers.add_parser("steps", help="write the catalogue of steps anew")
    command.add_argument(
        "page",
        type=Path,
        nargs="?",
        default=Path("docs/steps.md"),
        help="page with the two marks to write between; default %(default)s",
    )
    command.set_defaults(run=run_steps)


def run_steps(arguments: argparse.Namespace) -> int:
    """Write the steps of the package ``steps`` here into the page."""
    # pytest-bdd takes half a second, and the command may lie outside of the clone
    from facelab.playing.catalogue import markdown, step_modules

    sys.path.insert(0, str(Path.cwd()))
    page: Path = arguments.page
    try:
        before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    except OSError as error:
        raise FacelabError(f"{page}: {reason(error)}; run this in the clone") from error
    except UnicodeDecodeError as error:
        raise FacelabError(f"{page}: no text in UTF-8; run this in the clone") from error
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise FacelabError(f"{page}: a line {BEGIN.strip()} and one {END.strip()} must stand in it")
    modules = step_modules()
    write_atomically(page, "".join((before, begin, markdown(modules), end, after)).encode())
    print(f"{page}: the steps of {len(modules)} modules")
    return 0
