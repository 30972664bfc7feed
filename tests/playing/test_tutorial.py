"""The tutorial of docs/steps.md, followed to the letter in a copy: it plays, and breaks no test."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "steps.md").read_text(encoding="utf-8")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the project, whose code and recordings are this one's."""
    for name in ("features", "steps", "tests", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    return tmp_path


def block(language: str) -> str:
    """Return the page's first block in a language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def error() -> str:
    """Return what the page says that pytest says."""
    found = re.search(r"```text\n(ERROR: .*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def pytest_in(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "pytest", "-q", "-pno:cacheprovider", *arguments)
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{clone}:{ROOT}"}
    return subprocess.run(
        command, cwd=clone, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_tutorial(clone: Path) -> None:
    feature = clone / "features" / "T9_two_women.feature"
    feature.write_text(block("gherkin"), encoding="utf-8")
    early = pytest_in(clone, str(feature))
    assert early.returncode == pytest.ExitCode.USAGE_ERROR
    assert error().rstrip() in early.stdout + early.stderr

    (clone / "steps" / "own.py").write_text(block("python"), encoding="utf-8")
    package = clone / "steps" / "__init__.py"
    listed = package.read_text().replace("[", '[f"{__name__}.own", ', 1)
    package.write_text(listed)
    played = pytest_in(clone, str(feature), "--seeds", "2")
    assert played.returncode == pytest.ExitCode.OK, played.stdout
    assert "+ T9  accepted     Small batches tell two women apart" in played.stdout

    own = pytest_in(
        clone,
        "tests/playing/test_catalogue.py",
        "tests/power/test_histories.py::test_every_then_of_the_features_has_its_cases",
    )
    assert own.returncode == pytest.ExitCode.OK, own.stdout
