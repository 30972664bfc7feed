"""How the words and numbers of a step are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pytest_bdd import parsers

_LIST = re.compile(", | and ")


@dataclass(frozen=True)
class Field:
    """A kind of field in a phrase: what it looks like, and how it is read."""

    pattern: str
    read: Callable[[str], Any]

    def __call__(self, text: str) -> Any:
        """Read the text of a field."""
        return self.read(text)


FIELDS = {
    "Number": Field(r"-?\d[\d,]*(?:\.\d+)?", lambda text: float(text.replace(",", ""))),
    "Count": Field(r"\d[\d,]*", lambda text: int(text.replace(",", ""))),
    "Percent": Field(r"\d+(?:\.\d+)? %", lambda text: float(text.removesuffix(" %")) / 100),
    "Numbers": Field(
        r"[\d.]+(?:(?:, | and )[\d.]+)*", lambda text: [float(n) for n in _LIST.split(text)]
    ),
    "Names": Field(r"[^\W\d]\w*(?:(?:, | and )[^\W\d]\w*)*", _LIST.split),
}
"""Numbers may have commas between thousands; 30 % is read as 0.3; names are read as a list."""


def phrase(text: str) -> parsers.cfparse:
    """Return the parser of a step whose fields may be of the kinds above."""
    return parsers.cfparse(text, extra_types=FIELDS)
