"""A language that nobody speaks: English with other letters, 40 % longer (locale en-XA of CLDR).

What is shown in letters of ASCII was not translated; what is cut off had too little room.
"""

from __future__ import annotations

import re

CODE = "en-XA"

LETTERS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "ÁƁÇĐÉƑĞĤÍĴĶĻṀÑÖÞɊŘŠŢÜṼŴẊÝŽáƀçđéƒğĥíĵķļɱñöþɋřšţüṽŵẋýž",
)

LONGER = 0.4
"""By how much of its length a word grows."""

FIELD = re.compile(r"\{(\w+)(?:, \w+)?(?:\|((?:[^{}]|\{\w+\})*))?\}")
"""A field of a text, with its forms if it has some."""

Language = dict[str, dict[str, str]]


def translation(source: Language) -> Language:
    """Return a language made of the English one."""
    return {
        part: {key: accented(text) for key, text in texts.items()} for part, texts in source.items()
    }


def accented(text: str) -> str:
    """Return a text in other letters, its fields as they are.

    >>> accented("Stop {n, number} of {m|it|them}")
    'Šţöþöö {n} öƒö {m|íţö|ţĥéɱöö}'
    """
    made, end = "", 0
    for found in FIELD.finditer(text):
        name, forms = found.groups()
        made += _word(text[end : found.start()])
        made += f"{{{name}}}" if forms is None else f"{{{name}|{accented_forms(forms)}}}"
        end = found.end()
    return made + _word(text[end:])


def accented_forms(forms: str) -> str:
    """Return the forms of a word, each in other letters."""
    return "|".join(map(accented, forms.split("|")))


def _word(text: str) -> str:
    longer = re.sub("[A-Za-z]+", lambda word: word[0] + "o" * round(LONGER * len(word[0])), text)
    return longer.translate(LETTERS)
