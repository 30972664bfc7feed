"""A language: numbers, dates, and the texts of records, found again and translated."""

from __future__ import annotations

import pytest

from facelab.contract.interval import Interval
from facelab.contract.number import margin, measured
from facelab.contract.verdict import judge
from facelab.languages.language import language
from facelab.languages.speech import _, _n, digits, speaking, translated
from facelab.report.wording import count, duration, fact, scenario, share

FRENCH = language("fr")
COLON = "\N{NO-BREAK SPACE}: "
THIN = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("0.08", "0,08"),
        ("5 %", f"5{THIN}%"),
        ("10,300", f"10{THIN}300"),
        ("-0.25", "-0,25"),
        ("1,234,567.5", f"1{THIN}234{THIN}567,5"),
        ("3.11.7", "3.11.7"),
        ("features/T1.feature:17", "features/T1.feature:17"),
        ("2026-11-29", "2026-11-29"),
    ],
)
def test_numbers(english: str, french: str) -> None:
    assert FRENCH.number(english) == french


def test_days() -> None:
    assert FRENCH.day("2026-11-29 10:10 UTC") == "29/11/2026 10:10 UTC"
    assert FRENCH.day("spring") == "spring"


@pytest.mark.parametrize(
    ("english", "french"),
    [
        (str(Interval.between(0.01, 0.1)), "entre 0,01 et 0,1"),
        (str(Interval(565, 10300, open_high=True)), f"au moins 565 et moins de 10{THIN}300"),
        (measured(8.8e-16, "%"), "moins d’un millionième"),
        (measured(float("inf"), "times"), "au-delà de tout nombre"),
        (margin(0.0537, "%"), "5,37 points"),
        ("blocked by T0", "bloqué par T0"),
        ("share of Alex", "part revenant à Alex"),
        ("the gallery has no probes in unseen light",
         "la galerie n’a pas d’images de test sous une lumière inédite"),
        ("the photos of Alex, Amine, Lara and Naomie",
         "les photos où figurent Alex, Amine, Lara et Naomie"),
        ("mine 1.2 does not offer to be stopped", "mine 1.2 n’offre pas d’être arrêté"),
        ("12 frames are taken for the other at a rate of 1, 15 at 0.001",
         "12 images sont prises pour l’autre à un taux de 1, 15 à 0,001"),
        ("Alex, partly Lara", "Alex, Lara en partie"),
        ("Salt and pepper shakers of the house", "Salt and pepper shakers of the house"),
        ("a scenario of my own", "a scenario of my own"),
        ("", ""),
    ],
)  # fmt: skip
def test_texts_of_records_are_found_again(english: str, french: str) -> None:
    assert FRENCH.translated(english) == french


def test_a_refusal_is_translated_whole() -> None:
    verdict = judge("probes answered wrong", [3, 0, 4], Interval.exactly(0), exact=True)
    said = f"of 49 frames 3 are answered wrong: Alex is taken for Amine on 3; {verdict}"
    assert FRENCH.translated(said) == (
        f"sur 49 images, 3 reçoivent une réponse fausse{COLON}Alex est pris pour Amine 3 fois"
        f"{THIN}; images de test à réponse fausse{COLON}mesuré 4, exigé exactement 0 "
        "(non respecté par 2 réplicats sur 3)"
    )


def test_only_within_a_block_it_is_spoken() -> None:
    with speaking(FRENCH):
        assert translated("not run") == "non exécuté"
        assert _("Of {answers} {errors} wrong", answers=3, errors=1) == "Sur 3, 1 fausses"
        assert _n("{number} update", "{number} updates", 1400) == f"1{THIN}400 mises à jour"
        assert (count(1, "update"), count(0, "frame")) == ("1 mise à jour", "0 image")
        assert (share(1999, 2000), duration(3.21), fact([0.5, 2.5]), fact(True)) == (
            f"99,9{THIN}%", "3,2 s", f"0,5{THIN}; 2,5", "oui",
        )  # fmt: skip
        assert scenario("Each graph has exactly its number of values (epochs 5, values 515)") == (
            "Chaque graphique a exactement son nombre de valeurs (époques 5, valeurs 515)"
        )
    assert (translated("not run"), digits("10,300"), count(2, "frame")) == (
        "not run", "10,300", "2 frames",
    )  # fmt: skip
