"""Projects that merely have facelab installed: nothing of it is loaded, collected or declared."""

from __future__ import annotations

import pytest

from tests.installed.environment import Environment

pytestmark = pytest.mark.slow

THEIRS = {
    "pyproject.toml": """
[tool.pytest]
addopts = ["--strict-markers", "--strict-config"]
filterwarnings = ["error"]
""",
    "conftest.py": """
import sys
from pytest_bdd import given

def pytest_addoption(parser):
    parser.addoption("--record", action="store_true", help="theirs")

@given("a shop")
def shop():
    pass

def pytest_unconfigure(config):
    loaded = sorted(name for name in sys.modules if name.partition(".")[0] == "facelab")
    print("loaded:", *loaded, "numpy" if "numpy" in sys.modules else "")
""",
    "shop.feature": """
Feature: A shop
  Scenario: It is there
    Given a shop
""",
    "test_shop.py": """
from pytest_bdd import scenarios

scenarios("shop.feature")
""",
}

LOADED = "loaded: facelab facelab.base facelab.base.home facelab.playing facelab.playing.entry "


@pytest.fixture
def shop(bare: Environment) -> Environment:
    """A project of others, with features of its own and an option called as one of ours."""
    for name, text in THEIRS.items():
        (bare.folder / name).write_text(text, encoding="utf-8")
    return bare


def test_a_project_of_others_is_left_alone(shop: Environment) -> None:
    said = shop.run("pytest", "--record", "-s")
    assert "1 passed" in said
    assert LOADED in said.splitlines()
    assert not (shop.folder / "reports").exists()


def test_an_option_of_the_same_name_is_told(shop: Environment) -> None:
    said = shop.run("pytest", "--pyargs", "facelab.book", status=4)
    assert "ERROR: facelab: another plugin's option has a name of facelab's" in said
    assert "--record" in said
    assert "Traceback" not in said


def test_features_of_others_are_not_collected_beside_the_book(shop: Environment) -> None:
    conftest = shop.folder / "conftest.py"
    conftest.write_text(THEIRS["conftest.py"].replace("--record", "--theirs"), encoding="utf-8")
    said = shop.run("pytest", "--pyargs", "facelab.book", ".", "--collect-only", "-q")
    assert "test_shop.py::test_it_is_there" in said
    assert "shop.feature::" not in said
    assert "50 tests collected" in said
