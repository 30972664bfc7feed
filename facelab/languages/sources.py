"""Sources: all messages of facelab in one gettext template, and catalogues brought up to it.

Babel does the work; it is needed by whoever translates, not by whoever reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.base.files import write_atomically
from facelab.languages.extraction import MARKS, RECORD, line_of
from facelab.languages.pattern import PLACE, pattern_of
from facelab.languages.sample import DATE, NUMBER, PERCENT

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

HERE = "facelab.languages.extraction"

LINES = "facelab/page/site/words/en.json"
"""The lines that the page knows, as patterns: what they say is said nowhere else in a catalogue."""

WORKSHOP = ("studio", "recipe")
"""Rooms of facelab's own makers, who are spoken to in English."""

METHODS = (
    ("features/*.feature", f"{HERE}:features"),
    ("steps/*.py", f"{HERE}:phrases"),
    ("facelab/judging/findings.py", f"{HERE}:sayings"),
    ("facelab/judging/rates.py", f"{HERE}:sayings"),
    ("facelab/gallery/doubles.py", f"{HERE}:sayings"),
    ("facelab/learning/theory.py", f"{HERE}:sayings"),
    ("facelab/playing/diagnosis.py", f"{HERE}:sayings"),
    ("facelab/report/changes.py", f"{HERE}:sayings"),
    ("facelab/**.py", f"{HERE}:reasons"),
    ("facelab/**.py", "python"),
    ("facelab/report/templates/*.html", "jinja2.ext:babel_extract"),
    (LINES, f"{HERE}:lines"),
    ("facelab/camera/causes.py", f"{HERE}:sayings"),
    ("facelab/camera/rtsp.py", f"{HERE}:sayings"),
    ("facelab/playing/misprints.py", f"{HERE}:sayings"),
    ("facelab/playing/definitions.py", f"{HERE}:sayings"),
    ("facelab/**.py", f"{HERE}:refusals"),
)
"""Which files are looked through, and by what: the marks of ``_``, or the texts of records."""

GUESSED = 40
"""New messages at most for which Babel looks for one that is nearly the same: it takes seconds."""

SAMPLES = {
    NUMBER: "How the language writes this number.",
    PERCENT: "How the language writes this percentage.",
    DATE: "How the language writes the 31st of December of the year 2026, in figures.",
}


def catalogue_of(root: Path) -> Catalog:
    """Return the template: every message once, with the places that say it."""
    from babel.messages.catalog import Catalog

    made = Catalog(project="facelab", charset="utf-8", fuzzy=False)
    for sample, told in SAMPLES.items():
        made.add(sample, context="sample", auto_comments=[told])
    for place, line, message, of_records in messages(root):
        made.add(message, locations=[(place, line)], auto_comments=[RECORD] * of_records)
    return made


def messages(root: Path) -> Iterator[tuple[str, int, str | tuple[str, ...], bool]]:
    """Yield file, line and message of all that is to be translated in a clone.

    Last, whether it is a text of records.
    """
    from babel.messages.extract import extract
    from babel.messages.frontend import parse_keywords

    marks, refused = parse_keywords(MARKS), _refused(root)
    for place, method in METHODS:
        for path in sorted(root.glob(place.replace("**.py", "**/*.py"))):
            own = path.parent.name == "languages" and method.endswith(":reasons")
            if own or (path.parent.name in WORKSHOP and method != "python"):
                continue
            with path.open("rb") as file:
                of_records = method.startswith(HERE) or path.name == "composed.py"
                for line, message, _comments, _context in extract(method, file, marks):
                    text = message if isinstance(message, str) else tuple(message)[:2]
                    if method.endswith(":refusals") and refused(str(text)):
                        continue
                    yield path.relative_to(root).as_posix(), line, text, of_records


def _refused(root: Path) -> Callable[[str], bool]:
    """Return what tells whether a text is a line that the page knows, or joined of such."""
    told = json.loads((root / LINES).read_text("utf-8"))["lines"].values()
    patterns = [pattern for pattern in map(pattern_of, map(line_of, told)) if pattern.letters]

    def known(text: str) -> bool:
        filled = PLACE.sub("7", text)
        return any(pattern.match(filled) is not None for pattern in patterns) or any(
            between in text and all(map(known, text.split(between))) for between in ("; ", ": ")
        )

    return known


def updated(path: Path, template: Catalog) -> int:
    """Bring a catalogue up to the template; return how many messages it does not translate."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po, write_po

    try:
        known = read_po(BytesIO(path.read_bytes()), locale=path.stem)
    except FileNotFoundError:
        known = Catalog(locale=path.stem, project="facelab", charset="utf-8", fuzzy=False)
    new = sum(known.get(message.id, message.context) is None for message in template if message.id)
    known.update(template, no_fuzzy_matching=new > GUESSED)
    written = BytesIO()
    write_po(written, known, width=100, ignore_obsolete=True, include_lineno=False)
    write_atomically(path, written.getvalue())
    return len(lacking(known, template))


def lacking(catalogue: Catalog, template: Catalog) -> list[str]:
    """Return the messages of a template that a catalogue does not translate, or not surely."""
    found = []
    for message in template:
        said = catalogue.get(message.id, message.context) if message.id else None
        if message.id and (said is None or said.fuzzy or not said.string or not all(said.string)):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found
