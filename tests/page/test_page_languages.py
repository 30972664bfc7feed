"""The page in other languages: French, and one that shows what was not translated or is cut off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, FilePayload, Route

from facelab.contract.parameters import Parameters
from facelab.faces.hog import FEATURES
from facelab.gallery.gallery import Gallery
from facelab.page.models import TRAINED, Model, Models
from facelab.page.server import serving
from facelab.page.words import FOLDER
from tests.conftest import ROOT
from tests.page.lines import lines
from tests.page.pseudo import CODE, translation
from tests.page.sitting import GALLERY, Sitter, recorded, sitter
from tests.page.test_page_look import faults

pytestmark = pytest.mark.slow

NAMES = ("Ζωή", "Юля")
"""In letters that no word of the page is in."""

UNFIT = (ROOT / "tests/page/unfit.js").read_text("utf-8")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a gallery of two people and a model that guesses is served."""
    folder = tmp_path_factory.mktemp("page") / "τάξη"
    with Gallery(folder) as gallery:
        for name, actor in zip(NAMES, ("Alex", "Lara"), strict=True):
            gallery.agree(name, "Ναι.")
            for path in sorted((GALLERY / actor).glob("*.jpg"))[:4]:
                gallery.add(name, path)
    updates = 1_200
    Models(folder).keep(
        Model(
            engine="computer",
            name=TRAINED,
            people=NAMES,
            parameters=Parameters(learning_rate=0.001, epochs=updates, batch_size=8),
            seed=0,
            photos=8,
            total=10_300,
            interrupted=True,
            fingerprint="",
            norm=3.0,
            mean=np.zeros(FEATURES, np.float32),
            kernel=np.zeros((FEATURES, 2), np.float32),
            bias=np.log(np.array([0.306, 0.694], np.float32)),
            loss=np.linspace(1.39, 0.0123, updates, dtype=np.float32),
            accuracy=np.linspace(0.25, 0.9375, updates, dtype=np.float32),
            learning_rate=np.full(updates, 0.001, np.float32),
            order=np.zeros((updates, 8), np.int32),
        )
    )
    with serving(folder) as served:
        yield served


@contextmanager
def before(started: Browser, address: str, locale: str) -> Iterator[Sitter]:
    """Sit down before the page, which has one language more, in a browser of another."""
    with sitter(started, locale=locale, viewport={"width": 1280, "height": 900}) as sits:
        source = json.loads((FOLDER / "en.json").read_text("utf-8"))

        def answer(told: Any) -> Any:
            def fulfil(route: Route) -> None:
                route.fulfill(json=told)

            return fulfil

        sits.page.route("**/languages.json", answer(["en", CODE, "fr"]))
        sits.page.route(f"**/site/words/{CODE}.json", answer(translation(source)))
        sits.open(address)
        sits.warm()
        yield sits


def choose(sits: Sitter, code: str) -> None:
    """Choose a language; the page is loaded anew."""
    with sits.page.expect_navigation(wait_until="domcontentloaded"):
        sits.page.select_option("#language", code)
    sits.page.wait_for_selector(f"html[lang={code}] body[data-ready]")
    sits.warm()


def use(sits: Sitter) -> None:
    """Look at photos, ask about a frame, count two, and do something wrong in each step."""
    sits.page.click("#people .choose >> nth=0")
    for start, act in ((10, "#ask"), (11, "#count")):
        sits.show(recorded("Alex", start, start + 1)[0])
        sits.page.select_option("#expected", NAMES[1])
        sits.page.click(act)
    sits.until("document.querySelectorAll('#answers tbody tr').length === 1")
    sits.show(recorded("Alex", 12, 13)[0])
    sits.until("document.querySelector('#frames').textContent === '1'")
    sits.page.click("#end-count")
    for kind in ("image/gif", "image/png"):  # refused by the page, and by the server
        sits.page.set_input_files("#upload", FilePayload(name="ц", mimeType=kind, buffer=b"GIF89a"))
    sits.until("document.querySelectorAll('#errors p').length === 2")
    sits.page.hover("#loss-curve")


def test_what_a_browser_asks_for_is_spoken_until_somebody_chooses(
    started: Browser, address: str
) -> None:
    with before(started, address, "fr-CA") as sits:
        assert sits.page.evaluate("document.documentElement.lang") == "fr"
        assert sits.text("#train") == "Entraîner"
        choose(sits, "en")
        assert sits.text("#train") == "Train"
        sits.page.reload(wait_until="domcontentloaded")
        sits.page.wait_for_selector("html[lang=en] body[data-ready]")
        assert sits.text("#language option:checked") == "English"
    with before(started, address, "de-DE") as sits:
        assert sits.page.evaluate("document.documentElement.lang") == "en"


def test_numbers_are_read_and_written_as_the_french_do(started: Browser, address: str) -> None:
    with before(started, address, "fr-FR") as sits:
        sits.set(learning_rate="0,001", epochs="10 300", batch_size="8")
        assert sits.text("#updates") == (
            "8 photos par lots de 8\u00a0: 1 mise à jour par époque, 10\u202f300 en tout."
        )
        for typed, value in (("0.001", "0.001"), ("0,5", "0.5"), ("1,000,5", "NaN"), ("", "NaN")):
            told = sits.page.evaluate(
                "async typed => String((await import('/site/words.js')).typed(typed))", typed
            )
            assert told == value
        sits.set(learning_rate="2000")
        assert sits.text("#learning-rate-note").startswith(
            "taux d’apprentissage\u00a0: reçu 2000, attendu un nombre supérieur à 0 et inférieur"
            " ou égal à 1\u202f000\u202f; choisissez de combien"
        )
        model = sits.text("#models li")
        assert "modèle 1" in model
        assert "taux 0,001 · 1\u202f200 époques" in model
        assert "interrompu après 1\u202f200 mises à jour sur 10\u202f300" in model
        assert "perte 0,0123 · exactitude 93,8\u202f%" in model
        sits.page.click("#people .choose >> nth=0")
        sits.set(learning_rate="0,001")
        sits.page.select_option("#expected", NAMES[0])
        sits.show(recorded("Alex", 10, 11)[0])
        sits.page.click("#ask")
        sits.until("document.querySelectorAll('#answers tbody tr').length === 1")
        # of a file, points and heads stay
        head, row = sits.saved("#answers-csv").splitlines()
        assert head.startswith("number,expected,modèle 1 predicted")
        assert ",0.694" in row
        # nothing that only this page has is lost without a question
        sits.page.select_option("#language", "en")
        assert sits.text("#confirm-question").startswith("La page se recharge")
        sits.page.click("#confirm-no")
        sits.until("document.querySelector('#language').value === 'fr'")
        assert sits.page.locator("#answers tbody tr").count() == 1


def test_the_french_page_is_accessible(started: Browser, address: str) -> None:
    with before(started, address, "fr") as sits:
        use(sits)
        assert "une image GIF\u202f; convertissez-la en JPEG ou PNG" in sits.text("#errors")
        assert faults(sits) == []


def test_nothing_is_left_in_english_or_cut_off(started: Browser, address: str) -> None:
    with before(started, address, "en") as sits:
        choose(sits, CODE)
        told = sits.page.evaluate(
            "async lines => { const { translated } = await import('/site/words.js');"
            " return lines.map(line => [line, translated(line)]); }",
            lines(),
        )
        left = [line for line, words in told if re.search("[a-z]", re.sub("`.*?`", "", words))]
        assert left == []
        use(sits)
        sits.page.fill("#epochs", "0")
        for width in (1280, 800, 400):
            sits.page.set_viewport_size({"width": width, "height": 900})
            assert sits.page.evaluate(UNFIT) == {"left": [], "cut": []}, width
        sits.page.click("#people .forget >> nth=0")
        assert sits.page.evaluate(UNFIT) == {"left": [], "cut": []}
        sits.page.click("#confirm-no")
        # and what is wrong would be found
        sits.page.evaluate("document.querySelector('#train').textContent = 'Train'.padEnd(99, '–')")
        assert sits.page.evaluate(UNFIT)["left"] == ["Train".ljust(99, "–")]
        assert sits.page.evaluate(UNFIT)["cut"]
