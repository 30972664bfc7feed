"""Words: the languages of the page, a file each in ``site/words``, which the browser reads.

The server itself speaks English; the page says its lines in the reader's language. Only the
sentence that a person agrees to is kept as the person has read it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from facelab.camera.session import SENTENCE
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
def sentence(language: str, folder: Path = FOLDER) -> str:
    """Return what people agree to, as the page words it in a language. Raises Refusal."""
    known = languages(folder)
    if language not in known:
        raise Refusal(422, f"language: received {language!r}, allowed is one of {', '.join(known)}")
    if language == SOURCE:
        return SENTENCE
    told = json.loads((folder / f"{language}.json").read_text("utf-8"))
    return str(told["lines"]["consent"])
