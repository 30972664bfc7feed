"""Manifest: the list of a gallery's files, with what is known of each and its fingerprint.

What was saved last may still stand in the journal beside it; it counts as if it were in the list.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from facelab.base.files import inside, sha256, shown, write_atomically
from facelab.contract.errors import FacelabError
from facelab.gallery import journal

NAME = "manifest.csv"
REQUIRED = ("file", "sha256", "set", "person")


def read_manifest(folder: Path) -> pd.DataFrame:
    """Return the table of a folder's files, all text, ``glasses`` and ``frames`` as numbers.

    Raises FacelabError when the folder or the manifest is missing or cannot be understood, and
    when it names a file outside of the folder.
    """
    table = typed(folder, read_rows(folder))
    for file in table["file"]:
        inside(folder, file)
    return table


def typed(folder: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of text with ``glasses`` and ``frames`` as numbers.

    Raises FacelabError when they are none.
    """
    numbers = [column for column in ("glasses", "frames") if column in table.columns]
    try:
        return table.assign(**{column: pd.to_numeric(table[column]) for column in numbers})
    except ValueError as error:
        raise FacelabError(
            f"{folder / NAME}: {_line(error)}, allowed in {' and '.join(numbers)} are numbers; "
            "restore the manifest"
        ) from error


def is_recorded(folder: Path) -> bool:
    """Tell whether a folder holds a manifest, or a journal that will become one."""
    return (folder / NAME).exists() or (folder / journal.NAME).exists()


def read_rows(folder: Path) -> pd.DataFrame:
    """Return the table of a folder's files as text, with what the journal adds to it.

    Raises FacelabError as ``read_manifest``.
    """
    if not folder.is_dir():
        raise FacelabError(
            f"{folder}: no such folder of recorded frames; restore it with "
            "`git checkout -- fixtures` or name another one"
        )
    path = folder / NAME
    try:
        added = pd.DataFrame(journal.read(folder)[0], dtype=str)
        if not path.exists() and (folder / journal.NAME).exists():
            return _joined(pd.DataFrame(columns=REQUIRED, dtype=str), added)
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
            f"{path}: received the columns {shown(', '.join(table.columns))}, missing "
            f"{', '.join(missing)}; restore the manifest"
        )
    return _joined(table, added) if len(added) else table


def _joined(table: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """Return both tables in one; of two rows for a file the later one counts."""
    both = pd.concat([table, added], ignore_index=True).fillna("")
    return both.drop_duplicates("file", keep="last").reset_index(drop=True)


def write_manifest(folder: Path, table: pd.DataFrame) -> None:
    """Write the table of a folder's files, whole or not at all, sorted by file."""
    text = table.sort_values("file").to_csv(
        index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n"
    )
    write_atomically(folder / NAME, text.encode())


def fault(folder: Path, file: str, digest: str) -> str:
    """Return a line when a file is missing, elsewhere or another, else an empty one."""
    name = shown(file)
    try:
        path = inside(folder, file)
        if not path.is_file():
            return f"{name}: missing; restore it"
        if sha256(path) != digest:
            return f"{name}: damaged, its SHA-256 is not the manifest's; restore it"
    except FacelabError as error:
        return str(error)
    except OSError as error:
        return f"{name}: cannot be read ({error.strerror}); restore it"
    return ""


def strays(folder: Path, table: pd.DataFrame) -> list[str]:
    """Return a line for every file that is half-written or an orphan, not in the manifest.

    A recording that breaks off leaves what is half-written: a file under a name that begins with a
    dot, an empty photo, a line of the journal that is torn.
    """
    lines = []
    known = set(table["file"])
    places = {file.split("/")[0] for file in known if "/" in file} | {"gallery", "probes", "clips"}
    for name in sorted(places):
        try:
            inside(folder, name)
            found = sorted((folder / name).rglob("*"))
        except (FacelabError, OSError):
            continue  # no folder's name, or elsewhere: what should lie in it is told as missing
        for path in found:
            file = path.relative_to(folder).as_posix()
            if path.is_file() and file not in known:
                half = path.name.startswith(".") or not path.stat().st_size
                what = "half-written" if half else "an orphan, not in the manifest"
                lines.append(f"{shown(file)}: {what}; take it away")
    halves = sorted(folder.glob(".*.csv.*"))
    lines += [f"{shown(path.name)}: half-written; take it away" for path in halves]
    if torn := journal.read(folder)[1]:
        lines.append(f"{journal.NAME}: {torn} lines half-written; what they named was not kept")
    return lines


def damage(folder: Path, table: pd.DataFrame) -> list[str]:
    """Return a line for every file that is missing, damaged, half-written or an orphan."""
    rows = zip(table["file"], table["sha256"], strict=True)
    faults = [line for file, digest in rows if (line := fault(folder, file, digest))]
    return faults + strays(folder, table)


def _line(error: Exception) -> str:
    return shown(" ".join(str(error).split()))
