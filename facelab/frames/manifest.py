"""Manifest: the list of a gallery's files, with what is known of each and its fingerprint."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from facelab.errors import FacelabError
from facelab.files import sha256, write_atomically

NAME = "manifest.csv"
REQUIRED = ("file", "sha256", "set", "person")


def read_manifest(folder: Path) -> pd.DataFrame:
    """Return the table of a folder's files, all text, ``glasses`` and ``frames`` as numbers.

    Raises FacelabError when the folder or the manifest is missing or cannot be understood.
    """
    if not folder.is_dir():
        raise FacelabError(
            f"{folder}: no such folder of recorded frames; restore it with "
            "`git checkout -- fixtures` or name another one"
        )
    path = folder / NAME
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except OSError as error:
        raise FacelabError(
            f"{path}: no such manifest; restore it with `git checkout -- fixtures`"
        ) from error
    except ValueError as error:
        raise FacelabError(
            f"{path}: not a manifest ({_line(error)}); a table with commas is expected, with the "
            f"columns {', '.join(REQUIRED)}"
        ) from error
    missing = [column for column in REQUIRED if column not in table.columns]
    if missing:
        raise FacelabError(
            f"{path}: received the columns {', '.join(table.columns)}, missing "
            f"{', '.join(missing)}; restore the manifest"
        )
    numbers = [column for column in ("glasses", "frames") if column in table.columns]
    try:
        return table.assign(**{column: pd.to_numeric(table[column]) for column in numbers})
    except ValueError as error:
        raise FacelabError(
            f"{path}: {_line(error)}, allowed in {' and '.join(numbers)} are numbers; "
            "restore the manifest"
        ) from error


def write_manifest(folder: Path, table: pd.DataFrame) -> None:
    """Write the table of a folder's files, whole or not at all, sorted by file."""
    text = table.sort_values("file").to_csv(
        index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n"
    )
    write_atomically(folder / NAME, text.encode())


def damage(folder: Path, table: pd.DataFrame) -> list[str]:
    """Return a line for every file that is missing, damaged or not in the manifest (an orphan)."""
    lines = []
    for row in table.itertuples():
        path = folder / str(row.file)
        if not path.is_file():
            lines.append(f"{row.file}: missing; restore it")
        elif sha256(path) != row.sha256:
            lines.append(f"{row.file}: damaged, its SHA-256 is not the manifest's; restore it")
    known = set(table["file"])
    for name in sorted({file.split("/")[0] for file in known if "/" in file}):
        for path in sorted((folder / name).rglob("*")):
            file = path.relative_to(folder).as_posix()
            if path.is_file() and file not in known:
                lines.append(f"{file}: an orphan, not in the manifest; take it away")
    return lines


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
