"""Squares: the main face of each frame, found and cut out; what is left to do is to describe it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facelab.contract.frame import Frame
from facelab.faces.box import Candidates
from facelab.faces.crop import Pixels, face_crop, grey_of
from facelab.faces.detection import Detection, main_faces
from facelab.faces.hog import SIDE
from facelab.faces.track import Track


@dataclass(frozen=True)
class Squares:
    """``pixels`` (n, 64, 64) uint8 grey; ``faces`` (n, 5): box and score, zeros without a face.

    ``several`` (n,): whether more than one face is found.
    """

    pixels: Pixels
    faces: Candidates
    several: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, places: slice) -> Squares:
        return Squares(self.pixels[places], self.faces[places], self.several[places])

    def runs(self, count: int) -> Iterator[Squares]:
        """Yield them in runs of up to so many."""
        return (self[start : start + count] for start in range(0, len(self), count))


def squares_of(frames: Sequence[Frame], detection: Detection) -> Squares:
    """Cut out the main face of each frame, or the centre square where no face is found."""

    def main(candidates: Candidates) -> Candidates:
        return main_faces(candidates, detection.threshold, detection.surely)

    return _cut(frames, detection, main)


def followed(clip: Iterable[Sequence[Frame]], detection: Detection) -> Iterator[Squares]:
    """Cut out one face followed through a clip, batch by batch."""
    track = Track()

    def follow(candidates: Candidates) -> Candidates:
        return np.stack([track.follow(each) for each in candidates])

    return (_cut(batch, detection, follow) for batch in clip)


def joined(parts: Sequence[Squares]) -> Squares:
    """Return the squares of several runs of frames as those of one."""
    return Squares(
        np.concatenate([one.pixels for one in parts]),
        np.concatenate([one.faces for one in parts]),
        np.concatenate([one.several for one in parts]),
    )


def _cut(
    frames: Sequence[Frame], detection: Detection, choose: Callable[[Candidates], Candidates]
) -> Squares:
    grey = [grey_of(frame) for frame in frames]
    candidates = detection.detect(frames if detection.colours else grey)
    faces = choose(candidates)
    cut = [face_crop(*pair, detection.margin, SIDE) for pair in zip(grey, faces, strict=True)]
    sure = candidates[..., 4] >= detection.threshold
    return Squares(np.stack(cut), faces, sure.sum(axis=1) > 1)
