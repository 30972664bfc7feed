"""History: the last whole runs beside a report, a folder each; what was a part is not kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from facelab.base.files import remove_tree, write_atomically
from facelab.report.record import ACCEPTED, RESERVED

HISTORY = "history"
"""The folder in that of the report."""

RECORD, PAGE = "acceptance.json", "acceptance.html"

KEPT = 10
"""So many runs are kept, and the last accepted one, and no more."""


def keep(folder: Path, verdict: str, files: dict[str, bytes]) -> None:
    """Keep the files of a whole run, and of the runs before it the last ones.

    Raises OSError when it cannot be written.
    """
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%fZ")
    place = folder / HISTORY / f"{now} {verdict}"
    for name, content in files.items():
        write_atomically(place / name, content)
    runs = past(folder)
    accepted = [run for run in runs if run.name.endswith((f" {ACCEPTED}", f" {RESERVED}"))]
    for run in set(runs[:-KEPT]) - set(accepted[-1:]):
        remove_tree(folder / HISTORY, run.name)


def past(folder: Path) -> list[Path]:
    """Return the folders of the whole runs that are kept beside a report, the oldest first."""
    found = (folder / HISTORY).glob(f"*Z */{RECORD}")
    return sorted(path.parent for path in found)


def accepted_before(folder: Path) -> Path | None:
    """Return the record of the last accepted whole run that is kept, None without one."""
    accepted = (f" {ACCEPTED}", f" {RESERVED}")
    return next((r / RECORD for r in reversed(past(folder)) if r.name.endswith(accepted)), None)
