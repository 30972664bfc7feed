"""Features: frames become HOG vectors of the face in them, each frame once."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from facelab.base.progress import progress
from facelab.contract.frame import Frame
from facelab.faces.box import Candidates
from facelab.faces.crop import face_crop, grey_of
from facelab.faces.detection import Detection, detection, main_faces
from facelab.faces.hog import SIDE, Vectors, hog
from facelab.faces.rendered import RenderedFeatures
from facelab.faces.store import FEATURE_ROW, FeatureRows, Store, film_key
from facelab.faces.track import Track
from facelab.gallery.clip import Clip
from facelab.gallery.pictures import Pictures
from facelab.gallery.rendered import RenderedFrames

BATCH = 64
"""Frames described together: enough to be fast, few enough to be small."""

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
            for frame, row in zip(batch, self._described(batch, self._main).rows(), strict=True):
                self._seen[id(frame)] = row
                weakref.finalize(frame, self._seen.pop, id(frame), None)
        return Features.of((self._seen[id(frame)] for frame in frames), len(frames))

    def rows(self, frames: Sequence[Frame]) -> FeatureRows:
        """Describe frames as rows, (n,), and keep nothing."""
        parts = [self._described(batch, self._main).rows() for batch in batches(frames)]
        return np.concatenate(parts) if parts else np.empty(0, FEATURE_ROW)

    def __reduce__(self) -> tuple[Callable[[str, Hog], FeatureExtractor], tuple[str, Hog]]:
        return worker, (self.detection.choice, self._hog)

    def follow(self, clip: Iterable[Sequence[Frame]]) -> Iterator[Features]:
        """Describe one face followed through a clip, batch by batch."""
        if isinstance(clip, Clip) and (digest := clip.digest):
            yield from self._from_film(clip, film_key(digest, len(clip)))
        else:
            yield from self._followed(clip)

    def _from_files(self, pictures: Pictures) -> Features:
        keys = [f"photo {digest}" for digest in pictures.digests]
        new = {key: place for place, key in enumerate(keys) if not self._known(key, 1)}
        names, done = iter(new), 0
        with progress("finding faces", "photos") as report:
            for batch in batches(pictures.select(list(new.values()))):
                rows = self._described(batch, self._main).rows()
                for key, row in zip(islice(names, len(batch)), rows, strict=True):
                    self._keep(key, row[None])
                done += len(batch)
                report(done, len(new))
        return Features.of((self._files[key][0] for key in keys), len(keys))

    def _from_film(self, clip: Clip, key: str) -> Iterator[Features]:
        if self._known(key, len(clip)):
            rows = self._files[key]
            for start in range(0, len(rows), BATCH):
                part = rows[start : start + BATCH]
                yield Features.of(part, len(part))
            return
        parts: list[FeatureRows] = []
        with progress(f"following {clip.path.name}", "frames") as report:
            for features in self._followed(clip):
                parts.append(features.rows())
                report(sum(map(len, parts)), len(clip))
                yield features
        if parts:
            self._keep(key, np.concatenate(parts))

    def _known(self, key: str, count: int) -> bool:
        """Whether a file was described, in this run or before."""
        if key not in self._files and (rows := self._store.read(key, count)) is not None:
            self._files[key] = rows
        return key in self._files

    def _keep(self, key: str, rows: FeatureRows) -> None:
        self._files[key] = rows
        self._store.write(key, rows)

    def _followed(self, clip: Iterable[Sequence[Frame]]) -> Iterator[Features]:
        track = Track()

        def choose(candidates: Candidates) -> Candidates:
            return np.stack([track.follow(each) for each in candidates])

        for batch in clip:
            yield self._described(batch, choose)

    def _main(self, candidates: Candidates) -> Candidates:
        return main_faces(candidates, self.detection.threshold, self.detection.surely)

    def _described(
        self, frames: Sequence[Frame], choose: Callable[[Candidates], Candidates]
    ) -> Features:
        grey = [grey_of(frame) for frame in frames]
        candidates = self.detection.detect(frames if self.detection.colours else grey)
        faces = choose(candidates)
        margin = self.detection.margin
        squares = [face_crop(*pair, margin, SIDE) for pair in zip(grey, faces, strict=True)]
        sure = candidates[..., 4] >= self.detection.threshold
        return Features(self._hog(np.stack(squares)), faces, sure.sum(axis=1) > 1)


@cache
def worker(choice: str, hog: Hog) -> FeatureExtractor:
    """Return the extractor of a worker, which has one and no folder."""
    return FeatureExtractor(detection(choice), hog=hog)


def batches(frames: Iterable[Frame]) -> Iterator[list[Frame]]:
    """Yield runs of up to 64 frames."""
    left = iter(frames)
    while run := list(islice(left, BATCH)):
        yield run
