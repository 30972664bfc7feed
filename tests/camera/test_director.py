"""What people before a camera are told and asked, in the language that was chosen."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from facelab.camera.board import line
from facelab.camera.count import Count, Sight
from facelab.camera.director import NO, YES, Scene, Schedule, meaning, panel
from facelab.camera.filming_plan import Take
from facelab.cli import main
from facelab.languages.language import language
from facelab.languages.speech import speaking
from tests.camera.conftest import plan
from tests.conftest import ROOT

FRENCH = language("fr")
TAKE = Take("gallery", "Alex", "first", True, 4)
COLON, SEMICOLON = "\N{NO-BREAK SPACE}:", "\N{NARROW NO-BREAK SPACE};"


def shown(scene: Scene) -> str:
    """A scene as a terminal draws it."""
    console = Console(file=io.StringIO(), width=100)
    console.print(panel(scene))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_scene_is_drawn_in_the_language() -> None:
    dark = Scene(TAKE, "look here", 1, "too dark")
    english = shown(dark)
    assert "Alex: 4 photos with glasses, sitting first" in english
    assert "too dark" in english
    assert "1 of 4 · r again · s skip · q end" in english
    with speaking(FRENCH):
        french = shown(dark)
    assert f"Alex{COLON} 4 photos avec lunettes, séance «\xa0première\xa0»" in french
    assert "trop sombre" in french
    assert "1 sur 4 · r refaire · s sauter · q quitter" in french


def test_a_schedule_is_told_in_the_language() -> None:
    told = io.StringIO()
    with speaking(FRENCH):
        schedule = Schedule(told)
        frame = np.zeros((4, 4, 3), np.uint8)
        for wrong in ("", "blurred", ""):
            schedule.show(frame, Scene(TAKE, "dans 3 s", 0, wrong))
    take = f"Alex{COLON} 4 photos avec lunettes, séance «\xa0première\xa0»"
    assert told.getvalue().splitlines() == [
        f"{take}, début dans 3 s", f"{take}{COLON} floue", f"{take}{COLON} bien",
    ]  # fmt: skip


def test_a_language_has_its_own_key_for_yes() -> None:
    assert (meaning("y"), meaning("n"), meaning("o"), meaning("")) == (YES, NO, "", "")
    with speaking(FRENCH):
        assert (meaning("O"), meaning("y"), meaning("n")) == (YES, YES, NO)


def test_a_count_is_told_in_the_language() -> None:
    count = Count(("Alex", "Amine"))
    odds = np.array([0.75, 0.25], np.float32)
    count.add(Sight(0.0, 0, odds, odds))
    with speaking(FRENCH):
        assert line(count) == (
            f"0:00 maintenant{COLON} Alex, 0,75\N{NARROW NO-BREAK SPACE}; décompte{COLON} "
            "Alex 1, Amine 0, incertain 0, personne 0"
        )


@pytest.mark.parametrize("chosen", ["option", "project", "neither"])
def test_the_option_chooses_then_the_project_never_the_locale(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    chosen: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    if chosen == "project":
        (tmp_path / "pyproject.toml").write_text('[tool.facelab.document]\nlanguage = "fr"\n')
    else:
        (tmp_path / "pyproject.toml").write_text("")
    file = plan(tmp_path, consent="")
    words = ["film", "--camera", str(ROOT / "fixtures" / "clips" / "alex_t2.mp4")]
    words += ["--record", str(tmp_path / "filmed"), "--film-plan", str(file)]
    assert main([*words, *(["--language", "fr"] if chosen == "option" else [])]) == 2
    refused = capsys.readouterr().err
    if chosen == "neither":
        assert refused.startswith("facelab: consent: nobody can ask Alex, Amine without a terminal")
    else:
        assert refused == (
            f"facelab: accord{COLON} sans terminal, personne ne peut le demander à Alex, Amine"
            f"{SEMICOLON} demandez-le-leur, et écrivez dans le plan de tournage ce à quoi ils ont "
            "consenti, par consent = '…'\n"
        )


def test_an_unknown_language_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["film", "--language", "tlh"]) == 2
    assert capsys.readouterr().err.startswith("facelab: --language: received 'tlh', allowed are ")
