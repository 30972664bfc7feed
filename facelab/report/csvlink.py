"""CSV link: a table as the address of a link, so that the page contains it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from facelab.contract.text import cell


def csv_address(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the ``data:`` address of a CSV file with a line of names and a line a row.

    >>> csv_address(["a", "=b"], [[1, "=1+1"]])
    "data:text/csv;charset=utf-8,a,'=b%0A1,'=1+1%0A"
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(cell, names))
    writer.writerows([cell(value) for value in row] for row in rows)
    return "data:text/csv;charset=utf-8," + quote(text.getvalue(), safe=",:;/()=+'")
