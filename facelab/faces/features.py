"""Description: frames become HOG vectors of the face in them, each frame once."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from facelab.base.progress import progress
from facelab.contract.frame import Frame
from facelab.faces.cache import ROW, Cache, Rows, keys_of_film
from facelab.faces.detection import Detection, compiled, detection, face_square, main_faces
from facelab.faces.embedding import SIDE, Centring, Hog
from facelab.faces.rendered_features import RenderedFeatures
from facelab.faces.track import Track
from facelab.gallery.clip import Clip
from facelab.gallery.pictures import Pictures
from facelab.gallery.rendered import RenderedFrames

BATCH = 64
"""Frames described together: enough to be fast, few enough to be small."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Features:
    """``vectors`` (n, 1764) and ``faces`` (n, 5): box and score, zeros where nobody is seen.

    ``several`` (n,) tells where more than one face is seen.
    """

    PARTS: ClassVar = ("vector", "face", "several")

    vectors: Vectors
    faces: Vectors
    several: NDArray[np.bool_]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Where a face is seen, (n,)."""
        return np.asarray(self.faces[:, 4] > 0)

    def rows(self, keys: Sequence[bytes]) -> Rows:
        """Return them as rows for the cache, (n,)."""
        rows = np.zeros(len(keys), ROW)
        rows["key"], rows["several"] = keys, self.several
        rows["vector"], rows["face"] = self.vectors, self.faces
        return rows

    @classmethod
    def of(cls, rows: Iterable[np.void], count: int) -> Features:
        """Return what so many rows of the cache say."""
        parts = [np.empty((count, *ROW[name].shape), ROW[name].base) for name in cls.PARTS]
        for place, row in enumerate(rows):  # not by one array of rows: a crowd's fills the memory
            for part, name in zip(parts, cls.PARTS, strict=True):
                part[place] = row[name]
        return cls(*parts)


class FeatureExtractor:
    """Extracts frames of any sizes. A frame is described once, as long as it is kept.

    Frames of files are known by the files' content, and kept in ``cache`` if that has a folder.
    """

    def __init__(self, detection: Detection, cache: Cache | None = None) -> None:
        self.detection = detection
        self._cache = cache or Cache()
        self._seen: dict[int, np.void] = {}
        self.rolls = RenderedFeatures(self._cache.folder, self._cache.fingerprint)

    def extract(self, frames: Sequence[Frame]) -> Features:
        """Describe the largest face of each frame; the centre square where nobody is seen.

        What is returned is the caller's own.
        """
        if isinstance(frames, RenderedFrames):
            return Features.of(self.rolls.extract(frames, self), len(frames))
        if isinstance(frames, Pictures):
            return self._from_files(frames, [digest.encode() for digest in frames.digests])
        new = [frame for frame in frames if id(frame) not in self._seen]
        for batch in batches(new):
            features = self._extract(batch, self._main)
            for frame, row in zip(batch, features.rows([b""] * len(batch)), strict=True):
                self._seen[id(frame)] = row
                weakref.finalize(frame, self._seen.pop, id(frame), None)
        return Features.of((self._seen[id(frame)] for frame in frames), len(frames))

    def rows(self, frames: Sequence[Frame]) -> Rows:
        """Describe frames as rows without keys, (n,), and keep nothing."""
        features = [self._extract(batch, self._main) for batch in batches(frames)]
        return _joined([b""] * len(frames), features)

    def __reduce__(self) -> tuple[Callable[[str], FeatureExtractor], tuple[str]]:
        return worker, (self.detection.choice,)

    def follow(self, clip: Iterable[Sequence[Frame]]) -> Iterator[Features]:
        """Describe one face followed through a clip, batch by batch."""
        if isinstance(clip, Clip) and (digest := clip.digest):
            yield from self._from_film(clip, keys_of_film(digest, len(clip)))
        else:
            yield from self._followed(clip)

    def _from_files(self, pictures: Pictures, keys: Sequence[bytes]) -> Features:
        new = {key: place for place, key in enumerate(keys) if key not in self._cache.rows}
        frames = pictures.select(list(new.values()))
        features: list[Features] = []
        with progress("finding faces", "photos") as told:
            for batch in batches(frames):
                features.append(self._extract(batch, self._main))
                told(sum(len(part.vectors) for part in features), len(new))
        self._cache.add(_joined(new, features))
        return Features.of((self._cache.rows[key] for key in keys), len(keys))

    def _from_film(self, clip: Clip, keys: Sequence[bytes]) -> Iterator[Features]:
        known = [self._cache.rows[key] for key in keys if key in self._cache.rows]
        if len(known) == len(keys):
            for start in range(0, len(known), BATCH):
                rows = known[start : start + BATCH]
                yield Features.of(rows, len(rows))
            return
        features: list[Features] = []
        with progress(f"following {clip.path.name}", "frames") as told:
            for part in self._followed(clip):
                features.append(part)
                told(sum(len(part.vectors) for part in features), len(clip))
                yield part
        self._cache.add(_joined(keys, features))

    def _followed(self, clip: Iterable[Sequence[Frame]]) -> Iterator[Features]:
        track = Track()
        for batch in clip:
            yield self._extract(batch, lambda rows: np.stack([track.follow(row) for row in rows]))

    @cached_property
    def _hog(self) -> Callable[[Vectors], Vectors]:
        return compiled(Hog().call, SIDE, SIDE)

    def _main(self, candidates: Vectors) -> Vectors:
        return main_faces(candidates, self.detection.threshold)

    def _extract(self, frames: Sequence[Frame], choose: Callable[[Vectors], Vectors]) -> Features:
        candidates = self.detection.detect(frames)
        faces = choose(candidates)
        pairs = zip(frames, faces, strict=True)
        squares = [face_square(frame, face, self.detection.margin) for frame, face in pairs]
        vectors = self._hog(np.stack(squares).astype(np.float32))
        sure = candidates[..., 4] >= self.detection.threshold
        return Features(vectors, faces, sure.sum(axis=1) > 1)


@cache
def worker(choice: str) -> FeatureExtractor:
    """Return the extractor of a worker, which has one and no folder."""
    return FeatureExtractor(detection(choice))


@dataclass(frozen=True)
class Embedder:
    """What describes frames, and what then places the vectors round the origin."""

    extractor: FeatureExtractor
    centring: Centring

    def embed(self, frames: Sequence[Frame]) -> Features:
        """Describe frames, with embeddings for vectors."""
        features = self.extractor.extract(frames)
        # in place, since nobody else has them: those of a crowd are large
        self.centring.place(features.vectors, out=features.vectors)
        return features

    def follow(self, clip: Iterable[Sequence[Frame]]) -> Iterator[Features]:
        """Do the same for each batch of a clip, following one face through it."""
        for features in self.extractor.follow(clip):
            yield replace(features, vectors=self.centring.place(features.vectors))


def _joined(keys: Iterable[bytes], features: Sequence[Features]) -> Rows:
    """Return what batches were described as, as rows for the cache."""
    names = iter(keys)
    rows = [part.rows(list(islice(names, len(part.vectors)))) for part in features]
    return np.concatenate(rows) if rows else np.empty(0, ROW)


def batches(frames: Iterable[Frame]) -> Iterator[list[Frame]]:
    """Yield runs of up to 64 frames."""
    left = iter(frames)
    while run := list(islice(left, BATCH)):
        yield run
