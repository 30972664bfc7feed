"""From frame to vector: in NumPy as in a classifier's layers, and without TensorFlow."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.faces import layers
from facelab.faces.detection import detection
from facelab.faces.embedding import Centring, Embedder
from facelab.faces.extractor import FeatureExtractor
from facelab.gallery.source import Recording
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

ALONE = """
import sys
from pathlib import Path
import numpy as np
from facelab.faces.detection import detection
from facelab.faces.embedding import Centring, Embedder
from facelab.faces.extractor import FeatureExtractor
from facelab.faces.store import Store
from facelab.gallery.source import Recording

recording = Recording(Path("fixtures"))
extractor = FeatureExtractor(detection("facelab"), Store())
frames = recording.photos("gallery").frames[:3]
centring = Centring(extractor.extract(frames).vectors.mean(axis=0), 3)
features = Embedder(extractor, centring).embed(frames)
assert features.seen.all() and features.vectors.shape == (3, 1764)
next(extractor.follow(recording.clip("alex_t2")))
heavy = {"tensorflow", "keras", "tf_keras", "jax", "torch"} & set(sys.modules)
assert not heavy, heavy
"""
"""The whole way, in a process of its own."""


def test_the_whole_way_needs_no_tensorflow() -> None:
    subprocess.run([sys.executable, "-c", ALONE], cwd=ROOT, check=True)


@pytest.mark.parametrize("choice", ["facelab", "none"])
def test_vectors_are_those_of_the_layers(pixels: NDArray[np.uint8], choice: str) -> None:
    found = detection(choice)
    features = FeatureExtractor(found).extract(list(pixels))
    grey = layers.Grey()(pixels)
    faces = layers.MainFace(found.threshold)(layers.layer_of(found)(grey))
    squares = layers.Crop(margin=found.margin)(grey, faces)
    expected = layers.Hog()(squares).numpy()
    np.testing.assert_allclose(features.vectors, expected, atol=1e-5)
    mean = features.vectors.mean(axis=0)
    placed = Centring(mean, 3.0).place(features.vectors)
    centred = layers.Centring(mean.tolist(), 3.0)(expected).numpy()
    np.testing.assert_allclose(placed, centred, atol=1e-5)


def test_a_frame_is_described_alone_as_in_company(pixels: NDArray[np.uint8]) -> None:
    found = detection("facelab")
    together = FeatureExtractor(found).extract(list(pixels))
    alone = [FeatureExtractor(found).extract([frame]).vectors[0] for frame in pixels]
    np.testing.assert_allclose(together.vectors, alone, atol=1e-6)
    faces = [FeatureExtractor(found).extract([frame]).faces[0] for frame in pixels]
    np.testing.assert_array_equal(together.faces, faces)


def test_frames_of_several_sizes_are_described_together(recording: Recording) -> None:
    small = recording.photos("gallery").frames[0]
    frames: list[Frame] = [small, np.asarray(cv2.resize(small, (640, 480)), np.uint8)]
    frames.append(np.zeros((90, 160, 3), np.uint8))
    extractor = FeatureExtractor(detection("facelab"))
    features = extractor.extract(frames)
    assert features.seen.tolist() == [True, True, False]
    assert np.abs(features.vectors[0] - features.vectors[1]).mean() < 0.05
    embedder = Embedder(extractor, Centring([0.0] * 1764, 3.0))
    np.testing.assert_allclose(np.linalg.norm(embedder.embed(frames[:2]).vectors, axis=1), 3, 1e-5)
