"""Own system: facelab's page as a system under test, played as a tester plays it.

Every frame is shown once to all replicates of a training: the answer table has a column a model.
What was answered is kept, since the exam asks about the same frames again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser

from facelab.browsing.face_base import PageFaceBase
from facelab.browsing.onlooker import Picture
from facelab.browsing.own_page import Counted, OwnPage, Table
from facelab.browsing.webcam import content_of, encoded
from facelab.contract.errors import SystemFault
from facelab.contract.frame import Frame
from facelab.contract.history import NO_PHOTO, History
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Capability
from facelab.contract.text import one_line
from facelab.contract.training import TrainingRequest

PLACES = {"computer": "learning on this computer", "browser": "learning in the browser"}
"""Where it may learn, in the words of the report."""

FILM = 10
"""Frames of a film of which a picture is taken: more than of a photo that is held still."""

NOBODY = "nobody"
"""Whom the last row of the tally counts."""


class OwnSystem:
    """facelab's page, in a browser, with a gallery of its own."""

    name = "facelab's page"
    capabilities = frozenset(map(str, Capability))

    def __init__(
        self,
        browser: Browser,
        address: str,
        engine: str,
        *,
        trace: bool = False,
        headed: bool = False,
    ) -> None:
        """Take a browser, the page's address with its token, and where it learns.

        ``trace``: whether what is done is traced. ``headed``: whether the browser has a window.
        ``said``: how many frames of the last film the
        page says it has counted.
        """
        self.version = PLACES[engine]
        self._browser = browser
        self._engine = engine
        self._address = address
        self._face_base: PageFaceBase | None = None
        self._kept: dict[str, tuple[str, str]] = {}
        self._answers: dict[tuple[str, str], NDArray[np.float32]] = {}
        self._trace = trace
        self._headed = headed
        self._pictures: list[Picture] = []
        self.said = 0

    @cached_property
    def page(self) -> OwnPage:
        """The page, opened at its first use."""
        return OwnPage.open(
            self._browser,
            self._address,
            self.name,
            self._engine,
            trace=self._trace,
            headed=self._headed,
        )

    def face_base(self) -> PageFaceBase:
        """Open a page whose gallery is empty, instead of the one before."""
        self._close_face_base()
        self._face_base = PageFaceBase(self._browser, self.name, self._engine, headed=self._headed)
        return self._face_base

    def _close_face_base(self) -> None:
        if self._face_base is not None:
            self._face_base.close()
            self._face_base = None

    def close(self) -> None:
        """Close all pages."""
        self._close_face_base()
        if "page" in self.__dict__:
            self.page.tab.close()

    @property
    def complaints(self) -> list[str]:
        """What the pages' scripts complained of."""
        return [line for page in self._pages for line in page.tab.complaints]

    @property
    def _pages(self) -> list[OwnPage]:
        kept = [self._face_base.page] if self._face_base else []
        return [*kept, *([self.page] if "page" in self.__dict__ else [])]

    def pictures(self) -> list[Picture]:
        """Return the pictures that were taken since the last call."""
        taken, self._pictures = self._pictures, []
        return taken

    def picture(self, title: str, selector: str, *, faces: bool = False) -> None:
        """Take a picture of a part of the page."""
        self._pictures.append(Picture(title, self.page.tab.picture(selector), faces))

    def keep_trace(self, path: Path | None) -> str:
        """Keep the trace of a scenario in a file, or drop it; return why it is not kept."""
        return self.page.tab.keep_trace(path) if "page" in self.__dict__ else ""

    def train(self, photos: Photos, request: TrainingRequest) -> Learnt:
        """Have the page keep these photos and no others, then train once a seed."""
        request.parameters.check_against(len(photos))
        before = set(self._kept)
        numbers = self._film(photos)
        if set(self._kept) != before:
            self.picture("filmed on the page", "#step-people", faces=True)
        total = request.parameters.updates(len(photos))
        models, tables = [], []
        for number, seed in enumerate(request.seeds):

            def told(done: int, before: int = number * total) -> None:
                if request.progress:
                    request.progress(before + done, len(request.seeds) * total)

            models.append(self.page.train(request.parameters, seed, request.stop, told))
            tables.append(self.page.history(models[-1]))
        history = _history(tables, request.seeds, request.parameters, numbers, len(photos.people))
        self.picture("the curves on the page", "#curves")
        order = dict.fromkeys(self._kept[file][0] for file in sorted(self._kept))
        return Learnt(self, history, photos.people, tuple(order), tuple(models))

    def _film(self, photos: Photos) -> list[int]:
        """Have the page keep these photos; return, in the page's order, their places in ``photos``.

        What it keeps already is not filmed again: so its models stay, and know of the photos.
        """
        people = photos.labels["person"].tolist()
        contents = [content_of(photos.frames, place) for place in range(len(photos))]
        wanted = [(person, digest(one)) for person, one in zip(people, contents, strict=True)]
        left = Counter(wanted)
        gone: dict[str, list[str]] = {}
        for file, one in self._kept.items():
            if left[one]:
                left[one] -= 1
            else:
                gone.setdefault(one[0], []).append(file)
        for person, files in gone.items():
            self.page.remove(person, files)
            for file in files:
                del self._kept[file]
        for person in photos.people:
            new = []
            for place, one in enumerate(wanted):
                if one[0] == person and left[one]:
                    left[one] -= 1
                    new.append(place)
            if new:
                before = len(self.page.kept.get(person, ()))
                self.page.film(person, [contents[place] for place in new])
                files = self.page.kept[person][before:]
                if len(files) != len(new):
                    raise SystemFault(
                        f"{self.name}: {len(new)} photos of {one_line(person)} were taken, it "
                        f"shows {len(files)}"
                    )
                self._kept |= dict(zip(files, (wanted[place] for place in new), strict=True))
        places: dict[tuple[str, str], list[int]] = {}
        for place, one in enumerate(wanted):
            places.setdefault(one, []).append(place)
        return [places[self._kept[file]].pop(0) for file in sorted(self._kept)]

    def answers(
        self, frames: Sequence[Frame], models: Sequence[str], people: Sequence[str]
    ) -> NDArray[np.float32]:
        """Return the probabilities (models, frames, people) that the table tells of frames."""
        contents = [content_of(frames, place) for place in range(len(frames))]
        known = [digest(one) for one in contents]
        unknown = {
            name: content
            for name, content in zip(known, contents, strict=True)
            if any((name, model) not in self._answers for model in models)
        }
        if unknown:
            names = self.page.choose_models(models)
            table = self.page.ask([encoded(one) for one in unknown.values()])
            if len(table) != len(unknown):
                raise SystemFault(
                    f"{self.name}: #answers-csv has {len(table)} rows, {len(unknown)} frames were "
                    "shown"
                )
            self.picture("answers on the page", "#answers-scroll")
            for name, row in zip(unknown, table, strict=True):
                for model in models:
                    cells = [f"{names[model]} {person}" for person in people]
                    self._answers[name, model] = _numbers(self.name, row, cells)
        return np.stack([[self._answers[name, model] for name in known] for model in models])


@dataclass(frozen=True)
class Learnt:
    """The replicates that the page has trained.

    ``models``: their ids. ``people``: in the exam's order; ``order``: in the page's.
    """

    system: OwnSystem
    history: History
    people: tuple[str, ...]
    order: tuple[str, ...]
    models: tuple[str, ...]

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return the probability of each person, (replicates, frames, people), float32."""
        return self.system.answers(frames, self.models, self.people)

    def watch(self, clip: Iterable[Sequence[Frame]]) -> Iterator[NDArray[np.float32]]:
        """Yield what is live while the frames of each batch are counted."""
        for _, told in self._counted(clip):
            yield self._live(told)

    def count(self, clip: Iterable[Sequence[Frame]]) -> Iterator[NDArray[np.int64]]:
        """Yield what each frame adds to the tally, (replicates, people + 1); nobody comes last."""
        for added, _ in self._counted(clip):
            yield from added

    @property
    def counted(self) -> int:
        """How many frames of the last film the page says it has counted."""
        return self.system.said

    def _counted(
        self, clip: Iterable[Sequence[Frame]]
    ) -> Iterator[tuple[list[NDArray[np.int64]], list[Counted]]]:
        page, name, counted = self.system.page, self.system.name, 0
        page.choose_models(self.models)
        page.begin_count()
        try:
            rows = page.counted()
            missing = [one for one in (*self.people, NOBODY) if one not in rows]
            if missing:
                raise SystemFault(f"{name}: #tally has no row for {missing[0]}")
            places = [rows.index(person) for person in (*self.people, NOBODY)]
            for frames in clip:
                counted += len(frames)
                contents = [encoded(content_of(frames, place)) for place in range(len(frames))]
                told = page.count(contents, self.models)
                self.system.said = page.frames()
                yield [np.array(one.added, np.int64)[:, places] for one in told], told
        finally:
            page.end_count()
        if counted > FILM:
            self.system.picture("the live count on the page", "#tally")

    def _live(self, told: Sequence[Counted]) -> NDArray[np.float32]:
        """Return the live probabilities, (replicates, frames, people)."""
        page = sorted(self.people, key=self.order.index)
        columns = [page.index(person) for person in self.people]
        live = np.empty((len(self.models), len(told), len(self.people)), np.float32)
        for frame, one in enumerate(told):
            for model, line in enumerate(one.live):
                numbers = line.split()
                if len(numbers) != len(self.people):
                    raise SystemFault(
                        f"{self.system.name}: #live tells {len(numbers)} probabilities of "
                        f"{len(self.people)} people"
                    )
                live[model, frame] = [float(numbers[column]) for column in columns]
        return live


def digest(content: bytes | Frame) -> str:
    """Return what a frame is known by."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(repr(content.shape).encode() + content.tobytes()).hexdigest()


def _numbers(name: str, row: dict[str, str], cells: Sequence[str]) -> NDArray[np.float32]:
    try:
        return np.array([float(row[cell]) for cell in cells], np.float32)
    except (KeyError, ValueError) as error:
        raise SystemFault(f"{name}: #answers-csv has no number in {error}") from None


def _history(
    tables: Sequence[Table],
    seeds: Sequence[int],
    parameters: Parameters,
    numbers: Sequence[int],
    people: int,
) -> History:
    """Return the history of replicates, which may have been interrupted at different updates.

    ``numbers``: the number of each of the page's photos, in its order.
    """
    updates = max(map(len, tables))
    batches = [[[numbers[int(one)] for one in row["photos"].split()] for row in table]
               for table in tables]  # fmt: skip
    # as many photos as the page says, not as were asked for: the book judges what follows
    width = max([parameters.batch_size, *(len(batch) for some in batches for batch in some)])
    photos = np.full((len(tables), updates, width), NO_PHOTO, np.int32)
    values = np.full((3, len(tables), updates), np.nan, np.float32)
    for replicate, table in enumerate(tables):
        for update, row in enumerate(table):
            batch = batches[replicate][update]
            photos[replicate, update, : len(batch)] = batch
            told = (row["loss"], row["accuracy"], row["learning rate"])
            values[:, replicate, update] = [float(one) for one in told]
    each = parameters.updates_per_epoch(len(numbers))
    loss, accuracy, rate = values
    return History(tuple(seeds), loss, accuracy, rate, photos, each, people)
