"""Wording: the words for each verdict, their meaning, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from facelab.contract.number import exact, measured
from facelab.report import record


@dataclass(frozen=True)
class Word:
    """A verdict as it is written. ``slug`` names its colours in the style sheet."""

    text: str
    sign: str
    slug: str
    meaning: str
    advice: str


WORDS = (
    Word(
        record.ACCEPTED,
        "✓",
        "accepted",
        "Every step was played and every measure lies where its phrase allows it.",
        "Nothing is left to do here.",
    ),
    Word(
        record.RESERVED,
        "◐",
        "reserved",
        "What was played is accepted, but a part was not run, or a reviewer waived a refusal.",
        "Read why, then sign with that reservation, or have it run or mended.",
    ),
    Word(
        record.PARTLY,
        "◔",
        "partly",
        "A part of it was run, judged and accepted; another part was not run or not selected, and "
        "nothing is said of that.",
        "Read what was not run and why, then sign with that reservation, or have it run.",
    ),
    Word(
        record.INCOMPLETE,
        "◌",
        "incomplete",
        "The run was to leave nothing out (--nothing-left-out), and left something out.",
        "Have run what was not run, or do without that option and sign with a reservation.",
    ),
    Word(
        record.INTERRUPTED,
        "‖",
        "interrupted",
        "The run ended before its end; what it had played until then was accepted.",
        "Run it again to its end: there is nothing to sign yet.",
    ),
    Word(
        record.REFUSED,
        "✗",
        "refused",
        "A measure lies where the phrase does not allow it, for more replicates than tolerated.",
        "Compare the measure with its threshold on the sheet, mend the system under test, "
        "and run the scenario again.",
    ),
    Word(
        record.BLOCKED,
        "⊘",
        "blocked",
        "It was not played, because a test that it depends on was not accepted.",
        "Settle what it waits for first, then run it again: nothing is wrong here as yet.",
    ),
    Word(
        record.NOT_RUN,
        "–",
        "not-run",
        "It was not played; the reason is given.",
        "Give it what the reason asks for and run it, or sign with a reservation.",
    ),
    Word(
        record.ERROR,
        "!",
        "error",
        "The test itself broke, so nothing is said about the system under test.",
        "Repair the test, its data or its environment as the message says, and run it again.",
    ),
    Word(
        record.UNDEFINED,
        "?",
        "undefined",
        "A sentence of the scenario has no step that plays it.",
        "Correct the sentence in the feature, or write its step in steps/, and run it again.",
    ),
)

ANOMALIES = (record.REFUSED, record.ERROR, record.UNDEFINED, record.BLOCKED)
"""The verdicts that stand in the way of acceptance, the gravest first."""

_BY_TEXT = {word.text: word for word in WORDS}


def word(verdict: str) -> Word:
    """Return how a verdict is written; one from another version is shown as it is.

    >>> word("refused").sign, word("postponed").sign
    ('✗', '·')
    """
    strange = Word(verdict, "·", "not-run", "This version of facelab does not know it.", "")
    return _BY_TEXT.get(verdict, strange)


def share(part: float, whole: float) -> str:
    """Write a share in percent: 100 % only when nothing is missing, 0 % when nothing is there.

    >>> share(1999, 2000), share(5, 5), share(21, 49), share(1, 100_000)
    ('99.9 %', '100 %', '42.9 %', '0.1 %')
    """
    if not whole:
        return ""
    tenths = round(1000 * part / whole)
    if 0 < part < whole:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths // 10}.{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"


def duration(seconds: float) -> str:
    """Write a duration.

    >>> duration(0.0042), duration(3.21), duration(75)
    ('4 ms', '3.2 s', '1 min 15 s')
    """
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def count(number: int, noun: str) -> str:
    """Write a number of things.

    >>> count(1, "update"), count(1400, "update")
    ('1 update', '1,400 updates')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def fact(value: object) -> str:
    """Write the value of a fact that was found.

    >>> fact(0.0012345), fact(True), fact([0, 1, 2]), fact({"Alex": 3})
    ('0.00123', 'yes', '0, 1, 2', 'Alex: 3')
    """
    return _written(value, measured)


def setting(value: object) -> str:
    """Write the value of a fact that somebody has chosen, with all its figures.

    >>> setting(0.0012345), setting([0, 1e-05])
    ('0.0012345', '0, 0.00001')
    """
    return _written(value, exact)


def _written(value: object, number: Callable[[float], str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_written(item, number)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_written(item, number) for item in value)
    return "" if value is None else str(value)


def sentence(text: str) -> str:
    """Write the first letter large.

    >>> sentence("loss and accuracy")
    'Loss and accuracy'
    """
    return text[:1].upper() + text[1:]


def phrase(text: str) -> str:
    """Write a phrase without the kinds of its fields.

    >>> phrase("at least {least:Percent} of them are answered wrong")
    'at least {least} of them are answered wrong'
    """
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", text)
