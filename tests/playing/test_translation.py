"""Features in another language: written from the English ones, and played as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from facelab.cli import main
from facelab.languages.language import language
from facelab.playing.translation import in_english, in_language
from tests.conftest import ROOT, Project

FRENCH = language("fr")
FEATURES = sorted((ROOT / "features").glob("*.feature"))


def in_words(text: str) -> str:
    """A feature with its prose unwrapped, and without the line that names its language."""
    return " ".join(re.sub(r"^# language: \w+\n", "", text).split())


@pytest.mark.parametrize("path", FEATURES, ids=lambda path: path.stem)
def test_there_and_back_is_the_identity(path: Path) -> None:
    english = path.read_text(encoding="utf-8")
    french = in_language(english, FRENCH)
    back, faults = in_english(french)
    assert faults == []
    assert in_words(back) == in_words(english)
    # where something goes wrong, its line is that of the French file
    assert len(back.splitlines()) == len(french.splitlines())


def test_nothing_of_the_book_stays_english() -> None:
    for path in FEATURES:
        french = in_language(path.read_text(encoding="utf-8"), FRENCH)
        assert not re.findall(r"\b(?:the|of|is|are|with|Given|Then|When|And)\b", french)


def test_no_two_phrases_are_the_same_in_french() -> None:
    said = [re.sub(r"\{\w+(:\w+)?\}", "#", text) for text in FRENCH.book.values() if "{" in text]
    assert len(set(said)) >= len(said) - 2  # a phrase in the singular and in the plural


def one(step: str, language: str = "fr") -> str:
    return (
        f"# language: {language}\n@T9\nFonctionnalité: À soi\n\n  Scénario: Un\n"
        f"    Étant donné toutes les photos de la galerie\n    Alors {step}\n"
    )


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("la première valeur est à moins de 0,35 de la perte au hasard",
         "the first value lies within 0.35 of the loss at chance"),
        ("10 300 valeurs sont tracées", "10,300 values are drawn"),
        ("10\u202f300 valeurs sont tracées", "10,300 values are drawn"),
        ("10300 valeurs sont tracées", "10300 values are drawn"),
        ("au moins 90\u202f% des photos reçoivent une réponse juste",
         "at least 90 % of the photos are answered right"),
        ("au moins 90 % des photos reçoivent une réponse juste",
         "at least 90 % of the photos are answered right"),
        ("aucune époque ne répète l'ordre d'une autre",
         "no epoch repeats the order of another"),
        ("elle contient 103 photos où figurent Alex et Lara",
         "there are 103 photos of Alex and Lara in it"),
        ("une phrase à soi, avec 0,5 dedans", "une phrase à soi, avec 0,5 dedans"),
    ],
)  # fmt: skip
def test_a_step_as_somebody_types_it(french: str, english: str) -> None:
    text, faults = in_english(one(french))
    assert faults == []
    assert text.splitlines()[-1] == f"    Then {english}"
    assert "Given all photos of the gallery" in text
    assert "À soi" in text


def test_a_number_in_english_is_a_misprint_in_french_and_the_other_way_round(
    project: Project,
) -> None:
    project.steps(plugins=("facelab.plugin", "steps"))
    path = project.feature(
        "T9", one("la première valeur est à moins de 0.35 de la perte au hasard")
    )
    run = project.run("--collect-only", "-q")
    told = "received '0.35', allowed is a number as 0,7 or 10 300"
    assert any(line.startswith("T9.feature:7: ") and line.endswith(told) for line in run.lines)

    path.write_text(
        "@T9\nFeature: Own\n\n  Scenario: One\n    Given all photos of the gallery\n"
        "    Then the first value lies within 0,35 of the loss at chance\n"
    )
    run = project.run("--collect-only", "-q")
    assert any("T9.feature:6: " in line and "received '0,35'" in line for line in run.lines)


def test_a_language_without_a_catalogue_is_played_as_it_is(project: Project) -> None:
    project.feature(
        "T9",
        "# language: de\n@T9\nFunktionalität: Eigenes\n  Szenario: Eins\n    Dann all is well\n",
    )
    assert project.run().verdicts == {"Eins": ("accepted", "")}


@pytest.mark.slow
def test_a_french_book_is_played_as_the_english_one(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.steps(plugins=("facelab.plugin", "steps"))
    (project.folder / "fixtures").symlink_to(ROOT / "fixtures")
    for path in FEATURES:
        project.feature(path.stem, path.read_text(encoding="utf-8"))
    assert main(["book", "--language", "fr"]) == 0
    assert capsys.readouterr().out == "features_fr: 7 features; play them with pytest features_fr\n"

    def ids(folder: str) -> list[str]:
        lines = project.run("--collect-only", "-q", folder).lines
        return [line.partition("/")[2] for line in lines if line.startswith(folder)]

    assert ids("features_fr") == ids("features")
    assert len(ids("features")) == 49

    def played(folder: str) -> list[object]:
        run = project.run(f"{folder}/T0_face_base.feature", "-k", "enough or is_the_book")
        return [
            (f["id"], f["title"], f["fields"], s["name"], s["verdict"], s["tags"], step["keyword"],
             step["text"], [(v["measure"], v["values"], v["threshold"]) for v in step["verdicts"]])
            for f in run.record["families"] for s in f["sheets"] for step in s["steps"]
        ]  # fmt: skip

    french = played("features_fr")
    assert len(french) == 6
    assert french == played("features")


def test_what_stands_there_is_not_overwritten(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.family("T1", "all is well")
    assert main(["book", "--language", "fr", "--out", "mine"]) == 0
    assert main(["book", "--language", "fr", "--out", "mine"]) == 0
    (project.folder / "mine" / "T1.feature").write_text("changed")
    assert main(["book", "--language", "fr", "--out", "mine"]) == 2
    assert "mine/T1.feature\xa0: existe et diffère\u202f; " in capsys.readouterr().err
    assert main(["book", "--language", "en"]) == 2
    assert "--language: received en" in capsys.readouterr().err


def test_an_undefined_step_is_told_with_the_nearest_french_phrase(project: Project) -> None:
    project.steps(plugins=("facelab.plugin", "steps"))
    path = project.feature("T9", one("les 10 premières photos de la galerie plaisent"))
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "Étant donné toutes les photos", "Étant donné toutes mes photos"
        ),
        encoding="utf-8",
    )
    lines = project.run("--collect-only", "-q").lines
    assert (
        "ERROR: T9.feature:6: Étant donné 'toutes mes photos de la galerie': no step is defined "
        "so; the nearest is 'toutes les photos de la galerie'; write that, or define it:"
    ) in lines
    assert any(
        line.startswith("ERROR: T9.feature:7: Alors 'les 10 premières photos de la galerie pl")
        for line in lines
    )
    assert '    @given("toutes mes photos de la galerie")' in lines


def test_a_refused_option_is_said_in_the_language_of_the_run(project: Project) -> None:
    project.family("T0", "all is well")
    run = project.run("--language", "fr", "--gallery", "own", "--camera", "0")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert any(
        line.startswith("ERROR: --gallery et --camera\u00a0: reçu les deux, attendu un seul")
        for line in run.lines
    )
    run = project.run("--gallery", "own", "--camera", "0")
    assert any(line.startswith("ERROR: --gallery and --camera: received ") for line in run.lines)
