"""CSV link: a table as the address of a link, so that the page contains it."""

from __future__ import annotations

import csv
import io
import string
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from facelab.contract.text import cell

SAFE = ",:;/()=+'"
"""What stands in an address as it is, besides letters, digits and ``_.-~``."""

_PLAIN = frozenset(string.ascii_letters + string.digits + "_.-~" + SAFE)


def csv_address(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the ``data:`` address of a CSV file with a line of names and a line a row.

    >>> csv_address(["a", "=b"], [[1, "=1+1"]])
    "data:text/csv;charset=utf-8,a,'=b%0A1,'=1+1%0A"
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(cell, names))
    writer.writerows([cell(value) for value in row] for row in rows)
    return "data:text/csv;charset=utf-8," + quoted(text.getvalue())


def quoted(text: str) -> str:
    """Return what ``urllib.parse.quote`` makes of a text, sign by sign and not place by place.

    A curve is a hundred thousand characters, of which few signs need quoting.

    >>> quoted("a b%")
    'a%20b%25'
    """
    for sign in sorted(set(text) - _PLAIN, key="%".__ne__):  # the percent sign before its like
        text = text.replace(sign, quote(sign, safe=""))
    return text
