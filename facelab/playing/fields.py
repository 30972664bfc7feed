"""Fields: read the words and numbers of a step, and word the misprints among them.

A field accepts any word and checks it when it is read. So a comma in place of a point is a misprint
with a place, not an undefined step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_bdd import parsers

from facelab.contract.errors import FacelabError

_DIGITS = r"(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)"
_NUMBER = re.compile(rf"-?(?:{_DIGITS}(?:\.\d+)?|\.\d+)(?:e-?\d+)?", re.IGNORECASE)
_COUNT = re.compile(_DIGITS)
_LIST = re.compile(", | and ")

_WORD = r"[^\s,]+(?:,[^\s,]+)*"
_NAME = r"[^\W\d][\w'-]*"


@dataclass(frozen=True)
class Field:
    """A kind of field in a phrase: its pattern, and how it is read.

    ``read`` raises FacelabError for text that matches the pattern but has no value.
    """

    pattern: str
    read: Callable[[str], Any]

    def __call__(self, text: str) -> Any:
        """Read the text of a field."""
        return self.read(text)


def number(text: str) -> float:
    """Read a number: ``0.7``, ``-3``, ``10,300``. Raises FacelabError for anything else."""
    if not _NUMBER.fullmatch(text):
        raise _misread(text, "a number as 0.7, commas only between groups of three as 10,300")
    return float(text.replace(",", ""))


def count(text: str) -> int:
    """Read a whole number: ``103``, ``10,300``. Raises FacelabError for anything else."""
    if not _COUNT.fullmatch(text):
        raise _misread(text, "a whole number as 103, commas only between groups of three as 10,300")
    return int(text.replace(",", ""))


def percent(text: str) -> float:
    """Read ``30 %`` as 0.3. Raises FacelabError for anything else."""
    share = text.removesuffix(" %")
    if share == text or not _NUMBER.fullmatch(share):
        raise _misread(text, "a percentage with a space before the sign, as 30 % or 0.5 %")
    return number(share) / 100


def numbers(text: str) -> list[float]:
    """Read a list of numbers. Raises FacelabError when one is none."""
    return [number(one) for one in _LIST.split(text)]


def names(text: str) -> list[str]:
    """Read a list of names. Raises FacelabError when one stands twice."""
    found = _LIST.split(text)
    for name in found:
        if found.count(name) > 1:
            raise FacelabError(f"{name} stands twice in {text!r}; name each person once")
    return found


def one_of(*words: str) -> Field:
    """Return the field that is one of some texts."""

    def read(text: str) -> str:
        if text not in words:
            raise _misread(text, " or ".join(words))
        return text

    return Field(r"\S+(?: \S+)*", read)


FIELDS = {
    "Number": Field(_WORD, number),
    "Count": Field(_WORD, count),
    "Percent": Field(rf"{_WORD}(?: %)?", percent),
    "Numbers": Field(rf"{_WORD}(?:(?:, | and ){_WORD})*", numbers),
    "Name": Field(_NAME, str),
    "Names": Field(rf"{_NAME}(?:(?:, | and ){_NAME})*", names),
    "Light": one_of("known", "unseen"),
    "Manner": one_of("glasses", "unseen light"),
    "Foreign": one_of("a text", "an empty file", "half of a photo"),
}
"""The kinds of fields; docs/steps.md explains each."""

PEOPLE = ("Name", "Names")
"""The kinds of fields that hold people."""


class Phrase(parsers.cfparse):
    """The text of a step whose fields may be of the kinds above."""

    def __init__(self, text: str) -> None:
        super().__init__(text, extra_types=dict(FIELDS))

    def is_matching(self, name: str) -> bool:
        """Return whether a step is this phrase, with any text in its fields."""
        return self.parser.parse(name, evaluate_result=False) is not None

    def people(self, name: str) -> Sequence[str]:
        """Return the people whom a step names. Raises FacelabError where a field cannot be read."""
        fields = self.parse_arguments(name)
        kinds = dict(re.findall(r"\{(\w+):(\w+)\}", self.name))
        found: list[str] = []
        for field, value in fields.items():
            if kinds.get(field) in PEOPLE:
                found += [value] if isinstance(value, str) else value
        return found


def phrase(text: str) -> Phrase:
    """Return the parser of a step, as ``"there are photos of at least {least:Count} people"``."""
    return Phrase(text)


def _misread(text: str, allowed: str) -> FacelabError:
    return FacelabError(f"received {text!r}, allowed is {allowed}")
