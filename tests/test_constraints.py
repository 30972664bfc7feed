"""constraints.txt: for every dependency and every Python, versions that pyproject.toml allows."""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.conftest import ROOT

PYTHONS = ("3.11", "3.12", "3.13")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LINES = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
CONSTRAINTS = [Requirement(line) for line in LINES if line and not line.startswith("#")]


def test_the_pythons_are_those_that_are_allowed() -> None:
    allowed = Requirement(f"python {PROJECT['requires-python']}").specifier
    assert [f"3.{n}" for n in range(8, 30) if f"3.{n}" in allowed] == list(PYTHONS)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("dependency", PROJECT["dependencies"])
def test_every_dependency_has_a_range(python: str, dependency: str) -> None:
    wanted = Requirement(dependency)
    [found] = [
        one for one in CONSTRAINTS
        if one.name == wanted.name
        and (one.marker is None or one.marker.evaluate({"python_version": python}))
    ]  # fmt: skip
    ends = [one.version for one in found.specifier]
    assert {one.operator for one in found.specifier} <= {">=", "<=", "=="}
    assert ends
    for end in ends:
        assert Version(end) in wanted.specifier


def test_it_names_no_hash_and_no_host() -> None:
    text = "\n".join(line for line in LINES if not line.startswith("#"))
    assert "hash" not in text
    assert "://" not in text
    assert not [one for one in CONSTRAINTS if one.url]
