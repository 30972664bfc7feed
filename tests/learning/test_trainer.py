"""The trainer and its classifier: photos in, one Keras model out."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import TrainingRequest
from facelab.faces.extractor import FeatureExtractor, Features
from facelab.gallery.source import Recording
from facelab.learning.classifier import load, people_of
from facelab.learning.trainer import Trained, Trainer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def photos(recording: Recording) -> Photos:
    """The photos of two people."""
    return recording.photos("gallery").of(["Alex", "Lara"])


@pytest.fixture(scope="module")
def trained(photos: Photos) -> Trained:
    return Trainer().train(photos, TrainingRequest(Parameters(), [0, 1]))


def test_the_model_answers_as_the_replicate(trained: Trained, photos: Photos) -> None:
    expected = trained.predict(photos.frames)
    for replicate in (0, 1):
        answer = np.asarray(trained.model(replicate)(np.stack(photos.frames)))
        *same, last = np.sort(np.abs(answer - expected[replicate]).max(axis=1))
        assert max(same) < 1e-5
        # one pixel of one photo: half a grey level is rounded up by the one, down by the other
        assert last < 1e-3


def test_photos_are_described_once(photos: Photos, monkeypatch: pytest.MonkeyPatch) -> None:
    """For their mean and for their vectors; with the same bits as when asked about later."""
    described: list[int] = []
    extract = FeatureExtractor.extract

    def told(extractor: FeatureExtractor, frames: Sequence[Frame]) -> Features:
        described.append(len(frames))
        return extract(extractor, frames)

    monkeypatch.setattr(FeatureExtractor, "extract", told)
    trainer, parameters = Trainer(), Parameters(epochs=1)
    trainer.train(photos, TrainingRequest(parameters, [0]))
    embedder, embedded = trainer.embedded(photos, parameters)
    trainer.theory(photos, parameters)
    trainer.lessons(photos, parameters, [0])
    assert described == [len(photos)] * 4
    again = embedder.embed(photos.frames)
    np.testing.assert_array_equal(again.vectors, embedded.vectors)


def test_a_saved_model_answers_the_same_in_another_process(
    trained: Trained, photos: Photos, tmp_path: Path
) -> None:
    path = tmp_path / "model.keras"
    trained.model().save(path)
    np.save(tmp_path / "frames.npy", np.stack(photos.frames[:8]))
    program = (
        "import sys, numpy as np; from pathlib import Path; "
        "from facelab.learning.classifier import load, people_of; "
        "folder = Path(sys.argv[1]); model = load(folder / 'model.keras'); "
        "np.save(folder / 'answer.npy', model(np.load(folder / 'frames.npy'))); "
        "print(*people_of(model))"
    )
    output = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    assert output.split() == ["Alex", "Lara"]
    here = np.asarray(load(path)(np.stack(photos.frames[:8])))
    np.testing.assert_array_equal(np.load(tmp_path / "answer.npy"), here)
    np.testing.assert_allclose(here, trained.predict(photos.frames[:8])[0], atol=1e-5)
    assert people_of(load(path)) == ("Alex", "Lara")


def test_frames_of_any_size_are_answered(trained: Trained, photos: Photos) -> None:
    small = photos.frames[0]
    large = small.repeat(2, axis=0).repeat(2, axis=1)
    answers = trained.predict([small, large, small[:, 40:280]])[0]
    np.testing.assert_allclose(answers[1:], answers[[0, 0]], atol=0.05)  # boxes are whole pixels


def test_the_centre_square_of_frames_of_any_size_is_the_same(photos: Photos) -> None:
    trained = Trainer("none").train(photos, TrainingRequest(Parameters(), [0]))
    small = photos.frames[0]
    large = small.repeat(2, axis=0).repeat(2, axis=1)
    answers = trained.predict([small, large, small[:, 40:280]])[0]
    np.testing.assert_allclose(answers[1:], answers[[0, 0]], atol=1e-5)


def test_where_no_face_is_found_nobody_is_answered(trained: Trained, photos: Photos) -> None:
    wall = np.full((240, 320, 3), 120, np.uint8)
    answers = trained.predict([wall, photos.frames[0]])
    assert not answers[:, 0].any()
    np.testing.assert_allclose(answers[:, 1].sum(axis=1), 1, atol=1e-6)
    model = trained.model()(np.stack([wall, photos.frames[0]])).numpy()
    np.testing.assert_allclose(model, answers[0], atol=1e-5)


def test_a_frame_of_a_clip_without_a_face_is_nobodys(trained: Trained, photos: Photos) -> None:
    wall = np.full((240, 320, 3), 120, np.uint8)
    clip = [list(photos.frames[:2]), [wall, photos.frames[1]]]
    answers = np.concatenate(list(trained.watch(clip)), axis=1)
    assert answers.any(axis=2).tolist() == [[True, True, False, True]] * 2


@pytest.mark.parametrize("choice", ["no_such.onnx", "pyproject.toml"])
def test_what_is_no_face_detector_is_refused_in_one_line(choice: str) -> None:
    with pytest.raises(FacelabError, match=f"^--face-detector: received {choice}, which OpenCV"):
        Trainer(choice)


def test_a_frame_that_comes_twice_is_forgotten_once(trained: Trained, photos: Photos) -> None:
    frame = photos.frames[0].copy()
    answers = trained.predict([frame, frame])[0]
    np.testing.assert_array_equal(answers[0], answers[1])
    del frame
    gc.collect()  # a second forgetting would fail here, aloud


def test_probabilities_sum_to_one(trained: Trained, photos: Photos) -> None:
    np.testing.assert_allclose(trained.predict(photos.frames).sum(axis=2), 1, atol=1e-6)


def test_what_is_no_model_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_text("no model")
    with pytest.raises(FacelabError) as raised:
        load(path)
    assert str(raised.value) == (
        f"{path}: not a facelab classifier (no zip archive); make one with "
        "`facelab train GALLERY -o model.keras`"
    )
