"""The book from the wheel: in an empty folder, without a clone, and without TensorFlow."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.installed import environment
from tests.installed.environment import Environment

pytestmark = pytest.mark.slow

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WITHOUT_TENSORFLOW = [one for one in PROJECT["dependencies"] if not one.startswith("tensorflow")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this clone."""
    if not environment.installed("hatchling"):
        pytest.skip("hatchling is not installed: pip install --group dev")
    return environment.build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel with its dependencies, TensorFlow left out."""
    return environment.make(tmp_path_factory.mktemp("bare") / "env", wheel, WITHOUT_TENSORFLOW)


def test_the_face_base_alone(bare: Environment) -> None:
    said = bare.run("pytest", "--pyargs", "facelab.book", "-m", "T0")
    assert "partly run: a part of the book: 1 of 6 features; 7 of 7 scenarios accepted" in said
    record = json.loads((bare.folder / "reports" / "acceptance.json").read_text("utf-8"))
    assert record["families"][0]["file"] == "features/T0_face_base.feature"
