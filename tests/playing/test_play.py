"""``facelab play``: what its words become for pytest, and its help."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facelab.cli import main
from facelab.playing import play
from tests.conftest import ROOT

BOOK = ["--pyargs", "facelab.book"]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What pytest is given in the place of a run."""
    words: list[str] = []

    def run(arguments: list[str]) -> int:
        words[:] = arguments
        return 5

    monkeypatch.setattr(pytest, "main", run)
    return words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", BOOK),
        ("--gallery /a --system mine:Mine", ["--gallery=/a", "--system=mine:Mine", *BOOK]),
        ("--gallery=/some/where -m T2 -x", ["--gallery=/some/where", "-m", "T2", "-x", *BOOK]),
        ("--fresh-probes -q", ["--fresh-probes", "-q", *BOOK]),
        ("features/T0_face_base.feature", ["features/T0_face_base.feature"]),
        ("own/T9.feature::test_one --seeds 1", ["own/T9.feature::test_one", "--seeds=1"]),
        ("--page-trace tests -k loss", ["--page-trace", "tests", "-k", "loss", *BOOK]),
    ],
)  # fmt: skip
def test_its_words_are_pytest_s(given: list[str], words: str, expected: list[str]) -> None:
    assert main(["play", *words.split()]) == 5
    assert given == ["-p", "facelab.book", *expected]


def test_a_folder_with_features_is_played(
    given: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "T9.feature").touch()
    main(["play", "own"])
    assert given == ["-p", "facelab.book", f"--confcutdir={ROOT / 'features'}", "own"]


@pytest.mark.slow
def test_a_feature_of_the_clone_is_played_from_another_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "facelab", "play", "features/T0_face_base.feature"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "reports/acceptance.html").is_file()


def test_its_help_has_the_options_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "--help"]) == 0
    said = capsys.readouterr().out
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for option in play.Options().known - {"-h", "--help"}:
        assert option == "--report" or f"| `{option}` |" in readme
        assert option == "--report" or f"  {option}" in said
