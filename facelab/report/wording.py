"""Wording: the words for each verdict, their meaning, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from facelab.contract.number import exact, measured
from facelab.languages.speech import N_, Nn_, _, _n, digits, known, translated, translated_phrase
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
        N_("Every step was played and every measure lies where its phrase allows it."),
        N_("Nothing is left to do here."),
    ),
    Word(
        record.RESERVED,
        "◐",
        "reserved",
        N_("What was played is accepted, but a part was not run, or a reviewer waived a refusal."),
        N_("Read why, then sign with that reservation, or have it run or mended."),
    ),
    Word(
        record.PARTLY,
        "◔",
        "partly",
        N_(
            "A part of it was run, judged and accepted; another part was not run or not selected, "
            "and nothing is said of that."
        ),
        N_("Read what was not run and why, then sign with that reservation, or have it run."),
    ),
    Word(
        record.INCOMPLETE,
        "◌",
        "incomplete",
        N_("The run was to leave nothing out (--nothing-left-out), and left something out."),
        N_("Have run what was not run, or do without that option and sign with a reservation."),
    ),
    Word(
        record.INTERRUPTED,
        "‖",
        "interrupted",
        N_("The run ended before its end; what it had played until then was accepted."),
        N_("Run it again to its end: there is nothing to sign yet."),
    ),
    Word(
        record.REFUSED,
        "✗",
        "refused",
        N_(
            "A measure lies where the phrase does not allow it, for more replicates than tolerated."
        ),
        N_(
            "Compare the measure with its threshold on the sheet, mend the system under test, "
            "and run the scenario again."
        ),
    ),
    Word(
        record.BLOCKED,
        "⊘",
        "blocked",
        N_("It was not played, because a test that it depends on was not accepted."),
        N_("Settle what it waits for first, then run it again: nothing is wrong here as yet."),
    ),
    Word(
        record.NOT_RUN,
        "–",
        "not-run",
        N_("It was not played; the reason is given."),
        N_("Give it what the reason asks for and run it, or sign with a reservation."),
    ),
    Word(
        record.ERROR,
        "!",
        "error",
        N_("The test itself broke, so nothing is said about the system under test."),
        N_("Repair the test, its data or its environment as the message says, and run it again."),
    ),
    Word(
        record.UNDEFINED,
        "?",
        "undefined",
        N_("A sentence of the scenario has no step that plays it."),
        N_("Correct the sentence in the feature, or write its step in steps/, and run it again."),
    ),
)

ANOMALIES = (record.REFUSED, record.ERROR, record.UNDEFINED, record.BLOCKED)
"""The verdicts that stand in the way of acceptance, the gravest first."""

_BY_TEXT = {word.text: word for word in WORDS}

VERDICTS = (
    *(N_("accepted"), N_("accepted with reservations"), N_("partly run"), N_("incomplete")),
    *(N_("interrupted"), N_("refused"), N_("blocked"), N_("not run"), N_("error")),
    N_("undefined"),
)
"""What a record calls them."""

KEYWORDS = (N_("Given"), N_("When"), N_("Then"), N_("And"), N_("But"), N_("Step"))

COUNTED = {
    one.removeprefix("{number} "): (one, several)
    for one, several in (
        Nn_("{number} answer", "{number} answers"),
        Nn_("{number} error", "{number} errors"),
        Nn_("{number} exact check", "{number} exact checks"),
        Nn_("{number} feature", "{number} features"),
        Nn_("{number} file", "{number} files"),
        Nn_("{number} frame", "{number} frames"),
        Nn_("{number} photo", "{number} photos"),
        Nn_("{number} replicate", "{number} replicates"),
        Nn_("{number} scenario", "{number} scenarios"),
        Nn_("{number} training", "{number} trainings"),
        Nn_("{number} update", "{number} updates"),
        Nn_("{number} value", "{number} values"),
    )
}
"""The nouns that are counted, one of them and several."""


def word(verdict: str) -> Word:
    """Return how a verdict is written; one from another version is shown as it is.

    >>> word("refused").sign, word("postponed").sign
    ('✗', '·')
    """
    strange = Word(verdict, "·", "not-run", N_("This version of facelab does not know it."), "")
    known = _BY_TEXT.get(verdict, strange)
    return replace(
        known, text=translated(verdict), meaning=_(known.meaning), advice=_(known.advice)
    )


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
    whole, rest = divmod(tenths, 10)
    return digits(f"{whole}.{rest} %" if rest else f"{whole} %")


def duration(seconds: float) -> str:
    """Write a duration.

    >>> duration(0.0042), duration(3.21), duration(75)
    ('4 ms', '3.2 s', '1 min 15 s')
    """
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return digits(f"{seconds:.1f}") + " s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def count(number: int, noun: str) -> str:
    """Write a number of things.

    >>> count(1, "update"), count(1400, "update")
    ('1 update', '1,400 updates')
    """
    return _n(*COUNTED[noun], number)


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
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return translated(number(value))
    if isinstance(value, dict):
        pairs = ((translated(str(key)), _written(item, number)) for key, item in value.items())
        return ", ".join(f"{key}{_(': ')}{item}" for key, item in pairs)
    if isinstance(value, list | tuple):
        between = _(", ") if any(isinstance(item, float) for item in value) else ", "
        return between.join(_written(item, number) for item in value)
    return "" if value is None else known(str(value))


def sentence(text: str) -> str:
    """Write the first letter large.

    >>> sentence("loss and accuracy")
    'Loss and accuracy'
    """
    return text[:1].upper() + text[1:]


def scenario(text: str) -> str:
    """Write the name of a scenario; that of an outline's row ends with the row.

    >>> scenario("Each graph has its values (epochs 5, values 515)")
    'Each graph has its values (epochs 5, values 515)'
    """
    name, opened, row = text.rpartition(" (")
    said = translated(text)
    if said != text or not opened or not row.endswith(")"):
        return said
    cells = []
    for cell in row[:-1].split(", "):
        column, blank, value = cell.rpartition(" ")
        known = translated(cell)
        pair = f"{translated(column)}{blank}{translated(value)}" if column else known
        cells.append(known if known != cell else pair)
    return f"{translated(name)} ({', '.join(cells)})"


def phrase(text: str) -> str:
    """Write a phrase without the kinds of its fields.

    >>> phrase("at least {least:Percent} of them are answered wrong")
    'at least {least} of them are answered wrong'
    """
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", translated_phrase(text))
