"""Model file: checks that a ``.keras`` file is a classifier of facelab, before Keras reads it.

Such a file is a zip archive with a description (JSON) and weights (HDF5). Keras builds anything
that the description names, of any size; this module allows only the parts of a classifier.
"""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from facelab.contract.errors import FacelabError
from facelab.contract.text import one_line

LARGEST = 256 << 20
"""Bytes of a file, of all that is packed in it, and of its weights, at most: 30,000 people's."""

DESCRIPTION = 4 << 20
"""Bytes of a description, at most: 10,000 people's take half of it."""

PEOPLE, NAME = 10_000, 200
"""How many people a classifier may tell apart, and how long a name may be."""

LAYERS, SIDE, OBJECTS = 50, 256, 1000
"""Layers, pixels of a face's square, and groups and arrays of weights, at most."""

PARTS = ("config.json", "metadata.json", "model.weights.h5")

OWN = {
    f"facelab>{layer}"
    for layer in (
        *("CentreSquare", "Centring", "Crop", "FaceCandidates", "Grey", "Hog", "MainFace"),
        *("Nobody", "People"),
    )
}
"""facelab's own layers, by the names under which Keras knows them."""

KERAS = {"Functional", "InputLayer", "Dense", "GlorotUniform", "Zeros", "DTypePolicy"}
"""What of Keras' own a classifier is made of."""


@contextmanager
def refused(path: Path) -> Iterator[None]:
    """Within the block, whatever a file provokes becomes a FacelabError of one line."""
    try:
        yield
    except Exception as error:  # of Keras, HDF5, zip, JSON, TensorFlow
        why = str(error) if type(error) is ValueError else type(error).__name__
        if isinstance(error, OSError) and error.strerror:
            why = error.strerror
        raise FacelabError(
            f"{path}: not a facelab classifier ({one_line(why)}); make one with "
            f"`facelab train GALLERY -o {path.name}`"
        ) from error


def check_model_file(path: Path) -> tuple[dict[str, Any], bytes]:
    """Return the description and the weights (HDF5) of a classifier, once they are checked.

    Raises OSError, ValueError, or the errors of JSON, zip and HDF5 for a damaged file. A ValueError
    of ours gives the reason in a few words.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("no regular file")
        if found.st_size > LARGEST:
            raise ValueError(f"larger than {LARGEST >> 20} MB")
        if not zipfile.is_zipfile(file):
            raise ValueError("no zip archive")
        with zipfile.ZipFile(file) as archive:
            sizes = {one.filename: one.file_size for one in archive.infolist()}
            if len(archive.infolist()) != len(sizes) or tuple(sorted(sizes)) != PARTS:
                raise ValueError(f"allowed in it are {', '.join(PARTS)}")
            if sum(sizes.values()) > LARGEST:
                raise ValueError(f"larger than {LARGEST >> 20} MB when unpacked")
            if sizes["config.json"] + sizes["metadata.json"] > DESCRIPTION:
                raise ValueError(f"a description of more than {DESCRIPTION >> 20} MB")
            json.loads(archive.read("metadata.json"))
            description = json.loads(archive.read("config.json"))
            _check_description(description)
            weights = archive.read("model.weights.h5")
            _check_weights(weights)
            return description, weights


def _check_description(model: Any) -> None:
    """Look at every object that Keras would build."""
    for one in _objects(model):
        module, name, own = one.get("module"), one["class_name"], one.get("registered_name")
        ours = isinstance(own, str) and own in OWN
        theirs = own in (None, name) and str(module).partition(".")[0] == "keras" and name in KERAS
        if not (ours or theirs or (name == "__keras_tensor__" and module is None)):
            raise ValueError(f"it holds {str(own or name)[:60]!r}, which none of facelab's does")
    layers = model["config"]["layers"]
    classes = Counter(layer["class_name"] for layer in layers)
    if len(layers) > LAYERS or (classes["People"], classes["Dense"]) != (1, 1):
        raise ValueError("it has other layers")
    for layer in layers:
        if not 0 < layer["config"].get("side", 1) <= SIDE:
            raise ValueError(f"its faces are larger than {SIDE} pixels")
    [names] = [layer["config"]["names"] for layer in layers if layer["class_name"] == "People"]
    [units] = [layer["config"]["units"] for layer in layers if layer["class_name"] == "Dense"]
    check_names(names, units)


def check_names(names: Any, answers: int) -> None:
    """Raise ValueError unless these are the names of as many people as there are answers."""
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise ValueError("its people have no names")
    if not 0 < len(names) <= PEOPLE or len(set(names)) < len(names):
        raise ValueError(f"allowed are up to {PEOPLE:,} people, each once")
    if not all(0 < len(name) <= NAME and name.isprintable() for name in names):
        raise ValueError("a name that cannot be printed")
    if len(names) != answers:
        raise ValueError(f"{len(names)} names for {answers} answers")


def _objects(description: Any) -> Iterator[dict[str, Any]]:
    """Yield each object of a description that names its class, however deep it lies."""
    waiting = [description]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
            if "class_name" in one:
                yield one
        elif isinstance(one, list):
            waiting += one


def _check_weights(content: bytes) -> None:
    """Look at every array: it must lie in this file, and be of a size that is worth reading."""
    total = 0
    with h5py.File(io.BytesIO(content), "r") as weights:
        waiting, seen = [weights], 1
        while waiting:
            group = waiting.pop()
            seen += len(group)
            if seen > OBJECTS:
                raise ValueError(f"more than {OBJECTS:,} arrays")
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise ValueError("its weights lie elsewhere")
                one = group[name]
                if isinstance(one, h5py.Group):
                    waiting.append(one)
                    continue
                if not isinstance(one, h5py.Dataset) or one.dtype.kind not in "fiu":
                    raise ValueError("its weights are no numbers")
                if one.external or one.is_virtual:
                    raise ValueError("its weights lie elsewhere")
                total += one.size * one.dtype.itemsize
                if total > LARGEST:
                    raise ValueError(f"weights of more than {LARGEST >> 20} MB")
