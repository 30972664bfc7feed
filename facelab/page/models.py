"""Models: trainings that are kept, with their parameters and histories, in memory and on the disk.

On the disk they lie in the gallery's cache, which goes when somebody is forgotten: an archive of
arrays each (``.npz``), without any object that could run code.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import secrets
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.base import files
from facelab.base.locking import writing
from facelab.contract.errors import FacelabError
from facelab.contract.parameters import PARAMETERS, Parameters
from facelab.faces.embedding import Centring
from facelab.faces.hog import FEATURES
from facelab.gallery.caching import cache_of
from facelab.gallery.forgotten import read_marks
from facelab.page.guard import Refusal

MOST = 500
"""How many models are kept."""

LARGEST = 256 << 20
"""Bytes of a model's file, packed and unpacked, at most."""

PEOPLE, NAME = 10_000, 200
"""How many people a model may tell apart, and how long a name may be."""

TRAINED = "model "
"""How the names of trainings begin; a number follows, which no other has."""

ENGINES = ("computer", "browser", "file")
"""What makes a model: TensorFlow on this computer, TensorFlow.js in a browser, or a loaded file."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Model:
    """One training, or one loaded file.

    ``mean`` (1764,), ``norm``, ``kernel`` (1764, C) and ``bias`` (C,): from a vector to the answer.
    ``loss``, ``accuracy``, ``learning_rate`` (U,) float32 and ``order`` (U, B) int32: its history,
    empty for a file. ``photos``: how many it learnt from; ``total``: updates of the whole training.
    ``fingerprint``: of the photos. ``parameters`` and ``seed`` are None for a file.
    """

    engine: str
    name: str
    people: tuple[str, ...]
    parameters: Parameters | None
    seed: int | None
    photos: int
    total: int
    interrupted: bool
    fingerprint: str
    norm: float
    mean: Floats
    kernel: Floats
    bias: Floats
    loss: Floats
    accuracy: Floats
    learning_rate: Floats
    order: NDArray[np.int32]

    def __post_init__(self) -> None:
        """Raise FacelabError unless all sizes fit and all weights are numbers."""
        people = len(self.people)
        if not 0 < people <= PEOPLE or len(set(self.people)) < people:
            raise FacelabError(f"a model: allowed are up to {PEOPLE:,} people, each once")
        for name in (*self.people, self.name):
            if not (isinstance(name, str) and 0 < len(name) <= NAME and name.isprintable()):
                raise FacelabError("a model: received a name that cannot be printed")
        updates = len(self.loss)
        wanted = {
            "mean": (FEATURES,),
            "kernel": (FEATURES, people),
            "bias": (people,),
            "loss": (updates,),
            "accuracy": (updates,),
            "learning_rate": (updates,),
            "order": (updates, self.parameters.batch_size if self.parameters else 0),
        }
        for name, shape in wanted.items():
            found: NDArray[Any] = getattr(self, name)
            kind = np.int32 if name == "order" else np.float32
            if found.shape != shape or found.dtype != kind:
                raise FacelabError(
                    f"a model: received a {name} {found.shape}, allowed is {shape} {kind.__name__}"
                )
        for name in ("mean", "kernel", "bias", "norm"):
            if not np.isfinite(getattr(self, name)).all():
                raise FacelabError(
                    f"a model: its {name} holds what is no finite number; train with a smaller "
                    "learning rate"
                )
        if not 0 < self.norm < 1e6 or self.engine not in ENGINES:
            raise FacelabError("a model: received a norm or an engine that no model has")
        counted = 0 <= self.photos < 2**31 and updates <= self.total < 2**31
        if not counted or (self.order.size and not self._numbers_photos()):
            raise FacelabError("a model: received photos or updates that do not fit each other")

    def _numbers_photos(self) -> bool:
        return bool(self.order.min() >= -1 and self.order.max() < self.photos)

    def answer(self, vectors: Floats, seen: NDArray[np.bool_]) -> Floats:
        """Return the probability of each person, (n, C), all zeros where no face is ``seen`` (n,).

        ``vectors`` (n, 1764) describe faces.
        """
        logits = Centring(self.mean, self.norm).place(vectors) @ self.kernel + self.bias
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        share: Floats = exponentials / exponentials.sum(axis=1, keepdims=True)
        return share * seen[:, None]

    def summary(self) -> dict[str, Any]:
        """Return what `/api/state` tells of it, without its id."""
        per_epoch = self.parameters.updates_per_epoch(self.photos) if self.parameters else 1
        last = slice(-max(min(per_epoch, len(self.loss)), 1), None)
        return {
            "name": self.name,
            "engine": self.engine,
            "parameters": parameters_of(self.parameters),
            "seed": self.seed,
            "people": list(self.people),
            "photos": self.photos,
            "updates": len(self.loss),
            "total": self.total,
            "interrupted": self.interrupted,
            "loss": finite(self.loss[last].mean()) if len(self.loss) else None,
            "accuracy": finite(self.accuracy[last].mean()) if len(self.loss) else None,
            "fingerprint": self.fingerprint,
        }

    def history(self) -> Iterator[str]:
        """Yield the history as CSV, some lines at a time."""
        per_epoch = self.parameters.updates_per_epoch(self.photos) if self.parameters else 1
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(("update", "epoch", "loss", "accuracy", "learning rate", "photos"))
        values = zip(self.loss, self.accuracy, self.learning_rate, self.order, strict=True)
        for update, (loss, accuracy, rate, photos) in enumerate(values):
            numbers = (f"{value:.9g}" for value in (loss, accuracy, rate))
            batch = " ".join(str(photo) for photo in photos if photo >= 0)
            table.writerow((update + 1, update // per_epoch + 1, *numbers, batch))
            if update % 4096 == 4095:
                yield text.getvalue()
                text.seek(0)
                text.truncate()
        yield text.getvalue()


def parameters_of(parameters: Parameters | None) -> dict[str, float] | None:
    """Return the parameters that a user chooses, by their fields."""
    if parameters is None:
        return None
    return {one.field: getattr(parameters, one.field) for one in PARAMETERS}


def finite(number: float | np.floating[Any]) -> float | None:
    """Return a number for JSON, which knows no infinite ones."""
    return float(number) if np.isfinite(number) else None


ARRAYS = ("mean", "kernel", "bias", "loss", "accuracy", "learning_rate", "order")


def encoded(model: Model) -> bytes:
    """Return a model as the bytes of a file."""
    told = {
        field.name: getattr(model, field.name)
        for field in fields(model)
        if field.name not in (*ARRAYS, "parameters")
    }
    told["parameters"] = parameters_of(model.parameters)
    content = io.BytesIO()
    text = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez(content, told=text, **{name: getattr(model, name) for name in ARRAYS})
    return content.getvalue()


def decoded(content: bytes) -> Model:
    """Return the model in the bytes of a file. Raises FacelabError when it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > LARGEST:
                raise ValueError("too large")
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            told = json.loads(held["told"].tobytes())
            arrays = {name: held[name] for name in ARRAYS}
        chosen, people = told.pop("parameters"), tuple(told.pop("people"))
        parameters = Parameters(**chosen) if chosen else None
        return Model(**told, people=people, parameters=parameters, **arrays)
    except Exception as error:  # of NumPy, zip, JSON: whatever a file provokes
        raise FacelabError(f"a model: cannot be read ({type(error).__name__})") from error


class Models:
    """The kept models of a gallery, by their ids, in the order in which they were made.

    ``cache``: the gallery's, relative to it. ``lessons``: fingerprints of the photos that browsers
    were given to learn from. What writes is called in the gallery's thread only.
    """

    def __init__(self, folder: Path) -> None:
        """Read what an earlier program has kept; what is damaged is taken away."""
        self.folder = folder
        self._kept: dict[str, Model] = {}
        self._saved: set[str] = set()
        self.lessons: set[str] = set()
        self._begin()
        with contextlib.suppress(OSError, FacelabError):
            for name in files.names(folder, f"{self.cache}/page"):
                self._read(name.removesuffix(".npz"))
        names = [model.name.removeprefix(TRAINED) for model in self._kept.values()]
        self._trained = max((int(name) for name in names if name.isdecimal()), default=0)

    def _begin(self) -> None:
        self.marks = read_marks(self.folder)
        self.cache = cache_of(self.folder)

    def _file(self, number: str) -> str:
        return f"{self.cache}/page/{number}.npz"

    def _read(self, number: str) -> None:
        content = files.read(self.folder, self._file(number), LARGEST)
        try:
            self._kept[number] = decoded(content)
            self._saved.add(number)
        except FacelabError:
            files.remove(self.folder, self._file(number))

    def __getitem__(self, number: str) -> Model:
        try:
            return self._kept[number]
        except KeyError:
            raise Refusal(404, "there is no such model any more; choose another") from None

    def get(self, number: str) -> Model | None:
        """Return a model, None where it is gone."""
        return self._kept.get(number)

    def summary(self, number: str) -> dict[str, Any]:
        """Return what is told of a model. Raises Refusal when it is gone."""
        return self._summary(number, self[number])

    def _summary(self, number: str, model: Model) -> dict[str, Any]:
        return {"id": number, **model.summary(), "saved": number in self._saved}

    def summaries(self) -> list[dict[str, Any]]:
        """Return what is told of all."""
        kept = list(self._kept.items())  # at once: the gallery's thread may add one
        return [self._summary(number, model) for number, model in kept]

    def check_room(self) -> None:
        """Raise Refusal when there are so many that one has to go first."""
        if len(self._kept) >= MOST:
            raise Refusal(409, f"{MOST} models are kept, which is the most; remove one first")

    def keep(self, model: Model) -> str:
        """Keep a model and return its id; where the gallery cannot be written, in memory only."""
        self.check_room()
        model = replace(model, name=self._name(model))
        number = f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(3)}"
        with contextlib.suppress(OSError, FacelabError):
            if files.is_folder(self.folder):
                self._write(number, encoded(model))
        self._kept[number] = model
        return number

    def _name(self, model: Model) -> str:
        """Return a name of its own: a number for a training, that of the file for a loaded one."""
        if model.engine != "file":
            self._trained += 1
            return f"{TRAINED}{self._trained}"
        taken = {kept.name for kept in self._kept.values()}
        names = (f"{model.name} {number}" for number in count(2))
        return next(name for name in chain([model.name], names) if name not in taken)

    def _write(self, number: str, content: bytes) -> None:
        with writing(self.folder, interrupting=True):
            if not set(read_marks(self.folder)) - set(self.marks):
                files.write(self.folder, self._file(number), content)
                self._saved.add(number)

    def remove(self, number: str) -> None:
        """Remove a model. Raises Refusal when it is gone, FacelabError when writing fails."""
        name = self[number].name
        try:
            files.remove(self.folder, self._file(number))
        except OSError as error:
            raise FacelabError(f"{name}: cannot be removed ({error.strerror})") from error
        del self._kept[number]

    def forget(self) -> None:
        """Know no model any more: somebody was forgotten, and the cache is gone with them."""
        self._kept.clear()
        self._saved.clear()
        self.lessons.clear()
        self._begin()
