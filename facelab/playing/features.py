"""Feature files as pytest modules, and the silent traps of pytest-bdd turned into errors."""

from __future__ import annotations

import re
import types
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from pytest_bdd import scenario
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.feature import get_feature
from pytest_bdd.gherkin_parser import Child, get_gherkin_document
from pytest_bdd.parser import Feature, Scenario
from pytest_bdd.scenario import scenario_wrapper_template_registry


class FeatureFile(pytest.Module):
    """A ``.feature`` file, collected as if it were a test module of its scenarios."""

    def _getobj(self) -> types.ModuleType:
        """Build the module: the one private name of pytest that is used, and tested."""
        folder = str(self.path.parent)
        try:
            check_traps(self.path)
            feature = get_feature(folder, self.path.name)
        except GherkinParseError as error:
            reason = " ".join(str(error).split())
            raise self.CollectError(f"{self.path.name}: {reason}") from error
        for tag in sorted(all_tags(feature)):
            self.config.addinivalue_line("markers", f"{tag}: a tag of {self.path.name}")
        module = types.ModuleType(self.path.stem)
        for name in feature.scenarios:
            test = scenario(self.path.name, name, features_base_dir=folder)(lambda: None)
            setattr(module, name_of_test(name), test)
        return module


def check_traps(path: Path) -> None:
    """Raise CollectError, in one line, for what pytest-bdd would pass over in silence.

    Of two scenarios with one name it drops the first, and so would we of two whose names make one
    test's name; a no-break space makes a step "not found" with a message that looks right.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if re.search("[\u00a0\u202f]", line):
            raise FeatureFile.CollectError(
                f"{path.name}:{number}: a no-break space; allowed are plain spaces; retype the line"
            )
    alike: dict[str, list[str]] = defaultdict(list)
    for name in _scenario_names(get_gherkin_document(str(path)).feature.children):
        alike[name_of_test(name)].append(name)
    for test, names in alike.items():
        if len(names) > 1:
            called = " and ".join(map(repr, names))
            raise FeatureFile.CollectError(
                f"{path.name}: {len(names)} scenarios would be {test}: {called}; "
                "give each a name of its own"
            )


def name_of_test(scenario: str) -> str:
    """Return the name of the test that a scenario becomes."""
    return "test_" + re.sub(r"\W+", "_", scenario).lower()


def _scenario_names(children: list[Child]) -> Iterator[str]:
    for child in children:
        if child.scenario:
            yield child.scenario.name
        if child.rule:
            yield from _scenario_names(child.rule.children)


def all_tags(feature: Feature) -> set[str]:
    """Return the tags of a feature, its rules, scenarios and examples: the markers it needs."""
    tags = set(feature.tags)
    for template in feature.scenarios.values():
        tags |= template.tags | (template.rule.tags if template.rule else set())
        tags.update(*(examples.tags for examples in template.examples))
    return tags


def feature_of(item: pytest.Item) -> Feature | None:
    """Return the feature that a test item plays, None for an ordinary test."""
    if not isinstance(item, pytest.Function):
        return None
    template = scenario_wrapper_template_registry.get(item.function)
    return template.feature if template else None


def scenario_of(item: pytest.Item) -> Scenario:
    """Return the scenario that a test item plays, an outline with its example filled in."""
    assert isinstance(item, pytest.Function)
    return scenario_wrapper_template_registry[item.function].render(example_of(item))


def example_of(item: pytest.Item) -> dict[str, str]:
    """Return the row of an outline's examples that a test item plays, empty for a plain one."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return cast("dict[str, str]", parameters.get("_pytest_bdd_example", {}))


def family_of(feature: Feature) -> str:
    """Return the id of a feature's family: its tag T0, T1 …, or its file's name."""
    ids = sorted(tag for tag in feature.tags if re.fullmatch(r"T\d+", tag))
    return ids[0] if ids else Path(feature.filename).stem
