"""Features: frames become HOG vectors of the face in them, each frame once."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from facelab.base.progress import progress
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.faces.ahead import WORTH, Ahead, Part, spare_core
from facelab.faces.box import Candidates
from facelab.faces.detection import Detection, detection
from facelab.faces.hog import Vectors, hog
from facelab.faces.rendered import RenderedFeatures
from facelab.faces.squares import Squares, followed, joined, squares_of
from facelab.faces.store import FEATURE_ROW, FeatureRows, Store, film_key
from facelab.gallery.clip import BATCH, Clip
from facelab.gallery.pictures import Pictures
from facelab.gallery.rendered import RenderedFrames

Thing = TypeVar("Thing")

Hog = Callable[[NDArray[np.uint8]], Vectors]
"""Maps grey squares (n, 64, 64) to vectors (n, 1764); a function of a module, so that processes
can be told which."""


@dataclass(frozen=True)
class Features:
    """``vectors`` (n, 1764) and ``faces`` (n, 5): box and score, zeros where no face is found.

    ``several`` (n,): whether more than one face is found.
    """

    PARTS: ClassVar = ("vector", "face", "several")

    vectors: Vectors
    faces: Candidates
    several: NDArray[np.bool_]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Where a face is seen, (n,)."""
        return np.asarray(self.faces[:, 4] > 0)

    def rows(self) -> FeatureRows:
        """Return them as rows for the store, (n,)."""
        rows = np.empty(len(self.vectors), FEATURE_ROW)
        rows["vector"], rows["face"], rows["several"] = self.vectors, self.faces, self.several
        return rows

    @classmethod
    def of(cls, rows: Iterable[np.void], count: int) -> Features:
        """Return the features in rows of the store."""
        parts = [
            np.empty((count, *FEATURE_ROW[name].shape), FEATURE_ROW[name].base)
            for name in cls.PARTS
        ]
        for place, row in enumerate(rows):  # not by one array of rows: a crowd's fills the memory
            for part, name in zip(parts, cls.PARTS, strict=True):
                part[place] = row[name]
        return cls(*parts)


class FeatureExtractor:
    """Describes frames of any sizes, each once, as long as it is kept.

    Frames of files are known by the files' content, and kept in ``store`` if that has a folder.
    ``hog`` describes the squares.
    """

    def __init__(self, detection: Detection, store: Store | None = None, hog: Hog = hog) -> None:
        self.detection = detection
        self._store = store or Store()
        self._hog = hog
        self._seen: dict[int, np.void] = {}
        self._files: dict[str, FeatureRows] = {}
        self._rendered = RenderedFeatures(self._store)
        self._files_to_come: Callable[[], Iterable[Part]] = tuple
        self._ahead: Ahead | None = None

    def look_ahead(self, files: Callable[[], Iterable[Part]]) -> None:
        """Tell which files will be asked about: from the first on, a second process looks at them.

        Where nothing is kept, where there is no spare core, or little to do, none does.
        """
        if self._store.folder and spare_core():
            self._files_to_come = files

    def close(self) -> None:
        """End the second process."""
        if self._ahead:
            self._ahead.close()
            self._ahead = None

    def extract(self, frames: Sequence[Frame]) -> Features:
        """Describe the main face of each frame, or the centre square where no face is found.

        The arrays returned are the caller's own.
        """
        if isinstance(frames, RenderedFrames):
            return Features.of(self._rendered.extract(frames, self), len(frames))
        if isinstance(frames, Pictures):
            return self._from_files(frames)
        new = [frame for frame in frames if id(frame) not in self._seen]
        for batch in batches(new):
            for frame, row in zip(batch, self._main(batch).rows(), strict=True):
                self._seen[id(frame)] = row
                weakref.finalize(frame, self._seen.pop, id(frame), None)
        return Features.of((self._seen[id(frame)] for frame in frames), len(frames))

    def rows(self, frames: Sequence[Frame]) -> FeatureRows:
        """Describe frames as rows, (n,), and keep nothing."""
        parts = [self._main(batch).rows() for batch in batches(frames)]
        return np.concatenate(parts) if parts else np.empty(0, FEATURE_ROW)

    def __reduce__(self) -> tuple[Callable[[str, Hog], FeatureExtractor], tuple[str, Hog]]:
        return worker, (self.detection.choice, self._hog)

    def follow(self, clip: Iterable[Sequence[Frame]]) -> Iterator[Features]:
        """Describe one face followed through a clip, batch by batch."""
        if isinstance(clip, Clip) and (digest := clip.digest):
            yield from self._from_film(clip, film_key(digest, len(clip)))
        else:
            yield from map(self._described, followed(clip, self.detection))

    def _from_files(self, pictures: Pictures) -> Features:
        keys = keys_of(pictures)
        new = {key: place for place, key in enumerate(keys) if not self._known(key, 1)}
        if new:
            self._begin_ahead()
        done = 0
        with progress("finding faces", "photos") as report:
            for run in batches(new):
                squares = self._cut(pictures.select([new[key] for key in run]), run)
                for key, row in zip(run, self._described(squares).rows(), strict=True):
                    self._keep(key, row[None])
                done += len(run)
                report(done, len(new))
        return Features.of((self._files[key][0] for key in keys), len(keys))

    def _cut(self, pictures: Pictures, keys: Sequence[str]) -> Squares:
        """Return the squares of photos in their order, whoever looks at them.

        HOG rounds its last digit by the company that a square comes in: so the company stays.
        """
        taken = {key: squares for key in keys if (squares := self._taken(key))}
        left = [place for place, key in enumerate(keys) if key not in taken]
        if left:
            here = squares_of(list(pictures.select(left)), self.detection)
            taken |= {keys[place]: here[row : row + 1] for row, place in enumerate(left)}
        return joined([taken[key] for key in keys])

    def _from_film(self, clip: Clip, key: str) -> Iterator[Features]:
        if self._known(key, len(clip)):
            rows = self._files[key]
            for start in range(0, len(rows), BATCH):
                part = rows[start : start + BATCH]
                yield Features.of(part, len(part))
            return
        self._begin_ahead()
        parts: list[FeatureRows] = []
        with progress(f"following {clip.path.name}", "frames") as report:
            squares = self._taken(key)
            runs = squares.runs(BATCH) if squares else followed(clip, self.detection)
            for features in map(self._described, runs):
                parts.append(features.rows())
                report(sum(map(len, parts)), len(clip))
                yield features
        if parts:
            self._keep(key, np.concatenate(parts))

    def _begin_ahead(self) -> None:
        files, self._files_to_come = self._files_to_come, tuple
        # what cannot be listed or begun is looked at here, where what is wrong with it is told
        with suppress(FacelabError, OSError, ValueError):
            parts = {keys_of(part): part for part in files()}
            left = {
                keys: part
                for keys, part in parts.items()
                if not all(key in self._files or self._store.has(key) for key in keys)
            }
            if sum(map(len, left.values())) >= WORTH:
                self._ahead = Ahead(self.detection.choice, left)

    def _taken(self, key: str) -> Squares | None:
        return self._ahead.take(key) if self._ahead else None

    def _known(self, key: str, count: int) -> bool:
        """Whether a file was described, in this run or before."""
        if key not in self._files and (rows := self._store.read(key, count)) is not None:
            self._files[key] = rows
        return key in self._files

    def _keep(self, key: str, rows: FeatureRows) -> None:
        self._files[key] = rows
        self._store.write(key, rows)

    def _main(self, frames: Sequence[Frame]) -> Features:
        return self._described(squares_of(frames, self.detection))

    def _described(self, squares: Squares) -> Features:
        return Features(self._hog(squares.pixels), squares.faces, squares.several)


@cache
def worker(choice: str, hog: Hog) -> FeatureExtractor:
    """Return the extractor of a worker, which has one and no folder."""
    return FeatureExtractor(detection(choice), hog=hog)


def keys_of(part: Part) -> tuple[str, ...]:
    """Return what files are kept under: each photo, or a film as a whole."""
    if isinstance(part, Pictures):
        return tuple(f"photo {digest}" for digest in part.digests)
    return (film_key(part.digest, len(part)),)


def batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    """Yield runs of up to 64 frames, or of whatever else."""
    left = iter(things)
    while run := list(islice(left, BATCH)):
        yield run
