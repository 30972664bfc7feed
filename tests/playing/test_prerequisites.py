"""Prerequisites: selection as on any test, order, what is run anyway, what cannot be."""

from __future__ import annotations

import pytest

from tests.conftest import Project


@pytest.fixture
def book(project: Project) -> Project:
    """T0 with two scenarios; T1 fails in one of two, T2 is accepted, both after T0."""
    project.family("T0", "all is well", "all is well", tags="@R1")
    project.family("T1", "all is well", "it fails with 1", after="T0", tags="@R7")
    project.family("T2", "all is well", after="T0", tags="@R7 @R8")
    return project


T0, T1, T2 = ["T0 1", "T0 2"], ["T1 1", "T1 2"], ["T2 1"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "played", "status"),
    [
        ([], T0 + T1 + T2, 1),
        (["features"], T0 + T1 + T2, 1),
        (["-m", "T0"], T0, 0),
        (["-m", "T2"], T0 + T2, 0),
        (["-m", "R8"], T0 + T2, 0),
        (["-m", "R7"], T0 + T1 + T2, 1),
        (["-m", "not T0 and not T1"], T0 + T2, 0),
        (["features/T2.feature"], T0 + T2, 0),
        (["features/T2.feature", "features/T1.feature"], T0 + T2 + T1, 1),
        (["features/T2.feature", "features/T0.feature"], T0 + T2, 0),
        (["features/T1.feature::test_t1_1"], [*T0, "T1 1"], 0),
        (["-k", "t2_1"], T0 + T2, 0),
        (["-k", "test_t0_1"], ["T0 1"], 0),
        (["-k", "t0_1 or t2_1"], T0 + T2, 0),
        (["-k", "nothing_of_the_kind"], None, 5),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_selection(
    book: Project, arguments: list[str], played: list[str] | None, status: int
) -> None:
    run = book.run(*arguments)
    assert run.status == status
    if played is None:
        assert not run.folder.exists()
    else:
        assert list(run.verdicts) == played
        assert [line.split("  ")[-1].split(" – ")[0][-4:] for line in run.acceptance[:-1]] == played


@pytest.mark.slow
def test_last_failed(book: Project) -> None:
    assert book.run().status == pytest.ExitCode.TESTS_FAILED
    run = book.run("--lf")
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.verdicts == {
        "T0 1": ("accepted", ""),
        "T0 2": ("accepted", ""),
        "T1 2": ("refused", "1"),
    }


def test_a_deselected_prerequisite_blocks_all_the_same(project: Project) -> None:
    project.family("T0", "it fails with a hole")
    project.family("T2", "all is well", after="T0")
    run = project.run("-m", "T2")
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.verdicts == {
        "T0 1": ("refused", "a hole"),
        "T2 1": ("blocked", "blocked by T0"),
    }


@pytest.mark.slow
def test_order_follows_the_tags_not_the_names(project: Project) -> None:
    project.family("T0", "all is well", after="T3 T2")
    project.family("T1", "all is well", after="T0")
    project.family("T2", "all is well", after="T4")
    project.family("T3", "all is well")
    project.family("T4", "all is well")
    for arguments in ([], ["-m", "T1"], ["features/T1.feature"]):
        run = project.run(*arguments)
        assert run.status == pytest.ExitCode.OK
        order = [name[:2] for name in run.verdicts]
        assert sorted(order) == ["T0", "T1", "T2", "T3", "T4"]
        assert order[-2:] == ["T0", "T1"]
        assert order.index("T4") < order.index("T2")


@pytest.mark.parametrize("arguments", [[], ["-m", "T1"], ["features/T1.feature"]])
def test_missing_prerequisite(project: Project, arguments: list[str]) -> None:
    project.family("T0", "all is well")
    project.family("T1", "all is well", after="T9")
    run = project.run(*arguments)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said("ERROR: @after:T9: no feature is tagged @T9; tag it")
    assert not run.folder.exists()


def test_features_that_wait_for_each_other(project: Project) -> None:
    project.family("T1", "all is well", after="T2")
    project.family("T2", "all is well", after="T1")
    run = project.run()
    assert run.status == pytest.ExitCode.USAGE_ERROR
    [line] = [line for line in run.lines if line.startswith("ERROR: ")]
    one_way = "@T1 after @T2 after @T1: features wait for each other; drop one tag"
    other_way = "@T2 after @T1 after @T2: features wait for each other; drop one tag"
    assert line.removeprefix("ERROR: ") in (one_way, other_way)
    assert not run.folder.exists()


def test_a_feature_that_waits_for_itself(project: Project) -> None:
    project.family("T1", "all is well", after="T1")
    run = project.run()
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said("ERROR: @T1 after @T1: features wait for each other; drop one tag")


def test_a_damaged_prerequisite_is_one_line(project: Project) -> None:
    project.feature("T0", "@T0\nFeature: A\n  Scenario: a\n    Then all\u00a0is well\n")
    project.family("T1", "all is well", after="T0")
    run = project.run("features/T1.feature")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        "ERROR: T0.feature:4: a no-break space; allowed are plain spaces; retype the line"
    )


def test_a_prerequisite_put_back_sees_the_fixtures_beside_it(project: Project) -> None:
    (project.folder / "features" / "conftest.py").write_text(
        "from pytest_bdd import step\n\n@step('only this folder knows')\ndef known():\n    pass\n"
    )
    project.family("T0", "only this folder knows")
    project.family("T1", "all is well", after="T0")
    run = project.run("features/T1.feature")
    assert run.status == pytest.ExitCode.OK
    assert run.verdicts == {"T0 1": ("accepted", ""), "T1 1": ("accepted", "")}
