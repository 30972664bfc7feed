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


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("--gallery and --camera: received both, allowed is one; what is there is played with "
         "--gallery, what is filmed now is played with --camera",
         "--gallery et --camera : reçu les deux, attendu un seul ; ce qui existe se joue avec "
         "--gallery, ce qui est filmé maintenant se joue avec --camera"),
        ("http://x/: broke off after frame 12 (the stream ended); connect the camera again",
         "http://x/ : s’est interrompue après l’image 12 (le flux a pris fin) ; rebranchez la "
         "caméra"),
        ("http://x/: broke off (the stream ended); connect the camera again",
         "http://x/ : s’est interrompue (le flux a pris fin) ; rebranchez la caméra"),
        ("http://x/: no picture for 5 s; see whether the camera is on and connected",
         "http://x/ : aucune image en 5 s ; vérifiez que la caméra est allumée et branchée"),
        ("--camera: received x.mp4, no such file; allowed is a number (0), a device (/dev/video2), "
         "an address (http, https, rtsp), a video file, a folder of pictures or a sequence "
         "(shots/%03d.jpg)",
         "--camera : reçu x.mp4, ce fichier n’existe pas ; attendu un numéro (0), un périphérique "
         "(/dev/video2), une adresse (http, https, rtsp), un fichier vidéo, un dossier d’images ou "
         "une suite (shots/%03d.jpg)"),
        ("--certainty: received 2, allowed is a number between 0 and 1; choose the probability "
         "from which on a name is certain enough, for example 0.7",
         "--certainty : reçu 2, attendu un nombre entre 0 et 1 ; choisissez la probabilité à "
         "partir de laquelle un nom est assez certain, par exemple 0,7"),
        ("camera /dev/video3: absent; there are /dev/video0, /dev/video1; connect it or choose "
         "another",
         "caméra /dev/video3 : absente ; il y a /dev/video0, /dev/video1 ; branchez-la ou "
         "choisissez-en une autre"),
        ("own: received photos of nobody, allowed are 2 or more people; put .jpg, .png files into "
         "a sub-folder a person; Bo: an empty folder",
         "own : reçu des photos de personne, attendu 2 personnes ou plus ; placez des fichiers "
         ".jpg, .png dans un sous-dossier par personne ; Bo : un dossier vide"),
        ("gallery: received own, which holds other things than a gallery; allowed is a new folder "
         "or a gallery; choose another, and upload photos on the page",
         "galerie : reçu own, qui contient autre chose qu’une galerie ; attendu un nouveau dossier "
         "ou une galerie ; choisissez-en un autre, et chargez les photos sur la page"),
        ("--output: m.keras cannot be written (no space left on device); the classifier is kept "
         "in /tmp/a/m.keras; make room and move it; what was there is kept, too",
         "--output : écriture de m.keras impossible (plus de place sur le disque) ; le classifieur "
         "est conservé dans /tmp/a/m.keras ; faites de la place et déplacez-le ; ce qui s’y "
         "trouvait est conservé aussi"),
        ("http://x/: no such host; correct its name",
         "http://x/ : hôte introuvable ; corrigez son nom"),
        ("http://x/: no such host; correct its name; for # / ? @ in a password write %23 %2F %3F "
         "%40",
         "http://x/ : hôte introuvable ; corrigez son nom ; dans un mot de passe, « # », « / », "
         "« ? » et « @ » s’écrivent « %23 », « %2F », « %3F » et « %40 »"),
        ("https://x/: its certificate is that of another host; look for its SHA-256 in the "
         "camera's settings, and append #sha256=… to the address",
         "https://x/ : son certificat est celui d’un autre hôte ; cherchez son SHA-256 dans les "
         "réglages de la caméra, et ajoutez #sha256=… à l’adresse"),
        ("own/a.heic: a HEIC picture; convert it to JPEG or PNG (an iPhone takes JPEG if Settings "
         "> Camera > Formats is Most Compatible); allowed are JPEG, PNG, BMP, WebP and PGM",
         "own/a.heic : une image HEIC ; convertissez-la en JPEG ou PNG (un iPhone prend du JPEG si "
         "Réglages > Appareil photo > Formats est sur Le plus compatible) ; formats admis : JPEG, "
         "PNG, BMP, WebP et PGM"),
        ("own/a.txt: 7 bytes that are no picture; allowed are JPEG, PNG, BMP, WebP and PGM files; "
         "take it away or replace it",
         "own/a.txt : 7 octets qui ne sont pas une image ; formats admis : JPEG, PNG, BMP, WebP et "
         "PGM ; retirez-le ou remplacez-le"),
        ("m.keras: not a facelab classifier (it breaks off: copy it again); make one with "
         "`facelab train GALLERY -o m.keras`",
         "m.keras : ce n’est pas un classifieur de facelab (il est tronqué : copiez-le de nouveau) "
         "; créez-en un avec `facelab train GALLERY -o m.keras`"),
        ("T9.feature:7: 'a loss of 0.35': received '0.35', allowed is a number as 0,7 or 10 300",
         "T9.feature:7 : 'a loss of 0.35' : reçu '0.35', attendu un nombre comme 0,7 ou 10 300"),
        ("plan.toml: people is ['Ann'], allowed is 2 or more people; add one",
         "plan.toml: people vaut ['Ann'], attendu 2 personnes ou plus ; ajoutez-en une"),
        ("learning rate: received '2000', allowed is a number more than 0 and at most 1,000; "
         "choose how far one update moves the weights, for example 0.001 or 1",
         "taux d’apprentissage : reçu '2000', attendu un nombre supérieur à 0 et inférieur ou égal "
         "à 1 000 ; choisissez de combien une mise à jour déplace les poids, par exemple 0,001 ou "
         "1"),
        ("interrupted; what was done is kept", "interrompu ; ce qui était fait est conservé"),
    ],
)  # fmt: skip
def test_refusals_are_found_again(english: str, french: str) -> None:
    said = FRENCH.translated(english)
    assert said.translate({0xA0: " ", 0x202F: " "}) == french


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
