"""Pictures: photo files as a sequence of frames, each decoded when it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import overload

from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame, LazyFrames
from facelab.gallery.image import check_image, decode_checked, read_bytes, shrunk
from facelab.gallery.picture_header import size


@dataclass(frozen=True)
class Pictures(LazyFrames):
    """Photo files, checked when they are listed.

    A thousand decoded frames of a webcam fill a gigabyte, their files a fiftieth of that; and a
    frame whose digest is known need not be decoded. ``files``: their names in ``folder``;
    ``digests``: of each frame, by ``digest``; ``most``: largest width and height of a frame in
    pixels, larger ones are shrunk to it; 0 for no limit.
    """

    folder: Path
    files: tuple[str, ...]
    digests: tuple[str, ...]
    most: int = 0

    @classmethod
    def read(cls, folder: Path, files: Sequence[str]) -> Pictures:
        """List files. Raises FacelabError, as ``read_image``, when one is no whole picture."""
        opencv()  # where it cannot start, nothing could be looked at later
        digests = []
        for file in files:
            name = str(folder / file)
            content = read_bytes(folder, file, name)
            check_image(content, name)
            digests.append(digest(content))
        return cls(folder, tuple(files), tuple(digests))

    @property
    def paths(self) -> tuple[Path, ...]:
        """The paths of the files."""
        return tuple(self.folder / file for file in self.files)

    def __len__(self) -> int:
        return len(self.files)

    @overload
    def __getitem__(self, place: int) -> Frame: ...
    @overload
    def __getitem__(self, place: slice) -> Pictures: ...
    def __getitem__(self, place: int | slice) -> Frame | Pictures:
        if isinstance(place, slice):
            return replace(self, files=self.files[place], digests=self.digests[place])
        name = str(self.folder / self.files[place])
        content = read_bytes(self.folder, self.files[place], name)
        if digest(content, self.most) != self.digests[place]:
            raise FacelabError(f"{name}: the photo has changed while it was used; start again")
        frame = decode_checked(content, name)  # it is still what was checked
        return shrunk(frame, self.most) if self.most else frame

    def __iter__(self) -> Iterator[Frame]:
        return (self[place] for place in range(len(self)))

    def select(self, places: Sequence[int]) -> Pictures:
        """Return the pictures at some places, in their order."""
        return replace(
            self,
            files=tuple(self.files[place] for place in places),
            digests=tuple(self.digests[place] for place in places),
        )


def digest(content: bytes, most: int = 0) -> str:
    """Return what a frame is known by, in hexadecimal: the SHA-256 of its file.

    A frame that is shrunk to ``most`` pixels is another than the file's, and has another digest.
    """
    known = hashlib.sha256(content).hexdigest()
    if most and max(size(content) or (0, 0)) > most:
        return hashlib.sha256(f"{known} at most {most}".encode()).hexdigest()
    return known
