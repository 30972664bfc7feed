"""Translation: a feature file in another language, and back in English, in which it is played.

Only what the catalogue knows is translated: titles, prose, scenarios, words in examples, and the
phrases of steps with what fills them. What a user wrote stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from textwrap import wrap
from typing import Any

from facelab.languages.language import SOURCE, Language, language, languages
from facelab.languages.pattern import Pattern, pattern_of, plain
from facelab.report.record import FIELDS

WIDTH = 100
"""Of lines of prose."""

_LANGUAGE = re.compile(r"^\s*#\s*language\s*:\s*([\w-]+)\s*$", re.IGNORECASE)
_COLUMN = re.compile(r"<(.+?)>")
_TYPES = {"Context": "Given", "Action": "When", "Outcome": "Then"}

Fault = tuple[int, str]
"""A line of the file, and what is wrong there."""


@dataclass(frozen=True)
class _Voice:
    """How a file is written anew: ``step`` gets a line too, ``lay`` the indent of a paragraph."""

    keyword: Callable[[str], str]
    text: Callable[[str], str]
    step: Callable[[int, str], str]
    lay: Callable[[str, str], list[str]]
    colon: str


def language_of(text: str) -> str:
    """Return the code of the language that the first lines of a feature file name, else ``en``."""
    for line in text.splitlines():
        if found := _LANGUAGE.match(line):
            return found[1]
        if line.strip() and not line.lstrip().startswith("#"):
            break
    return SOURCE


def in_language(text: str, spoken: Language) -> str:
    """Return an English feature file in another language."""
    tables = _Tables.of(spoken)

    def step(_line: int, said: str) -> str:
        for pattern in tables.english:
            if (found := pattern.match(said)) is not None:
                fields = {
                    name: _COLUMN.sub(lambda column: f"<{spoken.known(column[1])}>", value)
                    if "<" in value
                    else spoken.filled_as(pattern.kinds.get(name, ""), value)
                    for name, value in found.items()
                }
                return pattern.fill(spoken.texts[pattern.source], fields)
        return spoken.texts.get(said, said)

    def lay(indent: str, paragraph: str) -> list[str]:
        return wrap(
            paragraph, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

    colon = spoken.message(": ").rstrip()
    voice = _Voice(spoken.message, spoken.known, step, lay, colon)
    written = _written(text, voice, {name: spoken.message(name) for name in FIELDS})
    return f"# language: {spoken.code}\n{written}"


def in_english(text: str) -> tuple[str, list[Fault]]:
    """Return a feature file of a known language in English, each line at its place, and faults.

    A file in English, in an unknown language or that cannot be read comes back as it is.
    """
    from gherkin.errors import ParserException

    code = language_of(text)
    if code == SOURCE or code not in languages():
        return text, []
    spoken, faults = language(code), list[Fault]()
    tables = _Tables.of(spoken)

    def step(line: int, said: str) -> str:
        for pattern, source in tables.phrases:
            if (found := pattern.match(plain(said))) is not None:
                fields = {}
                for name, value in found.items():
                    kind = pattern.kinds.get(name, "")
                    fields[name], wrong = _read(tables, spoken, kind, value)
                    faults.extend([(line, f"{said!r}: {wrong}")] * bool(wrong))
                return pattern.fill(source, fields)
        return tables.texts.get(plain(said), said)

    voice = _Voice(
        lambda keyword: keyword,
        lambda said: tables.texts.get(plain(said), said),
        step,
        lambda indent, paragraph: [indent + paragraph],
        ":",
    )
    headings = {spoken.message(name): name for name in FIELDS}
    try:
        english = _written(text, voice, headings, keep_lines=True)
    except ParserException:
        return text, []  # whoever reads it says what is wrong
    return english.replace(f"language: {code}", f"language: {SOURCE}", 1), faults


@dataclass(frozen=True)
class _Tables:
    """What a language says, and back.

    ``english``: patterns of phrases; ``phrases``: those said, and the English ones; ``texts``: the
    English ones of the book by those said; ``words``: all of them.
    """

    english: list[Pattern]
    phrases: list[tuple[Pattern, str]]
    texts: Mapping[str, str]
    words: Mapping[str, str]

    @staticmethod
    @cache
    def of(spoken: Language) -> _Tables:
        """Return the tables of a language."""
        steps = {source: said for source, said in spoken.book.items() if "{" in source}
        english = sorted(map(pattern_of, steps), key=lambda one: -one.letters)
        back = [(pattern_of(plain(said)), source) for source, said in steps.items()]
        back.sort(key=lambda pair: -pair[0].letters)
        texts = {plain(said): source for source, said in spoken.book.items() if "{" not in source}
        words = {plain(said): source for source, said in spoken.texts.items() if "{" not in source}
        return _Tables(english, back, texts, words)


def _read(tables: _Tables, spoken: Language, kind: str, value: str) -> tuple[str, str]:
    """Return what fills a place in English, and what is wrong with it, or nothing."""
    if "<" in value:
        columns = _COLUMN.sub(lambda c: f"<{tables.texts.get(plain(c[1]), c[1])}>", value)
        return columns, ""
    if kind in ("Name", "w"):
        return value, ""
    if kind in ("Names", "Numbers"):
        said = value.replace(f" {plain(spoken.message(' and '))} ", " and ")
        if kind == "Names":
            return said, ""
        told = [spoken.read_number(one) for one in re.split(", | and ", said)]
        wrong = next((wrong for _, wrong in told if wrong), "")
        *before, last = (number for number, _ in told)
        return " and ".join(filter(None, [", ".join(before), last])), wrong
    if kind in ("Number", "Count", "Percent"):
        return spoken.read_number(value)
    return tables.words.get(plain(value), value), ""


def _written(
    text: str, voice: _Voice, headings: Mapping[str, str], *, keep_lines: bool = False
) -> str:
    """Return a feature file, written by a voice; ``keep_lines``: each line at its place."""
    from gherkin.parser import Parser

    feature = Parser().parse(text)["feature"] or {"children": [], "tags": []}
    lines = text.splitlines()
    changed: dict[int, list[str]] = {}
    for line, said in _lines(feature, lines, voice):
        changed[line] = [said]
    changed |= _prose(feature, lines, voice, headings, keep_lines)
    return "".join(f"{one}\n" for n, line in enumerate(lines, 1) for one in changed.get(n, [line]))


def _lines(feature: Any, lines: list[str], voice: _Voice) -> Iterator[tuple[int, str]]:
    """Yield number and new text of every line with a keyword, and of every row of examples."""
    if "name" in feature:
        yield _headed(feature, "Feature", lines, voice)
    for child in feature["children"]:
        if "rule" in child:
            yield _headed(child["rule"], "Rule", lines, voice)
            yield from _lines({"children": child["rule"]["children"]}, lines, voice)
            continue
        scenario = child.get("scenario") or child["background"]
        outline = bool(scenario.get("examples"))
        kind = (
            "Scenario Outline" if outline else "Scenario" if "scenario" in child else "Background"
        )
        yield _headed(scenario, kind, lines, voice)
        for step in scenario["steps"]:
            number = step["location"]["line"]
            keyword = _TYPES.get(step["keywordType"], "And")
            indent = _indent(lines[number - 1])
            said = voice.step(number, step["text"])
            yield number, f"{indent}{voice.keyword(keyword)} {said}"
        for table in scenario.get("examples", ()):
            yield _headed(table, "Examples", lines, voice)
            if table.get("tableHeader"):
                yield from _rows([table["tableHeader"], *table["tableBody"]], lines, voice)


def _rows(rows: list[Any], lines: list[str], voice: _Voice) -> Iterator[tuple[int, str]]:
    """Yield the rows of a table, its columns as wide as they must be."""
    cells = [[voice.text(cell["value"]) for cell in row["cells"]] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=False)]
    for row, said in zip(rows, cells, strict=True):
        number = row["location"]["line"]
        padded = [cell.ljust(width) for cell, width in zip(said, widths, strict=False)]
        yield number, f"{_indent(lines[number - 1])}| {' | '.join(padded)} |"


def _headed(node: Any, kind: str, lines: list[str], voice: _Voice) -> tuple[int, str]:
    number = node["location"]["line"]
    said = f"{_indent(lines[number - 1])}{voice.keyword(kind)}: {voice.text(node['name'])}"
    return number, said.rstrip()


def _prose(
    feature: Any, lines: list[str], voice: _Voice, headings: Mapping[str, str], keep_lines: bool
) -> dict[int, list[str]]:
    """Return the new lines of a feature's prose, by the number of the old ones."""
    if "name" not in feature:
        return {}
    changed: dict[int, list[str]] = {}
    known = "|".join(map(re.escape, headings))
    heading = re.compile(rf"(\s*)({known})[\s\xa0\u202f]*:\s+(.*)")
    number = feature["location"]["line"] + 1
    while number <= len(lines) and not _begins(feature, number):
        if found := heading.fullmatch(lines[number - 1]):
            own = [found[3]]
            last = number
            while last < len(lines) and _goes_on(feature, lines, last + 1, heading):
                own.append(lines[last].strip())
                last += 1
            paragraph = " ".join(" ".join(own).split(" ")).strip()
            said = f"{headings[found[2]]}{voice.colon} {voice.text(paragraph)}"
            laid = voice.lay(found[1], said)
            changed[number] = laid
            for other in range(number + 1, last + 1):
                changed[other] = [""] if keep_lines else []
            number = last
        number += 1
    return changed


def _goes_on(feature: Any, lines: list[str], number: int, heading: re.Pattern[str]) -> bool:
    line = lines[number - 1]
    return bool(line.strip()) and not heading.fullmatch(line) and not _begins(feature, number)


def _begins(feature: Any, number: int) -> bool:
    """Return whether a child of a feature begins at a line, with its tags or its keyword."""
    for child in feature["children"]:
        [node] = child.values()
        if number in (
            node["location"]["line"],
            *(t["location"]["line"] for t in node.get("tags", ())),
        ):
            return True
    return False


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
