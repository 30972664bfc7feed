"""The commands ``facelab steps`` and ``facelab book``: the list of steps, a book of a language."""

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
    """Add ``steps`` and ``book``."""
    command = subparsers.add_parser("steps", help="write the catalogue of steps anew")
    command.add_argument(
        "page",
        type=Path,
        nargs="?",
        default=Path("docs/steps.md"),
        help="page with the two marks to write between; default %(default)s",
    )
    command.set_defaults(run=run_steps)

    book = subparsers.add_parser("book", help="write the features in another language")
    book.add_argument("--language", metavar="CODE", required=True, help="the language, as fr")
    book.add_argument(
        "--out", type=Path, metavar="DIR", help="folder to write to; default: features_CODE"
    )
    book.add_argument(
        "features",
        type=Path,
        nargs="?",
        default=Path("features"),
        help="folder of the English features; default %(default)s",
    )
    book.set_defaults(run=run_book)


def run_book(arguments: argparse.Namespace) -> int:
    """Write each feature in a language; pytest plays what is written as it plays the English."""
    from facelab.languages.language import language
    from facelab.playing.misprints import read_document, read_text
    from facelab.playing.translation import in_language

    spoken = language(arguments.language)
    if spoken.is_source:
        raise FacelabError("--language: received en, in which the features are; name another")
    files = sorted(arguments.features.glob("*.feature"))
    if not files:
        raise FacelabError(f"{arguments.features}: no features here; name their folder")
    out = arguments.out or Path(f"features_{spoken.code}")
    written = {}
    for path in files:
        read_document(path)
        target, text = out / path.name, in_language(read_text(path), spoken).encode()
        if target.exists() and target.read_bytes() != text:
            raise FacelabError(f"{target}: is there, and differs; remove it or name another --out")
        written[target] = text
    for target, text in written.items():
        write_atomically(target, text)
    print(f"{out}: {len(written)} features; play them with pytest {out}")
    return 0


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
