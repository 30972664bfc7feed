"""The command ``facelab forget``: removes a person from a gallery."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.base.files import is_folder
from facelab.contract.errors import FacelabError

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(subparsers: Subparsers) -> None:
    """Add ``forget``."""
    command = subparsers.add_parser("forget", help="remove a person from a gallery")
    command.add_argument("gallery", type=Path, help="folder of photos or a recording")
    command.add_argument("person", help="whom to forget: the name of the folder")
    command.add_argument(
        "--report",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="a folder of reports outside of the gallery; may be given more than once",
    )
    command.set_defaults(run=run_forget)


def run_forget(arguments: argparse.Namespace) -> int:
    """Remove the person and print what was removed."""
    from facelab.gallery.forget import forget  # with pandas: half a second for every command

    for place in arguments.report:
        if not is_folder(place):  # a misprint would leave reports that name the person
            raise FacelabError(
                f"--report: received {place}, no such folder; name one with reports; nothing was "
                "removed"
            )
    beside = [arguments.gallery.absolute().parent / "reports", *arguments.report]
    for line in forget(arguments.gallery, arguments.person, beside):
        print(f"removed: {line}")
    print(
        "not touched: models that were trained with these photos, reports in other folders, "
        "copies and backups; remove them yourself"
    )
    return 0
