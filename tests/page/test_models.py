"""Models: asked, kept, loaded from files, sent by browsers, and gone with whoever is forgotten."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.faces.detection import detection
from facelab.faces.embedding import Centring
from facelab.faces.hog import FEATURES
from facelab.faces.whitening import whitening
from facelab.gallery.forget import forget
from facelab.learning.classifier import assemble, load, people_of
from facelab.learning.trainer import Trained
from facelab.page.models import Models, decoded, encoded
from facelab.page.server import serving
from tests.page.client import Client, frame_message, heard
from tests.page.conftest import PEOPLE, fill
from tests.page.training import (
    CHOSEN,
    FOREVER,
    PHOTOS,
    numbers,
    packed,
    shots,
    train,
    trained_on,
)

pytestmark = pytest.mark.slow


Opened = tuple[Path, str]


def test_a_model_knows_how_it_was_made(page: Client, trained: Any, expected: Trained) -> None:
    model = trained[-1]["model"]
    state = page.state()
    assert model in state["models"]
    last = expected.history.loss[0, -5:].mean()
    assert model == {
        "id": model["id"],
        "name": "model 1",
        "engine": "computer",
        "parameters": CHOSEN,
        "seed": 3,
        "people": list(PEOPLE),
        "photos": PHOTOS,
        "updates": 30,
        "total": 30,
        "interrupted": False,
        "loss": pytest.approx(float(last), rel=1e-6),
        "accuracy": pytest.approx(float(expected.history.accuracy[0, -5:].mean())),
        "fingerprint": state["fingerprint"],
        "saved": True,
    }
    curve = page.get(f"/api/models/{model['id']}/curve").told
    np.testing.assert_array_equal(numbers(curve["loss"]), expected.history.loss[0])
    np.testing.assert_array_equal(numbers(curve["accuracy"]), expected.history.accuracy[0])


def test_a_history_names_rate_and_photos(page: Client, trained: Any, expected: Trained) -> None:
    answer = page.get(f"/api/models/{trained[-1]['model']['id']}/history.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    heading, *lines = answer.body.decode().splitlines()
    assert heading == "update,epoch,loss,accuracy,learning rate,photos"
    history = expected.history
    for update, line in enumerate(lines):
        number, epoch, loss, accuracy, rate, photos = line.split(",")
        assert (int(number), int(epoch)) == (update + 1, update // 5 + 1)
        told = np.array([loss, accuracy, rate], np.float32)
        for value, series in zip(
            told, (history.loss, history.accuracy, history.learning_rate), strict=True
        ):
            assert value == series[0, update]
        batch = history.photos[0, update]
        assert [int(photo) for photo in photos.split()] == batch[batch >= 0].tolist()
    assert len(lines) == 30


@pytest.mark.parametrize("follow", [False, True])
def test_answers_are_those_of_the_core(
    page: Client, trained: Any, expected: Trained, follow: bool
) -> None:
    number = trained[-1]["model"]["id"]
    with page.socket() as tab:
        tab.send(json.dumps({"type": "answer", "models": [number, "gone"], "follow": follow}))
        for place, grey in enumerate(shots()):
            tab.send(frame_message(place, grey))
        told = [heard(tab, "seen")["answers"] for _ in shots()]
    assert all(list(answer) == [number] for answer in told)
    frames = [np.repeat(grey[..., None], 3, axis=2) for grey in shots()]
    answers = next(expected.watch([frames])) if follow else expected.predict(frames)
    np.testing.assert_allclose([answer[number] for answer in told], answers[0], atol=2e-6)
    assert not answers[0, -1].any()  # nobody


@pytest.fixture
def of_browser(page: Client, expected: Trained) -> dict[str, Any]:
    """A training as the browser's engine sends it."""
    history, head = expected.history, expected.head
    return {
        "engine": "browser",
        "parameters": CHOSEN,
        "seed": 3,
        "people": list(PEOPLE),
        "photos": PHOTOS,
        "norm": 3.0,
        "mean": packed(expected.embedder.centring.mean),
        "kernel": packed(head.kernel[0]),
        "bias": packed(head.bias[0]),
        "loss": packed(history.loss[0]),
        "accuracy": packed(history.accuracy[0]),
        "learningRate": packed(history.learning_rate[0]),
        "order": packed(history.photos[0], "<i4"),
        "interrupted": False,
        "fingerprint": page.state()["fingerprint"],
    }


def test_a_browsers_training_is_kept_beside_the_others(
    page: Client, of_browser: Any, trained: Any
) -> None:
    answer = page.post("/api/models", of_browser)
    assert answer.status == 201
    mine, other = answer.told, trained[-1]["model"]
    differing = {name for name in mine if mine[name] != other[name]}
    assert differing == {"id", "name", "engine"}
    for part in ("weights", "curve", "history.csv"):
        own, others = (page.get(f"/api/models/{m['id']}/{part}").body for m in (mine, other))
        assert own == others
    assert page.post(f"/api/models/{mine['id']}/remove").status == 200
    assert page.get(f"/api/models/{mine['id']}/weights").status == 404
    assert page.post(f"/api/models/{mine['id']}/remove").status == 404


NAN = packed(np.full(3, np.nan, np.float32))


@pytest.mark.parametrize(
    "wrong",
    [
        {"bias": NAN},
        {"bias": packed(np.zeros(2))},
        {"bias": "no base64 !"},
        {"bias": 1},
        {"kernel": packed(np.zeros(FEATURES))},
        {"kernel": packed(np.zeros(FEATURES * 3 + 1))},
        {"mean": packed(np.zeros(3))},
        {"loss": packed(np.zeros(29))},
        {"order": packed(np.zeros(7), "<i4")},
        {"order": packed(np.full((30, 5), PHOTOS), "<i4")},
        {"order": packed(np.full((30, 5), -2), "<i4")},
        {"people": ["Alex", "Alex", "Lara"]},
        {"people": ["Alex", "Amine", "\x1b[31m"]},
        {"people": ["Alex", "Amine", ""]},
        {"people": [1, 2, 3]},
        {"people": "abc"},
        {"people": []},
        {"norm": 0},
        {"norm": 1e300},
        {"norm": "x"},
        {"photos": -1},
        {"photos": 2**40},
        {"photos": "many"},
        {"parameters": {}},
        {"parameters": CHOSEN | {"batch_size": 0}},
        {"seed": -1},
        {"accuracy": "gone"},
    ],
    ids=lambda wrong: "-".join(f"{k} {v!s:.12}" for k, v in wrong.items()),
)
def test_what_is_no_training_of_a_browser(page: Client, of_browser: Any, wrong: Any) -> None:
    before = len(page.state()["models"])
    changed = {k: v for k, v in (of_browser | wrong).items() if v != "gone"}
    answer = page.post("/api/models", changed)
    assert answer.status == 422
    assert "\n" not in answer.line
    assert len(page.state()["models"]) == before


def test_a_training_of_photos_that_are_gone_is_not_kept(page: Client, of_browser: Any) -> None:
    answer = page.post("/api/models", of_browser | {"fingerprint": "0123456789abcdef"})
    assert answer.status == 409
    assert answer.line == "the photos of this training are gone, so it is not kept; train again"


@pytest.fixture(scope="module")
def file(opened: Opened, trained: Any) -> bytes:
    """The model's file."""
    answer = Client(opened[1]).get(f"/api/models/{trained[-1]['model']['id']}/model.keras")
    assert answer.headers["content-disposition"] == 'attachment; filename="model.keras"'
    return answer.body


def test_a_models_file_is_what_watch_reads(file: bytes, tmp_path: Path, expected: Trained) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(file)
    model = load(path)
    assert people_of(model) == PEOPLE
    frames = np.stack([np.repeat(grey[..., None], 3, axis=2) for grey in shots()])
    answers = model.predict_on_batch(frames)
    np.testing.assert_allclose(answers, expected.predict(list(frames))[0], atol=2e-5)


def test_a_file_is_loaded_and_answers_alike(page: Client, file: bytes, trained: Any) -> None:
    names = []
    for _ in range(2):
        answer = page.post("/api/models/file?name=of%20Monday.keras", file)
        assert answer.status == 201
        names.append(answer.told["name"])
    assert names == ["of Monday", "of Monday 2"]
    model, own = answer.told, trained[-1]["model"]
    assert (model["engine"], model["people"]) == ("file", list(PEOPLE))
    assert model["parameters"] is model["seed"] is model["loss"] is None
    weights, others = (page.get(f"/api/models/{m['id']}/weights").told for m in (model, own))
    assert weights == others
    history = page.get(f"/api/models/{model['id']}/history.csv").body.decode()
    assert history == "update,epoch,loss,accuracy,learning rate,photos\n"


def test_what_is_no_model_file_is_refused(
    page: Client, file: bytes, expected: Trained, tmp_path: Path
) -> None:
    for content in (b"", b"PK\x03\x04", file[:1000], file[:-100]):
        answer = page.post("/api/models/file?name=mine.keras", content)
        assert answer.status == 422
        assert answer.line.startswith("mine: not a facelab classifier (")
        assert "/" not in answer.line.partition("(")[2].partition(")")[0]
    head = expected.head.kernel[0], expected.head.bias[0]
    model = assemble(detection("none"), expected.embedder.centring, *head, PEOPLE)
    answer = page.post("/api/models/file", saved(model, tmp_path))
    assert answer.status == 422
    assert "finds faces in another way" in answer.line
    mean, norm = expected.embedder.centring.mean, expected.embedder.centring.norm
    model = assemble(detection("facelab"), Centring(mean, norm, whitening()), *head, PEOPLE)
    answer = page.post("/api/models/file?name=white.keras", saved(model, tmp_path))
    assert answer.status == 422
    assert "received a classifier of whitened vectors" in answer.line


def saved(model: Any, folder: Path) -> bytes:
    model.save(folder / "model.keras")
    return (folder / "model.keras").read_bytes()


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[tuple[Path, Client]]:
    """A page of a gallery of its own."""
    folder = fill(tmp_path / "filmed", photos=3)
    with serving(folder) as address:
        yield folder, Client(address)


def test_models_outlive_the_server(tmp_path: Path) -> None:
    folder = fill(tmp_path / "filmed", photos=3)
    with serving(folder) as address:
        page = Client(address)
        models = [trained_on(page, epochs=2), trained_on(page, epochs=3)]
        page.post(f"/api/models/{models[0]['id']}/remove")
    cache = next((folder / ".facelab" / "cache").iterdir()) / "page"
    (cache / "damaged.npz").write_bytes(b"PK\x03\x04 nothing")
    with serving(folder) as address:
        page = Client(address)
        assert page.state()["models"] == models[1:]
        assert trained_on(page, epochs=1)["name"] == "model 3"
        assert not (cache / "damaged.npz").exists()


def test_a_model_that_cannot_be_written_is_kept_in_memory(apart: tuple[Path, Client]) -> None:
    folder, page = apart
    first = trained_on(page, epochs=2)
    cache = next((folder / ".facelab" / "cache").iterdir()) / "page"
    (cache / f"{first['id']}.npz").unlink()
    cache.rmdir()
    cache.write_text("")  # in its place
    second = trained_on(page, epochs=2)
    assert (first["saved"], second["saved"]) == (True, False)
    assert page.get(f"/api/models/{second['id']}/weights").status == 200


def test_models_go_with_whoever_is_forgotten(apart: tuple[Path, Client]) -> None:
    folder, page = apart
    model = trained_on(page, epochs=2)
    with page.socket() as tab:
        train(tab, "long", **FOREVER)
        heard(tab, "points")
        assert page.post("/api/people/Amine/forget").status == 200
        while (told := json.loads(tab.recv(timeout=120)))["type"] != "error":
            assert told["type"] in ("points", "changed")
    assert told["line"] == "somebody was forgotten meanwhile, so the training is not kept"
    assert page.state()["models"] == []
    assert page.get(f"/api/models/{model['id']}/weights").status == 404
    assert not list(folder.rglob("*.npz"))
    again = trained_on(page, epochs=2)
    assert again["people"] == ["Alex", "Lara"]
    assert again["saved"]
    with page.socket() as tab:
        forget(folder, "Lara")  # by another program
        heard(tab, "changed")
    assert page.state()["models"] == []


def test_photos_that_changed_show_in_the_fingerprint(apart: tuple[Path, Client]) -> None:
    _, page = apart
    model = trained_on(page, epochs=1)
    assert model["fingerprint"] == page.state()["fingerprint"]
    page.post("/api/photos/remove", {"file": "gallery/Lara/001.png"})
    assert model["fingerprint"] != page.state()["fingerprint"]


def test_a_kept_model_is_read_as_it_was_written(opened: Opened, trained: Any) -> None:
    model = Models(opened[0])[trained[-1]["model"]["id"]]
    content = encoded(model)
    again = decoded(content)
    for name in ("mean", "kernel", "bias", "loss", "accuracy", "learning_rate", "order"):
        np.testing.assert_array_equal(getattr(again, name), getattr(model, name))
    assert again.summary() == model.summary()
    for place in range(0, len(content), 997):
        with pytest.raises(FacelabError, match=r"^a model: cannot be read"):
            decoded(content[:place])


def test_a_kept_file_that_is_another_runs_no_code() -> None:
    content = io.BytesIO()
    np.savez(content, told=np.array([{"a": 1}], object), mean=np.zeros(3))
    with pytest.raises(FacelabError, match=r"^a model: cannot be read"):
        decoded(content.getvalue())
