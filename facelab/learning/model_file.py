"""Model file: checks that a ``.keras`` file is a classifier of facelab, before Keras reads it.

Such a file is a zip archive with a description (JSON) and weights (HDF5). Keras builds anything
that the description names, of any size; this module allows only the parts of a classifier.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np

from facelab.base.files import reason
from facelab.contract.errors import FacelabError
from facelab.contract.text import one_line
from facelab.faces.network import CHANNELS, EARLIER, saved_channels
from facelab.faces.whitening import RANK
from facelab.gallery.foreign import foreign

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
        *("Nobody", "People", "Whitening"),
    )
}
"""facelab's own layers, by the names under which Keras knows them."""

KERAS = {"Functional", "InputLayer", "Dense", "GlorotUniform", "Zeros", "DTypePolicy"}
"""What of Keras' own a classifier is made of."""


class NoClassifier(Exception):
    """A file is no classifier of facelab; the text gives the reason in a few words."""


class Checked(NamedTuple):
    """A classifier file, once it is checked: its description, and its weights as HDF5.

    ``made_with``: the version of Keras that wrote it, or an empty text.
    """

    description: dict[str, Any]
    weights: bytes
    made_with: str


@contextmanager
def refused(path: Path) -> Iterator[None]:
    """Within the block, whatever a file provokes becomes a FacelabError of one line."""
    try:
        yield
    except Exception as error:
        why = "it is put together in another way"
        if isinstance(error, NoClassifier):
            why = str(error)
        elif isinstance(error, OSError):
            why = reason(error)
        name = path.name if path.suffix == ".keras" else "model.keras"
        raise FacelabError(
            f"{path}: not a facelab classifier ({one_line(why)}); make one with "
            f"`facelab train GALLERY -o {name}`"
        ) from error


def check_model_file(path: Path) -> Checked:
    """Return what a classifier's file holds.

    Raises NoClassifier for anything else, OSError when it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise NoClassifier("no regular file")
        if found.st_size > LARGEST:
            raise NoClassifier(f"larger than {LARGEST >> 20} MB")
        if not zipfile.is_zipfile(file):
            file.seek(0)
            raise NoClassifier(_what(file.read(512)))
        try:
            with zipfile.ZipFile(file) as archive:
                return _check_archive(archive)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, struct.error):
            raise NoClassifier("its list of parts is damaged: copy it again") from None


def _what(head: bytes) -> str:
    """Return what a file is that is no zip archive."""
    if not head:
        return "an empty file"
    if head[:4] == b"PK\3\4":
        return "it breaks off: copy it again"
    if head[:4] == b"\x89HDF":
        return "an HDF5 file, as older Keras wrote them"
    found = foreign(head)
    return f"{found[0]}: {found[1]}" if found else "no zip archive"


def _check_archive(archive: zipfile.ZipFile) -> Checked:
    sizes = {one.filename: one.file_size for one in archive.infolist()}
    if len(archive.infolist()) != len(sizes) or tuple(sorted(sizes)) != PARTS:
        raise NoClassifier(f"allowed in it are {', '.join(PARTS)}")
    if sum(sizes.values()) > LARGEST:
        raise NoClassifier(f"larger than {LARGEST >> 20} MB when unpacked")
    if sizes["config.json"] + sizes["metadata.json"] > DESCRIPTION:
        raise NoClassifier(f"a description of more than {DESCRIPTION >> 20} MB")
    told = _json(archive, "metadata.json")
    model = _json(archive, "config.json")
    try:
        _check_description(model)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError):
        raise NoClassifier("config.json in it describes no model") from None
    weights = _part(archive, "model.weights.h5")
    try:
        _check_weights(weights)
    except (OSError, KeyError, RuntimeError, ValueError, TypeError, OverflowError, MemoryError):
        raise NoClassifier("model.weights.h5 in it is damaged: copy it again") from None
    version = told.get("keras_version") if isinstance(told, dict) else None
    return Checked(model, weights, version if isinstance(version, str) else "")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).flag_bits & 1:
        raise NoClassifier("it is encrypted")
    try:
        return archive.read(name)
    except NotImplementedError:
        raise NoClassifier(f"{name} in it is packed in a way that is not known here") from None
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError):
        raise NoClassifier(
            f"{name} in it is damaged, its checksum is another: copy it again"
        ) from None


def _json(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        return json.loads(_part(archive, name))
    except ValueError:
        raise NoClassifier(f"{name} in it is no JSON") from None
    except RecursionError:
        raise NoClassifier(f"{name} in it is nested too deeply") from None


def _check_description(model: Any) -> None:
    """Look at every object that Keras would build."""
    for one in _objects(model):
        module, name, own = one.get("module"), one["class_name"], one.get("registered_name")
        ours = isinstance(own, str) and own in OWN
        theirs = own in (None, name) and str(module).partition(".")[0] == "keras" and name in KERAS
        if not (ours or theirs or (name == "__keras_tensor__" and module is None)):
            raise NoClassifier(f"it holds {str(own or name)[:60]!r}, which none of facelab's does")
    layers = model["config"]["layers"]
    classes = Counter(layer["class_name"] for layer in layers)
    if len(layers) > LAYERS or (classes["People"], classes["Dense"]) != (1, 1):
        raise NoClassifier("it has other layers")
    for layer in layers:
        if not 0 < layer["config"].get("side", 1) <= SIDE:
            raise NoClassifier(f"its faces are larger than {SIDE} pixels")
        if not 0 < layer["config"].get("rank", 1) <= RANK:
            raise NoClassifier(f"its vectors are whitened along no axis, or along more than {RANK}")
        if saved_channels(layer["config"]) not in ([*CHANNELS], [*EARLIER]):
            raise NoClassifier("its face finder is of another size than any of facelab's")
    [names] = [layer["config"]["names"] for layer in layers if layer["class_name"] == "People"]
    [units] = [layer["config"]["units"] for layer in layers if layer["class_name"] == "Dense"]
    check_names(names, units)


def check_names(names: Any, answers: int) -> None:
    """Raise NoClassifier unless these are the names of as many people as there are answers."""
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise NoClassifier("its people have no names")
    if not 0 < len(names) <= PEOPLE or len(set(names)) < len(names):
        raise NoClassifier(f"allowed are up to {PEOPLE:,} people, each once")
    if not all(0 < len(name) <= NAME and name.isprintable() for name in names):
        raise NoClassifier("a name that cannot be printed")
    if len(names) != answers:
        raise NoClassifier(f"{len(names)} names for {answers} answers")


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
                raise NoClassifier(f"more than {OBJECTS:,} arrays")
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise NoClassifier("its weights lie elsewhere")
                one = group[name]
                if isinstance(one, h5py.Group):
                    waiting.append(one)
                    continue
                if not isinstance(one, h5py.Dataset) or one.dtype.kind not in "fiu":
                    raise NoClassifier("its weights are no numbers")
                if one.external or one.is_virtual:
                    raise NoClassifier("its weights lie elsewhere")
                total += one.size * one.dtype.itemsize
                if total > LARGEST:
                    raise NoClassifier(f"weights of more than {LARGEST >> 20} MB")
                if not np.isfinite(one[()]).all():
                    raise NoClassifier("its weights are no numbers")
