"""Looking: what is seen on the frames of one tab, each looked through for faces once."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.camera.quality import remark
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.faces.box import Candidates
from facelab.faces.detection import detection
from facelab.faces.extractor import FeatureExtractor, Features
from facelab.faces.face import NO_LANDMARKS, Face, largest_first
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


class Looking:
    """Faces, remarks and answers of one tab's frames, in their order."""

    name = "facelab's face finder"

    def __init__(self) -> None:
        found = detection("facelab")
        self._detection = found
        self._extractor = FeatureExtractor(replace(found, detect=self._detect), hog=hog)
        self._frame: Frame | None = None
        self._candidates = np.zeros((1, 1, 5), np.float32)
        self._track: Iterator[Features] | None = None

    def follow(self, *, on: bool) -> None:
        """Follow one face from now on, or look at each frame for itself."""
        self._track = self._extractor.follow(self._shown()) if on else None

    def see(self, frame: Frame, models: Sequence[Model]) -> dict[str, Any]:
        """Return ``faces``, ``remark`` and ``answers``, a row of probabilities a model."""
        before, self._frame = self._frame, frame
        self._candidates = self._detection.detect([frame])
        told = remark(frame, before, self)
        answers: list[NDArray[np.float32]] = []
        if models:
            features = next(self._track) if self._track else self._extracted(frame)
            answers = [model.answer(features.vectors, features.seen)[0] for model in models]
        faces = [[*map(float, face.box), face.score] for face in self.find(frame)]
        return {"faces": faces, "remark": told, "answers": answers}

    def find(self, _: Frame) -> list[Face]:
        """Return the sure faces of the frame that is looked at, the largest first."""
        sure = (one for one in self._candidates[0] if one[4] >= self._detection.threshold)
        return largest_first([Face(one[:4], float(one[4]), NO_LANDMARKS) for one in sure])

    def _extracted(self, frame: Frame) -> Features:
        rows = self._extractor.rows([frame])
        return Features.of(rows, len(rows))

    def _shown(self) -> Iterator[list[Frame]]:
        while self._frame is not None:
            yield [self._frame]

    def _detect(self, _: Sequence[Frame]) -> Candidates:
        return self._candidates
