"""Misprints: unintended text in a feature file, found before any training.

pytest-bdd ignores these silently, or fails on them with a traceback. Here each is one line with its
place: ``T9.feature:12: …``.
"""

from __future__ import annotations

import codecs
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path
from textwrap import shorten

from gherkin.parser import Parser
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.gherkin_parser import (
    Child,
    ExamplesTable,
    GherkinDocument,
    Scenario,
    Step,
    Tag,
    get_gherkin_document,
)

from facelab.contract.errors import FacelabError
from facelab.contract.text import one_line
from facelab.report.requirements import REQUIREMENTS

ENCODING = "utf-8-sig"
"""UTF-8, with or without a byte-order mark."""

_LIKE_A_TAG = re.compile(r"[rt]\W?\d\w*", re.IGNORECASE)
_FAMILY = re.compile(r"T\d+")


def read_document(path: Path, english: str = "") -> GherkinDocument:
    """Return a feature file as Gherkin. Raises FacelabError, in one line, when it is none.

    ``english``: what it says in English, where it is in another language.
    """
    text = read_text(path)
    if not any(line.strip() and line.strip()[0] != "#" for line in text.splitlines()):
        raise FacelabError(
            f"{path.name}: there is no feature in it; begin with a line 'Feature: …' or remove it"
        )
    try:
        if english:
            return GherkinDocument.from_dict(Parser().parse(english))
        return get_gherkin_document(str(path), ENCODING)
    except GherkinParseError as error:
        raise FacelabError(parse_fault(path, error)) from error


def parse_fault(path: Path, error: GherkinParseError) -> str:
    """Return the error of the Gherkin parser, in one line with its place."""
    what = " ".join(error.message.split())
    return f"{path.name}:{error.line}: {error.line_content.strip()!r}: {what}"


def misprints(
    path: Path,
    document: GherkinDocument,
    requirements: Collection[str],
    english: str = "",
    faults: Collection[tuple[int, str]] = (),
) -> list[str]:
    """Return a line for each misprint in a feature file, in the order of their places.

    ``requirements``: the ids that a project knows beside those of the cahier. ``english``: what it
    says in English, where it is in another language; ``faults``: what was wrong with that one.
    """
    found = [
        *faults,
        *_spaces(english or path.read_text(ENCODING)),
        *_tags(document, {*REQUIREMENTS, *requirements}),
        *_names(document),
    ]
    scenarios = list(_scenarios(document.feature.children, []))
    if not scenarios:
        found.append((1, "a feature without a scenario; write one or remove the file"))
    for scenario, background in scenarios:
        found += _of_scenario(scenario, background)
    return [one_line(f"{path.name}:{line}: {what}", 1000) for line, what in sorted(found)]


def name_of_test(scenario: str) -> str:
    """Return the name of the test that a scenario becomes."""
    return "test_" + re.sub(r"\W+", "_", scenario).lower()


Found = Iterator[tuple[int, str]]
"""Pairs of a line and what is wrong there."""


def read_text(path: Path) -> str:
    """Return the text of a feature file. Raises FacelabError where it is not UTF-8."""
    data = path.read_bytes()
    allowed = "allowed is UTF-8; save the file as UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:100]:
        raise FacelabError(f"{path.name}:1: received UTF-16, {allowed}")
    try:
        return data.decode(ENCODING)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        received = f"0x{data[error.start]:02x}, as in Latin-1 {chr(data[error.start])!r}"
        raise FacelabError(f"{path.name}:{line}: received a byte {received}, {allowed}") from error


def _spaces(text: str) -> Found:
    """A no-break space makes a step "not found" with a message that looks right."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.search("[\u00a0\u202f]", line):
            yield number, "a no-break space; allowed are plain spaces; retype the line"


def _tags(document: GherkinDocument, requirements: set[str]) -> Found:
    for tag in _all_tags(document):
        name = tag.name.removeprefix("@")
        if not _LIKE_A_TAG.fullmatch(name) or name in requirements or _FAMILY.fullmatch(name):
            continue
        near = get_close_matches(name.upper(), sorted(requirements), 1)
        if name[0] in "tT":
            what = f"a family is written as T1; write @T{re.sub(r'[^0-9]', '', name)}"
        elif name.upper() in requirements and near:
            what = f"a requirement is written with a capital; write @{near[0]}"
        else:
            what = (
                f"no requirement is called so; there are {', '.join(_in_order(requirements))}; "
                "one of your own is named under markers in pyproject.toml"
            )
        yield tag.location.line, f"the tag {tag.name}: {what}"


def _names(document: GherkinDocument) -> Found:
    """Of two scenarios with one name pytest-bdd drops the first; two tests' names may meet too."""
    alike: dict[str, list[Scenario]] = defaultdict(list)
    for scenario, _ in _scenarios(document.feature.children, []):
        alike[name_of_test(scenario.name)].append(scenario)
    for test, scenarios in alike.items():
        if len(scenarios) > 1:
            called = " and ".join(repr(scenario.name) for scenario in scenarios)
            what = f"{len(scenarios)} scenarios would be {test}: {called}"
            yield scenarios[1].location.line, f"{what}; give each a name of its own"


def _of_scenario(scenario: Scenario, background: list[Step]) -> Found:
    line, name = scenario.location.line, repr(shorten(scenario.name, 80, placeholder=" …"))
    if all(step.keyword_type != "Outcome" for step in (*background, *scenario.steps)):
        yield line, f"the scenario {name} has no Then, so nothing is judged; add one or remove it"
    for table in scenario.examples:
        yield from _of_examples(table)
    columns = {
        cell.value for t in scenario.examples if t.table_header for cell in t.table_header.cells
    }
    for step in scenario.steps if scenario.examples else ():
        for missing in sorted(set(re.findall("<(.+?)>", step.text)) - columns):
            yield (
                step.location.line,
                f"<{missing}> is no column of the examples; there are {', '.join(sorted(columns))}",
            )


def _of_examples(table: ExamplesTable) -> Found:
    """Of two columns with one name the first is lost; of no rows nothing is played."""
    columns = [cell.value for cell in table.table_header.cells] if table.table_header else []
    for column in sorted({column for column in columns if columns.count(column) > 1}):
        yield table.location.line, f"two columns of the examples are called {column}; rename one"
    if not table.table_body:
        yield table.location.line, "examples without a row: nothing would be played; add a row"
    seen: dict[tuple[str, ...], int] = {}
    for row in table.table_body or ():
        cells = tuple(cell.value for cell in row.cells)
        if (first := seen.setdefault(cells, row.location.line)) != row.location.line:
            yield row.location.line, f"the same example as in line {first}; remove one"


def _scenarios(
    children: list[Child], background: list[Step]
) -> Iterator[tuple[Scenario, list[Step]]]:
    """Yield each scenario with the steps of its backgrounds."""
    steps = [*background]
    for child in children:
        if child.background:
            steps += child.background.steps
        if child.scenario:
            yield child.scenario, steps
        if child.rule:
            yield from _scenarios(child.rule.children, steps)


def _all_tags(document: GherkinDocument) -> Iterator[Tag]:
    def below(children: list[Child]) -> Iterator[Tag]:
        for child in children:
            if child.scenario:
                yield from child.scenario.tags
                for table in child.scenario.examples:
                    yield from table.tags
            if child.rule:
                yield from child.rule.tags
                yield from below(child.rule.children)

    yield from document.feature.tags
    yield from below(document.feature.children)


def _in_order(requirements: set[str]) -> list[str]:
    return sorted(requirements, key=lambda name: (len(name), name))
