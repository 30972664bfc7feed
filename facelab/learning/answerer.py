"""Answerer: a saved classifier that answers without TensorFlow, by NumPy and OpenCV.

A ``.keras`` file is a description (JSON) and weights (HDF5). `classifier.load` gives both to Keras;
`read` takes the numbers out of them, and answers as the rest of facelab does.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.contract.training import Head
from facelab.faces.detection import MARGIN as USUAL
from facelab.faces.detection import Detection, detection, of_finder
from facelab.faces.embedding import Centring, Embedder
from facelab.faces.extractor import FeatureExtractor, Features
from facelab.faces.face import SURELY
from facelab.faces.finder import THRESHOLD, FaceFinder
from facelab.faces.hog import FEATURES, SIDE
from facelab.faces.looks import Looks
from facelab.faces.network import Convolution, Weights, saved_channels, shapes, weights
from facelab.faces.whitening import Whitening
from facelab.learning.model_file import NoClassifier, check_model_file, refused

MARGIN = 8
"""Heights of a face that the square round it may have, at most."""

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Answerer:
    """One replicate's ``head``, what describes frames for it, and the names behind its answers.

    ``is_own``: whether it finds and cuts faces as this version of facelab does.
    """

    embedder: Embedder
    head: Head
    people: tuple[str, ...]
    is_own: bool

    def see(self, frames: Sequence[Frame]) -> tuple[Numbers, Features]:
        """Return the probability of each person, (1, frames, people), and the faces seen.

        All zeros where nobody is seen.
        """
        with np.errstate(all="ignore"):  # the weights may be anybody's
            features = self.embedder.embed(frames)
            return probabilities(self.head, features), features


def probabilities(head: Head, features: Features) -> Numbers:
    """Return what heads answer to embedded frames, (replicates, frames, people), float32.

    All zeros where nobody is seen.
    """
    vectors, seen = features.vectors, features.seen[:, None]
    answers = np.empty((len(head.bias), len(vectors), head.bias.shape[1]), np.float32)
    # replicate by replicate: a crowd's answers are large, and here three times as large
    for answer, kernel, bias in zip(answers, head.kernel, head.bias, strict=True):
        logits = vectors @ kernel + bias
        exp_logits = np.exp(logits - logits.max(axis=1, keepdims=True))
        answer[:] = exp_logits / exp_logits.sum(axis=1, keepdims=True) * seen
    return answers


def read(path: Path, *, live: bool = False) -> Answerer:
    """Read a classifier from a ``.keras`` file, which may be anybody's.

    ``live``: the frames that it will be asked about follow one another (`facelab.faces.looks`).
    Raises FacelabError when it is none.
    """
    with refused(path):
        checked = check_model_file(path)
        settings = _settings(checked.description)
        people, units = settings["People"]["names"], settings["Dense"]["units"]
        with h5py.File(io.BytesIO(checked.weights), "r") as file:
            found, is_own = _detection(settings, file, Looks() if live else None)
            kernel, bias = _arrays(file, "dense", (FEATURES, units), (units,))
            whitening = _whitening(settings, file)
        mean = _numbers(settings["Centring"]["mean"], (FEATURES,))
        centring = Centring(mean, float(settings["Centring"]["norm"]), whitening)
    embedder = Embedder(FeatureExtractor(found), centring)
    return Answerer(embedder, Head(kernel[None], bias[None]), tuple(people), is_own)


def _settings(description: dict[str, Any]) -> dict[str, Any]:
    """Return what the layers of a classifier are set to, by class.

    Raises NoClassifier when it is not put together, or not set, as `classifier.assemble` does it.
    """
    layers = description["config"]["layers"]
    classes = {layer["name"]: layer["class_name"] for layer in layers}
    given = {
        layer["class_name"]: [
            classes[tensor["config"]["keras_history"][0]]
            for node in layer["inbound_nodes"]
            for tensor in node["args"]
        ]
        for layer in layers
    }
    detectors = "FaceCandidates", "CentreSquare"
    known = [_wires(one, whitened) for one in detectors for whitened in (False, True)]
    [last, *_] = description["config"]["output_layers"]
    settings = {layer["class_name"]: layer["config"] for layer in layers}
    if given not in known or len(given) < len(layers) or classes[last] != "People":
        raise NoClassifier("it has other layers")
    dense, crop = settings["Dense"], settings["Crop"]
    if (dense["activation"], dense["use_bias"], crop["side"]) != ("softmax", True, SIDE):
        raise NoClassifier("its layers do something else")
    if not 0 < crop["margin"] <= MARGIN:
        raise NoClassifier(f"its squares are larger than {MARGIN} faces")
    return settings


def _wires(detector: str, whitened: bool) -> dict[str, list[str]]:
    """Return the layers of a classifier, and what each is given."""
    wires = {
        "InputLayer": [],
        "Grey": ["InputLayer"],
        detector: ["Grey"],
        "MainFace": [detector],
        "Crop": ["Grey", "MainFace"],
        "Hog": ["Crop"],
        "Centring": ["Hog"],
        "Dense": ["Centring"],
        "Nobody": ["Dense", "MainFace"],
        "People": ["Nobody"],
    }
    return wires | {"Whitening": ["Centring"], "Dense": ["Whitening"]} if whitened else wires


def _detection(
    settings: dict[str, Any], file: h5py.File, looks: Looks | None
) -> tuple[Detection, bool]:
    """Return how faces are found and cut, and whether this version of facelab does so too."""
    margin, threshold = float(settings["Crop"]["margin"]), float(settings["MainFace"]["threshold"])
    surely = float(settings["MainFace"].get("surely", SURELY))  # older ones do not say it
    if "CentreSquare" in settings:
        return replace(detection("none"), margin=margin, threshold=threshold, surely=surely), False
    kernels = shapes(saved_channels(settings["FaceCandidates"]))
    both = (part for shape in kernels.values() for part in (shape, shape[3:]))
    arrays = _arrays(file, "face_candidates", *both)
    parts = iter(arrays)
    net: Weights = {name: Convolution(next(parts), next(parts)) for name in kernels}
    own = [part for one in weights().values() for part in (one.kernel, one.bias)]
    usual = (margin, threshold, surely) == (USUAL, THRESHOLD, SURELY)
    is_own = usual and all(map(np.array_equal, arrays, own))
    return replace(of_finder(FaceFinder(threshold, net, looks), margin), surely=surely), is_own


def _whitening(settings: dict[str, Any], file: h5py.File) -> Whitening | None:
    """Return what whitens the vectors, None where nothing does."""
    if "Whitening" not in settings:
        return None
    rank = settings["Whitening"]["rank"]
    if settings["Whitening"]["norm"] != settings["Centring"]["norm"]:
        raise NoClassifier("its layers do something else")
    return Whitening(*_arrays(file, "whitening", (FEATURES, rank), (rank,)))


def _arrays(file: h5py.File, layer: str, *shapes: tuple[int, ...]) -> list[Numbers]:
    """Return the weights of a layer, which must have these shapes."""
    variables = file[f"layers/{layer}/vars"]
    if len(variables) != len(shapes):
        raise NoClassifier("its weights are of other sizes")
    return [_numbers(variables[str(place)], shape) for place, shape in enumerate(shapes)]


def _numbers(told: Any, shape: tuple[int, ...]) -> Numbers:
    if np.shape(told) != shape:
        raise NoClassifier("its weights are of other sizes")
    numbers = np.asarray(told, np.float32)
    if not np.isfinite(numbers).all():
        raise NoClassifier("its weights are no numbers")
    return numbers
