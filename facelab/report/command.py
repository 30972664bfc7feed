"""The command ``facelab report``: the document again, from the record of a run."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(subparsers: Subparsers) -> None:
    """Add ``report``."""
    command = subparsers.add_parser("report", help="render an acceptance report again")
    command.add_argument(
        "record",
        type=Path,
        nargs="?",
        default=Path("reports/acceptance.json"),
        help="what a run left behind; default %(default)s",
    )
    command.add_argument(
        "-o", "--output", type=Path, help="page to write; default: beside the record, as .html"
    )
    command.set_defaults(run=run_report)


def run_report(arguments: argparse.Namespace) -> int:
    """Read the record, write the page, print its path."""
    from facelab.report.document import write_document
    from facelab.report.place import held_folder
    from facelab.report.record import read_record

    output = arguments.output or arguments.record.with_suffix(".html")
    # A folder that is not there yet is nobody's: it is made when there is a page to be written.
    with held_folder(output.parent, "-o FILE") if output.parent.is_dir() else nullcontext():
        record = read_record(arguments.record)
        write_document(output, record)
    scenarios = sum(len(family.sheets) for family in record.families)
    print(f"{output}: {record.verdict}, {scenarios} scenarios")
    return 0
