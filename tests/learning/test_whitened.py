"""A training on whitened vectors, end to end: answers, file, replay, and files of strangers."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.contract.history import NO_PHOTO
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import TrainingRequest
from facelab.faces.store import Store
from facelab.gallery.source import Recording
from facelab.judging.replay import Told, oracles_of, wrong_answers, wrong_values
from facelab.learning import answerer
from facelab.learning.classifier import load
from facelab.learning.describer import Describer
from facelab.learning.trainer import Trained, Trainer
from tests.learning.test_model_file import write

pytestmark = pytest.mark.slow

PARAMETERS = Parameters()
SEEDS = [0, 1]


@pytest.fixture(scope="module")
def photos(recording: Recording) -> Photos:
    """The photos of the two men who look alike."""
    return recording.photos("gallery").of(["Alex", "Amine"])


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    return Trainer(embedding="whitened")


@pytest.fixture(scope="module")
def trained(trainer: Trainer, photos: Photos) -> Trained:
    return trainer.train(photos, TrainingRequest(PARAMETERS, SEEDS))


@pytest.fixture(scope="module")
def path(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whitened") / "model.keras"
    trained.model().save(path)
    return path


def test_its_version_says_so(trainer: Trainer) -> None:
    assert trainer.version == f"{Trainer().version}, whitened vectors"


def test_it_learns_who_is_who(trained: Trained, recording: Recording) -> None:
    asked = recording.photos("probes/t1").of(["Alex", "Amine"])
    answers = trained.predict(asked.frames).argmax(axis=2)
    assert (answers == asked.numbers(trained.people)).mean() > 0.9  # 0.5 at chance


def test_keras_the_file_and_numpy_answer_alike(
    trained: Trained, path: Path, photos: Photos
) -> None:
    wall = np.full((240, 320, 3), 90, np.uint8)
    frames = [*photos.frames[:12], wall]
    expected = trained.predict(frames)[0]
    np.testing.assert_allclose(trained.model()(np.stack(frames)), expected, atol=1e-5)
    np.testing.assert_allclose(load(path)(np.stack(frames)), expected, atol=1e-5)
    np.testing.assert_allclose(answerer.read(path).see(frames)[0][0], expected, atol=1e-5)
    assert not expected[-1].any()


def test_it_is_calculated_again(trainer: Trainer, trained: Trained, photos: Photos) -> None:
    history, answers = trained.history, trained.predict(photos.frames)
    lessons = trainer.lessons(photos, PARAMETERS, SEEDS)
    for number, oracle in enumerate(oracles_of(lessons)):
        batches = [batch[batch != NO_PHOTO] for batch in history.photos[number]]
        told = Told(history.loss[number], history.accuracy[number], batches)
        assert wrong_values(oracle, told) == 0
        assert wrong_answers(oracle, told, answers[number]) < 1e-5
    [plain, *_] = oracles_of(Trainer().lessons(photos, PARAMETERS, SEEDS))
    batches = [batch[batch != NO_PHOTO] for batch in history.photos[0]]
    assert wrong_values(plain, Told(history.loss[0], history.accuracy[0], batches)) > 0


def test_both_embeddings_are_made_of_the_same_cache(
    photos: Photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = photos.of(["Alex"])
    plain = Describer(cache=tmp_path).embedded(few, PARAMETERS)[1]
    written = sorted(tmp_path.rglob("*.rows"))
    assert len(written) == len(few)
    monkeypatch.setattr(Store, "write", lambda *_: pytest.fail("it was described anew"))
    whitened = Describer(cache=tmp_path, embedding="whitened").embedded(few, PARAMETERS)[1]
    assert np.abs(plain.vectors - whitened.vectors).max() > 0.01


def changed(path: Path, folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A whitened classifier whose description is changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    model = json.loads(parts["config.json"])
    change({layer["class_name"]: layer for layer in model["config"]["layers"]})
    parts["config.json"] = json.dumps(model).encode()
    return write(folder / "model.keras", parts)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda by: by["Whitening"]["config"].update(rank=10**9), "along more than 256"),
        (lambda by: by["Whitening"]["config"].update(rank=0), "along more than 256"),
        (lambda by: by["Whitening"]["config"].update(rank="many"), "describes no model"),
        (lambda by: by["Whitening"]["config"].update(rank=7), "its weights are"),
    ],
)  # fmt: skip
def test_a_whitening_of_another_size(
    path: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], why: str
) -> None:
    spoilt = changed(path, tmp_path, change)
    for reader in (load, answerer.read):
        with pytest.raises(FacelabError, match=rf"not a facelab classifier \(.*{why}"):
            reader(spoilt)


def test_two_norms_in_one_file(path: Path, tmp_path: Path) -> None:
    """Keras would scale by the second; what is read here has one."""
    spoilt = changed(path, tmp_path, lambda by: by["Whitening"]["config"].update(norm=4.0))
    with pytest.raises(FacelabError, match="its layers do something else"):
        answerer.read(spoilt)
