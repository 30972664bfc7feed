"""Since: a run beside those before it: what changed since the last accepted one, and margins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facelab.contract.errors import FacelabError
from facelab.report.changes import Change, changes, criteria
from facelab.report.history import KEPT, RECORD, accepted_before, past
from facelab.report.record import Record, read_record


def compare(record: Record, folder: Path) -> None:
    """Write into a record what changed since the last accepted run that is kept beside it.

    And with every criterion its margins in the last runs, as ``earlier``, the oldest first. A run
    that cannot be read is passed over.
    """
    if (path := accepted_before(folder)) is not None and (old := _read(path)) is not None:
        record.since = since(old, record)
    runs = [_read(run / RECORD) for run in past(folder)[1 - KEPT :]]
    _add_margins(record, [run for run in runs if run is not None])


def since(old: Record, new: Record) -> dict[str, Any]:
    """Return what changed, as a record keeps it: of the old run date and commit, every change."""
    environment = old.run.get("environment") or {}
    return {
        "date": environment.get("date", ""),
        "commit": environment.get("commit", ""),
        "verdict": old.verdict,
        "changes": [vars(change) for change in changes(old, new)],
    }


def changes_of(record: Record) -> list[Change]:
    """Return the changes that a record keeps."""
    return [Change(**plain) for plain in record.since.get("changes", [])]


def _read(path: Path) -> Record | None:
    try:
        return read_record(path, check=False)
    except (FacelabError, LookupError, TypeError):
        return None


def _add_margins(record: Record, runs: Sequence[Record]) -> None:
    """Write the earlier margins of every criterion that had the same threshold."""
    known = [{sheet.node: criteria(sheet) for sheet in run.sheets} for run in runs]
    for sheet in record.sheets:
        for key, verdict in criteria(sheet).items():
            before = [run[sheet.node][key] for run in known if key in run.get(sheet.node, {})]
            same = [one for one in before if one["threshold"] == verdict["threshold"]]
            if same:
                verdict["earlier"] = [float(one["margin"]) for one in same]
