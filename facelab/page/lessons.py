"""Lessons: from the gallery's photos to a training, on this computer or for the browser.

TensorFlow is imported at the first use, which takes seconds; `import_ahead` begins it before.
"""

from __future__ import annotations

import base64
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError
from facelab.contract.history import NO_PHOTO
from facelab.contract.parameters import PARAMETERS, SEED, Parameter, Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import TrainingRequest
from facelab.faces.detection import detection
from facelab.faces.embedding import Centring
from facelab.faces.hog import FEATURES, hog
from facelab.learning.core import import_core
from facelab.page.guard import Refusal
from facelab.page.models import TRAINED, Model, parameters_of

if TYPE_CHECKING:
    from facelab.learning.trainer import Trainer

MOST = 4_000_000
"""Photos that all updates of a training see together, at most: 16 MB of numbers."""


def trainer(store: Path | None) -> Trainer:
    """Return a training core that keeps vectors in a folder, if there is one."""
    from facelab.learning.trainer import Trainer

    return Trainer(cache=store, hog=hog)


@cache
def import_ahead() -> threading.Thread:
    """Import TensorFlow in a thread of its own, once; return the thread.

    Where it is not installed, the first training says so.
    """
    thread = threading.Thread(target=_import_quietly, daemon=True, name="import")
    thread.start()
    return thread


def _import_quietly() -> None:
    with suppress(FacelabError):
        import_core()


def request_of(told: Any) -> tuple[Parameters, int]:
    """Return the parameters and the seed of a request. Raises Refusal, in the parameters' words."""
    chosen = told.get("parameters") if isinstance(told, dict) else None
    if not isinstance(chosen, dict) or set(chosen) != {one.field for one in PARAMETERS}:
        fields = ", ".join(one.field for one in PARAMETERS)
        raise Refusal(422, f"parameters: allowed are {fields}, all of them")
    try:
        return Parameters(**chosen), int(SEED.check(told.get("seed")))
    except FacelabError as error:
        raise Refusal(422, str(error)) from error


def check_photos(photos: Photos, parameters: Parameters) -> None:
    """Raise Refusal when photos are too few, or a training on them would be too long."""
    if len(photos.people) < 2:
        raise Refusal(
            422,
            f"photos: received those of {', '.join(photos.people) or 'nobody'}, allowed are those "
            "of 2 people or more; film another person",
        )
    try:
        parameters.check_against(len(photos))
    except FacelabError as error:
        raise Refusal(422, str(error)) from error
    seen = parameters.updates(len(photos)) * parameters.batch_size
    if seen > MOST:
        most = max(MOST * parameters.epochs // seen, 1)
        raise Refusal(
            422, f"epochs: received {parameters.epochs}, allowed are {most} with these photos here"
        )


def lesson(photos: Photos, parameters: Parameters, seed: int) -> dict[str, Any]:
    """Return what a browser needs to train as this computer does: same weights, same order.

    Raises Refusal for what cannot be trained.
    """
    check_photos(photos, parameters)
    from facelab.learning.training import initial_head, photo_order

    people = photos.people
    kernel = initial_head(FEATURES, len(people), parameters, [seed]).kernel[0]
    return {
        "people": list(people),
        "photos": list(photos.labels["file"]),
        "digests": list(photos.labels["sha256"]),
        "labels": photos.numbers(people).tolist(),
        "total": parameters.updates(len(photos)),
        "updatesPerEpoch": parameters.updates_per_epoch(len(photos)),
        "features": FEATURES,
        "norm": parameters.embedding_norm,
        "kernel": base64_of(kernel),
        "order": base64_of(photo_order(len(photos), parameters, seed)),
        "parameters": parameters_of(parameters),
        "seed": seed,
    }


def train(
    core: Trainer,
    photos: Photos,
    parameters: Parameters,
    seed: int,
    fingerprint: str,
    *,
    points: Callable[[NDArray[np.float32]], None],
    stop: Callable[[], bool],
) -> Model:
    """Train on this computer and return the model: what was learnt until it was stopped.

    ``points``: given loss, accuracy and rate of each update (n, 3, 1) as they are drawn. Raises
    FacelabError for what cannot be trained.
    """
    request = TrainingRequest(parameters, [seed], stop=lambda _: stop(), points=points)
    trained = core.train(photos, request)
    history, centring = trained.history, trained.embedder.centring
    total = parameters.updates(len(photos))
    return Model(
        engine="computer",
        name=TRAINED,
        people=trained.people,
        parameters=parameters,
        seed=seed,
        photos=len(photos),
        total=total,
        interrupted=history.updates < total,
        fingerprint=fingerprint,
        norm=centring.norm,
        mean=centring.mean,
        kernel=trained.head.kernel[0],
        bias=trained.head.bias[0],
        loss=history.loss[0],
        accuracy=history.accuracy[0],
        learning_rate=history.learning_rate[0],
        order=history.photos[0],
    )


def from_browser(told: Any) -> Model:
    """Return the model that a browser has trained. Raises Refusal for what is none."""
    parameters, seed = request_of(told)
    try:
        order = _array(told, "order", "<i4").reshape(-1, parameters.batch_size)
        photos = told.get("photos", int(order.max(initial=NO_PHOTO)) + 1)
        if not isinstance(photos, int) or not 0 < photos < 2**31:
            raise ValueError("photos")
        people = told["people"]
        if not isinstance(people, list):
            raise ValueError("people")
        loss, total = _array(told, "loss", "<f4"), parameters.updates(photos)
        return Model(
            engine="browser",
            name=TRAINED,
            people=tuple(people),
            parameters=parameters,
            seed=seed,
            photos=photos,
            total=total,
            interrupted=len(loss) < total,
            fingerprint=str(told.get("fingerprint", ""))[:64],
            norm=float(told["norm"]),
            mean=_array(told, "mean", "<f4"),
            kernel=_array(told, "kernel", "<f4").reshape(FEATURES, -1),
            bias=_array(told, "bias", "<f4"),
            loss=loss,
            accuracy=_array(told, "accuracy", "<f4"),
            learning_rate=_array(told, "learningRate", "<f4"),
            order=order,
        )
    except FacelabError as error:
        raise Refusal(422, str(error)) from error
    except (KeyError, ValueError, TypeError) as error:
        raise Refusal(422, f"a model of the browser: cannot be understood ({error})") from error


def from_file(content: bytes, name: str) -> Model:
    """Return the classifier in the bytes of a ``.keras`` file; no code in it is run.

    Raises FacelabError when it is none, or describes faces in another way than the page.
    """
    from facelab.learning.answerer import read as read_classifier

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(content)
        try:
            read = read_classifier(path)
        except FacelabError as error:
            raise Refusal(422, str(error).replace(str(path), name)) from error
    if not read.is_own:
        raise Refusal(
            422,
            f"{name}: received a classifier that finds faces in another way, or of another "
            "version; allowed is one of this version that was trained with its face finder; train "
            "it again",
        )
    centring = read.embedder.centring
    if centring.whitening:  # a model of the page has no place for it: it would answer otherwise
        raise Refusal(
            422,
            f"{name}: received a classifier of whitened vectors, allowed is one of HOG vectors; "
            "train it again without --embedding whitened, or ask it by `facelab watch`",
        )
    empty = np.empty(0, np.float32)
    return Model(
        engine="file",
        name=name,
        people=read.people,
        parameters=None,
        seed=None,
        photos=0,
        total=0,
        interrupted=False,
        fingerprint="",
        norm=centring.norm,
        mean=centring.mean,
        kernel=read.head.kernel[0],
        bias=read.head.bias[0],
        loss=empty,
        accuracy=empty,
        learning_rate=empty,
        order=np.empty((0, 0), np.int32),
    )


def to_file(model: Model) -> bytes:
    """Return a model as the bytes of a ``.keras`` file, which `facelab watch` reads."""
    from facelab.learning.classifier import assemble

    centring = Centring(model.mean, model.norm)
    whole = assemble(detection("facelab"), centring, model.kernel, model.bias, model.people)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        whole.save(path)
        return path.read_bytes()


def declared(parameter: Parameter, default: float) -> dict[str, Any]:
    """Return what the page tells of a parameter."""
    return {
        "field": parameter.field,
        "name": parameter.name,
        "low": parameter.allowed.low,
        "high": parameter.allowed.high,
        "openLow": parameter.allowed.open_low,
        "whole": parameter.whole,
        "default": default,
        "meaning": parameter.meaning,
    }


def declarations() -> dict[str, Any]:
    """Return what the page tells of all parameters and of the seed."""
    chosen = [declared(one, getattr(Parameters, one.field)) for one in PARAMETERS]
    return {"parameters": chosen, "seed": declared(SEED, 0)}


def base64_of(array: NDArray[np.float32] | NDArray[np.int32]) -> str:
    """Return numbers as base64 of their bytes, the lowest first."""
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return base64.b64encode(little.tobytes()).decode()


def _array(told: dict[str, Any], name: str, kind: str) -> NDArray[Any]:
    content = base64.b64decode(told[name], validate=True)
    return np.frombuffer(content, kind).astype(np.dtype(kind).newbyteorder("="))
