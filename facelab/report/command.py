"""The commands ``facelab report`` and ``facelab diff``: a run's document again; what changed."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(subparsers: Subparsers) -> None:
    """Add ``report`` and ``diff``."""
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
    command.add_argument(
        "--short",
        action="store_true",
        help="write the first page, requirements, anomalies, reservations and the place to sign "
        "alone; default place: beside the record, as -short.html",
    )
    command.set_defaults(run=run_report)

    diff = subparsers.add_parser("diff", help="what changed from one run of the book to another")
    diff.add_argument("old", type=Path, help="record of the earlier run, its acceptance.json")
    diff.add_argument("new", type=Path, help="record of the later run")
    diff.add_argument(
        "--fail-on",
        choices=FAILING,
        help="end with 1 if something became worse (regression), or if a margin shrank by half or "
        "more too (narrowed); default: end with 0",
    )
    diff.set_defaults(run=run_diff)


FAILING = ("regression", "narrowed")


def run_diff(arguments: argparse.Namespace) -> int:
    """Print what changed, under the headings of its kinds."""
    from facelab.report.changes import HEADINGS, NARROWED, REGRESSION, changes
    from facelab.report.record import read_record
    from facelab.report.redaction import hide

    old, new = read_record(arguments.old), read_record(arguments.new)
    found = changes(old, new)
    for kind, heading in HEADINGS.items():
        if some := [change for change in found if change.kind == kind]:
            print(f"{heading}: {len(some)}")
            for change in some:
                print(f"  {hide(change.text)}")
    if not found:
        print("nothing changed")
    grave = {"regression": {REGRESSION}, "narrowed": {REGRESSION, NARROWED}}
    return int(any(change.kind in grave.get(arguments.fail_on, ()) for change in found))


def run_report(arguments: argparse.Namespace) -> int:
    """Read the record, write the page, print its path."""
    from facelab.report.document import write_document
    from facelab.report.place import held_folder
    from facelab.report.record import read_record

    name = f"{arguments.record.stem}{'-short' * arguments.short}.html"
    output = arguments.output or arguments.record.with_name(name)
    # A folder that is not there yet is nobody's: it is made when there is a page to be written.
    with held_folder(output.parent, "-o FILE") if output.parent.is_dir() else nullcontext():
        record = read_record(arguments.record)
        write_document(output, record, short=arguments.short)
    scenarios = sum(len(family.sheets) for family in record.families)
    print(f"{output}: {record.verdict}, {scenarios} scenarios")
    return 0
