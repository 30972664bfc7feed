"""The catalogue of steps: docs/steps.md is what the code says, and every phrase means something."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from facelab.cli import main
from facelab.playing.catalogue import contexts, define, markdown, step_modules
from facelab.playing.command import BEGIN, END
from facelab.playing.fields import FIELDS
from tests.conftest import ROOT
from tests.power.catalogue import BOOK

PAGE = ROOT / "docs" / "steps.md"


@pytest.mark.parametrize("module", BOOK)
def test_the_page_says_what_the_code_says(module: str) -> None:
    # a module of one's own, as the page's how-to adds one, may stand in it or not
    section = markdown([importlib.import_module(module)])
    assert section in PAGE.read_text(), "run `facelab steps` and commit docs/steps.md"


def test_the_command_writes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    copy = tmp_path / "steps.md"
    copy.write_text(
        re.sub(r"(begin -->\n).*(<!-- facelab)", r"\1stale\n\2", PAGE.read_text(), flags=re.S)
    )
    assert main(["steps", str(copy)]) == 0
    before, _, rest = copy.read_text().partition(BEGIN)
    assert before == PAGE.read_text().partition(BEGIN)[0]
    assert rest == markdown(step_modules()) + END


@pytest.mark.parametrize("module", BOOK)
def test_every_phrase_is_listed_and_means_something(module: str) -> None:
    definitions = [define(one) for one in contexts(importlib.import_module(module))]
    file = ROOT / (module.replace(".", "/") + ".py")
    decorators = re.findall(r"^@(?:given|when|then)\(", file.read_text(), re.MULTILINE)
    assert len(definitions) == len(decorators) > 0
    for one in definitions:
        assert one.kind in ("Given", "When", "Then")
        assert one.meaning.endswith("."), one
        assert ROOT / one.place == file


def test_every_kind_of_field_is_explained() -> None:
    for name in FIELDS:
        assert f"| `{{x:{name}}}` |" in PAGE.read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no such file or directory; run this in the clone"),
        (b"# Steps\n", "must stand in it"),
        (b"\xff\xd8\xff", "no text in UTF-8; run this in the clone"),
    ],
)
def test_a_page_that_is_none(
    text: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / "steps.md").write_bytes(text)
    assert main(["steps", str(tmp_path / "steps.md")]) == 2
    assert capsys.readouterr().err.rstrip().endswith(said)
