"""The catalogues: complete, current, and with the places of their sources."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from facelab.contract.errors import FacelabError
from facelab.languages.language import HOME, language, languages
from facelab.languages.sources import catalogue_of, lacking
from tests.conftest import ROOT

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

CODES = [code for code in languages() if code != "en"]

PLACE = re.compile(r"\{[^{}]*\}")


@cache
def template() -> Catalog:
    return catalogue_of(ROOT)


def read(code: str) -> Catalog:
    from babel.messages.pofile import read_po

    return read_po(BytesIO((HOME / f"{code}.po").read_bytes()), locale=code)


@pytest.mark.slow
@pytest.mark.parametrize("code", CODES)
def test_every_message_is_translated_and_none_is_stale(code: str) -> None:
    told = "run python -m facelab.languages and translate what it leaves empty or fuzzy"
    catalogue = read(code)
    assert lacking(catalogue, template()) == [], told
    known = {(message.id, message.context) for message in template()}
    gone = [message.id for message in catalogue if (message.id, message.context) not in known]
    assert gone == [], told


@pytest.mark.slow
def test_a_missing_and_a_changed_translation_are_named() -> None:
    catalogue = read("fr")
    catalogue.delete("Glossary")
    fuzzy = catalogue.get("Annexes")
    assert fuzzy is not None
    fuzzy.flags.add("fuzzy")
    assert sorted(lacking(catalogue, template())) == ["Annexes", "Glossary"]


@pytest.mark.parametrize("code", CODES)
def test_a_translation_has_the_places_of_its_source(code: str) -> None:
    for message in read(code):
        sources = [message.id] if isinstance(message.id, str) else message.id
        said = [message.string] if isinstance(message.string, str) else message.string or ()
        for text in said if message.id and not message.context else ():
            assert set(PLACE.findall(text)) == set(PLACE.findall(sources[-1])), message.id
            assert (text[:1] == " ", text[-1:] == " ") == (
                sources[0][:1] == " ",
                sources[0][-1:] == " ",
            ) or text.strip() in (":", ";", ",", "et"), message.id


def test_french_has_its_own_spaces_and_apostrophes() -> None:
    for source, said in language("fr").texts.items():
        assert not re.search(r"[^ ] [;:?!»%]|« |\d \d{3}\b|\w'", said), source


def test_an_unknown_language_is_one_line() -> None:
    with pytest.raises(FacelabError, match=r"^--language: received 'tlh', allowed are en, fr; "):
        language("tlh")
