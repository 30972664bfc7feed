"""Pictures: photo files as a sequence of frames, each decoded when it is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame, LazyFrames
from facelab.gallery.image import check_image, decode_image, read_bytes


@dataclass(frozen=True)
class Pictures(LazyFrames):
    """Photo files, checked when they are listed.

    A thousand frames of a webcam decoded fill a gigabyte, their files a fiftieth of that; and who
    knows a file by its SHA-256 need not decode it. ``paths``: the files; ``digests``: their
    SHA-256, in hexadecimal.
    """

    paths: tuple[Path, ...]
    digests: tuple[str, ...]

    @classmethod
    def read(cls, paths: Sequence[Path]) -> Pictures:
        """List files. Raises FacelabError, as ``read_image``, when one is no whole picture."""
        opencv()  # where it cannot start, nothing could be looked at later
        return cls(tuple(paths), tuple(_digest(path) for path in paths))

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, place: int) -> Frame: ...
    @overload
    def __getitem__(self, place: slice) -> Pictures: ...
    def __getitem__(self, place: int | slice) -> Frame | Pictures:
        if isinstance(place, slice):
            return Pictures(self.paths[place], self.digests[place])
        path, digest = self.paths[place], self.digests[place]
        content = read_bytes(path)
        if hashlib.sha256(content).hexdigest() != digest:
            raise FacelabError(f"{path}: the photo has changed while it was used; start again")
        return decode_image(content, str(path))

    def __iter__(self) -> Iterator[Frame]:
        return (self[place] for place in range(len(self)))

    def select(self, places: Sequence[int]) -> Pictures:
        """Return the pictures at some places, in their order."""
        return Pictures(
            tuple(self.paths[place] for place in places),
            tuple(self.digests[place] for place in places),
        )


def _digest(path: Path) -> str:
    content = read_bytes(path)
    check_image(content, str(path))
    return hashlib.sha256(content).hexdigest()
