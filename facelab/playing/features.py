"""Feature files as pytest modules."""

from __future__ import annotations

import re
import types
from pathlib import Path
from typing import cast

import pytest
from pytest_bdd import scenario
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.feature import features
from pytest_bdd.gherkin_parser import GherkinDocument
from pytest_bdd.parser import Feature, FeatureParser, Scenario
from pytest_bdd.scenario import scenario_wrapper_template_registry

from facelab.contract.errors import FacelabError
from facelab.languages.language import ENGLISH, Language, language, languages
from facelab.playing import translation
from facelab.playing.book_files import node_of
from facelab.playing.misprints import (
    ENCODING,
    misprints,
    name_of_test,
    parse_fault,
    read_document,
    read_text,
)
from facelab.playing.reader import said

_OF_A_FILE = ": a tag of "

_EXAMPLE = "_pytest_bdd_example"
"""The parameter of pytest-bdd's that holds the row of an outline."""

_REPETITION = "__pytest_repeat_step_number"
"""The one of pytest-repeat's that counts from 0."""


class FeatureFile(pytest.Module):
    """A ``.feature`` file, collected as if it were a test module of its scenarios.

    ``spoken``: the language that it is written in.
    """

    spoken: Language = ENGLISH

    def _getobj(self) -> types.ModuleType:
        """Build the module: the one private name of pytest that is used, and tested."""
        folder = str(self.path.parent)
        feature = self._feature()
        for tag in sorted(all_tags(feature)):
            self.config.addinivalue_line("markers", f"{tag}{_OF_A_FILE}{self.path.name}")
        module = types.ModuleType(self.path.stem)
        for name in feature.scenarios:
            play = scenario(self.path.name, name, encoding=ENCODING, features_base_dir=folder)
            setattr(module, name_of_test(name), play(lambda: None))
        return module

    def _feature(self) -> Feature:
        """Return the feature. Raises CollectError, a line a misprint, where there are any."""
        try:
            text = read_text(self.path)
            if (code := translation.language_of(text)) in languages():
                self.spoken = language(code)
            english, faults = translation.in_english(text)
            english = english if english != text else ""
            document = read_document(self.path, english)
            found = misprints(self.path, document, _declared(self.config), english, faults)
            feature = _known(self.path, document)
        except FacelabError as error:
            raise self.CollectError(said(self.config, str(error))) from error
        except GherkinParseError as error:
            raise self.CollectError(said(self.config, parse_fault(self.path, error))) from error
        if found:
            raise self.CollectError(said(self.config, "\n".join(found)))
        return feature


def feature_file(parent: pytest.Collector, path: Path) -> FeatureFile:
    """Return the node of a feature file."""
    node = node_of(path, parent.config.rootpath)
    return FeatureFile.from_parent(parent, path=path, nodeid=node)


class _Read(FeatureParser):
    """What pytest-bdd makes a feature of, from a document instead of its file."""

    document: GherkinDocument

    def _parse_feature_file(self) -> GherkinDocument:
        return self.document


def _known(path: Path, document: GherkinDocument) -> Feature:
    """Return a feature, which pytest-bdd then knows by its file, in whatever language that is."""
    parser = _Read(str(path.parent), path.name, ENCODING)
    parser.document = document
    feature = features[parser.abs_filename] = parser.parse()
    return feature


def _declared(config: pytest.Config) -> set[str]:
    """Return the requirements that a project has registered itself, among its markers."""
    lines = [line for line in config.getini("markers") if _OF_A_FILE not in line]
    names = {line.partition(":")[0].strip() for line in lines}
    return {name for name in names if re.fullmatch(r"R\d+", name)}


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


def language_of(item: pytest.Item) -> Language:
    """Return the language of the feature that a test item plays."""
    return getattr(item.parent, "spoken", ENGLISH)


def scenario_of(item: pytest.Item) -> Scenario:
    """Return the scenario that a test item plays, an outline with its example filled in."""
    assert isinstance(item, pytest.Function)
    return scenario_wrapper_template_registry[item.function].render(example_of(item))


def example_of(item: pytest.Item) -> dict[str, str]:
    """Return the row of an outline's examples that a test item plays, empty for a plain one."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return cast("dict[str, str]", parameters.get(_EXAMPLE, {}))


def family_of(feature: Feature) -> str:
    """Return the id of a feature's family: its tag T0, T1 …, or its file's name."""
    ids = sorted(tag for tag in feature.tags if re.fullmatch(r"T\d+", tag))
    return ids[0] if ids else Path(feature.filename).stem


def repetition_of(item: pytest.Item) -> list[str]:
    """Return which one an item is where a plugin, as pytest-repeat, plays a scenario repeatedly."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    others = {name: value for name, value in parameters.items() if name != _EXAMPLE}
    return [
        f"repetition {value + 1}" if name == _REPETITION else str(value)
        for name, value in others.items()
    ]
