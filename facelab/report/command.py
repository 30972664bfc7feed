"""The commands ``facelab report`` and ``facelab diff``: a run's document again; what changed."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.contract.errors import FacelabError

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


FORMS = {
    "short": (
        "-short.html",
        "write the first page, requirements, anomalies, reservations and the place to sign alone",
    ),
    "markdown": (".md", "write Markdown, for the page of a job of a continuous integration"),
    "badge": (".svg", "write a badge with the verdict"),
}
"""Other forms of a report: how their file's name ends, and what they are."""


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
        "--language",
        metavar="CODE",
        help="write it in this language, as fr; default: the language of the run, else English",
    )
    form = command.add_mutually_exclusive_group()
    for name, (ending, told) in FORMS.items():
        form.add_argument(
            f"--{name}",
            dest="form",
            action="store_const",
            const=name,
            help=f"{told}; default place: beside the record, as {ending}",
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

ROOM = 1 << 20
"""Bytes of a page, about."""


def run_diff(arguments: argparse.Namespace) -> int:
    """Print what changed, under the headings of its kinds."""
    from facelab.report.changes import HEADINGS, NARROWED, REGRESSION, changes
    from facelab.report.record import read_record
    from facelab.report.redaction import hide

    old, new = read_record(arguments.old), read_record(arguments.new)
    _say_unfinished(arguments.new)
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
    """Read the record, write the page or another form of it, print its path."""
    import numpy as np

    from facelab.base.files import reason, write_atomically
    from facelab.languages.language import language
    from facelab.languages.speech import speaking
    from facelab.report.brief import badge, markdown
    from facelab.report.document import language_of, render
    from facelab.report.place import held_folder
    from facelab.report.record import encoded, read_record

    forms = {None: render, "short": lambda r: render(r, short=True), "markdown": markdown,
             "badge": badge}  # fmt: skip
    ending = FORMS[arguments.form][0] if arguments.form else ".html"
    asked = language(arguments.language) if arguments.language else None
    if asked is not None:  # a page in another language lies beside the one of the run
        ending = f".{asked.code}{ending}"
    output = arguments.output or arguments.record.with_name(f"{arguments.record.stem}{ending}")
    _check_output(output)
    # A folder that is not there yet is nobody's: it is made when there is a page to be written.
    with held_folder(output.parent, "-o FILE") if output.parent.is_dir() else nullcontext():
        record = read_record(arguments.record)
        _say_unfinished(arguments.record)
        # The numbers may be anybody's.
        with np.errstate(all="ignore"), speaking(asked or language_of(record)):
            content = encoded(forms[arguments.form](record))
        try:
            write_atomically(output, content)
        except OSError as error:
            raise FacelabError(
                f"{output}: cannot be written ({reason(error)}); name another place with -o FILE"
            ) from error
    scenarios = sum(len(family.sheets) for family in record.families)
    print(f"{output}: {record.verdict}, {scenarios} scenarios")
    return 0


def _say_unfinished(record: Path) -> None:
    """Say on standard error that a later run has left no report beside a record."""
    from facelab.report.place import unfinished

    if told := unfinished(record.parent):
        print(f"facelab: {told}", file=sys.stderr)


def _check_output(output: Path) -> None:
    """Raise FacelabError where the page cannot be written, or would replace a record."""
    from facelab.base.destination import check_destination

    if output.suffix.lower() == ".json":
        raise FacelabError(
            f"-o: received {output}, a record's name; allowed are pages, as {output.stem}.html: "
            "choose another"
        )
    folder = next(one for one in (output.parent, *output.parent.parents) if one.exists())
    if folder == output.parent or not folder.is_dir():
        check_destination(output, ROOM, "-o")
