"""A saved classifier read without TensorFlow: it answers as Keras does, and trusts no file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.faces.detection import detection
from facelab.faces.embedding import Centring
from facelab.faces.hog import FEATURES
from facelab.faces.network import CHANNELS
from facelab.gallery.source import Recording
from facelab.learning.answerer import Answerer, read
from facelab.learning.classifier import assemble, load
from tests.conftest import ROOT
from tests.learning.test_model_file import REAL, configured, weighed

pytestmark = pytest.mark.slow

FRAMES = 300
"""Of the film in which people come and go: the first of them."""

ALONE = """
import sys
from pathlib import Path
from facelab.gallery.source import Recording
from facelab.learning.answerer import read

frames = Recording(Path("fixtures")).photos("gallery").frames[:3]
answers, features = read(Path(sys.argv[1])).see(frames)
assert features.seen.all() and answers.shape == (1, 3, 2), answers
heavy = {"tensorflow", "keras", "tf_keras", "jax", "torch"} & set(sys.modules)
assert not heavy, heavy
"""
"""The whole way, in a process of its own."""


@pytest.fixture(scope="module")
def frames(recording: Recording) -> list[Frame]:
    """Recorded frames of several people, and one that shows nobody."""
    return [*recording.photos("gallery").frames[::40], np.full((240, 320, 3), 90, np.uint8)]


def asked(path: Path, frames: list[Frame]) -> NDArray[np.float32]:
    """What Keras answers."""
    answers: NDArray[np.float32] = load(path).predict_on_batch(np.stack(frames))
    return answers


def test_it_answers_as_keras_does(frames: list[Frame]) -> None:
    answers, features = read(REAL).see(frames)
    np.testing.assert_allclose(answers[0], asked(REAL, frames), atol=1e-5)
    assert features.seen.tolist() == [True] * (len(frames) - 1) + [False]
    assert not answers[0, -1].any()


@pytest.mark.parametrize("finder", ["none", "facelab"])
def test_one_of_today_answers_too(finder: str, tmp_path: Path, frames: list[Frame]) -> None:
    random = np.random.default_rng(8)
    kernel = random.normal(0, 1, (FEATURES, 3)).astype(np.float32)
    centring = Centring(random.uniform(0, 0.1, FEATURES).tolist(), 3)
    bias, people = np.array([0.1, 0.2, 0], np.float32), ("Ann", "Bo", "李")
    path = tmp_path / "today.keras"
    assemble(detection(finder), centring, kernel, bias, people).save(path)
    answerer = read(path)
    np.testing.assert_allclose(answerer.see(frames)[0][0], asked(path, frames), atol=1e-5)
    assert answerer.people == people


def test_it_needs_no_tensorflow() -> None:
    subprocess.run([sys.executable, "-c", ALONE, str(REAL)], cwd=ROOT, check=True)


def test_a_film_is_answered_live_as_frame_by_frame(recording: Recording) -> None:
    film = [frame for batch in recording.clip("visit") for frame in batch][:FRAMES]
    live = read(REAL, live=True)
    seen = np.concatenate([live.see([frame])[0] for frame in film], axis=1)
    np.testing.assert_allclose(seen, read(REAL).see(film)[0], atol=1e-5)
    assert 0 < seen.any(axis=2).mean() < 1  # somebody and nobody


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda by: by["Crop"]["inbound_nodes"][0]["args"].reverse(), "other layers"),
        (lambda by: by["model"]["config"].update(output_layers=["nobody", 0, 0]), "other layers"),
        (lambda by: by["Crop"]["config"].update(margin=1e9), "larger than 8 faces"),
        (lambda by: by["Crop"]["config"].update(margin=float("nan")), "larger than 8 faces"),
        (lambda by: by["Crop"]["config"].update(side=32), "something else"),
        (lambda by: by["Dense"]["config"].update(activation="relu"), "something else"),
        (lambda by: by["Centring"]["config"].update(mean=[0.5]), "other sizes"),
        (lambda by: by["Centring"]["config"].update(mean=[float("inf")] * FEATURES), "no numbers"),
        (lambda by: by["MainFace"]["config"].update(threshold="0.8x"), "another way"),
        (lambda by: by["FaceCandidates"]["config"].update(refinement=[*CHANNELS]), "other sizes"),
    ],
)  # fmt: skip
def test_what_is_put_together_otherwise(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], why: str
) -> None:
    with pytest.raises(FacelabError, match=rf"not a facelab classifier \(.*{why}"):
        read(configured(tmp_path, change))


def test_weights_that_are_no_numbers(tmp_path: Path) -> None:
    def spoil(file: h5py.File) -> None:
        file["layers/dense/vars/1"][0] = np.nan

    with pytest.raises(FacelabError, match="its weights are no numbers"):
        read(weighed(tmp_path, spoil))


@pytest.mark.parametrize("scale", [-1e3, 10, 1e3, 1e38])
@pytest.mark.filterwarnings("error")
def test_a_strangers_face_finder_is_asked_without_harm(
    tmp_path: Path, frames: list[Frame], scale: float
) -> None:
    """Its boxes are without end, or no numbers: whatever is answered, it takes no memory."""

    def spoil(file: h5py.File) -> None:
        for name in ("20", "21", "30", "31"):  # the last layers of both networks
            file[f"layers/face_candidates/vars/{name}"][...] *= np.float32(scale)

    answerer: Answerer = read(weighed(tmp_path, spoil), live=True)
    for frame in frames:
        assert answerer.see([frame])[0].shape == (1, 1, 2)
