"""Language: one catalogue, and what follows from it: messages, texts of records, numbers, dates.

A catalogue is one gettext file here, as ``fr.po``. It is read when it is first asked for, and
holds the conventions for numbers and dates too, as samples: a further language needs no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from facelab.contract.errors import FacelabError
from facelab.languages.extraction import RECORD
from facelab.languages.pattern import VERBATIM, chosen, pattern_of
from facelab.languages.sample import DATE, NUMBER, PERCENT, Samples, read_samples

HOME = Path(__file__).parent

SOURCE = "en"
"""The language of the code."""

DEEPEST = 5
"""How far texts within texts are translated."""

_SPLIT = ("; ", ": ", ", ", " and ")
"""What stands between texts that were joined, the weakest tie first."""

_AFTER_A_NUMBER = re.compile(r"(-?\d[\d.,]*|T\d+)( ?)([^\d\s].*)", re.DOTALL)
"""A text after a number, or after the id of a family."""

_NAMES = re.compile(r"[A-Z][\w'-]*(?:, [A-Z][\w'-]*)*")

_LOOSE = _SPLIT[:2]
"""Of them, what also stands between a known text and one of a user's."""


class Language:
    """A language by its code, as ``fr``.

    ``messages`` are those of its catalogue; ``texts`` the same by the English ones; ``patterns``
    those English texts of records that have places to fill in; ``book`` what of ``texts`` stands
    in features and steps.
    """

    def __init__(
        self,
        code: str,
        messages: NullTranslations,
        texts: Mapping[str, str] | None = None,
        patterns: Iterable[str] = (),
        book: Mapping[str, str] | None = None,
    ) -> None:
        self.code = code
        self._messages = messages
        self.texts = dict(texts or {})
        self.book = dict(book or {})
        # a pattern without a letter, as of what the page puts together, would fit anything
        found = [pattern for pattern in map(pattern_of, patterns) if pattern.letters]
        self._patterns = sorted(found, key=lambda one: (-one.letters, one.source))
        self._known: dict[str, str] = {}

    @property
    def is_source(self) -> bool:
        """Whether it is English, which needs no translation."""
        return self.code == SOURCE

    def message(self, message: str) -> str:
        """Return a message, as it stands in the catalogue, else in English."""
        return self._messages.gettext(message) if message else ""

    def message_of(self, one: str, several: str, number: int) -> str:
        """Return a message in the form that a number asks for."""
        return self._messages.ngettext(one, several, number)

    @cached_property
    def _samples(self) -> Samples:
        return read_samples(
            *(self._messages.pgettext("sample", s) for s in (NUMBER, PERCENT, DATE))
        )

    @property
    def marks(self) -> tuple[str, str]:
        """What it writes between thousands, and before decimals."""
        return self._samples.thousands, self._samples.decimal

    def number(self, text: str) -> str:
        """Return a text of figures, as 10,300 or 0.08 or 5 %, the way the language writes them."""
        return text if self.is_source else self._samples.number(text)

    def day(self, text: str) -> str:
        """Return a text that begins with a date, as 2026-11-29, the way the language writes it."""
        return text if self.is_source else self._samples.day(text)

    def translated(self, text: str) -> str:
        """Return a text of a record in this language, figures and all.

        Known are the texts of the catalogue, with anything in their places, and texts that were
        joined of such. What is not known, as a name or what a user wrote, stays as it is.
        """
        return text if self.is_source else self._kept(text) or self._plain(text)

    def known(self, text: str) -> str:
        """Return the same where it is known, and else the text, its figures as they stand."""
        return text if self.is_source else self._kept(text) or text

    def _kept(self, text: str) -> str:
        if text not in self._known:
            self._known[text] = self._found(text, 0)
        return self._known[text]

    def listed(self, text: str) -> str:
        """Return a list of names or numbers, as ``1, 2 and 3``, with the language's and."""
        *before, last = text.split(" and ") if " and " in text else [text]
        return self.texts.get(" and ", " and ").join(
            ", ".join(map(self._plain, part.split(", "))) for part in (*before, last)
        )

    def filled_as(self, kind: str, text: str) -> str:
        """Return what fills a place of a kind."""
        return chosen(self, kind, text, 1)

    def read_number(self, text: str) -> tuple[str, str]:
        """Return a number, or a percentage, in English, and what is wrong with it, or nothing."""
        return self._samples.read(text)

    def filled(self, text: str, depth: int = 0) -> str:
        """Return what fills a place of a text; spaces around it stay."""
        if (inner := text.strip()) != text:
            return text.replace(inner, self.filled(inner, depth)) if inner else text
        return (self._found(text, depth) if depth < DEEPEST else "") or self._plain(text)

    def _plain(self, text: str) -> str:
        """Return a text that nobody knows, with its figures where it is nothing but figures.

        What is quoted was written by a user.
        """
        return text if re.search(r"[^\W\d_]|^['\"]", text) else self.number(text)

    def _found(self, text: str, depth: int) -> str:
        """Return the translation of a text, empty where it is not known."""
        return self._whole(text, depth) or self._joined(text, depth)

    def _whole(self, text: str, depth: int) -> str:
        """Return the translation of a text that is one of the catalogue, empty where it is none."""
        if said := self.texts.get(text):
            return said if "{" not in text else ""
        lower = text[:1].lower() + text[1:]
        if lower != text and "{" not in lower and (said := self.texts.get(lower)):
            return said[:1].upper() + said[1:]
        for pattern in self._patterns:
            if (found := pattern.match(text)) is not None:
                fields = {
                    name: value
                    if name in VERBATIM
                    else chosen(self, pattern.kinds.get(name, ""), value, depth + 1)
                    for name, value in found.items()
                }
                return pattern.fill(self.texts[pattern.source], fields)
        figures = _AFTER_A_NUMBER.fullmatch(text)
        if figures and depth < DEEPEST and (said := self._found(figures[3], DEEPEST)):
            return f"{self.number(figures[1])}{figures[2]}{said}"
        return ""

    def _joined(self, text: str, depth: int) -> str:
        """Return the translation of texts that were joined, empty unless one of them is known."""
        for between in _SPLIT:
            if between in text and depth < DEEPEST:
                parts = text.split(between)
                if between in _LOOSE:
                    parts = self._runs(parts, between, depth + 1)
                found = [self._found(part, depth + 1) for part in parts]
                known = [
                    bool(new) or len(old.split()) < 3 for new, old in zip(found, parts, strict=True)
                ]
                listed = between == " and " and all(map(_NAMES.fullmatch, parts))
                if (any(found) or listed) and (between in _LOOSE or all(known)):
                    said = [new or self._plain(old) for new, old in zip(found, parts, strict=True)]
                    kept = between if between == ", " else self.texts.get(between, between)
                    return kept.join(said)
        return ""

    def _runs(self, parts: list[str], between: str, depth: int) -> list[str]:
        """Return parts of a text, those together that only together are one of the texts."""
        made = list[str]()
        while parts:
            ends = range(len(parts) if made else len(parts) - 1, 1, -1)
            whole = (end for end in ends if self._whole(between.join(parts[:end]), depth))
            end = next(whole, 1)
            made.append(between.join(parts[:end]))
            parts = parts[end:]
        return made


ENGLISH = Language(SOURCE, NullTranslations())


def languages() -> list[str]:
    """Return the codes of all languages, English first."""
    return [SOURCE, *sorted(path.stem for path in HOME.glob("*.po"))]


def language(code: str) -> Language:
    """Return a language by its code. Raises FacelabError, in one line, for one without a file."""
    if code == SOURCE:
        return ENGLISH
    if code not in languages():
        raise FacelabError(
            f"--language: received {code!r}, allowed are {', '.join(languages())}; a further "
            "language is one file, facelab/languages/CODE.po"
        )
    return read_language(HOME / f"{code}.po")


@cache
def read_language(path: Path) -> Language:
    """Return the language of a catalogue, a gettext file that is named after it.

    What is not translated, or marked as uncertain, is English.
    """
    import polib  # only for whoever reads another language than English

    catalogue = polib.pofile(str(path), encoding="utf-8")
    told = [entry for entry in catalogue if entry.translated() and not entry.msgctxt]
    texts = {entry.msgid: entry.msgstr for entry in told if entry.msgstr}
    patterns = [one.msgid for one in told if one.msgstr and "{" in one.msgid and _recorded(one)]
    for entry in told:
        if entry.msgid_plural:
            forms = entry.msgstr_plural
            texts |= {entry.msgid: forms[min(forms)], entry.msgid_plural: forms[max(forms)]}
            patterns += [entry.msgid, entry.msgid_plural]
    messages = GNUTranslations(BytesIO(catalogue.to_binary()))
    book = {entry.msgid: entry.msgstr for entry in told if entry.msgstr and _in_the_book(entry)}
    return Language(path.stem, messages, texts, patterns, book)


def _in_the_book(entry: Any) -> bool:
    return any(file.startswith(("features/", "steps/")) for file, _line in entry.occurrences)


def _recorded(entry: Any) -> bool:
    return RECORD in " ".join(entry.comment.split())
