"""Pattern: a text of the catalogue with places to fill in, found again in a text that was filled.

A place is ``{name}``, or ``{name:Kind}`` in the phrase of a step, as ``{least:Percent}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")

FIGURES = r"-?\d[\d.,]*(?: %)?"
"""What a place called ``number`` holds."""

ANYTHING = "(?:(?!; ).)+?"
"""What another place holds: one of several texts that were joined."""

MAYBE = f"(?:(?:; )?{ANYTHING})?"
"""What a place holds that directly follows a word or ``)``, as in ``broke off{after}``."""

SEVERAL = ("refusal", "failure", "reason", "why", "kept")
"""Places that hold several."""

NUMBERS = ("number", "rate", "learning_rate", "n", "a", "b", "people")
"""Places that hold figures only: the first four always, the others in texts of little else."""

VERBATIM = ("path", "file", "folder", "where", "received")
"""Places that hold what a user named or wrote."""

FEW = 6
"""Letters."""

KEYBOARD = {0xA0: " ", 0x202F: " ", 0x2019: "'"}
"""What a typographer puts in place of what a keyboard has."""


class Speaker(Protocol):
    """What translates what fills a place."""

    def filled(self, text: str, depth: int = 0) -> str:
        """Return it translated."""

    def listed(self, text: str) -> str:
        """Return a list of names or numbers."""


@dataclass(frozen=True)
class Pattern:
    """``kinds``: of the places that have one. ``letters``: how many letters are no place."""

    source: str
    regex: re.Pattern[str]
    kinds: Mapping[str, str]
    parts: tuple[str, ...]
    letters: int

    def match(self, text: str) -> dict[str, str] | None:
        """Return what fills the places of a text; None where it is no such text."""
        if any(part not in text for part in self.parts):
            return None
        found = self.regex.fullmatch(text)
        return None if found is None else found.groupdict()

    def fill(self, text: str, fields: Mapping[str, str]) -> str:
        """Return another text with the same places, filled."""
        return PLACE.sub(lambda place: fields.get(place[1], place[0]), text)


def plain(text: str) -> str:
    """Return a text with the spaces and apostrophes of a keyboard, those at its ends left out.

    >>> plain("l’image\u202f: 5\u00a0%")
    "l'image : 5 %"
    """
    return text.translate(KEYBOARD).strip()


def pattern_of(text: str) -> Pattern:
    """Return the pattern of a text."""
    pieces, kinds, last = [], {}, 0
    parts = []
    letters = sum(character.isalpha() for character in PLACE.sub("", text))
    numbers = NUMBERS if letters < FEW else NUMBERS[:4]
    for place in PLACE.finditer(text):
        parts.append(text[last : place.start()])
        filled = FIGURES if place[1] in numbers and not place[2] else ANYTHING
        if filled == ANYTHING and (parts[-1][-1:].isalnum() or parts[-1].endswith(")")):
            filled = MAYBE
        filled = ".+?" if place[1] in SEVERAL else filled
        pieces += [re.escape(parts[-1]), f"(?P<{place[1]}>{filled})"]
        if place[2]:
            kinds[place[1]] = place[2]
        last = place.end()
    parts.append(text[last:])
    regex = re.compile("".join([*pieces, re.escape(parts[-1])]), re.DOTALL)
    return Pattern(text, regex, kinds, tuple(filter(None, parts)), letters)


def chosen(speaker: Speaker, kind: str, value: str, depth: int) -> str:
    """Return what fills a place, translated by the kind of the place."""
    if kind in ("Name", "w"):
        return value
    return speaker.listed(value) if kind in ("Names", "Numbers") else speaker.filled(value, depth)
