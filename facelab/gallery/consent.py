"""Consent: who agreed to be recorded, when, and to which sentence."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass
from pathlib import Path

from facelab.base.files import read, shown, write
from facelab.contract.errors import FacelabError

NAME = "consent.csv"

MOST = 16_000_000
"""Bytes that the table has at most."""


@dataclass(frozen=True)
class Consent:
    """``person`` agreed to ``sentence``; ``when`` is a time in UTC, as 2026-11-23T09:30:00Z."""

    person: str
    when: str
    sentence: str


def read_consents(folder: Path) -> dict[str, Consent]:
    """Return the consents kept in a gallery's folder, by person; none where there is no file.

    Raises FacelabError when the file cannot be understood.
    """
    path = folder / NAME
    try:
        text = read(folder, NAME, MOST).decode("utf-8")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        return {row["person"]: Consent(**row) for row in rows}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, csv.Error, TypeError, KeyError) as error:
        raise FacelabError(
            f"{path}: not a table of consents ({shown(' '.join(str(error).split()))}); columns are "
            "person, when, sentence; repair it"
        ) from error


def write_consents(folder: Path, consents: dict[str, Consent]) -> None:
    """Write all consents, whole or not at all."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, ("person", "when", "sentence"), lineterminator="\n")
    table.writeheader()
    table.writerows(asdict(consent) for consent in consents.values())
    write(folder, NAME, text.getvalue().encode())
