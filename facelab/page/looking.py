"""Looking: what is seen on the frames of one tab, each looked through for faces once."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from facelab.camera.quality import remark
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.faces.box import Candidates, intersection_over_union
from facelab.faces.detection import detection
from facelab.faces.extractor import FeatureExtractor, Features
from facelab.faces.face import NO_LANDMARKS, Face, main_first
from facelab.faces.finder import APART, FaceFinder
from facelab.faces.hog import hog
from facelab.page.models import Model

HEADER = struct.Struct("<4I")
"""Before a frame's grey levels: its number, width, height, and 0."""

LEAST, WIDEST, HIGHEST = 16, 1920, 1080
"""Pixels that a frame is wide and high at least, wide at most, high at most."""


@dataclass(frozen=True)
class Shot:
    """A frame with its number, as a tab has sent it."""

    number: int
    frame: Frame


def shot_of(content: bytes) -> Shot:
    """Return the frame in a message of a WebSocket. Raises FacelabError when it holds none."""
    if len(content) < HEADER.size:
        raise FacelabError(f"a frame: received {len(content)} bytes, allowed are 16 and the pixels")
    number, width, height, _ = HEADER.unpack_from(content)
    if not (LEAST <= width <= WIDEST and LEAST <= height <= HIGHEST):
        raise FacelabError(
            f"a frame: received {width} x {height} pixels, allowed are {LEAST} x {LEAST} to "
            f"{WIDEST} x {HIGHEST}"
        )
    grey = np.frombuffer(content, np.uint8, offset=HEADER.size)
    if grey.size != width * height:
        raise FacelabError(
            f"a frame: received {grey.size} grey levels, allowed are {width} x {height}"
        )
    return Shot(number, np.repeat(grey.reshape(height, width, 1), 3, axis=2))


@dataclass(frozen=True)
class Seen:
    """What is seen on a frame.

    ``faces``: left, top, right, bottom and score of each, the main one first. ``remark``: what is
    wrong with the picture, or nothing. ``answers``: the probabilities (C,) of each model.
    """

    faces: list[list[float]]
    remark: str
    answers: list[NDArray[np.float32]]


class Looking:
    """The frames of one tab, in their order. It is their `FaceDetector`, too."""

    name = FaceFinder.name

    def __init__(self) -> None:
        found = detection("facelab")
        self._detection = found
        self._extractor = FeatureExtractor(replace(found, detect=self._detected), hog=hog)
        self._frame: Frame | None = None
        self._candidates: Candidates = np.zeros((1, 1, 5), np.float32)
        self._track: Iterator[Features] | None = None

    def follow(self, *, on: bool) -> None:
        """Follow one face from the next frame on, or look at each frame for itself."""
        self._track = self._extractor.follow(self._shown()) if on else None

    def see(self, frame: Frame, models: Sequence[Model]) -> Seen:
        """Return what is seen on the next frame, and what models answer."""
        before, self._frame = self._frame, frame
        self._candidates = self._detection.detect([frame])
        told = remark(frame, before, self)
        faces = [np.append(face.box, face.score) for face in self.find(frame)]
        answers: list[NDArray[np.float32]] = []
        if self._track or models:
            features = next(self._track) if self._track else self._described(frame)
            answers = [model.answer(features.vectors, features.seen)[0] for model in models]
            if self._track and features.seen[0]:
                main = features.faces[0]
                faces = [main, *(face for face in faces if not _same(face, main))]
        return Seen([face.tolist() for face in faces], told, answers)

    def find(self, _: Frame) -> list[Face]:
        """Return the sure faces of the frame that is looked at, the main one first."""
        sure = (one for one in self._candidates[0] if one[4] >= self._detection.threshold)
        return main_first([Face(one[:4], float(one[4]), NO_LANDMARKS) for one in sure])

    def _described(self, frame: Frame) -> Features:
        rows = self._extractor.rows([frame])
        return Features.of(rows, len(rows))

    def _shown(self) -> Iterator[list[Frame]]:
        while self._frame is not None:
            yield [self._frame]

    def _detected(self, _: Sequence[Frame]) -> Candidates:
        return self._candidates


def _same(face: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Return whether two boxes are of one face."""
    return float(intersection_over_union(face[:4], other[:4])) >= APART
