"""Clip: a film, frame by frame, finite and always in the same order."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from facelab.base.files import first_bytes, is_file, read_named, sha256, shown
from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame, Stretch
from facelab.gallery.pictures import Pictures

BATCH = 64
"""Frames that are handed out together: enough to be fast, few enough to be small."""


@dataclass(frozen=True)
class Stills:
    """A film of ``person`` kept as picture files, without loss, in order."""

    pictures: Pictures
    person: str

    def __len__(self) -> int:
        return len(self.pictures)

    def __iter__(self) -> Iterator[list[Frame]]:
        """Yield all frames in order, up to 64 at a time. Raises FacelabError as ``Pictures``."""
        for start in range(0, len(self), BATCH):
            yield list(self.pictures[start : start + BATCH])


@dataclass(frozen=True)
class Clip:
    """A video file of ``person`` with a known number of frames."""

    path: Path
    person: str
    frames: int

    def __len__(self) -> int:
        return self.frames

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, in hexadecimal; empty where there is none."""
        return sha256(self.path) if is_file(self.path) else ""

    def __iter__(self) -> Iterator[list[Frame]]:
        """Yield all frames in order, up to 64 at a time.

        Raises FacelabError when the file cannot be played or holds another number of frames.
        """
        cv2 = opencv()
        # nothing else is opened: a pipe would be waited for, a playlist names other files
        capture = cv2.VideoCapture(*([str(self.path)] if _is_film(self.path) else []))
        try:
            seen, batch = 0, []
            while (read := capture.read())[0]:
                seen += 1
                batch.append(read[1])
                if len(batch) == BATCH:
                    yield batch
                    batch = []
            if batch:
                yield batch
        finally:
            capture.release()
        if seen != self.frames:
            raise FacelabError(
                f"{self.path}: played {seen} frames, the manifest says {self.frames}; "
                "restore the clip"
            )


@dataclass(frozen=True)
class Visit(Clip):
    """A video file of people who come and go; ``stretches`` give the people in view, in order."""

    stretches: tuple[Stretch, ...]

    @property
    def truth(self) -> tuple[tuple[str, ...], ...]:
        """Whose whole face is in view, frame by frame."""
        return tuple(one.people for one in self.stretches for _ in range(one.frames))


TRUTH = "first", "last", "people", "partly"


def truth_of(file: str) -> str:
    """Return the name of the file with the truth of a film: the people in view on each frame."""
    return f"{file.rpartition('.')[0]}.truth.csv"


def read_stretches(path: Path, frames: int) -> tuple[Stretch, ...]:
    """Read the people in view in a film of so many ``frames``: a line a stretch, names with ``+``.

    Raises FacelabError when the file is unreadable, or does not cover every frame once.
    """
    cure = "restore it"
    try:
        header, *lines = csv.reader(read_named(path, 1 << 20).decode().splitlines())
        stretches = tuple(
            Stretch(int(first), int(last), _names(people), _names(partly))
            for first, last, people, partly in lines
        )
    except OSError as error:
        raise FacelabError(f"{path}: cannot be read ({error.strerror}); {cure}") from error
    except (ValueError, csv.Error) as error:
        said = shown(" ".join(str(error).split()))
        raise FacelabError(
            f"{path}: not a table of stretches ({said}); allowed are lines with {', '.join(TRUTH)}"
            f"; {cure}"
        ) from error
    told = [number for one in stretches for number in (one.first - 1, one.last)]
    joints = [0, *(number for one in stretches[:-1] for number in (one.last, one.last)), frames]
    if tuple(header) != TRUTH or told != joints or any(one.frames < 1 for one in stretches):
        raise FacelabError(
            f"{path}: received {len(stretches)} stretches up to frame {max(told, default=0)}, "
            f"allowed are lines with {', '.join(TRUTH)} that follow one another from frame 1 to "
            f"{frames}; {cure}"
        )
    return stretches


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split("+")) if text else ()


def _is_film(path: Path) -> bool:
    """Tell whether a file holds a film itself: AVI, Matroska and WebM, MP4 and QuickTime."""
    try:
        head = first_bytes(path, 12)
    except OSError:
        return False
    avi = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    return avi or head[:4] == b"\x1aE\xdf\xa3" or head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide")
