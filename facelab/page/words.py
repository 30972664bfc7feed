"""Words: the languages of the page, a file each in ``site/words``, which the browser reads.

The server itself speaks English; the page says its lines in the reader's language. What a line is
called there stands in the language's catalogue, since reports and terminals say the same lines.
Only the sentence that a person agrees to is kept as the person has read it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from facelab.camera.session import SENTENCE
from facelab.languages.extraction import line_of
from facelab.languages.language import ENGLISH, language
from facelab.languages.language import languages as catalogues
from facelab.page.guard import Refusal

FOLDER = Path(__file__).parent / "site" / "words"

SOURCE = "en"
"""The language that the others are translated from."""

CODE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""The code of a language, as browsers know it (BCP 47)."""


@cache
def languages(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the codes of the languages that the page can be read in."""
    codes = (path.stem for path in folder.glob("*.json"))
    return tuple(sorted(code for code in codes if CODE.fullmatch(code)))


@cache
def told(code: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Return what the browser reads in a language: ``words`` of the page, ``lines`` of the server.

    A file may bring lines of its own; else they are those of the catalogue, or in English without.
    """
    found: dict[str, Any] = json.loads((folder / f"{code}.json").read_text("utf-8"))
    if "lines" not in found:
        spoken = language(code) if code in catalogues() else ENGLISH
        lines: dict[str, str] = told(SOURCE)["lines"]
        said = {key: spoken.message(line_of(text)) for key, text in lines.items()}
        found = {**found, "lines": said}
    return found


@cache
def sentence(code: str, folder: Path = FOLDER) -> str:
    """Return what people agree to, as the page words it in a language. Raises Refusal."""
    known = languages(folder)
    if code not in known:
        raise Refusal(422, f"language: received {code!r}, allowed is one of {', '.join(known)}")
    return SENTENCE if code == SOURCE else str(told(code, folder)["lines"]["consent"])
