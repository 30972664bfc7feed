"""Detection: candidates for faces in frames, by the chosen detector, and the choice among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facelab.contract.frame import Frame
from facelab.faces.box import Candidates
from facelab.faces.face import SURELY, claims
from facelab.faces.finder import Candidate, FaceFinder
from facelab.faces.yunet import YuNet

MARGIN = 1.0
"""Side of the square that is described, in heights of the box of the skull."""

MOST = 8
"""Most candidates that are kept of a frame."""

Detect = Callable[[Sequence[Frame]], Candidates]


@dataclass(frozen=True)
class Detection:
    """A way to find faces.

    ``detect`` maps n frames (h, w, 3) to candidates (n, 8, 5), the surest first. ``margin`` is the
    side of the square that is cut, in heights of the box. Scores from ``threshold`` count, those
    from ``surely`` count more (`facelab.faces.face.claims`).
    ``choice``: what was asked for, so that another process can ask for it. ``colours``: whether it
    must see the frames in colour.
    """

    name: str
    detect: Detect
    margin: float
    threshold: float
    choice: str
    colours: bool = False
    surely: float = SURELY


def detection(choice: str) -> Detection:
    """Return facelab's own face finder (``facelab``), ``none``, or YuNet from a file.

    Raises FacelabError when the file is no such network.
    """
    if choice == "none":
        return Detection("no face detector: the centre square", centres, 1, 0.5, choice)
    if choice == "facelab":
        return of_finder(FaceFinder(), MARGIN)
    yunet = YuNet(Path(choice))

    def detect(frames: Sequence[Frame]) -> Candidates:
        return as_array([[(f.box, f.score) for f in yunet.find(frame)] for frame in frames])

    # its scores say less: of those that count the largest is the main face
    return Detection(yunet.name, detect, MARGIN, 0.5, choice, colours=True, surely=0.5)


def of_finder(finder: FaceFinder, margin: float) -> Detection:
    """Return facelab's own face finder with weights of its own."""

    def find(frames: Sequence[Frame]) -> Candidates:
        return as_array(finder.candidates(frames))

    return Detection(finder.name, find, margin, finder.threshold, "facelab")


def as_array(found: Sequence[Sequence[Candidate]]) -> Candidates:
    """Return the first eight candidates of each frame, (n, 8, 5); then zeros."""
    array = np.zeros((len(found), MOST, 5), np.float32)
    for row, candidates in zip(array, found, strict=True):
        for place, (box, score) in enumerate(candidates[:MOST]):
            row[place] = [*box, score]
    return array


def centres(frames: Sequence[Frame]) -> Candidates:
    """Return the largest square in the middle of each frame as its only candidate, (n, 1, 5)."""
    size = np.array([frame.shape[1::-1] for frame in frames], np.float32)  # width, height
    side = size.min(axis=1, keepdims=True)
    corner = np.floor((size - side) / 2)
    return np.concatenate([corner, corner + side, np.ones_like(side)], axis=1)[:, None]


def main_faces(candidates: Candidates, threshold: float, surely: float = SURELY) -> Candidates:
    """Return the main face of each frame, (n, 5); zeros where none reaches the threshold.

    That is the largest of those that surely are faces; without such, the largest that counts.
    ``candidates`` is (n, k, 5).
    """
    claim = claims(candidates, threshold, surely)
    main = candidates[np.arange(len(claim)), claim.argmax(axis=1)]
    return np.where(claim.max(axis=1, keepdims=True) > 0, main, np.float32(0))
