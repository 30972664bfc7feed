"""Classifier: one Keras model from frame to answer, made of an embedding and a trained head."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from facelab.faces.detection import Detection
from facelab.faces.embedding import Centring
from facelab.faces.hog import FEATURES
from facelab.faces.layers import Centring as CentringLayer
from facelab.faces.layers import Crop, Grey, Hog, MainFace, Whitening, layer_of
from facelab.learning.model_file import NoClassifier, check_model_file, check_names, refused

Tensor = Any  # TensorFlow publishes no type that mypy can use.


@keras.saving.register_keras_serializable("facelab")
class People(keras.layers.Layer):  # type: ignore[misc]
    """The names behind the probabilities; the values pass through.

    Input shape and output shape: (frames, people), float32.
    """

    def __init__(self, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names = tuple(names)

    def call(self, probabilities: Tensor) -> Tensor:
        """Pass the probabilities through."""
        return probabilities

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "names": list(self.names)}


@keras.saving.register_keras_serializable("facelab")
class Nobody(keras.layers.Layer):  # type: ignore[misc]
    """Probabilities (n, people), set to 0 where no face (n, 5) is seen."""

    def call(self, probabilities: Tensor, faces: Tensor) -> Tensor:
        """Blank the rows of frames without a face."""
        return probabilities * keras.ops.cast(faces[:, 4:] > 0, "float32")


def assemble(
    detection: Detection,
    centring: Centring,
    kernel: NDArray[np.float32],
    bias: NDArray[np.float32],
    people: Sequence[str],
) -> keras.Model:
    """Return the model from frames (n, height, width, 3) uint8 BGR to probabilities (n, people).

    A row of zeros means nobody. ``kernel`` (1764, people) and ``bias`` (people,) are one
    replicate's head. Raises FacelabError for a face detector that no Keras model can hold.
    """
    detect = layer_of(detection)
    head = keras.layers.Dense(len(people), activation="softmax", name="head")
    frames = keras.Input((None, None, 3), dtype="uint8")
    grey = Grey()(frames)
    faces = MainFace(detection.threshold)(detect(grey))
    squares = Crop(margin=detection.margin)(grey, faces)
    vectors = CentringLayer(centring.mean.tolist(), centring.norm)(Hog()(squares))
    if whitening := centring.whitening:
        whiten = Whitening(len(whitening.shares), centring.norm)
        vectors = whiten(vectors)
        whiten.set_weights([whitening.axes, whitening.shares])
    answer = People(people, name="people")(Nobody()(head(vectors), faces))
    model = keras.Model(frames, answer)
    head.set_weights([kernel.reshape(FEATURES, len(people)), bias])
    return model


def people_of(model: keras.Model) -> tuple[str, ...]:
    """Return the names of the people that a classifier tells apart, in the order of its answer."""
    names: tuple[str, ...] = model.get_layer("people").names
    return names


def load(path: Path) -> keras.Model:
    """Load a classifier from a ``.keras`` file, which may be anybody's: no code in it is run.

    Raises FacelabError when it is none.
    """
    with refused(path):
        model = _built(path, check_model_file(path).made_with)
        check_names(list(people_of(model)), model.output_shape[-1])
    return model


def _built(path: Path, made_with: str) -> keras.Model:
    """Let Keras build a model from a file that was checked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Keras misses is refused, in one line
            return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # of Keras, HDF5, TensorFlow: whatever a file provokes
        what = "its layers cannot be built"
        if "could not be loaded" in str(error):
            what = "its weights are not those of its layers"
        version = f": it was made with Keras {made_with}, here is Keras {keras.__version__}"
        raise NoClassifier(what + version * (made_with not in ("", keras.__version__))) from error
