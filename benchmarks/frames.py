"""From a frame of 640 x 480 to the answer who it is: facelab, its peers, decoding the frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.data import FOUR, ROOT
from benchmarks.rounds import Build, Method

FRAMES = 32
"""Frames a round; all of a batch where batches are timed."""

BASE = "decoding the frame's JPEG"
Frames = list[NDArray[np.uint8]]
Answer = Callable[[Frames], Any]


def methods() -> list[tuple[str, Build]]:
    """Return what answers frames one at a time, and in one batch."""
    answers: list[tuple[str, Callable[[], Answer]]] = [
        ("facelab", facelab),
        ("facelab, the centre square", partial(facelab, "none")),
        ("scikit-image hog + scikit-learn", scikit),
        ("OpenCV resize, scikit-image hog + scikit-learn", partial(scikit, opencv=True)),
        ("MobileNetV2 + a head", mobilenet),
    ]
    builds: list[tuple[str, Build]] = [(BASE, decoding)]
    for name, make in answers:
        builds.append((name, partial(_one_by_one, name, make)))
    for name, make in (answers[0], answers[1], answers[4]):
        builds.append((f"{name}, in a batch", partial(_batch, name, make)))
    return builds


def frames() -> Frames:
    """Return the gallery's first frames, enlarged to 640 x 480."""
    from facelab.gallery.source import Recording

    photos = Recording(ROOT / "fixtures").photos("gallery").frames[:FRAMES]
    return [np.asarray(cv2.resize(frame, (640, 480)), np.uint8) for frame in photos]


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
        answer([frame.copy() for frame in asked])
        return len(asked)

    return Method(f"{name}, in a batch", run)


def decoding() -> Method:
    """What a frame costs before anyone looks at it."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, 90]
    encoded = [cv2.imencode(".jpg", frame, quality)[1] for frame in frames()]

    def run() -> float:
        for content in encoded:
            cv2.imdecode(content, cv2.IMREAD_COLOR)
        return len(encoded)

    return Method(BASE, run)


def facelab(face_detector: str = "facelab") -> Answer:
    """The product: the face found, features, answered by one replicate."""
    from facelab.contract.parameters import Parameters
    from facelab.contract.training import TrainingRequest
    from facelab.gallery.source import Recording
    from facelab.learning.trainer import Trainer

    photos = Recording(ROOT / "fixtures").photos("gallery").of(FOUR)
    return Trainer(face_detector).train(photos, TrainingRequest(Parameters(), [0])).predict


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
