"""The catalogue of steps: docs/steps.md is what the code says, and every phrase means something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from facelab.cli import main
from facelab.playing.catalogue import contexts, define, step_modules
from facelab.playing.fields import FIELDS
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "steps.md"


def test_the_page_is_what_the_code_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    copy = tmp_path / "steps.md"
    copy.write_text(
        re.sub(r"(begin -->\n).*(<!-- facelab)", r"\1stale\n\2", PAGE.read_text(), flags=re.S)
    )
    assert main(["steps", str(copy)]) == 0
    assert copy.read_text() == PAGE.read_text(), "run `facelab steps` and commit docs/steps.md"


def test_every_phrase_is_listed_and_means_something() -> None:
    definitions = [define(one) for module in step_modules() for one in contexts(module)]
    files = sorted((ROOT / "steps").glob("*.py"))
    decorators = sum(
        len(re.findall(r"^@(?:given|when|then)\(", f.read_text(), re.MULTILINE)) for f in files
    )
    assert len(definitions) == decorators > 60
    for one in definitions:
        assert one.kind in ("Given", "When", "Then")
        assert one.meaning.endswith("."), one
        assert (ROOT / one.place).is_file()


def test_every_kind_of_field_is_explained() -> None:
    for name in FIELDS:
        assert f"| `{{x:{name}}}` |" in PAGE.read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "No such file or directory; run this in the clone"), ("# Steps\n", "must stand in it")],
)
def test_a_page_that_is_none(
    text: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / "steps.md").write_text(text)
    assert main(["steps", str(tmp_path / "steps.md")]) == 2
    assert capsys.readouterr().err.rstrip().endswith(said)
