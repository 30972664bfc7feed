"""The commands ``facelab play``, ``facelab steps`` and ``facelab book``."""

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
    """Add ``play``, ``steps`` and ``book``."""
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

    translated = subparsers.add_parser("book", help="write the features in another language")
    translated.add_argument("--language", metavar="CODE", required=True, help="the language, as fr")
    translated.add_argument(
        "--out", type=Path, metavar="DIR", help="folder to write to; default: features_CODE"
    )
    translated.add_argument(
        "features",
        type=Path,
        nargs="?",
        help="folder of the English features; default: features/ here, else the book's own",
    )
    translated.set_defaults(run=run_book)


def run_book(arguments: argparse.Namespace) -> int:
    """Write each feature in a language; pytest plays what is written as it plays the English."""
    from facelab.base.home import book
    from facelab.languages.language import language
    from facelab.playing.misprints import read_document, read_text
    from facelab.playing.translation import in_language

    spoken = language(arguments.language)
    if spoken.is_source:
        raise FacelabError("--language: received en, in which the features are; name another")
    here = Path("features")
    folder = arguments.features or (here if here.is_dir() else book() / "features")
    files = sorted(folder.glob("*.feature"))
    if not files:
        raise FacelabError(f"{folder}: no features here; name their folder")
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
