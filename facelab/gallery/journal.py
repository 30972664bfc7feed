"""Journal: photos saved since the manifest was last written, a line of JSON a file.

Adding a line costs the same in a gallery of any size. A torn line is never valid JSON.
"""

from __future__ import annotations

import json
from pathlib import Path

from facelab.base import files

NAME = "journal.jsonl"

MOST = 256_000_000
"""Bytes that a journal or a manifest has at most: a million photos."""

Row = dict[str, str]
"""What is known of one file: ``file``, ``sha256``, ``set``, ``person`` and its labels, as text."""


def append(folder: Path, row: Row) -> None:
    """Add a row and wait until it is on the disk. Raises OSError, and leaves no row then."""
    files.append(folder, NAME, json.dumps(row, ensure_ascii=False).encode() + b"\n")


def read(folder: Path) -> tuple[list[Row], int]:
    """Return the rows, in the order they were added, and how many lines are torn.

    Raises OSError when there is a journal that cannot be read, FacelabError when it lies elsewhere.
    """
    try:
        content = files.read(folder, NAME, MOST)
    except FileNotFoundError:
        return [], 0
    lines = [line for line in content.split(b"\n") if line.strip()]
    rows = [row for line in lines if (row := _row(line)) is not None]
    return rows, len(lines) - len(rows)


def _row(line: bytes) -> Row | None:
    try:
        row = json.loads(line)
        json.dumps(row, ensure_ascii=False).encode()  # halves of characters cannot be written
    except (ValueError, RecursionError):
        return None
    whole = isinstance(row, dict) and all(isinstance(value, str) for value in row.values())
    return row if whole and {"file", "sha256", "set", "person"} <= set(row) else None
