"""Brief: a run for a continuous integration: Markdown for its job's page, and a badge."""

from __future__ import annotations

import re

from markupsafe import escape

from facelab.languages.speech import _, day, translated
from facelab.report.causes import causes
from facelab.report.changes import GRAVE, HEADINGS
from facelab.report.coverage import headline
from facelab.report.outline import Outline, outline
from facelab.report.record import ACCEPTED, INTERRUPTED, PARTLY, RESERVED, Record
from facelab.report.redaction import redacted
from facelab.report.since import changes_of
from facelab.report.wording import sentence, word

COLOURS = {ACCEPTED: "#14663a", RESERVED: "#745200", PARTLY: "#745200", INTERRUPTED: "#505b66"}
"""Of a badge's right half; any other verdict is red."""

WIDTH = 6.6
"""Pixels of a letter of a badge, on average; the text is fitted to it."""


def markdown(record: Record) -> str:
    """Return a run as Markdown: verdict, features, what changed, causes, and what was not run."""
    clean: Record = redacted(record)
    outlined, colon = outline(clean, draw=False), _(": ")
    lines = [f"## {_shown(clean.verdict)}", "", plain(f"{sentence(headline(clean))}."), ""]
    lines += _features(outlined)
    if changes := [change for change in changes_of(clean) if change.kind in GRAVE]:
        date = plain(day(clean.since["date"]))
        lines += ["", "### " + _("Since the last accepted run, of {date}", date=date), ""]
        lines += [
            f"- {_(HEADINGS[change.kind])}{colon}{plain(translated(change.text))}"
            for change in changes[:20]
        ]
    if found := causes(outlined):
        lines += ["", "### " + _("What stands in the way"), ""]
        for cause in found[:20]:
            numbers = ", ".join(entry.number for entry in cause.entries[:20])
            lines.append(
                f"- {_shown(cause.first.sheet.verdict)} {numbers}{colon}"
                f"{plain(translated(cause.why))}"
            )
    if outlined.left_out:
        lines += ["", "### " + _("What was not run"), ""]
        lines += [f"- {_(group.heading)}{colon}{group.number}" for group in outlined.left_out]
    return "\n".join(lines) + "\n"


def _features(outlined: Outline) -> list[str]:
    rows = [
        f"| {chapter.family.id} {plain(translated(chapter.family.title))} "
        f"| {_shown(chapter.verdict)} | {chapter.tally} |"
        for chapter in outlined.chapters
    ]
    heads = " | ".join((_("Feature"), _("Verdict"), _("Accepted")))
    return [f"| {heads} |", "|---|---|---|", *rows]


def _shown(verdict: str) -> str:
    return f"{word(verdict).sign} {word(verdict).text}"


def plain(text: str) -> str:
    r"""Return a text that Markdown shows as it is, on one line.

    >>> plain("a | <b> *c*\n[d](e)")
    'a \\| &lt;b&gt; \\*c\\* \\[d\\](e)'
    """
    escaped = re.sub(r"([\\`*_\[\]|#~])", r"\\\1", " ".join(text.split()))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def badge(record: Record) -> str:
    """Return a run as a badge, an SVG: the verdict, and how many scenarios were accepted."""
    left, colon = _("acceptance"), _(": ")
    accepted = sum(sheet.verdict == ACCEPTED for sheet in record.sheets)
    total = sum(not record.chosen(sheet) for sheet in record.sheets)
    came = _("{number} of {all}", number=accepted, all=total)
    right = f"{word(record.verdict).text}, {came}"
    widths = [round(WIDTH * len(text)) + 12 for text in (left, right)]
    colour = COLOURS.get(record.verdict, "#a3161c")
    texts = [
        f'<text x="{x:.0f}" y="14" textLength="{width - 12}">{escape(text)}</text>'
        for text, width, x in zip(
            (left, right), widths, (widths[0] / 2, widths[0] + widths[1] / 2), strict=True
        )
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sum(widths)}" height="20" role="img" '
        f'aria-label="{left}{colon}{escape(right)}"><title>{left}{colon}{escape(right)}</title>'
        f'<rect width="{sum(widths)}" height="20" rx="3" fill="#555"/>'
        f'<path fill="{colour}" d="M{widths[0]} 0h{widths[1] - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3'
        f'H{widths[0]}z"/><g fill="#fff" text-anchor="middle" '
        f'font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{"".join(texts)}</g></svg>\n'
    )
