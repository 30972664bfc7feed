"""Text: makes text of strangers printable."""

from __future__ import annotations

import re


def one_line(text: str, most: int = 100) -> str:
    r"""Return a text of others as one line of at most ``most`` characters and an ellipsis.

    Ends of lines and tabs become spaces. Other characters on which a terminal or browser would act
    (escapes, bells, marks that turn the direction of writing) become a replacement character.

    >>> one_line("red: \x1b[31m\nand so on", 13)
    'red: �[31m an…'
    """
    words = re.sub(r"[^\S ]+", " ", text[: 4 * most]).strip()
    cut = f"{words[:most].rstrip()}…" if len(words) > most or len(text) > 4 * most else words
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in cut)


def quoted(value: object, most: int = 60) -> str:
    """Return a value as Python writes it, in one short line; its type's name where that fails."""
    try:
        return one_line(repr(value), most)
    except Exception:  # somebody else's __repr__, or a whole number of 5,000 digits
        return f"a {type(value).__name__}"


def cell(value: object) -> object:
    """Return a value for a table's file; a spreadsheet would run text that begins like a formula.

    >>> cell("=1+1"), cell(-1)
    ("'=1+1", -1)
    """
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
