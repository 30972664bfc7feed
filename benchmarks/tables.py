"""Tables: what was measured, for the terminal and as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import book
from benchmarks.growth import Slope
from benchmarks.patience import Patience
from benchmarks.rounds import Result


@dataclass(frozen=True)
class Sheet:
    """One table. ``note``: what stands under it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def of_rates(title: str, results: Sequence[Result], unit: str) -> Sheet:
    """Show units a second, and ratios to the first method."""
    base = results[0]
    rows = []
    for result in results:
        if result.absent or base.absent:
            rows.append((result.name, "absent", result.absent or "-"))
            continue
        middle, low, high = result.times_faster(base)
        rate = f"{1 / result.median:,.0f}"
        rows.append((result.name, rate, f"{middle:,.3g} [{low:,.3g} to {high:,.3g}]"))
    columns = ("", f"{unit} a second", f"times {base.name}")
    return Sheet(title, columns, rows)


def of_times(title: str, results: Sequence[Result]) -> Sheet:
    """Show milliseconds: median and 99th percentile over rounds, and ratios to the second row."""
    facelab = results[1]
    rows = []
    for result in results:
        if result.absent or facelab.absent:
            rows.append((result.name, "absent", result.absent or "-", ""))
            continue
        milliseconds = sorted(1000 * s for s in result.seconds)
        worst = milliseconds[min(len(milliseconds) - 1, int(0.99 * len(milliseconds)))]
        middle, low, high = facelab.times_faster(result)
        rows.append(
            (
                result.name,
                f"{1000 * result.median:.2f}",
                f"{worst:.2f}",
                f"{middle:.3g} [{low:.3g} to {high:.3g}]",
            )
        )
    columns = ("", "ms a frame", "p99 of rounds", f"{facelab.name} is so many times faster")
    return Sheet(title, columns, rows)


def of_costs(costs: Sequence[book.Cost]) -> Sheet:
    """Show whole processes beside the import of TensorFlow."""
    base = costs[0]
    rows = []
    for cost in costs:
        ratios = [cost.ratio(base, what) for what in ("wall", "cpu", "memory")]
        told = [f"{m:.2f} [{low:.2f} to {high:.2f}]" for m, low, high in ratios]
        rows.append((cost.name, f"{sorted(cost.wall)[len(cost.wall) // 2]:.1f} s", *told))
    columns = ("", "wall, median", "times its wall", "times its CPU", "times its peak memory")
    return Sheet("Whole processes beside `import tensorflow`", columns, rows)


def of_slopes(slopes: Iterable[Slope]) -> Sheet:
    """Show how cost grows."""
    rows = []
    for slope in slopes:
        points = ", ".join(
            f"{value}: {1000 * seconds:.3g}"
            for value, seconds in zip(slope.values, slope.seconds, strict=True)
        )
        rows.append((slope.quantity, f"ms a {slope.unit}: {points}", f"{slope.exponent:.2f}"))
    return Sheet("Growth", ("with", "cost", "exponent"), rows)


def of_patience(patience: Patience) -> Sheet:
    """Show how long an interrupt waits."""
    costs = sorted(patience.cost)
    rows = [
        ("between two questions whether to stop, median", f"{patience.median:.1f} ms"),
        ("the longest", f"{patience.worst:.1f} ms"),
        (f"all {patience.updates:,} updates, after compiling", f"{patience.seconds:.2f} s"),
        ("CPU time that a bar adds, median of rounds", f"{costs[len(costs) // 2]:+.2%}"),
    ]
    return Sheet("200 photos, batches of 5, 1,000 epochs", ("", "measured"), rows)


def machine(load: Sequence[float]) -> str:
    """Return what the machine is and how busy it was, before and after."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "keras", "numpy"))
    return (
        f"{os.cpu_count()} cores, {_processor()}, {platform.system()}, Python "
        f"{platform.python_version()}, {packages}; load {load[0]:.1f} before, {load[1]:.1f} after."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def show(console: Console, sheets: Iterable[Sheet]) -> None:
    """Print tables to the terminal."""
    for sheet in sheets:
        table = Table(title=sheet.title)
        for number, column in enumerate(sheet.columns):
            table.add_column(column, justify="right" if number else "left")
        for row in sheet.rows:
            table.add_row(*row)
        console.print(table, sheet.note)


def markdown(sheets: Iterable[Sheet], about: str) -> str:
    """Return tables as a page."""
    parts = [
        "# Results\n",
        "Written by `python -m benchmarks`. Ratios are medians over rounds, in brackets their "
        "quartiles; each is taken within a round.\n",
        f"{about}\n",
    ]
    for sheet in sheets:
        parts += [f"## {sheet.title}\n"]
        lines = [sheet.columns, ["---", *["---:"] * (len(sheet.columns) - 1)], *sheet.rows]
        parts += ["\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"]
        parts += [f"{sheet.note}\n"] if sheet.note else []
    return "\n".join(parts)
