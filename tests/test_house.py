"""The house: what may import what, and what a stranger may import."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import facelab

HOME = Path(facelab.__file__).parent

WORKSHOP = {"studio", "recipe"}
"""What stands beside the house."""

DOOR = "gallery/drawn.py"
"""The one place where the house asks the studio to draw people."""


def imports() -> Iterator[tuple[str, str]]:
    """Yield a file of facelab and a module of facelab that it imports, for every import."""
    for path in sorted(HOME.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
            for module in modules:
                if module.startswith("facelab."):
                    yield path.relative_to(HOME).as_posix(), module.removeprefix("facelab.")


def rooms() -> dict[str, set[str]]:
    """Return which rooms (packages) each room imports."""
    found: dict[str, set[str]] = defaultdict(set)
    for file, module in imports():
        room, other = file.split("/")[0].removesuffix(".py"), module.split(".")[0]
        if room != other and room != "__init__":
            found[room].add(other)
    return found


def test_no_room_imports_in_a_circle() -> None:
    assert list(TopologicalSorter(rooms()).static_order())


@pytest.mark.slow
def test_the_contract_imports_nothing_of_ours() -> None:
    assert not rooms()["contract"]
    assert rooms()["base"] <= {"contract"}


@pytest.mark.slow
def test_the_studio_has_one_door() -> None:
    asking = {file for file, module in imports() if module.split(".")[0] in WORKSHOP}
    assert {file for file in asking if file.split("/")[0] not in WORKSHOP} == {DOOR}
    assert rooms()["studio"] <= {"contract", "base"}


@pytest.mark.parametrize("name", facelab.__all__)
def test_a_public_name_is_there(name: str) -> None:
    assert getattr(facelab, name) is not None
    assert name in dir(facelab)


def test_public_names_are_sorted_and_typed() -> None:
    assert list(facelab._HOMES) == facelab.__all__
    tree = ast.parse((HOME / "__init__.py").read_text("utf-8"))
    typed = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("facelab.")
        for alias in node.names
    }
    assert typed == {f"facelab.{home}.{name}" for name, home in facelab._HOMES.items()}
    assert (HOME / "py.typed").is_file()


def test_an_unknown_name_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nobody'"):
        facelab.Nobody  # noqa: B018
