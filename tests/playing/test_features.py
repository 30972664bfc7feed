"""Feature files: collected as tests; what pytest-bdd would pass over in silence is refused."""

from __future__ import annotations

import inspect

import pytest

from facelab.playing.features import FeatureFile
from facelab.playing.misprints import name_of_test
from tests.conftest import Project


def test_pytest_still_asks_getobj_for_the_module() -> None:
    # ``_getobj`` is private: should pytest rename it, this says so before all else falls
    assert "_getobj" in vars(pytest.Module)
    assert "self._getobj()" in inspect.getsource(inspect.getattr_static(pytest.Module, "obj").fget)
    assert "_getobj" in vars(FeatureFile)


def test_node_ids(project: Project) -> None:
    project.feature(
        "T7",
        """@T7
Feature: Names
  Scenario Outline: A sum, of <a>
    Then it is left out for <a>
    Examples:
      | a    |
      | one  |
      | café |
""",
    )
    run = project.run("--collect-only", "-q")
    assert run.lines[:2] == [
        "features/T7.feature::test_a_sum_of_a_[one]",
        "features/T7.feature::test_a_sum_of_a_[caf\\xe9]",
    ]


def test_scenarios_with_the_same_name(project: Project) -> None:
    project.feature(
        "T1",
        "@T1\nFeature: A\n  Scenario: Twice\n    Then all is well\n"
        "  Scenario: Twice\n    Then it fails with 1\n",
    )
    run = project.run()
    assert run.status == pytest.ExitCode.INTERRUPTED
    assert run.said(
        "T1.feature:5: 2 scenarios would be test_twice: 'Twice' and 'Twice'; "
        "give each a name of its own"
    )
    assert not run.folder.exists()


@pytest.mark.parametrize(
    ("language", "keywords", "names"),
    [
        ("en", ("Feature", "Scenario", "Then"), ("More than 1", "more than -1")),
        ("fr", ("Fonctionnalité", "Scénario", "Alors"), ("Encore", "Encore")),
    ],
)
def test_scenarios_that_would_be_one_test(
    project: Project, language: str, keywords: tuple[str, str, str], names: tuple[str, str]
) -> None:
    feature, scenario, given = keywords
    lines = [f"  {scenario}: {name}\n    {given} all is well\n" for name in names]
    project.feature("T1", f"# language: {language}\n@T1\n{feature}: A\n{''.join(lines)}")
    run = project.run()
    assert run.status == pytest.ExitCode.INTERRUPTED
    one, other = names
    assert run.said(
        f"T1.feature:6: 2 scenarios would be {name_of_test(one)}: {one!r} and {other!r}; "
        "give each a name of its own"
    )


def test_same_name_in_two_rules(project: Project) -> None:
    rule = "  Rule: {}\n    Scenario: Same\n      Then all is well\n"
    project.feature("T1", "@T1\nFeature: A\n" + rule.format("one") + rule.format("two"))
    run = project.run()
    assert run.status == pytest.ExitCode.INTERRUPTED
    assert run.said(
        "T1.feature:7: 2 scenarios would be test_same: 'Same' and 'Same'; "
        "give each a name of its own"
    )


@pytest.mark.slow
@pytest.mark.parametrize("space", ["\u00a0", "\u202f"])
def test_no_break_space(project: Project, space: str) -> None:
    project.feature("T1", f"@T1\nFeature: A\n  Scenario: b\n    Then all is{space}well\n")
    run = project.run()
    assert run.status == pytest.ExitCode.INTERRUPTED
    assert run.said("T1.feature:4: a no-break space; allowed are plain spaces; retype the line")


def test_a_file_that_is_no_feature(project: Project) -> None:
    project.feature("T1", "Once upon a time\n")
    run = project.run()
    assert run.status == pytest.ExitCode.INTERRUPTED
    assert run.said(
        "T1.feature:1: 'Once upon a time': Unexpected token found. Check Gherkin syntax near the "
        "reported error."
    )


def test_tags_of_examples_are_markers_too(project: Project) -> None:
    project.feature(
        "T1",
        """@T1
Feature: A
  Scenario Outline: b
    Then it is left out for <why>
    @bright
    Examples:
      | why |
      | x   |
    @dark
    Examples:
      | why |
      | y   |
""",
    )
    run = project.run("-m", "dark", "--collect-only", "-q")
    assert run.status == pytest.ExitCode.OK
    assert run.lines[0] == "features/T1.feature::test_b[y]"
