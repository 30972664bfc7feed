"""A lesson on the page, clicked through in a real browser: filmed, trained, compared, counted."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from facelab.contract.parameters import CERTAIN, Parameters
from facelab.contract.training import TrainingRequest
from facelab.gallery.gallery import Gallery
from facelab.learning.trainer import Trained, Trainer
from tests.page.serving import TENSORFLOWJS
from tests.page.sitting import PEOPLE, Server, Sitter, browser, decoded, recorded, sitter

pytestmark = pytest.mark.slow

PHOTOS = 5
"""Photos of each person that are learnt."""

RATES = (1, 0.001)


@pytest.fixture(scope="module")
def tensorflowjs(server: Server) -> None:
    """TensorFlow.js, given to the page from where npm has put it."""
    if not TENSORFLOWJS.is_file():
        pytest.skip("TensorFlow.js is not installed: npm install --prefix examples/tensorflow.js")
    server.command("--get-tensorflowjs", str(TENSORFLOWJS))


@pytest.fixture(scope="module")
def class_(server: Server) -> Iterator[Sitter]:
    """Four people who have been filmed, five photos each."""
    with browser() as started, sitter(started, viewport={"width": 1280, "height": 900}) as sits:
        sits.open(server.start())
        for name in PEOPLE:
            sits.add(name)
            sits.film(name, recorded(name, 0, PHOTOS))
        yield sits


@pytest.fixture(scope="module")
def models(class_: Sitter) -> list[dict[str, Any]]:
    """Two trainings that differ in their rate alone."""
    return [class_.train(learning_rate=rate, epochs=20, batch_size=4) for rate in RATES]


@pytest.fixture(scope="module")
def trained(server: Server, models: list[dict[str, Any]]) -> list[Trained]:
    """The same two trainings by Python alone, on the photos that lie on the disk."""
    assert len(models) == 2
    photos = Gallery(server.gallery).photos()
    return [
        Trainer().train(
            photos, TrainingRequest(Parameters(learning_rate=rate, epochs=20, batch_size=4), [0])
        )
        for rate in RATES
    ]


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_photos_are_kept_pixel_for_pixel(class_: Sitter, server: Server) -> None:
    for name in PEOPLE:
        kept = sorted((server.gallery / "gallery" / name).glob("*.png"))
        assert len(kept) == PHOTOS == class_.count_of(name)
        for path, frame in zip(kept, recorded(name, 0, PHOTOS), strict=True):
            np.testing.assert_array_equal(cv2.imread(str(path)), decoded(frame))
    assert class_.text("#unsent-line") == "" or class_.page.is_hidden("#unsent")


def test_the_rate_decides_what_is_learnt(models: list[dict[str, Any]]) -> None:
    high, low = models
    assert [high["updates"], low["updates"]] == [100, 100]
    assert high["loss"] < 0.1 < 1 < low["loss"]
    assert high["accuracy"] == 1 > low["accuracy"]


def pixels_like(sits: Sitter, canvas: str, look: int) -> int:
    """How many pixels of a canvas have a curve's colour."""
    told: int = sits.page.evaluate(
        """([id, look]) => {
            const canvas = document.getElementById(id);
            const { width, height } = canvas;
            const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
            const paper = document.createElement('canvas').getContext('2d');
            paper.fillStyle = getComputedStyle(canvas).getPropertyValue(`--look-${look}`).trim();
            paper.fillRect(0, 0, 1, 1);
            const [r, g, b] = paper.getImageData(0, 0, 1, 1).data;
            let found = 0;
            for (let at = 0; at < data.length; at += 4)
                found += data[at] === r && data[at + 1] === g && data[at + 2] === b;
            return found;
        }""",
        [canvas, look],
    )
    return told


def height_of(sits: Sitter, canvas: str, look: int, last: bool) -> float:
    """How high a curve ends (or begins), as a share of the canvas from its foot."""
    told: float = sits.page.evaluate(
        """([id, look, last]) => {
            const canvas = document.getElementById(id);
            const { width, height } = canvas;
            const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
            const paper = document.createElement('canvas').getContext('2d');
            paper.fillStyle = getComputedStyle(canvas).getPropertyValue(`--look-${look}`).trim();
            paper.fillRect(0, 0, 1, 1);
            const [r, g, b] = paper.getImageData(0, 0, 1, 1).data;
            let found = [-1, 0];
            for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
                const at = 4 * (y * width + x);
                if (data[at] !== r || data[at + 1] !== g || data[at + 2] !== b) continue;
                if (found[0] < 0 || (last ? x > found[0] : x < found[0]))
                    found = [x, 1 - y / height];
            }
            return found[1];
        }""",
        [canvas, look, last],
    )
    return told


def test_curves_are_drawn_as_they_went(class_: Sitter, models: list[dict[str, Any]]) -> None:
    class_.until(f"document.querySelectorAll('#legend li').length === {len(models)}")
    for look in (0, 1):
        assert pixels_like(class_, "loss-curve", look) > 100
        assert pixels_like(class_, "accuracy-curve", look) > 100
    # both begin at chance; a rate of 1 ends at the foot, 0.001 stays where it was
    starts = [height_of(class_, "loss-curve", look, last=False) for look in (0, 1)]
    ends = [height_of(class_, "loss-curve", look, last=True) for look in (0, 1)]
    assert abs(starts[0] - starts[1]) < 0.1
    assert ends[0] < starts[0] - 0.3
    assert abs(ends[1] - starts[1]) < 0.15
    # a model that is not ticked is not drawn
    box = class_.page.locator(f"#models [data-model='{models[1]['id']}'] input")
    box.uncheck()
    class_.until("document.querySelectorAll('#legend li').length === 1")
    assert pixels_like(class_, "loss-curve", 1) == 0
    box.check()
    class_.until("document.querySelectorAll('#legend li').length === 2")


def test_the_history_has_every_update(
    class_: Sitter, models: list[dict[str, Any]], trained: list[Trained]
) -> None:
    for model, python in zip(models, trained, strict=True):
        head, *rows = rows_of(class_.saved(f"#models [data-model='{model['id']}'] .history"))
        assert head == ["update", "epoch", "loss", "accuracy", "learning rate", "photos"]
        losses = np.array([row[2] for row in rows], np.float32)
        np.testing.assert_allclose(losses, python.history.loss[0], rtol=1e-5)
        assert [row[5].split() for row in rows] == [
            [str(photo) for photo in batch if photo >= 0] for batch in python.history.photos[0]
        ]


def test_the_table_is_what_python_predicts(
    class_: Sitter, models: list[dict[str, Any]], trained: list[Trained]
) -> None:
    asked = [(name, frame) for name in PEOPLE for frame in recorded(name, 10, 13)]
    for number, (name, frame) in enumerate(asked[:4], 1):
        class_.page.select_option("#expected", name)
        class_.show(frame)
        class_.page.click("#ask")
        class_.until(f"document.querySelectorAll('#answers tbody tr').length === {number}")
    class_.page.click("#ask-each")
    for number, (name, frame) in enumerate(asked[4:], 5):
        class_.page.select_option("#expected", name)
        class_.show(frame)
        class_.until(f"document.querySelectorAll('#answers tbody tr').length === {number}")
    class_.page.click("#ask-each")

    frames = [decoded(frame) for _, frame in asked]
    head, *rows = rows_of(class_.saved("#answers-csv"))
    people = list(trained[0].people)
    names = [model["name"] for model in models]
    assert head == [
        "number",
        "expected",
        *(f"{n} {w}" for n in names for w in ("predicted", *people)),
    ]
    assert [row[:2] for row in rows] == [[str(n), name] for n, (name, _) in enumerate(asked, 1)]
    shown = class_.page.locator("#answers tbody tr").all()
    for place, python in enumerate(trained):
        told = python.predict(frames)[0]
        right = [people[best] for best in told.argmax(axis=1)]
        first = 2 + place * (1 + len(people))
        assert [row[first] for row in rows] == right
        values = np.array([row[first + 1 : first + 1 + len(people)] for row in rows], np.float32)
        np.testing.assert_allclose(values, told, atol=2e-6)
        wrong = sum(best != name for best, (name, _) in zip(right, asked, strict=True))
        foot = class_.page.locator(f"#answers tfoot [data-model='{models[place]['id']}']")
        assert foot.get_attribute("data-wrong") == str(wrong)
        for line, best, (name, _) in zip(shown, right, asked, strict=True):
            cells = line.locator("td").all_text_contents()
            assert cells[2 + 2 * place : 4 + 2 * place] == [
                best,
                "Right" if best == name else "Error",
            ]
    class_.page.click("#clear-answers")
    assert class_.page.locator("#answers tbody tr").count() == 0


def test_the_count_is_what_python_counts(
    class_: Sitter, models: list[dict[str, Any]], trained: list[Trained]
) -> None:
    empty = np.full((240, 320, 3), 90, np.uint8)
    wall = cv2.imencode(".png", empty)[1].tobytes()
    film = [*recorded("Lara", 13, 16), wall, *recorded("Naomie", 13, 16), *recorded("Alex", 23, 25)]
    class_.page.click("#count")
    live: list[list[str]] = []
    named: list[list[str]] = []
    for number, frame in enumerate(film, 1):
        class_.show(frame)
        class_.until(f"document.querySelector('#frames').textContent === '{number}'")
        lines = class_.page.locator("#live li").all()
        live.append([line.get_attribute("data-probabilities") or "" for line in lines])
        named.append([line.get_attribute("data-decided") or "" for line in lines])
    class_.page.click("#end-count")
    head, *rows = rows_of(class_.saved("#tally-csv"))
    names = [model["name"] for model in models]
    assert head == ["person", *(f"{one}{what}" for one in names for what in ("", " most probable"))]
    assert [row[0] for row in rows] == [*trained[0].people, "unsure", "nobody"]
    for place, python in enumerate(trained):
        told = np.concatenate(list(python.watch([[decoded(one)] for one in film])), axis=1)[0]
        values = np.array([lines[place].split() for lines in live], np.float32)
        np.testing.assert_allclose(values, told, atol=2e-6)
        people = [*python.people, "nobody"]
        counted = Counter(people[one.argmax() if one.any() else -1] for one in told)
        likely = {row[0]: row[2 * place + 2] for row in rows}
        assert likely == {"unsure": "", **{person: str(counted[person]) for person in people}}
        decided = {row[0]: int(row[2 * place + 1]) for row in rows}
        assert sum(decided.values()) == len(film)
        assert decided["nobody"] == counted["nobody"] == 1
        assert {who: n for who, n in decided.items() if n} == Counter(one[place] for one in named)
        # whatever frames a second holds: of frames that are certain, or uncertain, so is their mean
        first, most = told[:3], told[told.any(axis=1)].max(axis=1)
        if RATES[place] == 1:
            assert first[:, people.index("Lara")].min() > CERTAIN
            assert [one[place] for one in named[:3]] == ["Lara"] * 3
        else:
            assert most.max() < CERTAIN
            assert decided["unsure"] == len(film) - 1
        for person in people:
            cell = class_.page.locator(
                f"#tally [data-person='{person}'] [data-model='{models[place]['id']}']"
            )
            assert cell.get_attribute("data-n") == str(counted[person])
            assert cell.get_attribute("data-decided") == str(decided[person])
    # what comes after the end is not counted
    class_.show(recorded("Amine", 20, 21)[0])
    assert class_.text("#frames") == str(len(film))


@pytest.mark.usefixtures("tensorflowjs")
def test_this_browser_learns_and_answers_as_this_computer(
    class_: Sitter, models: list[dict[str, Any]], trained: list[Trained]
) -> None:
    page = class_.page
    assert models
    page.reload(wait_until="domcontentloaded")
    page.wait_for_selector("body[data-ready]")
    class_.warm()
    page.check("input[name=engine][value=browser]")
    model = class_.train(learning_rate=1, epochs=20, batch_size=4)
    assert model["engine"] == "browser"
    head, *rows = rows_of(class_.saved(f"#models [data-model='{model['id']}'] .history"))
    told = trained[0].history
    losses = np.array([row[head.index("loss")] for row in rows], np.float32)
    np.testing.assert_allclose(losses, told.loss[0], atol=1e-3)
    assert [row[head.index("photos")].split() for row in rows] == [
        [str(photo) for photo in batch if photo >= 0] for batch in told.photos[0]
    ]
    # the models of both engines are asked about the same frames, in this browser
    frames = [frame for name in PEOPLE for frame in recorded(name, 13, 15)]
    page.select_option("#expected", "")
    page.click("#ask-each")
    for number, frame in enumerate(frames, 1):
        class_.show(frame)
        class_.until(f"document.querySelectorAll('#answers tbody tr').length === {number}")
    page.click("#ask-each")
    head, *rows = rows_of(class_.saved("#answers-csv"))
    answers = trained[0].predict([decoded(frame) for frame in frames])[0]
    for name in (models[0]["name"], model["name"]):
        first = head.index(f"{name} predicted") + 1
        values = np.array([row[first : first + len(answers.T)] for row in rows], np.float32)
        np.testing.assert_allclose(values, answers, atol=1e-3)
    assert [row[1] for row in rows] == [""] * len(frames)
    page.click("#clear-answers")
    page.locator(f"#models [data-model='{model['id']}'] .remove").click()
    page.click("#confirm-yes")
    class_.until(f"!document.querySelector('#models [data-model=\"{model['id']}\"]')")
    page.check("input[name=engine][value=computer]")


def test_what_was_stopped_keeps_its_points(class_: Sitter, models: list[dict[str, Any]]) -> None:
    assert models
    class_.set(learning_rate=0.1, epochs=50_000, batch_size=1)
    assert "50,000" not in class_.text("#updates")
    assert "1,000,000 in all" in class_.text("#updates")
    class_.page.click("#train")
    class_.until("+document.querySelector('#progress').dataset.updates > 3000")
    # drawn at most once a frame of the screen, and in a millisecond or two
    class_.until("+document.querySelector('#curves').dataset.cost < 50")
    class_.page.click("#stop")
    class_.until("document.querySelector('#progress').dataset.state === 'interrupted'")
    stopped = class_.state["models"][-1]
    assert stopped["interrupted"]
    assert 3000 < stopped["updates"] < 1_000_000 == stopped["total"]
    rows = rows_of(class_.saved(f"#models [data-model='{stopped['id']}'] .history"))
    assert len(rows) == stopped["updates"] + 1
    class_.until(f"""document.querySelector('#legend li[data-curve^="{stopped["id"]}"]')
        ?.dataset.updates === '{stopped["updates"]}'""")
    class_.page.locator(f"#models [data-model='{stopped['id']}'] .remove").click()
    class_.page.click("#confirm-yes")
    class_.until(f"!document.querySelector('#models [data-model=\"{stopped['id']}\"]')")


def test_wrong_values_are_told_beside_the_field(class_: Sitter) -> None:
    for field, value, line in (
        ("learning-rate", "0", "learning rate: received 0, allowed is a number more than 0 and at "
         "most 1,000; choose how far one update moves the weights, for example 0.001 or 1"),
        ("epochs", "2.5", "epochs: received 2.5, allowed is a whole number between 1 and "
         "1,000,000; choose how often every photo is seen, for example 20"),
        ("batch-size", "21", "batch size: received 21, allowed is a whole number between 1 and 20; "
         "choose how many photos one update sees, from 1 to all photos of the gallery"),
        ("seed", "", "seed: received nothing, allowed is"),
    ):  # fmt: skip
        before = class_.page.input_value(f"#{field}")
        class_.page.fill(f"#{field}", value)
        assert class_.text(f"#{field}-note").startswith(line)
        assert class_.page.is_disabled("#train")
        class_.page.fill(f"#{field}", before)
        assert class_.page.is_enabled("#train")


def test_a_model_goes_out_and_comes_in(
    class_: Sitter, models: list[dict[str, Any]], trained: list[Trained], tmp_path: Path
) -> None:
    with class_.page.expect_download() as download:
        class_.page.click(f"#models [data-model='{models[0]['id']}'] .keras")
    file = tmp_path / "<i>first.keras"  # a name is text
    download.value.save_as(file)
    class_.page.set_input_files("#model-file", file)
    class_.until("document.querySelectorAll('#models [data-model]').length === 3")
    loaded = class_.state["models"][-1]
    assert loaded["engine"] == "file"
    assert class_.page.locator("#models i").count() == 0
    assert "<i>first" in class_.text("#models")
    assert loaded["people"] == list(trained[0].people)
    frame = recorded("Amine", 25, 26)[0]
    class_.show(frame)
    class_.page.click("#ask")
    class_.until("document.querySelectorAll('#answers tbody tr').length === 1")
    head, row = rows_of(class_.saved("#answers-csv"))
    own, other = (head.index(f"{name} predicted") for name in (models[0]["name"], loaded["name"]))
    assert own != other
    assert row[own : own + 5] == row[other : other + 5]
    class_.page.click("#clear-answers")
    class_.page.set_input_files("#model-file", Path(__file__))
    class_.until(
        "document.querySelector('#errors').textContent.includes('not a facelab classifier')"
    )


def test_a_reload_and_a_second_tab_lose_nothing(
    class_: Sitter, models: list[dict[str, Any]]
) -> None:
    names = [model["id"] for model in class_.state["models"]]
    class_.page.reload(wait_until="domcontentloaded")
    class_.page.wait_for_selector("body[data-ready]")
    assert [class_.count_of(name) for name in PEOPLE] == [PHOTOS] * 4
    shown = class_.page.locator("#models [data-model]").all()
    assert [one.get_attribute("data-model") for one in shown] == names
    class_.until("document.querySelectorAll('#legend li').length === 2")  # a file has no curve
    assert pixels_like(class_, "loss-curve", 0) > 100
    class_.warm()

    other = class_.page.context.new_page()
    second = Sitter(other, class_.complaints)
    second.open(class_.page.url)
    assert second.count_of("Alex") == PHOTOS
    class_.film("Alex", recorded("Alex", 25, 26))
    second.until("document.querySelector('#people [data-person=Alex] .count').dataset.n === '6'")
    assert "Photos have changed since" in second.text(f"#models [data-model='{models[0]['id']}']")
    other.close()


def test_a_photo_and_a_person_go_for_good(class_: Sitter, server: Server) -> None:
    before = class_.count_of("Naomie")
    class_.page.click("#people [data-person=Naomie] .choose")
    class_.page.locator("#photos .remove").first.click()
    class_.page.click("#confirm-no")
    assert class_.count_of("Naomie") == before
    class_.page.locator("#photos .remove").first.click()
    class_.page.click("#confirm-yes")
    count = "document.querySelector('#people [data-person=Naomie] .count').dataset.n"
    class_.until(f"{count} === '{before - 1}'")
    class_.page.click("#people [data-person=Naomie] .forget")
    class_.page.click("#confirm-yes")
    class_.until("!document.querySelector('#people [data-person=Naomie]')")
    assert not (server.gallery / "gallery/Naomie").exists()
    assert "Naomie" not in class_.text("#people")
    class_.until("document.querySelectorAll('#models [data-model]').length === 0")
    assert class_.page.is_disabled("#count")
