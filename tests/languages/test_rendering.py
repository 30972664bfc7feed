"""The language of a page: that of an option, of the project, or English; never the machine's."""

from __future__ import annotations

from pathlib import Path

import pytest

from facelab.cli import main
from facelab.report.record import Family, Record, Sheet, write_record
from tests.conftest import PYPROJECT, Project


def a_record(**document: str) -> Record:
    sheet = Sheet("Own", "T9.feature::own", "T9.feature", 3, ["T9"], "", [], "accepted")
    return Record(document, {}, [Family("T9", "Mine", "T9.feature", {}, [sheet])])


def test_the_command_writes_beside_the_page_of_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    path = tmp_path / "acceptance.json"
    write_record(path, a_record())
    before = path.read_bytes()
    assert main(["report", str(path)]) == 0
    english = (tmp_path / "acceptance.html").read_text("utf-8")
    assert '<html lang="en">' in english
    assert main(["report", str(path), "--language", "fr"]) == 0
    french = (tmp_path / "acceptance.fr.html").read_text("utf-8")
    assert '<html lang="fr">' in french
    assert "1 accepté" not in english
    assert "Table des matières" in french
    assert (tmp_path / "acceptance.html").read_text("utf-8") == english
    assert path.read_bytes() == before
    for form, ending in (("--short", "-short.html"), ("--markdown", ".md"), ("--badge", ".svg")):
        assert main(["report", str(path), form, "--language", "fr"]) == 0
        assert "accepté" in (tmp_path / f"acceptance.fr{ending}").read_text("utf-8")
    capsys.readouterr()
    assert main(["report", str(path), "--language", "klingon"]) == 2
    assert capsys.readouterr().err.startswith(
        "facelab: --language: received 'klingon', allowed are en, fr; "
    )


def test_a_record_says_in_which_language_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "acceptance.json"
    write_record(path, a_record(language="fr"))
    assert main(["report", str(path)]) == 0
    page = (tmp_path / "acceptance.html").read_text("utf-8")
    assert '<html lang="fr">' in page
    assert "Language" not in page
    assert main(["report", str(path), "--language", "en"]) == 0
    assert '<html lang="en">' in (tmp_path / "acceptance.en.html").read_text("utf-8")


@pytest.mark.slow
def test_a_run_writes_its_page_so_and_its_record_in_english(project: Project) -> None:
    project.family("T0", "all is well")
    run = project.run("--language", "fr")
    assert '<html lang="fr">' in (run.folder / "acceptance.html").read_text("utf-8")
    assert (run.record["verdict"], run.record["document"]["language"]) == ("accepted", "fr")
    assert run.acceptance[-1].startswith("+ accepted: 1 of 1 scenario accepted")

    (project.folder / "pyproject.toml").write_text(f'{PYPROJECT}language = "fr"\n')
    run = project.run()
    assert '<html lang="fr">' in (run.folder / "acceptance.html").read_text("utf-8")
    run = project.run("--language", "en")
    assert '<html lang="en">' in (run.folder / "acceptance.html").read_text("utf-8")

    run = project.run("--language", "tlh")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert any(line.startswith("ERROR: --language: received 'tlh'") for line in run.lines)
