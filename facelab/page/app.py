"""App: the page's state, and which request is answered by what."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from errno import EDQUOT, ENOSPC
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from facelab.contract.errors import FacelabError
from facelab.gallery.forgotten import Forgotten
from facelab.page import answers
from facelab.page.faces import Faces
from facelab.page.guard import Refusal, refused
from facelab.page.models import Models
from facelab.page.session import News, Session, Shared
from facelab.page.store import Store
from facelab.page.trainings import Trainings

EVERY = 2.0
"""Seconds between two looks whether another program has changed the gallery."""

ROUTES = (
    ("GET", "/", answers.index),
    ("GET", "/site/{path:path}", answers.site),
    ("GET", "/languages.json", answers.languages),
    ("GET", "/tensorflow.js", answers.tensorflowjs_file),
    ("GET", "/weights.json", answers.weights_json),
    ("GET", "/weights.bin", answers.weights_bytes),
    ("GET", "/api/state", answers.state),
    ("POST", "/api/people", answers.agree),
    ("POST", "/api/people/{name}/forget", answers.forget),
    ("POST", "/api/people/{name}/photos", answers.save_photo),
    ("POST", "/api/photos/remove", answers.remove_photo),
    ("GET", "/api/photo", answers.photo),
    ("POST", "/api/lesson", answers.lesson),
    ("POST", "/api/models", answers.keep_model),
    ("POST", "/api/models/file", answers.load_model),
    ("GET", "/api/models/{number}/weights", answers.model_weights),
    ("GET", "/api/models/{number}/curve", answers.curve),
    ("GET", "/api/models/{number}/history.csv", answers.history),
    ("GET", "/api/models/{number}/model.keras", answers.model_file),
    ("POST", "/api/models/{number}/remove", answers.remove_model),
)
"""Nothing is changed by GET."""


@contextmanager
def opened(folder: Path, *, ahead: bool, certainty: float) -> Iterator[Shared]:
    """Within the block, open a gallery and what is kept in it.

    Behind it, trainings are ended, what they learnt is kept, and the journal is folded. Raises
    FacelabError when the gallery cannot be understood.
    """
    store, models = Store(folder), Models(folder)
    store.lost.append(models.forget)
    trainings = Trainings(store, models)
    try:
        yield Shared(store, models, trainings, News(), Faces(store), ahead, certainty)
    finally:
        trainings.close()
        store.close()


def application(shared: Shared) -> Starlette:
    """Return the application of a page, without its guard."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(_watch(shared))
        yield
        watching.cancel()

    async def tab(socket: WebSocket) -> None:
        await Session(socket, shared).run()

    requests = [
        Route(path, partial(answer, shared), methods=[method]) for method, path, answer in ROUTES
    ]
    return Starlette(
        routes=[*requests, WebSocketRoute("/ws", tab)],
        lifespan=lifespan,
        exception_handlers={FacelabError: _refuse, HTTPException: _unknown, Exception: _broken},
    )


async def _watch(shared: Shared) -> None:
    """Look from time to time whether another program has changed the gallery."""
    while True:
        await asyncio.sleep(EVERY)
        with contextlib.suppress(FacelabError, OSError):
            if await shared.store.run(shared.store.look):
                shared.news.tell()


async def _refuse(request: Request, error: Exception) -> Response:
    """Say in one line what is wrong."""
    status, cause = 422, error.__cause__
    if isinstance(error, Refusal):
        status = error.status
    elif isinstance(error, Forgotten):
        status = 409
    elif isinstance(cause, OSError):
        status = 507 if cause.errno in (ENOSPC, EDQUOT) else 500
    return refused(request.scope, status, str(error))


async def _unknown(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    line = f"{error.detail}: received {request.method} for an address that the page does not have"
    return refused(request.scope, error.status_code, line)


async def _broken(request: Request, error: Exception) -> Response:
    """Say that something is wrong with facelab; the terminal says more."""
    line = f"the server broke off ({type(error).__name__}); its terminal says where"
    return refused(request.scope, 500, line)
