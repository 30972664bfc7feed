"""Journal: what was saved since the manifest was last written, a line of JSON a file.

A line is added whatever the size of the gallery, and a torn one never looks whole.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

NAME = "journal.jsonl"

Row = dict[str, str]
"""What is known of one file: ``file``, ``sha256``, ``set``, ``person`` and its labels, as text."""


def append(folder: Path, row: Row) -> None:
    """Add a row and wait until it lies on the disk. Raises OSError, and leaves no row then."""
    path = folder / NAME
    line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
    with path.open("ab+", buffering=0) as file:
        before = file.seek(0, os.SEEK_END)
        if before:
            file.seek(before - 1)
            line = line if file.read(1) == b"\n" else b"\n" + line  # after a torn line
        try:
            if file.write(line) != len(line):
                raise OSError(28, "No space left on device")
            os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                file.truncate(before)
            raise


def read(folder: Path) -> tuple[list[Row], int]:
    """Return the rows, in the order they were added, and how many lines are torn.

    Raises OSError when there is a journal that cannot be read.
    """
    try:
        content = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return [], 0
    lines = [line for line in content.split(b"\n") if line.strip()]
    rows = [row for line in lines if (row := _row(line)) is not None]
    return rows, len(lines) - len(rows)


def _row(line: bytes) -> Row | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    whole = isinstance(row, dict) and all(isinstance(value, str) for value in row.values())
    return row if whole and {"file", "sha256", "set", "person"} <= set(row) else None
