"""Session: one tab's WebSocket. Frames come in, answers, points and news go out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.websockets import WebSocket, WebSocketDisconnect

from facelab.contract.errors import FacelabError
from facelab.contract.photos import Photos
from facelab.contract.text import one_line
from facelab.page import lessons
from facelab.page.looking import Looking, Shot, shot_of
from facelab.page.models import Models
from facelab.page.trainings import Run, Trainings

BETWEEN = 0.03
"""Seconds between two messages with points: a browser draws about as often."""

WAITING = 8
"""Frames that wait to be looked at; further ones stay in the browser."""

LONGEST = 100
"""Characters of the id of a training."""

CHOSEN = 100
"""Models that are asked about a frame, at most."""


class News:
    """Tells every tab that people, photos or models have changed."""

    def __init__(self) -> None:
        self._heard: set[asyncio.Event] = set()

    def tell(self) -> None:
        """Wake every tab; called in the event loop."""
        for event in self._heard:
            event.set()

    def listen(self) -> asyncio.Event:
        """Return an event that is set at every change."""
        event = asyncio.Event()
        self._heard.add(event)
        return event

    def leave(self, event: asyncio.Event) -> None:
        """Set the event no more."""
        self._heard.discard(event)


class Session:
    """One tab. ``revision`` returns the present one, ``trained`` is called after each training."""

    def __init__(
        self,
        socket: WebSocket,
        models: Models,
        trainings: Trainings,
        news: News,
        revision: Callable[[], int],
        trained: Callable[[], Awaitable[None]],
    ) -> None:
        self._socket = socket
        self._models = models
        self._trainings = trainings
        self._news = news
        self._revision = revision
        self._trained = trained
        self._sending = asyncio.Lock()
        self._waiting: asyncio.Queue[Shot | dict[str, Any]] = asyncio.Queue(WAITING)
        self._tasks: set[asyncio.Task[None]] = set()
        self._chosen: list[str] = []

    async def run(self) -> None:
        """Serve the tab until it closes."""
        await self._socket.accept()
        changed = self._news.listen()
        tasks = [asyncio.create_task(work) for work in (self._look(), self._tell(changed))]
        try:
            while True:
                await self._receive(await self._socket.receive())
        except (WebSocketDisconnect, RuntimeError):
            pass  # it has closed
        finally:
            self._news.leave(changed)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive(self, message: Any) -> None:
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        number: Any = None
        try:
            if (content := message.get("bytes")) is not None:
                await self._waiting.put(shot_of(content))
                return
            told = read(message.get("text") or "")
            number = told.get("id")
            await self._obey(told)
        except FacelabError as error:
            await self.send({"type": "error", "id": number, "line": str(error)})

    async def _obey(self, told: dict[str, Any]) -> None:
        kind, number = told.get("type"), told.get("id")
        if kind == "answer":
            models = told.get("models")
            known = isinstance(models, list) and all(isinstance(one, str) for one in models)
            if not (isinstance(models, list) and known and len(models) <= CHOSEN):
                raise FacelabError(f"answer: allowed are the ids of up to {CHOSEN} models")
            await self._waiting.put(told)
            return
        if kind not in ("train", "stop"):
            raise FacelabError("a message: allowed are train, stop and answer")
        if not isinstance(number, str) or not 0 < len(number) <= LONGEST:
            raise FacelabError(f"{kind}: allowed is an id of up to {LONGEST} characters")
        if kind == "stop":
            self._trainings.stop(number)
            return
        parameters, seed = lessons.request_of(told)
        points = Points()
        loop = asyncio.get_running_loop()

        def began(photos: Photos) -> None:
            message = {
                "type": "training",
                "id": number,
                "model": None,
                "total": parameters.updates(len(photos)),
                "updatesPerEpoch": parameters.updates_per_epoch(len(photos)),
                "people": list(photos.people),
                "photos": len(photos),
            }
            with contextlib.suppress(RuntimeError):  # the server has ended
                asyncio.run_coroutine_threadsafe(self.send(message), loop)

        run = Run(number, parameters, seed, began, points.add)
        future = asyncio.wrap_future(self._trainings.start(run))
        task = asyncio.create_task(self._follow(number, future, points))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._news.tell()

    async def _follow(self, number: str, future: asyncio.Future[str], points: Points) -> None:
        """Send the points of a training as they are drawn, and then its end."""
        over = False
        while not over:
            over = future.done()
            if text := points.take(number):
                await self._write(text)
            if not over:
                await asyncio.wait([future], timeout=BETWEEN)
        try:
            model = self._models.summary(future.result())
            await self.send({"type": "trained", "id": number, "model": model})
        except FacelabError as error:
            await self.send({"type": "error", "id": number, "line": str(error)})
        except Exception as error:  # of TensorFlow: the page must not wait for ever
            line = f"the training broke off: {one_line(f'{type(error).__name__}: {error}', 300)}"
            await self.send({"type": "error", "id": number, "line": line})
        await self._trained()

    async def _look(self) -> None:
        """Look at the frames in their order."""
        looking = await asyncio.to_thread(Looking)
        while True:
            waiting = await self._waiting.get()
            if isinstance(waiting, dict):
                self._chosen = waiting["models"]
                looking.follow(on=bool(waiting.get("follow")))
                continue
            known = {number: self._models.get(number) for number in self._chosen}
            asked = {number: model for number, model in known.items() if model}
            seen = await asyncio.to_thread(looking.see, waiting.frame, list(asked.values()))
            rows = zip(asked, seen["answers"], strict=True)
            answers = {number: row.tolist() for number, row in rows}
            await self.send({"type": "seen", "id": waiting.number, **seen, "answers": answers})

    async def _tell(self, changed: asyncio.Event) -> None:
        """Tell of changes."""
        while True:
            await changed.wait()
            changed.clear()
            await self.send({"type": "changed", "revision": self._revision()})

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message; nothing happens when the tab has closed."""
        await self._write(json.dumps(message, allow_nan=False))

    async def _write(self, text: str) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            async with self._sending:
                await self._socket.send_text(text)


class Points:
    """Values that were drawn and not yet sent; a training's thread adds, the event loop takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[NDArray[np.float32]] = []
        self._sent = 0

    def add(self, values: NDArray[np.float32]) -> None:
        """Add the values of some updates, (n, 3)."""
        with self._lock:
            self._held.append(values)

    def take(self, number: str) -> str:
        """Return a message with what was added since, empty where nothing was."""
        with self._lock:
            held, self._held = self._held, []
        if not held:
            return ""
        values = np.concatenate(held)
        first, self._sent = self._sent, self._sent + len(values)
        loss, accuracy = ([_number(v) for v in column] for column in values[:, :2].T.tolist())
        return (
            f'{{"type": "points", "id": {json.dumps(number)}, "from": {first}, '
            f'"loss": [{", ".join(loss)}], "accuracy": [{", ".join(accuracy)}]}}'
        )


def _number(value: float) -> str:
    """Return a float32 as JSON, in as many digits as it has; null where it is no finite number."""
    return f"{value:.9g}" if -np.inf < value < np.inf else "null"


def read(text: str) -> dict[str, Any]:
    """Return a message of the page. Raises FacelabError when it is none."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise FacelabError("a message: received what is no object in JSON")
    return told
