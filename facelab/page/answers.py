"""Answers: what each request is answered, a function a request."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from facelab.contract.errors import FacelabError
from facelab.page import lessons, tensorflowjs, weights, words
from facelab.page.guard import Refusal, body
from facelab.page.models import LARGEST, Model
from facelab.page.session import Shared, read

SITE = Path(__file__).parent / "site"

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
"""What lies in the site."""

PICTURES = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"RIFF": "image/webp",
    b"BM": "image/bmp",
}
"""How pictures begin that browsers show."""

TOLD, PHOTO = 1_000_000, 32_000_000
"""Bytes of what is told in JSON and of a photo, at most."""

AHEAD = 1.0
"""Seconds after the page has asked for its state when TensorFlow is imported: it holds Python up,
and the page comes first."""


# The page itself.


@cache
def _files() -> dict[str, Path]:
    """Return the files of the site by their names; nothing else is served."""
    found = (path for path in SITE.rglob("*") if path.is_file() and path.suffix in KINDS)
    return {path.relative_to(SITE).as_posix(): path for path in found}


def _file(name: str) -> Response:
    path = _files().get(name)
    if path is None:
        raise Refusal(404, "there is no such file of the page")
    return Response(path.read_bytes(), media_type=KINDS[path.suffix])


async def index(_: Shared, __: Request) -> Response:
    """Answer the page."""
    return _file("index.html")


async def site(_: Shared, request: Request) -> Response:
    """Answer a file of the page."""
    return _file(request.path_params["path"])


async def languages(_: Shared, __: Request) -> Response:
    """Answer in which languages the page can be read."""
    return _json(list(words.languages()))


async def tensorflowjs_file(_: Shared, __: Request) -> Response:
    """Answer TensorFlow.js, if it is there."""
    content, line = await asyncio.to_thread(_tensorflowjs)
    if line:
        raise Refusal(404, line)
    return Response(content, media_type=KINDS[".js"])


def _tensorflowjs() -> tuple[bytes, str]:
    """Return TensorFlow.js, and why it is not there."""
    try:
        return tensorflowjs.read(), ""
    except FacelabError as error:
        return b"", str(error)


async def weights_json(_: Shared, __: Request) -> Response:
    """Answer what the weights of the face finder are."""
    return _json(weights.weights_json())


async def weights_bytes(_: Shared, __: Request) -> Response:
    """Answer the weights of the face finder."""
    return Response(weights.weights_bytes(), media_type="application/octet-stream")


# The gallery.


async def state(shared: Shared, _: Request) -> Response:
    """Answer who and what is there, and what may be chosen."""
    known = await shared.store.run(shared.store.state)
    shared.faces.tell(known["people"], lambda: _changed(shared))
    lacking = (await asyncio.to_thread(_tensorflowjs))[1]
    if shared.ahead:
        asyncio.get_running_loop().call_later(AHEAD, lessons.import_ahead)
    return _json(
        {
            **known,
            **lessons.declarations(),
            "certainty": shared.certainty,
            "tensorflowjs": {"available": not lacking, "how": lacking},
            "models": shared.models.summaries(),
            "trainings": shared.trainings.summaries(),
        }
    )


async def agree(shared: Shared, request: Request) -> Response:
    """Keep a consent."""
    told = await _told(request)
    sentence = words.sentence(_text({"language": words.SOURCE, **told}, "language"))
    person = await shared.store.run(shared.store.agree, _text(told, "name"), sentence)
    shared.news.tell()
    return _json(person, 201)


async def forget(shared: Shared, request: Request) -> Response:
    """Forget a person."""
    removed = await shared.store.run(shared.store.forget, request.path_params["name"])
    shared.news.tell()
    return _json({"removed": removed})


async def save_photo(shared: Shared, request: Request) -> Response:
    """Keep a photo: it is on the disk when this is answered, and shown in the revision told."""
    name, query = request.path_params["name"], request.query_params
    labels = query.get("burst", ""), query.get("name", "")
    content = await body(request, PHOTO)
    try:
        row = await shared.store.run(shared.store.save, name, content, *labels)
        await shared.faces.look([row])
    finally:  # refused, too: the person may have been forgotten by another program
        shared.news.tell()
    return _json({**row, "revision": shared.store.revision}, 201)


async def remove_photo(shared: Shared, request: Request) -> Response:
    """Take a photo out of the gallery."""
    await shared.store.run(shared.store.remove, _text(await _told(request), "file"))
    shared.news.tell()
    return _json({})


async def photo(shared: Shared, request: Request) -> Response:
    """Answer a photo."""
    content = await shared.store.run(shared.store.photo, request.query_params.get("file", ""))
    kinds = (kind for start, kind in PICTURES.items() if content.startswith(start))
    return Response(content, media_type=next(kinds, "application/octet-stream"))


# Lessons and models.


async def lesson(shared: Shared, request: Request) -> Response:
    """Answer what the browser needs to train as this computer does."""
    parameters, seed = lessons.request_of(await _told(request))
    photos, digest = await shared.store.run(shared.store.learnt)
    told = await asyncio.to_thread(lessons.lesson, photos, parameters, seed)
    shared.models.lessons.add(digest)
    return _json({**told, "fingerprint": digest})


async def keep_model(shared: Shared, request: Request) -> Response:
    """Keep what the browser has trained."""
    content = await body(request, LARGEST)
    model = await asyncio.to_thread(lambda: lessons.from_browser(_read(content)))
    present = await shared.store.run(shared.store.present)
    if model.fingerprint not in {*shared.models.lessons, present}:
        raise Refusal(409, "the photos of this training are gone, so it is not kept; train again")
    return await _kept(shared, model)


async def load_model(shared: Shared, request: Request) -> Response:
    """Keep a classifier that was saved as a file."""
    name = request.query_params.get("name", "").removesuffix(".keras") or "model"
    content = await body(request, LARGEST)
    return await _kept(shared, await asyncio.to_thread(lessons.from_file, content, name))


async def _kept(shared: Shared, model: Model) -> Response:
    number = await shared.store.run(shared.models.keep, model)
    _changed(shared)
    return _json(shared.models.summary(number), 201)


def _changed(shared: Shared) -> None:
    shared.store.revision += 1
    shared.news.tell()


def _model(shared: Shared, request: Request) -> Model:
    return shared.models[request.path_params["number"]]


async def model_weights(shared: Shared, request: Request) -> Response:
    """Answer what a model answers by."""
    model = _model(shared, request)
    arrays = {"mean": model.mean, "kernel": model.kernel, "bias": model.bias}
    return _json({**_base64(arrays), "norm": model.norm})


async def curve(shared: Shared, request: Request) -> Response:
    """Answer the losses and accuracies of a model's training."""
    model = _model(shared, request)
    return _json(_base64({"loss": model.loss, "accuracy": model.accuracy}))


async def history(shared: Shared, request: Request) -> Response:
    """Answer the history of a model's training as CSV."""
    lines = _model(shared, request).history()
    return StreamingResponse(lines, headers=_saved_as("history.csv"), media_type="text/csv")


async def model_file(shared: Shared, request: Request) -> Response:
    """Answer a model as a file that ``facelab watch`` reads."""
    content = await asyncio.to_thread(lessons.to_file, _model(shared, request))
    kind = "application/octet-stream"
    return Response(content, headers=_saved_as("model.keras"), media_type=kind)


async def remove_model(shared: Shared, request: Request) -> Response:
    """Remove a model."""
    await shared.store.run(shared.models.remove, request.path_params["number"])
    _changed(shared)
    return _json({})


# What is told, and how it is told.


def _json(told: Any, status: int = 200) -> Response:
    # in ASCII: a manifest of others may hold halves of characters
    content = json.dumps(told, allow_nan=False, separators=(",", ":"))
    return Response(content, status, media_type="application/json")


async def _told(request: Request) -> dict[str, Any]:
    return _read(await body(request, TOLD))


def _read(content: bytes) -> dict[str, Any]:
    try:
        return read(content.decode())
    except (UnicodeDecodeError, FacelabError):
        raise Refusal(400, "received what is no object in JSON") from None


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise Refusal(422, f"{name}: allowed is a text")
    return value


def _base64(arrays: dict[str, Any]) -> dict[str, str]:
    return {name: lessons.base64_of(array) for name, array in arrays.items()}


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
