"""Prerequisites: ``@after:T0`` plays T0 first, even deselected, and waits for its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import cast

import pytest
from pytest_bdd.parser import Feature

from facelab.base.home import book
from facelab.playing.features import FeatureFile, family_of, feature_file, feature_of

PREFIX = "after:"


def needs(feature: Feature) -> set[str]:
    """Return the families that a feature's tags put before it."""
    return {tag.removeprefix(PREFIX) for tag in feature.tags if tag.startswith(PREFIX)}


def complete(selected: list[pytest.Item], collected: list[pytest.Item]) -> list[pytest.Item]:
    """Return ``selected`` with the prerequisites that it lacks, whole, prerequisites first.

    They are taken from ``collected`` where only deselected, else from the feature files beside,
    else from the book.
    Raises pytest.UsageError when a prerequisite does not exist or waits for itself.
    """
    plain = [item for item in selected if feature_of(item) is None]
    played = [item for item in selected if feature_of(item) is not None]
    if not played:
        return selected
    families: dict[str, list[pytest.Item]] = {}
    _group(families, played)
    wanted = [need for name in families for need in _needs_of(families[name])]
    whole: set[str] = set()
    available: dict[str, list[pytest.Item]] = {}
    _group(available, collected)
    while wanted:
        name = wanted.pop()
        if name in whole:
            continue
        if name not in available:
            _group(available, _items_in(played[0].path.parent, played[0], available))
        if name not in available:
            _group(available, _items_in(book() / "features", played[0], available))
        if name not in available:
            raise pytest.UsageError(f"@{PREFIX}{name}: no feature is tagged @{name}; tag it")
        families[name] = available[name]
        whole.add(name)
        wanted += _needs_of(families[name])
    return _sorted(families) + plain


def in_book_order(items: list[pytest.Item], collected: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the scenarios among items as they were collected, however others shuffled them."""
    place = {item: number for number, item in enumerate(collected)}
    families: dict[str, list[pytest.Item]] = {}
    _group(families, sorted(items, key=lambda item: place.get(item, len(place))))
    return _sorted(families)


def _sorted(families: dict[str, list[pytest.Item]]) -> list[pytest.Item]:
    """Return the items of families, each after those that it waits for."""
    graph = {name: _needs_of(items) for name, items in families.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " after ".join(f"@{name}" for name in error.args[1])
        raise pytest.UsageError(f"{circle}: features wait for each other; drop one tag") from error
    return [item for name in order for item in families[name]]


def _needs_of(items: Iterable[pytest.Item]) -> list[str]:
    found = {need for item in items if (feature := feature_of(item)) for need in needs(feature)}
    return sorted(found)


def _group(families: dict[str, list[pytest.Item]], items: Iterable[pytest.Item]) -> None:
    for item in items:
        if (feature := feature_of(item)) is not None:
            families.setdefault(family_of(feature), []).append(item)


def _items_in(
    folder: Path, played: pytest.Item, known: dict[str, list[pytest.Item]]
) -> list[pytest.Item]:
    """Collect the feature files of a folder that the command line did not name.

    ``collect`` is called at once, not through pytest's hooks: under --lf they leave out the files
    that did not fail.
    """
    seen = {item.path for items in known.values() for item in items}
    assert played.parent is not None
    assert played.parent.parent is not None
    parent: pytest.Collector = played.parent.parent
    items: list[pytest.Item] = []
    for path in sorted(set(folder.glob("*.feature")) - seen):
        try:
            items += cast("list[pytest.Item]", feature_file(parent, path).collect())
        except FeatureFile.CollectError as error:
            raise pytest.UsageError(str(error)) from error
    return items
