"""Samples: how a language writes numbers and dates, read from what its catalogue says of three."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBER, PERCENT, DATE = "1,234.5", "5 %", "2026-12-31"
"""What a catalogue translates, in the context ``sample``."""

FIGURES = r"(?<![\w.,])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\.?\w|,\d)"
"""A number as English writes it; no version, no date, no part of a word."""

_ANY = re.compile(rf"({FIGURES})( %)?")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)")


@dataclass(frozen=True)
class Samples:
    """What stands between thousands, before decimals and before a percent sign; the form of a day.

    ``day_form`` has the fields ``year``, ``month`` and ``day``.
    """

    thousands: str
    decimal: str
    percent: str
    day_form: str

    def number(self, text: str) -> str:
        """Return a text with its figures written so."""

        def written(found: re.Match[str]) -> str:
            figures = found[1].translate({ord(","): self.thousands, ord("."): self.decimal})
            return figures + (self.percent if found[2] else "")

        return _ANY.sub(written, text)

    def read(self, text: str) -> tuple[str, str]:
        """Return a number that is written so in English, and what is wrong with it, or nothing.

        Between thousands a plain space is as good as a narrow one.
        """
        between = (
            rf"[{re.escape(self.thousands)} ]"
            if self.thousands.isspace()
            else (re.escape(self.thousands))
        )
        figures, percent = re.fullmatch(r"(.*?)((?:\s*%)?)", text).groups()  # type: ignore[union-attr]
        whole, part = rf"-?(?:\d{{1,3}}(?:{between}\d{{3}})+|\d+)", re.escape(self.decimal)
        if not re.fullmatch(rf"{whole}(?:{part}\d+)?(?:e-?\d+)?", figures):
            example, large = self.number("0.7"), self.number("10,300")
            return text, f"received {text!r}, allowed is a number as {example} or {large}"
        for mark in {self.thousands, " "} if self.thousands.isspace() else {self.thousands}:
            figures = figures.replace(mark, "\0")
        return figures.replace(self.decimal, ".").replace("\0", ",") + (" %" if percent else ""), ""

    def day(self, text: str) -> str:
        """Return a text that begins with a date, with the date written so."""
        found = _DATE.match(text)
        if found is None:
            return text
        day = self.day_form.format(year=found[1], month=found[2], day=found[3])
        return day + text[found.end() :]


def read_samples(number: str, percent: str, date: str) -> Samples:
    """Read the translations of the three samples."""
    shape = re.fullmatch(r"1(\D*)234(\D+)5", number)
    thousands, decimal = (shape[1], shape[2]) if shape else (",", ".")
    form = date.replace("2026", "{year}").replace("12", "{month}").replace("31", "{day}")
    return Samples(thousands, decimal, percent.removeprefix("5"), form)
