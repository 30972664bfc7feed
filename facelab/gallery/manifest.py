"""Manifest: the list of a gallery's files, each with its labels and its SHA-256.

The journal beside it may hold further rows; they count as part of the list.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from stat import S_ISREG

import pandas as pd

from facelab.base import files
from facelab.base.files import inside, sha256, shown
from facelab.base.home import restoring
from facelab.contract.errors import FacelabError
from facelab.gallery import consent, journal
from facelab.gallery.journal import MOST
from facelab.gallery.journal import Row as Row
from facelab.gallery.name import COLUMNS

NAME = "manifest.csv"


def read_manifest(folder: Path) -> pd.DataFrame:
    """Return the table of a folder's files, all text, ``glasses`` and ``frames`` as numbers.

    Raises FacelabError when the folder or the manifest is missing or cannot be understood, and
    when it names a file outside of the folder.
    """
    table = typed(folder, read_rows(folder))
    for file in table["file"]:
        files.check(folder, file)
    return table


def typed(folder: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of text with ``glasses`` and ``frames`` as numbers.

    Raises FacelabError when they are none.
    """
    numbers = [column for column in ("glasses", "frames") if column in table.columns]
    for column in numbers:
        wrong = ~table[column].str.fullmatch(r"(?:[0-9]{1,9}(?:\.0{1,9})?)?")
        if wrong.any():
            raise FacelabError(
                f"{folder / NAME}: received {shown(table.loc[wrong, column].iloc[0])!r} in "
                f"{column}, allowed are whole numbers, or nothing; restore the manifest"
            )
    return table.assign(**{column: pd.to_numeric(table[column]) for column in numbers})


def is_recorded(folder: Path) -> bool:
    """Return whether a folder holds a manifest, or a journal that will become one."""
    return files.exists(folder, NAME) or files.exists(folder, journal.NAME)


def read_rows(folder: Path) -> pd.DataFrame:
    """Return the table of a folder's files as text, with what the journal adds to it.

    Raises FacelabError as ``read_manifest``.
    """
    if not files.is_folder(folder):
        raise FacelabError(
            f"{folder}: no such folder of recorded frames; {restoring()} or name another one"
        )
    path = folder / NAME
    try:
        added = pd.DataFrame(journal.read(folder)[0], dtype=str)
        if not files.exists(folder, NAME) and files.exists(folder, journal.NAME):
            return _joined(pd.DataFrame(columns=COLUMNS, dtype=str), added)
        content = io.BytesIO(files.read(folder, NAME, MOST))
        table = pd.read_csv(content, dtype=str, keep_default_na=False)
    except FileNotFoundError as error:
        raise FacelabError(f"{path}: no such manifest; {restoring()}") from error
    except OSError as error:
        raise FacelabError(
            f"{path}: cannot be read ({files.reason(error)}); allow it, or restore the manifest"
        ) from error
    except ValueError as error:
        raise FacelabError(
            f"{path}: not a manifest ({_line(error)}); a table with commas is expected, with the "
            f"columns {', '.join(COLUMNS)}"
        ) from error
    missing = [column for column in COLUMNS if column not in table.columns]
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
    files.write(folder, NAME, text.encode())


def fault(folder: Path, file: str, digest: str) -> str:
    """Return a line when a file is missing, elsewhere or another, else an empty one."""
    name = shown(file)
    try:
        if sha256(folder / file, folder) != digest:
            return f"{name}: damaged, its SHA-256 is not the manifest's; restore it"
    except FacelabError as error:
        return str(error)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return f"{name}: missing; restore it"
    except OSError as error:
        return f"{name}: cannot be read ({error.strerror}); restore it"
    return ""


def strays(folder: Path, table: pd.DataFrame) -> list[str]:
    """Return a line for every file that is half-written or an orphan, not in the manifest.

    Half-written are, after an interrupted recording: a file under a name that begins with a dot, an
    empty photo, a torn line of the journal.
    """
    lines = []
    known = set(table["file"])
    places = {file.split("/")[0] for file in known if "/" in file} | {"gallery", "probes", "clips"}
    for name in sorted(places):
        try:
            inside(folder, name)
            found = files.files_below(folder, name)
        except FacelabError:
            continue  # no folder's name, or elsewhere: what should lie in it is told as missing
        for file in found:
            if file not in known:
                half = file.rpartition("/")[2].startswith(".") or files.is_empty(folder, file)
                what = "half-written" if half else "an orphan, not in the manifest"
                lines.append(f"{shown(file)}: {what}; take it away")
    lines += [f"{shown(name)}: half-written; take it away" for name in halves(folder)]
    if torn := journal.read(folder)[1]:
        lines.append(f"{journal.NAME}: {torn} lines half-written; what they named was not kept")
    return lines


def halves(folder: Path) -> list[str]:
    """Return the names of manifests and tables of consents that broke off."""
    if not files.is_folder(folder):
        return []
    tables = (f".{NAME}.", f".{consent.NAME}.")
    found = [name for name in files.names(folder) if name.startswith(tables)]
    return [name for name in found if S_ISREG(files.kind(folder, name))]


def damage(folder: Path, table: pd.DataFrame) -> list[str]:
    """Return a line for every file that is missing, damaged, half-written or an orphan."""
    rows = zip(table["file"], table["sha256"], strict=True)
    faults = [line for file, digest in rows if (line := fault(folder, file, digest))]
    return faults + strays(folder, table)


def _line(error: Exception) -> str:
    return shown(" ".join(str(error).split()))
