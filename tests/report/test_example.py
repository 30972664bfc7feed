"""The example report in the repository: rendered again from its record, it is the same page."""

import re
from importlib.metadata import version

import pytest

from facelab.languages.language import language
from facelab.languages.speech import speaking
from facelab.report.document import render
from facelab.report.record import Record, read_record
from tests.conftest import ROOT

FOLDER = ROOT / "reports" / "example"

CHART = re.compile(r'<svg class="chart".*?</svg>', re.DOTALL)


@pytest.fixture(scope="module")
def example() -> Record:
    return read_record(FOLDER / "acceptance.json")


@pytest.fixture(scope="module")
def committed() -> str:
    return (FOLDER / "acceptance.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_page_is_rendered_again_byte_for_byte(example: Record, committed: str) -> None:
    page = render(example)
    told = "run `pytest --people 300 --acceptance-report=reports/example` and commit what it writes"
    assert CHART.sub("", page) == CHART.sub("", committed), told
    # Another release of the drawing library may round a coordinate otherwise.
    drawn_with = example.run["environment"]
    if drawn_with["vl-convert-python"] == version("vl-convert-python"):
        assert page == committed, told


@pytest.mark.slow
def test_its_french_page_is_rendered_again_byte_for_byte(example: Record) -> None:
    told = "run `facelab report reports/example/acceptance.json --language fr` and commit the page"
    committed = (FOLDER / "acceptance.fr.html").read_text(encoding="utf-8")
    with speaking(language("fr")):
        page = render(example)
    assert CHART.sub("", page) == CHART.sub("", committed), told


def test_the_french_page_has_what_the_english_one_has(committed: str) -> None:
    french = (FOLDER / "acceptance.fr.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in french
    anchors = [re.findall(r' id="([^"]+)"', page) for page in (committed, french)]
    assert sorted(anchors[1]) == sorted(anchors[0])
    # CSV keeps points, and what the record says
    tables = [re.findall(r'href="(data:text/csv[^"]+)"', page) for page in (committed, french)]
    assert tables[1] == tables[0]
    for heading in (
        "Identifiant",
        "Description",
        "Contraintes",
        "Dépendances",
        "Procédure de test",
    ):
        assert french.count(f"<dt>{heading}</dt>") == 7, heading


def test_it_is_whole_and_light(example: Record, committed: str) -> None:
    verdicts = {family.id: family.verdict for family in example.families}
    assert verdicts == dict.fromkeys(["T0", "T1", "T2", "T3", "T4", "T5", "T6"], "accepted")
    assert len(committed.encode()) <= 3_000_000
    assert "could not be" not in committed


def test_what_it_links_to_beside_it_is_there(committed: str) -> None:
    beside = set(re.findall(r'href="(?!#|data:)([^"]+)"', committed))
    assert beside == {path.name for path in FOLDER.glob("*.csv")}


def test_what_was_seen_in_2019_stands_beside_what_is_measured(committed: str) -> None:
    shown = [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in pairs(committed)]
    assert len(shown) == 7
    t1, t2 = shown[1:3]
    assert "Of 49 answers 15 were wrong (30.6 %)" in t1
    assert re.search(r"Measured in this run Of 49 answers \d+ wrong \([\d.]+ %\)", t1)
    assert "Alex 610, Amine 79, Lara 31, Naomie 73 (793 frames, 76.9 % Alex)" in t2
    assert re.search(r"With Alex before the webcam: Alex \d+ \([\d.]+ %\), .*, of 793 frames", t2)


def pairs(page: str) -> list[str]:
    """The parts of a page that hold 2019 beside this run."""
    return re.findall(r'<div class="beside">(.*?)</section>|$', page, re.DOTALL)[:-1]
