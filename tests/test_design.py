"""docs/design.md against the code: the picture of the house, names of others, dependencies."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest
from pytest_bdd.parser import Step
from pytest_bdd.scenario import find_fixturedefs_for_step
from pytest_bdd.steps import step_function_context_registry

from steps import training
from tests.conftest import ROOT
from tests.test_house import rooms
from tests.test_readme import rows_of

DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
STEP = Step("the classifier is trained", "when", 0, 1, "When ")
RECORDS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


@cache
def product() -> dict[str, ast.Module]:
    """Our files, read: not when this file is collected, which every worker does."""
    return {
        path.relative_to(ROOT).as_posix().removeprefix("facelab/"): ast.parse(
            path.read_text("utf-8")
        )
        for folder in ("facelab", "steps")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that a file imports, within functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def arrows() -> set[tuple[str, str]]:
    """Which room imports which, without what follows from others."""
    graph = {room: set(below) for room, below in rooms().items() if room != "__main__"}
    graph["steps"] = {
        module.split(".")[1]
        for file, tree in product().items()
        if file.startswith("steps/")
        for module in imported(tree)
        if module.startswith("facelab.")
    }
    reached: dict[str, set[str]] = {}
    for room in TopologicalSorter(graph).static_order():
        below = graph.get(room, set())
        reached[room] = below.union(*(reached[one] for one in below))
    return {
        (room, one)
        for room, below in graph.items()
        for one in below
        if not any(one in reached[other] for other in below)
    }


@pytest.mark.slow
def test_the_picture_is_the_house() -> None:
    picture = re.findall(r"^ +(\w+) --(?: [^>]+--)?> (\w+)$", DESIGN, re.MULTILINE)
    drawn = set(picture) - {("features", "steps")}
    missing, gone = sorted(arrows() - drawn), sorted(drawn - arrows())
    assert not missing, f"draw {missing}; no longer there: {gone}"
    assert not gone


def test_every_room_has_its_floor() -> None:
    told = " ".join(cells[1] for cells in rows_of(DESIGN, "floor"))
    folders = {p.parent.name for p in (ROOT / "facelab").glob("*/__init__.py")}
    expected = {f"{folder}/" for folder in folders | {"features", "steps"}}
    assert set(re.findall(r"`([^`]+)`", told)) == expected | {"plugin.py", "cli.py"}


@pytest.mark.slow
def test_tensorflow_is_imported_where_it_is_said() -> None:
    asking = {
        file.split("/")[0]
        for file, tree in product().items()
        if {"tensorflow", "keras"} & {module.split(".")[0] for module in imported(tree)}
    }
    assert asking == {"faces", "learning", "recipe"}


def of_others() -> Iterator[tuple[str, str]]:
    """The private names and internal modules of other packages, and the files that use them."""
    nodes = [(file, node) for file, tree in product().items() for node in ast.walk(tree)]
    parts = {id(part) for _, n in nodes if isinstance(n, ast.JoinedStr) for part in n.values}
    called = {n.attr for _, n in nodes if isinstance(n, ast.Attribute)}
    called |= {n.id for _, n in nodes if isinstance(n, ast.Name)}
    defined = {n.name for _, n in nodes if isinstance(n, ast.FunctionDef)}
    ours = called & defined | {n.id for _, n in nodes if isinstance(n, ast.Name)}
    ours |= {n.attr for _, n in nodes if isinstance(n, ast.Attribute) and _own(n)} | {"_replace"}
    for file, node in nodes:
        name = ""
        if isinstance(node, ast.Attribute):
            name = node.attr
        elif isinstance(node, ast.FunctionDef):
            name = node.name  # nobody here calls it: it overrides what others call
        elif isinstance(node, ast.Constant) and id(node) not in parts:
            name = str(node.value)
        if re.fullmatch(r"_[a-z]\w+", name.rpartition(".")[2]) and name not in ours:
            yield name, file
        if isinstance(node, ast.Module):
            yield from ((m, file) for m in imported(node) if m.startswith("pytest_bdd."))


def _own(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


@pytest.mark.slow
def test_private_names_of_others_are_told() -> None:
    told = {
        (name.strip("`"), file)
        for name, _, files in rows_of(DESIGN, "name")
        for file in re.findall(r"`([^`]+)`", files)
    }
    assert told == set(of_others())


def test_private_names_of_others_are_there(request: pytest.FixtureRequest) -> None:
    assert callable(pytest.Module._getobj)
    assert list(find_fixturedefs_for_step(STEP, request.session._fixturemanager, request.node))
    left = [getattr(value, "_fixture_function", None) for value in vars(training).values()]
    assert set(left) & set(step_function_context_registry)


def test_every_dependency_is_given_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {name for one in wanted for name in re.findall(r"[\w-]+", one.partition(" ")[0])}
    told = {name for packages, _ in rows_of(DESIGN, "package") for name in packages.split(", ")}
    assert told == names


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem[:4])
def test_a_record_is_numbered_dated_and_listed(path: Path) -> None:
    number, text = int(path.stem[:4]), path.read_text(encoding="utf-8")
    title = re.match(rf"# {number}\. (.+)\n\n(\d{{4}}-\d\d-\d\d) · (accepted|superseded by)", text)
    assert title
    assert "\n**Context.** " in text
    assert "\n**Decision.** " in text
    row = f"| [{path.stem[:4]}]({path.name}) | {title[2]} | {title[1]} | {title[3]}"
    assert row in (path.parent / "README.md").read_text(encoding="utf-8")


def test_a_superseded_record_names_a_later_one() -> None:
    for path in RECORDS:
        text = path.read_text(encoding="utf-8")
        for number, file in re.findall(r"superseded by \[(\d{4})\]\(([^)]+)\)", text):
            assert path.stem[:4] < number == file[:4], path.name
            assert path.with_name(file) in RECORDS
        assert ("superseded by" in text) == ("superseded by [" in text), path.name


def test_records_have_no_number_twice() -> None:
    assert [int(path.stem[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
