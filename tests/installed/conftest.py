"""The environments that the tests of an installed facelab share."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.installed import environment
from tests.installed.environment import Environment

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WITHOUT_TENSORFLOW = [one for one in PROJECT["dependencies"] if not one.startswith("tensorflow")]


def built(kind: str, folder: Path) -> Path:
    """Build facelab, where what builds it is installed."""
    if not environment.installed("hatchling"):
        pytest.skip("hatchling is not installed: pip install --group dev")
    return environment.build(folder, kind)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel with its dependencies, TensorFlow left out, for many folders to work in."""
    folder = tmp_path_factory.mktemp("bare")
    return environment.make(folder / "env", built("build_wheel", folder), WITHOUT_TENSORFLOW)


@pytest.fixture
def bare(packages: Environment, tmp_path: Path) -> Environment:
    """That environment, with an empty folder to work in."""
    return Environment(packages.home, tmp_path)


@pytest.fixture
def editable(tmp_path: Path) -> Environment:
    """An editable installation of this clone, with an empty folder to work in."""
    wheel = built("build_editable", tmp_path)
    return environment.make(tmp_path / "env", wheel, WITHOUT_TENSORFLOW)
