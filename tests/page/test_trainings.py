"""Trainings on this computer: drawn, stopped, refused, and begun in a lesson as the core does."""

from __future__ import annotations

import json
import time
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facelab.contract.parameters import PARAMETERS, SEED, Parameters
from facelab.faces.hog import FEATURES
from facelab.gallery.gallery import Gallery
from facelab.learning.trainer import Trained
from facelab.learning.training import initial_head, photo_order
from tests.conftest import ROOT
from tests.page.client import Client, heard
from tests.page.conftest import PEOPLE, Serve
from tests.page.training import (
    CHOSEN,
    FOREVER,
    PARAMETERS_CHOSEN,
    PHOTOS,
    numbers,
    train,
    trained_on,
)

pytestmark = pytest.mark.slow

Opened = tuple[Path, str]


def test_every_update_is_drawn_as_it_is_made(trained: Any, expected: Trained) -> None:
    kinds = list(dict.fromkeys(told["type"] for told in trained))
    assert kinds == ["waiting", "training", "points", "trained"]
    assert {told["id"] for told in trained} == {"t"}
    began = next(told for told in trained if told["type"] == "training")
    assert began["people"] == list(PEOPLE)
    assert (began["photos"], began["total"], began["updatesPerEpoch"]) == (PHOTOS, 30, 5)
    points = [told for told in trained if told["type"] == "points"]
    assert [told["from"] for told in points] == list(
        np.cumsum([0, *(len(told["loss"]) for told in points[:-1])])
    )
    for name in ("loss", "accuracy"):
        drawn = np.array([value for told in points for value in told[name]], np.float32)
        np.testing.assert_array_equal(drawn, getattr(expected.history, name)[0])


def test_a_training_is_stopped_and_kept(page: Client) -> None:
    with page.socket() as tab:
        train(tab, "long", **FOREVER)
        heard(tab, "points")
        assert page.state()["trainings"] == [{"id": "long", "parameters": FOREVER, "seed": 3}]
        train(tab, "long")
        told = json.loads(tab.recv(timeout=120))
        while told["type"] != "error":
            told = json.loads(tab.recv(timeout=120))
        assert told["line"] == "a training of that id runs already; give it another"
        with page.socket() as other:  # from any tab
            other.send(json.dumps({"type": "stop", "id": "long"}))
            other.send(json.dumps({"type": "stop", "id": "unknown"}))
            while (told := json.loads(tab.recv(timeout=120)))["type"] != "trained":
                assert told["type"] in ("points", "changed")
    model = told["model"]
    assert model["interrupted"]
    assert 0 < model["updates"] < model["total"] == 150_000 * PHOTOS
    curve = page.get(f"/api/models/{model['id']}/curve").told
    assert len(numbers(curve["loss"])) == model["updates"]


def test_a_stop_is_in_time_for_who_tells_what_is_heard(page: Client) -> None:
    """20,000 updates take less time than a message and the answer to it may."""
    with page.socket() as tab:
        train(tab, "ahead", epochs=4000, hears=True)
        first = heard(tab, "points")
        time.sleep(0.5)  # a page that draws slowly; the training would be over by now
        tab.send(json.dumps({"type": "heard", "id": "ahead", "until": len(first["loss"])}))
        tab.send(json.dumps({"type": "stop", "id": "ahead"}))
        while (told := json.loads(tab.recv(timeout=120)))["type"] != "trained":
            assert told["type"] in ("points", "changed")
    assert told["model"]["interrupted"]
    assert told["model"]["updates"] < 20_000


def test_a_training_outlives_its_tab(page: Client) -> None:
    with page.socket() as tab:
        train(tab, "left", epochs=4000)
        heard(tab, "points")
    with page.socket() as other:
        while any(run["id"] == "left" for run in page.state()["trainings"]):
            heard(other, "changed")
    [*_, model] = page.state()["models"]
    assert (model["updates"], model["interrupted"]) == (20_000, False)


def test_so_many_trainings_at_once(page: Client) -> None:
    with page.socket() as tab:
        for number in range(5):
            train(tab, f"many {number}", **FOREVER)
        while (told := json.loads(tab.recv(timeout=120)))["type"] != "error":
            pass
        assert told["line"] == "4 trainings run already; wait for one, or stop one"
        for number in range(4):
            tab.send(json.dumps({"type": "stop", "id": f"many {number}"}))
        ends = 0
        while ends < 4:
            told = json.loads(tab.recv(timeout=120))
            ends += told["type"] in ("trained", "error")  # an error: before its first update
    assert page.state()["trainings"] == []


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        (
            {"learning_rate": 0},
            "learning rate: received 0, allowed is a number more than 0 and at most 1,000; ",
        ),
        ({"epochs": 1.5}, "epochs: received 1.5, allowed is a whole number between 1 and "),
        (
            {"batch_size": 25},
            "batch size: received 25, allowed is a whole number between 1 and 24; ",
        ),
        ({"epochs": 1_000_000}, "epochs: received 1000000, allowed are 160000 with these photos"),
        ({"epochs": [1]}, "epochs: received [1], allowed is a whole number between 1 and 1,000,0"),
        ({"momentum": 0.9}, "parameters: allowed are learning_rate, epochs, batch_size, all of"),
    ],
)
def test_what_cannot_be_trained_is_one_line(page: Client, chosen: Any, line: str) -> None:
    with page.socket() as tab:
        train(tab, **chosen)
        while (told := json.loads(tab.recv(timeout=120)))["type"] != "error":
            assert told["type"] == "changed"
    assert told["line"].startswith(line)
    answer = page.post("/api/lesson", {"parameters": CHOSEN | chosen, "seed": 0})
    assert (answer.status, answer.line) == (422, told["line"])


@pytest.mark.parametrize("seed", [-1, 2**31, 0.5, None, "x", []])
def test_a_seed_is_a_whole_number(page: Client, seed: Any) -> None:
    answer = page.post("/api/lesson", {"parameters": CHOSEN, "seed": seed})
    assert answer.status == 422
    assert answer.line.startswith(f"seed: received {seed}, allowed is a whole number between 0 ")


def test_too_few_people(tmp_path: Path, serve: Serve) -> None:
    page = serve(tmp_path / "filmed")
    line = (
        "photos: received those of {}, allowed are those of 2 people or more; film another person"
    )
    body = {"parameters": CHOSEN, "seed": 0}
    answer = page.post("/api/lesson", body)
    assert (answer.status, answer.line) == (422, line.format("nobody"))
    page.post("/api/people", {"name": "Ann"})
    for path in islice(sorted((ROOT / "fixtures" / "gallery" / "Alex").iterdir()), 6):
        page.post("/api/people/Ann/photos", path.read_bytes())
    answer = page.post("/api/lesson", body)
    assert (answer.status, answer.line) == (422, line.format("Ann"))


def test_a_lesson_begins_as_the_core_does(opened: Opened, page: Client) -> None:
    told = page.post("/api/lesson", {"parameters": CHOSEN, "seed": 3}).told
    photos = Gallery(opened[0]).photos()
    assert told["people"] == list(PEOPLE)
    assert told["photos"] == list(photos.labels["file"])
    assert told["labels"] == photos.numbers(PEOPLE).tolist()
    kernel = initial_head(FEATURES, 3, PARAMETERS_CHOSEN, [3]).kernel[0]
    np.testing.assert_array_equal(numbers(told["kernel"]).reshape(FEATURES, 3), kernel)
    order = photo_order(PHOTOS, PARAMETERS_CHOSEN, 3)
    np.testing.assert_array_equal(numbers(told["order"], "<i4").reshape(-1, 5), order)
    assert (told["total"], told["updatesPerEpoch"], told["features"]) == (30, 5, FEATURES)
    assert (told["norm"], told["seed"], told["parameters"]) == (3, 3, CHOSEN)
    assert told["fingerprint"] == page.state()["fingerprint"]


def test_parameters_are_told_as_they_are_declared(page: Client) -> None:
    state = page.state()
    for parameter, told in zip(
        (*PARAMETERS, SEED), (*state["parameters"], state["seed"]), strict=True
    ):
        assert told["field"] == parameter.field
        assert (told["name"], told["meaning"]) == (parameter.name, parameter.meaning)
        allowed = parameter.allowed
        assert (told["low"], told["high"], told["openLow"]) == (
            allowed.low,
            allowed.high,
            allowed.open_low,
        )
        assert (told["whole"], told["default"]) == (
            parameter.whole,
            getattr(Parameters, parameter.field, 0),
        )


def test_forty_thousand_updates_are_drawn_in_time(page: Client) -> None:
    trained_on(page)  # TensorFlow is there, as for the second training of a lesson
    with page.socket() as tab:
        train(tab, "fast", epochs=8000, batch_size=5, learning_rate=0.01)
        heard(tab, "training")
        began, drawn = time.process_time(), 0  # of server and client, which are both in here
        while (told := json.loads(tab.recv(timeout=120)))["type"] != "trained":
            drawn += len(told.get("loss", ()))
        seconds = time.process_time() - began
    assert drawn == 40_000
    assert seconds < 10, f"{seconds:.1f} s"
