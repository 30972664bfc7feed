"""The commands of the studio: `facelab studio record` and `facelab studio sheet`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PLAN = Path("fixtures/plan.toml")


def add_commands(subparsers: Any) -> None:
    """Register the command `studio` with its sub-commands on the parsers of the main command."""
    studio = subparsers.add_parser("studio", help="record frames of fictional people")
    commands = studio.add_subparsers(dest="studio_command", metavar="COMMAND", required=True)
    recorder = commands.add_parser("record", help="record the frames of a plan")
    _add_plan(recorder)
    recorder.add_argument(
        "--out", type=Path, default=Path("fixtures"), help="folder to record into (%(default)s)"
    )
    recorder.add_argument(
        "--only", nargs="+", default=(), metavar="SET", help="record these sets only"
    )
    recorder.add_argument("--jobs", type=int, default=2, help="processes (%(default)s)")
    recorder.add_argument(
        "--again", action="store_true", help="record also what is up to date already"
    )
    recorder.set_defaults(run=run_record)
    sheet = commands.add_parser("sheet", help="draw a contact sheet of the cast")
    _add_plan(sheet)
    sheet.add_argument(
        "--out", type=Path, default=Path("studio.jpg"), help="picture to write (%(default)s)"
    )
    sheet.set_defaults(run=run_sheet)


def _add_plan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", type=Path, default=_PLAN, help="plan file (%(default)s)")


def run_record(args: argparse.Namespace) -> int:
    """Record a plan; 0 when all is recorded, 130 when interrupted."""
    # imported here: OpenCV, joblib and pandas would slow down `facelab --help`
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from facelab.studio.plan import read_plan
    from facelab.studio.recording import record

    plan, cast = read_plan(args.plan)
    console = Console()
    columns = ("[progress.description]{task.description}", BarColumn())
    with Progress(*columns, MofNCompleteColumn(), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("recording", total=None)
        report = _reporter(bar, task)
        try:
            tally = record(
                plan,
                cast,
                args.out,
                only=tuple(args.only),
                jobs=args.jobs,
                again=args.again,
                report=report,
            )
        except KeyboardInterrupt:
            console.print("interrupted: what is done stays; run the same command to go on")
            return 130
    console.print(f"{tally.written} files recorded, {tally.kept} up to date, in {args.out}")
    return 0


def _reporter(bar: Any, task: Any) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)

    return report


def run_sheet(args: argparse.Namespace) -> int:
    """Draw the contact sheet: each actor neutral, smiling, talking, turned with glasses."""
    from facelab.base.destination import check_destination
    from facelab.studio.plan import read_plan
    from facelab.studio.recording import write_whole
    from facelab.studio.sheet import contact_sheet

    plan, cast = read_plan(args.plan)
    check_destination(args.out, 1 << 18, "--out")
    write_whole(args.out, contact_sheet(cast, tuple(plan.sittings.values())))
    print(f"{len(cast)} actors drawn in {args.out}")
    return 0
