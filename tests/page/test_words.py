"""The words of the page: every language has all of them, from the English that stands today."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from facelab.camera.session import SENTENCE
from facelab.contract.errors import FacelabError
from facelab.page.words import FOLDER, SOURCE, languages, sentence, told
from tests.conftest import ROOT
from tests.page.client import Client
from tests.page.conftest import Serve
from tests.page.lines import lines
from tests.page.pseudo import CODE, FIELD, accented, translation

PARTS = ("words", "lines")

ENGLISH = json.loads((FOLDER / f"{SOURCE}.json").read_text("utf-8"))

TRANSLATED = [code for code in languages() if code != SOURCE]


def read(code: str) -> Any:
    """What a language's file says: the words of the page alone, where it is no source."""
    return json.loads((FOLDER / f"{code}.json").read_text("utf-8"))


def fields(text: str) -> set[str]:
    """The values that a text shows, those in the forms of a word, too."""
    found = {name for name, _ in FIELD.findall(text)}
    return found.union(*(fields(forms) for _, forms in FIELD.findall(text)))


def pattern(text: str) -> re.Pattern[str]:
    """What an English line is recognised by, as the page does it."""
    parts = re.split(r"\{\w+(?:, \w+)?\}", text)
    return re.compile("(.+?)".join(map(re.escape, parts)), re.IGNORECASE)


PATTERNS = {key: pattern(text) for key, text in ENGLISH["lines"].items()}


def test_french_stands_beside_english() -> None:
    assert languages() == ("en", "fr")


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_text_is_missing_left_over_or_stale(code: str) -> None:
    """Lines stand in the catalogue, whose test names what is missing there."""
    told, texts, of = read(code)["words"], ENGLISH["words"], read(code)["of"]["words"]
    assert sorted(texts.keys() - told.keys()) == [], "missing: translate them"
    assert sorted(told.keys() - texts.keys()) == [], "left over: remove them"
    assert read(code).keys() == {"words", "of"}, "lines belong into the catalogue"
    now = {key: f"{zlib.crc32(text.encode()):08x}" for key, text in texts.items()}
    stale = {key: now[key] for key in texts if of.get(key) != now[key]}
    assert stale == {}, "the English has changed: translate them again, then put this under `of`"
    assert of.keys() == texts.keys()


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("part", PARTS)
def test_a_translation_shows_the_same_values(code: str, part: str) -> None:
    said = told(code)[part]
    shown = {key: (fields(text), fields(said[key])) for key, text in ENGLISH[part].items()}
    assert {key: both for key, both in shown.items() if both[0] != both[1]} == {}
    assert [key for key, text in said.items() if not text.strip()] == []


def test_french_is_set_as_french_is() -> None:
    """Narrow no-break spaces before ; ? ! %, no-break ones before : and inside « », and ’."""
    said = told("fr")
    texts = {key: FIELD.sub("7", text) for part in PARTS for key, text in said[part].items()}
    wrong = re.compile("'|[^\u202f][;?!%]|[^\u00a0]:(?: |$)|«[^\u00a0]|[^\u00a0]»")
    assert {key: text for key, text in texts.items() if wrong.search(text)} == {}
    assert wrong.search("Qui est là ?")


def test_the_lesson_calls_buttons_as_the_page_does() -> None:
    french, english = read("fr")["words"], ENGLISH["words"]
    lesson = (ROOT / "docs/lesson.md").read_text("utf-8")
    table = lesson.partition("|---|---|\n")[2].partition("\n\n")[0]
    for row in table.splitlines():
        names = [cell.split(", ") for cell in row.strip("| ").split(" | ")]
        for pair in zip(*names, strict=True):
            assert pair in {(english[key], french[key]) for key in english}
    said = lesson + (ROOT / "docs/page.md").read_text("utf-8")
    buttons = {name.rstrip(".") for name in re.findall(r"\*([A-Z][^*:]+)\*", said)}
    known = {text.rstrip(".").casefold() for text in english.values()}
    short = {"History", "Save", "Load"}  # the page's buttons name the kind of file, too
    assert {name for name in buttons - short if name.casefold() not in known} == {"Français"}


def test_no_line_is_left_over_that_nobody_says() -> None:
    """A pattern that fits no line is one that the code says otherwise by now."""
    said: set[str] = set()
    fitting: set[str] = set()
    waiting = lines()
    while waiting:  # what lies within the fields of a line is a line, too
        line = waiting.pop()
        if line in said:
            continue
        said.add(line)
        for key, one in PATTERNS.items():
            if found := one.fullmatch(line):
                fitting.add(key)
                waiting += found.groups()
    assert sorted(PATTERNS.keys() - fitting) == []


def test_the_sentence_is_the_one_that_is_kept(tmp_path: Path, serve: Serve) -> None:
    assert ENGLISH["lines"]["consent"] == SENTENCE == sentence(SOURCE)
    client = serve(tmp_path / "filmed")
    for name, code in (("Alex", "fr"), ("Amine", "en")):
        agreed = client.post("/api/people", {"name": name, "language": code})
        assert agreed.told["consent"]["sentence"] == sentence(code)
    assert sentence("fr") == told("fr")["lines"]["consent"] != SENTENCE
    assert client.post("/api/people", {"name": "Lara"}).told["consent"]["sentence"] == SENTENCE


@pytest.mark.parametrize("code", ["de", "../words/fr", "", 7, None, ["fr"]])
def test_a_language_that_is_not_there_is_refused(page: Client, code: Any) -> None:
    answer = page.post("/api/people", {"name": "Lina", "language": code})
    assert answer.status == 422
    assert answer.line.startswith("language: ")
    assert "Lina" not in {person["name"] for person in page.state()["people"]}


def test_a_language_is_a_file(tmp_path: Path, page: Client) -> None:
    assert page.get("/languages.json").told == list(languages())
    for name in ("en", "pt-BR", CODE):
        told = translation(ENGLISH) if name == CODE else ENGLISH
        (tmp_path / f"{name}.json").write_text(json.dumps(told), "utf-8")
    for name in ("notes.txt", "..json", "EN.json", "x.json"):
        (tmp_path / name).write_text("{}", "utf-8")
    assert languages(tmp_path) == ("en", CODE, "pt-BR")
    assert sentence(CODE, tmp_path) == accented(SENTENCE)
    with pytest.raises(FacelabError, match="received 'fr', allowed is one of en, en-XA, pt-BR"):
        sentence("fr", tmp_path)
