"""From a frame of 640 x 480 to the answer who it is: facelab, its peers, decoding the frame."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.data import FOUR, ROOT
from benchmarks.rounds import Build, Method

if TYPE_CHECKING:
    from facelab.learning.trainer import Trained

FRAMES = 32
"""Frames a round, of one film."""

TOGETHER = 8
"""Frames of a batch, where batches are timed."""

BASE = "decoding the frame's JPEG"
Frames = list[NDArray[np.uint8]]
Answer = Callable[[Frames], Any]


def methods(yunet_file: str = "") -> list[tuple[str, Build]]:
    """Return what answers frames one at a time, and in batches; ``yunet_file``: YuNet's, if any."""
    answers: list[tuple[str, Callable[[], Answer]]] = [
        ("facelab, live", partial(live, follows=True)),
        ("facelab, live, each frame for itself", live),
        ("facelab, a training's own answer", facelab),
        ("facelab, the saved classifier in Keras", saved),
        ("facelab, the centre square", partial(facelab, "none")),
        ("YuNet: faces found, no answer", partial(yunet, yunet_file)),
        ("scikit-image hog + scikit-learn", scikit),
        ("OpenCV resize, scikit-image hog + scikit-learn", partial(scikit, opencv=True)),
        ("MobileNetV2 + a head", mobilenet),
    ]
    builds: list[tuple[str, Build]] = [(BASE, decoding)]
    builds += [(name, partial(_one_by_one, name, make)) for name, make in answers]
    for name, make in (*answers[:4], answers[-1]):
        builds.append((f"{name}, {TOGETHER} together", partial(_batch, name, make)))
    return builds


def frames() -> Frames:
    """Return the first frames of a recorded film, enlarged to 640 x 480."""
    from facelab.gallery.source import Recording

    [film, *_] = Recording(ROOT / "fixtures").clip("alex_t4")
    return [np.asarray(cv2.resize(frame, (640, 480)), np.uint8) for frame in film[:FRAMES]]


def _one_by_one(name: str, make: Callable[[], Answer]) -> Method:
    answer, asked = make(), frames()

    def run() -> float:
        for frame in asked:
            answer([frame.copy()])  # a frame that was never seen: 0.1 ms of copying counts too
        return len(asked)

    return Method(name, run)


def _batch(name: str, make: Callable[[], Answer]) -> Method:
    answer, asked = make(), frames()

    def run() -> float:
        for start in range(0, len(asked), TOGETHER):
            answer([frame.copy() for frame in asked[start : start + TOGETHER]])
        return len(asked)

    return Method(f"{name}, {TOGETHER} together", run)


def decoding() -> Method:
    """What a frame costs before anyone looks at it."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, 90]
    encoded = [cv2.imencode(".jpg", frame, quality)[1] for frame in frames()]

    def run() -> float:
        for content in encoded:
            cv2.imdecode(content, cv2.IMREAD_COLOR)
        return len(encoded)

    return Method(BASE, run)


@cache
def trained(face_detector: str) -> Trained:
    """A training on the book's four people."""
    from facelab.contract.parameters import Parameters
    from facelab.contract.training import TrainingRequest
    from facelab.gallery.source import Recording
    from facelab.learning.trainer import Trainer

    photos = Recording(ROOT / "fixtures").photos("gallery").of(FOUR)
    return Trainer(face_detector).train(photos, TrainingRequest(Parameters(), [0]))


def facelab(face_detector: str = "facelab") -> Answer:
    """What the book asks: the face found, features, answered by one replicate."""
    return trained(face_detector).predict


def live(*, follows: bool = False) -> Answer:
    """What ``facelab watch`` asks: a saved classifier, without TensorFlow.

    ``follows``: places of the film that were just looked at are known.
    """
    from facelab.learning.answerer import read

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        trained("facelab").model().save(path)
        return read(path, live=follows).see


def saved() -> Answer:
    """The same classifier as its file gives it to Keras."""
    model = trained("facelab").model()
    return lambda asked: model.predict_on_batch(np.stack(asked))


def yunet(file: str) -> Answer:
    """Another face detector, which does not say whose face it is."""
    if not Path(file).is_file():
        raise FileNotFoundError("name its file with --yunet")
    detector = cv2.FaceDetectorYN.create(file, "", (640, 480), 0.7)
    return lambda asked: [detector.detect(frame) for frame in asked]


def scikit(opencv: bool = False) -> Answer:
    """Grey, averaged down to 64 x 64, HOG, logistic regression: no face is looked for."""
    from skimage.color import rgb2gray
    from skimage.feature import hog
    from skimage.transform import resize
    from sklearn.linear_model import LogisticRegression

    def described(frame: NDArray[np.uint8]) -> Any:
        square = frame[:, 80:560]
        if opencv:
            grey = cv2.cvtColor(square, cv2.COLOR_BGR2GRAY)
            small = cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA)
        else:
            small = resize(rgb2gray(square[..., ::-1]), (64, 64), anti_aliasing=True)
        return hog(small, 9, (8, 8), (2, 2))

    learnt = np.stack([described(frame) for frame in frames()])
    model = LogisticRegression().fit(learnt, np.arange(len(learnt)) % len(FOUR))
    return lambda asked: model.predict_proba(np.stack([described(frame) for frame in asked]))


def mobilenet() -> Answer:
    """The usual backbone, 224 x 224, compiled by ``tf.function``; its weights do not matter."""
    import keras
    import tensorflow as tf

    backbone = keras.applications.MobileNetV2(
        input_shape=(224, 224, 3), include_top=False, weights=None, pooling="avg"
    )
    head = keras.layers.Dense(len(FOUR), activation="softmax")
    model = keras.Sequential([backbone, head])
    ask = tf.function(lambda x: model(x, training=False))

    def answer(asked: Frames) -> Any:
        small = [cv2.resize(frame, (224, 224), interpolation=cv2.INTER_AREA) for frame in asked]
        return ask(np.stack(small).astype(np.float32) / 127.5 - 1).numpy()

    return answer
