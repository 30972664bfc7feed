"""``python -m benchmarks``: measure everything, print tables, write RESULTS.md."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from benchmarks import tables
from benchmarks.tables import Sheet

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

Say = Callable[[str], None]
PARTS = ("training", "frames", "patience", "growth", "browser", "book")


def main() -> int:
    """Measure the parts that are asked for."""
    arguments = parser().parse_args()
    terminal = Console(stderr=True)
    rounds = arguments.rounds or (3 if arguments.quick else 11)
    load = [os.getloadavg()[0]]
    sheets: list[Sheet] = []
    with terminal.status("…") as status:

        def say(text: str) -> None:
            status.update(text)
            if not terminal.is_terminal:
                print(text, file=sys.stderr, flush=True)

        for part in arguments.only or PARTS:
            sheets += MEASURED[part](arguments, rounds, say)
            load[1:] = [os.getloadavg()[0]]
            page = tables.markdown(sheets, f"{rounds} rounds on {tables.machine(load)}")
            arguments.output.write_text(page, encoding="utf-8")
    tables.show(Console(), sheets)
    print(f"{arguments.output}: {tables.machine(load)}")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    root = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    root.add_argument("only", nargs="*", choices=[[], *PARTS], help="parts; default all")
    root.add_argument("--quick", action="store_true", help="3 rounds and short growth")
    root.add_argument("--rounds", type=int, help="default 11, the book's 3")
    root.add_argument("--torch", default=sys.executable, help="a Python that has PyTorch")
    root.add_argument(
        "-o", "--output", type=Path, default=Path(__file__).with_name("RESULTS.md"), help="page"
    )
    return root


def training(arguments: argparse.Namespace, rounds: int, say: Say) -> Iterator[Sheet]:
    """Time trainings of single photos, on the book's four people and on all eleven."""
    from benchmarks.rounds import measure
    from benchmarks.training import methods

    for people, photos in ((4, 103), (11, 230)):
        results = measure(methods(people, arguments.torch), rounds, say=say)
        title = f"Training: {photos} photos x 1,764 features x {people} people, one photo an update"
        yield tables.of_rates(title, results, "updates")


def frames(_: argparse.Namespace, rounds: int, say: Say) -> Iterator[Sheet]:
    """Time answers."""
    from benchmarks.frames import methods
    from benchmarks.rounds import measure

    yield tables.of_times(
        "From a frame of 640 x 480 to the answer", measure(methods(), rounds, say=say)
    )


def patience(_: argparse.Namespace, rounds: int, say: Say) -> Iterator[Sheet]:
    """Time chunks."""
    from benchmarks.patience import measure

    yield tables.of_patience(measure(rounds, say))


def growth(arguments: argparse.Namespace, _: int, say: Say) -> Iterator[Sheet]:
    """Time what grows."""
    from benchmarks.growth import slopes

    yield tables.of_slopes(slopes(1 if arguments.quick else 3, arguments.quick, say))


def browser(_: argparse.Namespace, rounds: int, say: Say) -> Iterator[Sheet]:
    """Time the page's engine."""
    from benchmarks.browser import sheets

    yield from sheets(rounds, say)


def book(_: argparse.Namespace, rounds: int, say: Say) -> Iterator[Sheet]:
    """Time whole processes."""
    from benchmarks.book import measure

    yield tables.of_costs(measure(min(rounds, 3), say))


MEASURED: dict[str, Callable[[argparse.Namespace, int, Say], Iterator[Sheet]]] = {
    "training": training,
    "frames": frames,
    "patience": patience,
    "growth": growth,
    "browser": browser,
    "book": book,
}


if __name__ == "__main__":
    sys.exit(main())
