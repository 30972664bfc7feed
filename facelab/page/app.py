"""App: which request is answered by what."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from errno import EDQUOT, ENOSPC
from importlib import import_module
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from facelab.contract.errors import FacelabError
from facelab.gallery.forgotten import Forgotten
from facelab.page import lessons
from facelab.page.guard import Refusal, body, refused
from facelab.page.models import LARGEST, Models
from facelab.page.session import News, Session, read
from facelab.page.store import Store, fingerprint
from facelab.page.trainings import Trainings

SITE = Path(__file__).parent / "site"

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
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

JSON_MOST, PHOTO_MOST = 1_000_000, 32_000_000
"""Bytes of a request at most."""

EVERY = 2.0
"""Seconds between two looks whether another program has changed the gallery."""

Answer = Callable[[Request], Awaitable[Response]]


class Page:
    """What the requests share: the gallery, the models, what runs. ``close`` ends it."""

    def __init__(self, folder: Path) -> None:
        """Open the gallery. Raises FacelabError when it cannot be understood."""
        self.store = Store(folder)
        self.models = Models(folder)
        self.models.read()
        self.store.lost.append(self.models.forget)
        self.trainings = Trainings(self.store, self.models)
        self.news = News()
        self.files = {
            path.relative_to(SITE).as_posix(): path
            for path in sorted(SITE.rglob("*"))
            if path.is_file() and path.suffix in KINDS
        }

    def close(self) -> None:
        """End the trainings, keep what they learnt, fold the journal."""
        self.trainings.close()
        self.store.close()

    async def changed(self) -> None:
        """Tell every tab that something has changed."""
        self.store.revision += 1
        self.news.tell()

    async def watch(self) -> None:
        """Look from time to time whether another program has changed the gallery."""
        while True:
            await asyncio.sleep(EVERY)
            with contextlib.suppress(FacelabError, OSError):
                if await self.store.run(self.store.look):
                    self.news.tell()

    # --- files of the page

    async def index(self, _: Request) -> Response:
        return _file(self.files["index.html"])

    async def site(self, request: Request) -> Response:
        path = self.files.get(request.path_params["path"])
        if path is None:
            raise Refusal(404, "there is no such file of the page")
        return _file(path)

    async def tensorflow(self, _: Request) -> Response:
        cached = await asyncio.to_thread(import_module("facelab.page.tensorflowjs").cached)
        if cached is None:
            raise Refusal(404, HOW)
        return Response(await asyncio.to_thread(cached.read_bytes), media_type=KINDS[".js"])

    async def weights(self, request: Request) -> Response:
        module = await asyncio.to_thread(import_module, "facelab.page.weights")
        if request.url.path.endswith(".json"):
            return JSONResponse(module.weights_json())
        return Response(module.weights_bytes(), media_type="application/octet-stream")

    # --- the gallery

    async def state(self, _: Request) -> Response:
        known = await self.store.run(self.store.state)
        told = {
            **known,
            **lessons.declarations(),
            "tensorflowjs": {"available": available(), "how": HOW},
            "models": self.models.summaries(),
            "trainings": self.trainings.summaries(),
        }
        asyncio.get_running_loop().call_later(0.5, lessons.import_ahead)
        return JSONResponse(told)

    async def agree(self, request: Request) -> Response:
        name = _text(await told_by(request), "name")
        person = await self.store.run(self.store.agree, name)
        self.news.tell()
        return JSONResponse(person, 201)

    async def forget(self, request: Request) -> Response:
        removed = await self.store.run(self.store.forget, request.path_params["name"])
        self.news.tell()
        return JSONResponse({"removed": removed})

    async def save(self, request: Request) -> Response:
        name, burst = request.path_params["name"], request.query_params.get("burst", "")
        content = await body(request, PHOTO_MOST)
        try:
            row = await self.store.run(self.store.save, name, content, burst)
        except Forgotten:
            self.news.tell()
            raise
        self.news.tell()
        return JSONResponse(row, 201)

    async def remove_photo(self, request: Request) -> Response:
        file = _text(await told_by(request), "file")
        await self.store.run(self.store.remove, file)
        self.news.tell()
        return JSONResponse({})

    async def photo(self, request: Request) -> Response:
        content = await self.store.run(self.store.photo, request.query_params.get("file", ""))
        kinds = (kind for start, kind in PICTURES.items() if content.startswith(start))
        return Response(content, media_type=next(kinds, "application/octet-stream"))

    # --- lessons and models

    async def lesson(self, request: Request) -> Response:
        parameters, seed = lessons.request_of(await told_by(request))
        photos = await self.store.run(self.store.photos)
        digest = fingerprint(await self.store.run(self.store.rows))
        told = await asyncio.to_thread(lessons.lesson, photos, parameters, seed)
        return JSONResponse({**told, "fingerprint": digest})

    async def keep(self, request: Request) -> Response:
        told = await told_by(request, LARGEST)
        model = await asyncio.to_thread(lessons.from_browser, told)
        return await self._kept(model)

    async def load(self, request: Request) -> Response:
        name = request.query_params.get("name", "").removesuffix(".keras") or "model"
        content = await body(request, LARGEST)
        return await self._kept(await asyncio.to_thread(lessons.from_file, content, name))

    async def _kept(self, model: Any) -> Response:
        self.models.check_room()
        number = await self.store.run(self.models.keep, model)
        await self.changed()
        return JSONResponse(self.models.summary(number), 201)

    async def model_weights(self, request: Request) -> Response:
        model = self.models[request.path_params["number"]]
        parts = {
            name: lessons.base64_of(getattr(model, name)) for name in ("mean", "kernel", "bias")
        }
        return JSONResponse({**parts, "norm": model.norm})

    async def curve(self, request: Request) -> Response:
        model = self.models[request.path_params["number"]]
        parts = {name: lessons.base64_of(getattr(model, name)) for name in ("loss", "accuracy")}
        return JSONResponse(parts)

    async def history(self, request: Request) -> Response:
        number = request.path_params["number"]
        lines = self.models[number].history()
        return StreamingResponse(lines, headers=_saved_as("history.csv"), media_type="text/csv")

    async def keras(self, request: Request) -> Response:
        model = self.models[request.path_params["number"]]
        content = await asyncio.to_thread(lessons.to_file, model)
        kind = "application/octet-stream"
        return Response(content, headers=_saved_as("model.keras"), media_type=kind)

    async def remove_model(self, request: Request) -> Response:
        await told_by(request)
        await self.store.run(self.models.remove, request.path_params["number"])
        await self.changed()
        return JSONResponse({})

    # --- a tab

    async def socket(self, socket: WebSocket) -> None:
        session = Session(
            socket,
            self.models,
            self.trainings,
            self.news,
            lambda: self.store.revision,
            self.changed,
        )
        await session.run()


HOW = "get TensorFlow.js with `facelab page --get-tensorflowjs`, then open the page again"


def available() -> bool:
    """Return whether TensorFlow.js is there."""
    try:
        return import_module("facelab.page.tensorflowjs").cached() is not None
    except ImportError:
        return False


def application(page: Page) -> Starlette:
    """Return the application of a page, without its guard."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(page.watch())
        yield
        watching.cancel()

    def get(path: str, answer: Answer) -> Route:
        return Route(path, answer, methods=["GET"])

    def post(path: str, answer: Answer) -> Route:
        return Route(path, answer, methods=["POST"])

    routes = [
        get("/", page.index),
        get("/site/{path:path}", page.site),
        get("/tensorflow.js", page.tensorflow),
        get("/weights.json", page.weights),
        get("/weights.bin", page.weights),
        get("/api/state", page.state),
        post("/api/people", page.agree),
        post("/api/people/{name}/forget", page.forget),
        post("/api/people/{name}/photos", page.save),
        post("/api/photos/remove", page.remove_photo),
        get("/api/photo", page.photo),
        post("/api/lesson", page.lesson),
        post("/api/models", page.keep),
        post("/api/models/file", page.load),
        get("/api/models/{number}/weights", page.model_weights),
        get("/api/models/{number}/curve", page.curve),
        get("/api/models/{number}/history.csv", page.history),
        get("/api/models/{number}/model.keras", page.keras),
        post("/api/models/{number}/remove", page.remove_model),
        WebSocketRoute("/ws", page.socket),
    ]
    handlers = {FacelabError: _refuse, HTTPException: _unknown}
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)


async def _refuse(request: Request, error: Exception) -> Response:
    """Say in one line what is wrong."""
    status = 422
    cause = error.__cause__
    if isinstance(error, Refusal):
        status = error.status
    elif isinstance(error, Forgotten):
        status = 409
    elif isinstance(cause, OSError):
        status = 507 if cause.errno in (ENOSPC, EDQUOT) else 500
    return refused(request.scope, status, str(error))


async def _unknown(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refused(request.scope, error.status_code, f"{error.detail}: see docs/page.md")


async def told_by(request: Request, most: int = JSON_MOST) -> dict[str, Any]:
    """Return the JSON object in the body of a request. Raises Refusal when there is none."""
    content = await body(request, most)
    try:
        return read(content.decode())
    except (UnicodeDecodeError, FacelabError):
        raise Refusal(400, "received what is no object in JSON") from None


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise Refusal(422, f"{name}: allowed is a text")
    return value


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _file(path: Path) -> Response:
    return Response(path.read_bytes(), media_type=KINDS[path.suffix])
