"""A pseudo-language: every word accented, every text 40 % longer and between brackets."""

from __future__ import annotations

import re
from pathlib import Path

from facelab.languages.language import Language, read_language
from facelab.languages.sources import catalogue_of
from tests.conftest import ROOT

ACCENTED = str.maketrans("aceinouyACEINOUY", "àçéîñöûýÀÇÉÎÑÖÛÝ")

KEPT = re.compile(r"(\{[^{}]*\})")


def pseudo(text: str) -> str:
    """Return a text in the pseudo-language; its places stay."""
    parts = [
        part if KEPT.fullmatch(part) else part.translate(ACCENTED) for part in KEPT.split(text)
    ]
    if not re.search(r"[^\W\d_]", KEPT.sub("", text)):
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    longer = "~" * max(2, round(0.4 * len(text)))
    # long texts grow by words, as those of a real language
    longer = re.sub(r"(~{7})", r"\1 ", longer).strip()
    return f"{before}⟦{''.join(parts).strip()} {longer}⟧{after}"


def pseudo_language(folder: Path) -> Language:
    """Write the catalogue of the pseudo-language, one file, and read it as any other."""
    from babel.messages.pofile import write_po

    template = catalogue_of(ROOT)
    for message in template:
        if message.id and not message.context:
            if isinstance(message.id, str):
                message.string = pseudo(message.id)
            else:
                message.string = tuple(map(pseudo, message.id))
        elif message.id:
            message.string = message.id
    path = folder / "xx.po"
    with path.open("wb") as file:
        write_po(file, template, include_lineno=False)
    text = path.read_text("utf-8")
    header = '"Content-Transfer-Encoding: 8bit\\n"\n'
    assert header in text
    plural = '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    path.write_text(text.replace(header, header + plural, 1), "utf-8")
    return read_language(path)
