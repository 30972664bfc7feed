"""Speech: the language that is being spoken, and the marks of what is to be translated.

English stands in the code and is the source. Whoever renders for a reader does so within
``speaking``; outside of it everything is English: records, terminals, exports for machines.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from facelab.languages.language import ENGLISH, Language

_spoken: ContextVar[Language] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language within the block."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> Language:
    """Return the language that is being spoken."""
    return _spoken.get()


def _(message: str, **fields: object) -> str:
    """Return a message, its fields filled in.

    >>> _("{number} of them", number=3)
    '3 of them'
    """
    said = spoken().message(message)
    return said.format(**fields) if fields else said


def _n(one: str, several: str, number: int, **fields: object) -> str:
    """Return a message in the form that a number asks for; ``{number}`` is written by it.

    >>> _n("{number} update", "{number} updates", 1400)
    '1,400 updates'
    """
    said = spoken().message_of(one, several, number)
    return said.format(number=digits(f"{number:,}"), **fields)


def N_(message: str) -> str:  # noqa: N802 (gettext's own name)
    """Mark a message that is translated where it is shown."""
    return message


def Nn_(one: str, several: str) -> tuple[str, str]:  # noqa: N802
    """Mark the two forms of such a message."""
    return one, several


def digits(text: str) -> str:
    """Return a number, written in English, as the language writes it."""
    return spoken().number(text)


def translated(text: str) -> str:
    """Return a text of a record, which is English; one that nobody knows stays as it is."""
    return spoken().translated(text)


def known(text: str) -> str:
    """Return a text as ``translated`` does, with its figures as they stand, as of a version."""
    return spoken().known(text)


def day(text: str) -> str:
    """Return a date, as 2026-11-29, the way the language writes it; what follows stays."""
    return spoken().day(text)


def translated_phrase(text: str) -> str:
    """Return the phrase of a step, with the places that the feature fills."""
    return spoken().message(text)
