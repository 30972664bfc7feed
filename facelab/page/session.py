"""Session: one tab's WebSocket. Frames come in, answers, points and news go out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.websockets import WebSocket, WebSocketDisconnect

from facelab.contract.errors import FacelabError
from facelab.contract.photos import Photos
from facelab.contract.text import one_line
from facelab.page import lessons
from facelab.page.faces import Faces
from facelab.page.looking import Looking, Shot, shot_of
from facelab.page.models import Models
from facelab.page.store import Store
from facelab.page.trainings import Run, Trainings

BETWEEN = 0.03
"""Seconds between two messages with points: a browser draws about as often."""

WAITING = 8
"""Frames that wait to be looked at; further ones stay in the browser."""

LONGEST = 100
"""Characters of the id of a training."""

CHOSEN = 100
"""Models that are asked about a frame, at most."""

AHEAD = 2
"""Chunks of updates that a training is ahead of what its tab has heard: a stop comes in time."""

PATIENCE = 10.0
"""Seconds that a training waits for its tab, once: a stuck one is not to hold it up for ever."""


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


@dataclass(frozen=True)
class Shared:
    """What all tabs share.

    ``ahead``: whether TensorFlow is imported before it is needed. ``certainty``: the probability
    from which on a name is decided on.
    """

    store: Store
    models: Models
    trainings: Trainings
    news: News
    faces: Faces
    ahead: bool
    certainty: float


@dataclass(frozen=True)
class Asked:
    """The models that are asked about each frame, and whether one face is followed."""

    models: tuple[str, ...] = ()
    follow: bool = False


class Session:
    """One tab."""

    def __init__(self, socket: WebSocket, shared: Shared) -> None:
        self._socket = socket
        self._shared = shared
        self._sending = asyncio.Lock()
        self._waiting: asyncio.Queue[Shot | Asked] = asyncio.Queue(WAITING)
        self._tasks: set[asyncio.Task[None]] = set()
        self._outboxes: dict[str, Outbox] = {}
        self._asked = Asked()

    async def run(self) -> None:
        """Serve the tab until it closes."""
        await self._socket.accept()
        changed = self._shared.news.listen()
        tasks = [asyncio.create_task(work) for work in (self._look(), self._tell(changed))]
        try:
            while True:
                await self._receive(await self._socket.receive())
        except WebSocketDisconnect:
            pass
        finally:
            self._shared.news.leave(changed)
            for outbox in self._outboxes.values():
                outbox.hear(None)
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
            number = told["id"] if isinstance(told.get("id"), str) else None
            await self._obey(told)
        except FacelabError as error:
            await self._send({"type": "error", "id": number, "line": str(error)})

    async def _obey(self, told: dict[str, Any]) -> None:
        kind, number = told.get("type"), told.get("id")
        if kind == "answer":
            models = told.get("models")
            known = isinstance(models, list) and all(isinstance(one, str) for one in models)
            if not (isinstance(models, list) and known and len(models) <= CHOSEN):
                raise FacelabError(f"answer: allowed are the ids of up to {CHOSEN} models")
            await self._waiting.put(Asked(tuple(models), bool(told.get("follow"))))
            return
        if kind not in ("train", "stop", "heard"):
            raise FacelabError("a message: allowed are train, stop, heard and answer")
        if not isinstance(number, str) or not 0 < len(number) <= LONGEST:
            raise FacelabError(f"{kind}: allowed is an id of up to {LONGEST} characters")
        if kind == "stop":
            self._shared.trainings.stop(number)
            if number in self._outboxes:
                self._outboxes[number].hear(None)
            return
        if kind == "heard":
            until = told.get("until")
            if not isinstance(until, int):
                raise FacelabError("heard: allowed is a number of updates")
            if number in self._outboxes:
                self._outboxes[number].hear(until)
            return
        parameters, seed = lessons.request_of(told)
        outbox = Outbox(number, hears=told.get("hears") is True)

        def began(photos: Photos) -> None:
            outbox.say(
                "training",
                model=None,
                total=parameters.updates(len(photos)),
                updatesPerEpoch=parameters.updates_per_epoch(len(photos)),
                people=list(photos.people),
                photos=len(photos),
            )

        waiting = partial(outbox.say, "waiting")
        run = Run(number, parameters, seed, lambda line: waiting(line=line), began, outbox.draw)
        future = asyncio.wrap_future(self._shared.trainings.start(run))
        self._outboxes[number] = outbox
        future.add_done_callback(lambda _: self._outboxes.pop(number, None))
        task = asyncio.create_task(self._follow(future, outbox))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._shared.news.tell()

    async def _follow(self, future: asyncio.Future[str], outbox: Outbox) -> None:
        """Send what a training says as it proceeds, and then its end."""
        over = False
        while not over:
            over = future.done()
            for text in outbox.take():
                await self._write(text)
            if not over:
                await asyncio.wait([future], timeout=BETWEEN)
        try:
            outbox.say("trained", model=self._shared.models.summary(future.result()))
        except FacelabError as error:
            outbox.say("error", line=str(error))
        except Exception as error:  # of TensorFlow: the tab must not wait for ever
            line = f"the training broke off: {one_line(f'{type(error).__name__}: {error}', 300)}"
            outbox.say("error", line=line)
        for text in outbox.take():
            await self._write(text)
        self._shared.store.revision += 1
        self._shared.news.tell()

    async def _look(self) -> None:
        """Look at the frames in their order."""
        looking: Looking | None = None
        while True:
            waiting = await self._waiting.get()
            if isinstance(waiting, Asked):
                self._asked = waiting
            try:
                if looking is None:
                    looking = await asyncio.to_thread(Looking)
                    looking.follow(on=self._asked.follow)
                if isinstance(waiting, Asked):
                    looking.follow(on=waiting.follow)
                else:
                    await self._see(looking, waiting)
            except Exception as error:  # of OpenCV, and whatever a frame provokes
                looking = None
                line = f"a frame: {one_line(f'{type(error).__name__}: {error}', 300)}"
                number = getattr(waiting, "number", None)
                await self._send({"type": "error", "id": number, "line": line})

    async def _see(self, looking: Looking, shot: Shot) -> None:
        known = {number: self._shared.models.get(number) for number in self._asked.models}
        asked = {number: model for number, model in known.items() if model}
        seen = await asyncio.to_thread(looking.see, shot.frame, list(asked.values()))
        rows = zip(asked, seen.answers, strict=True)
        message = {
            "type": "seen",
            "id": shot.number,
            "faces": seen.faces,
            "remark": seen.remark,
            "answers": {number: row.tolist() for number, row in rows},
        }
        await self._send(message)

    async def _tell(self, changed: asyncio.Event) -> None:
        """Tell of changes."""
        while True:
            await changed.wait()
            changed.clear()
            await self._send({"type": "changed", "revision": self._shared.store.revision})

    async def _send(self, message: dict[str, Any]) -> None:
        """Send a message; nothing happens when the tab has closed."""
        await self._write(json.dumps(message, allow_nan=False))

    async def _write(self, text: str) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            async with self._sending:
                await self._socket.send_text(text)


class Outbox:
    """What a training says and was not yet sent; its thread adds, the event loop takes.

    ``hears``: the tab tells what it has heard, and the training waits for it.
    """

    def __init__(self, number: str, *, hears: bool = False) -> None:
        self._number = number
        self._lock = threading.Condition()
        self._hears = hears
        self._said: list[str] = []
        self._drawn: list[NDArray[np.float32]] = []
        self._unheard: deque[int] = deque()
        self._total = self._sent = 0

    def say(self, kind: str, **told: Any) -> None:
        """Add a message."""
        with self._lock:
            self._pack()
            self._said.append(json.dumps({"type": kind, "id": self._number, **told}))

    def draw(self, values: NDArray[np.float32]) -> None:
        """Add loss, accuracy and rate of some updates, (n, 3); wait until most was heard."""
        with self._lock:
            self._drawn.append(values)
            self._total += len(values)
            self._unheard.append(self._total)
            self._hears = self._hears and self._lock.wait_for(
                lambda: not self._hears or len(self._unheard) <= AHEAD, timeout=PATIENCE
            )

    def hear(self, until: int | None) -> None:
        """Take note that the tab has heard so many updates; None: it is not waited for any more."""
        with self._lock:
            self._hears = self._hears and until is not None
            while self._unheard and until is not None and self._unheard[0] <= until:
                self._unheard.popleft()
            self._lock.notify_all()

    def take(self) -> list[str]:
        """Return what was added since, in order; all values in one message."""
        with self._lock:
            self._pack()
            said, self._said = self._said, []
        return said

    def _pack(self) -> None:
        if not self._drawn:
            return
        values = np.concatenate(self._drawn)
        self._drawn.clear()
        loss, accuracy = (", ".join(map(_number, column)) for column in values.T[:2].tolist())
        told = f'"type": "points", "id": {json.dumps(self._number)}, "from": {self._sent}'
        self._said.append(f'{{{told}, "loss": [{loss}], "accuracy": [{accuracy}]}}')
        self._sent += len(values)


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
