"""Sightings: a CSV of who was seen when, a line a frame."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from facelab.base.files import reason, whole
from facelab.camera.count import Sight
from facelab.contract.errors import FacelabError
from facelab.contract.text import cell
from facelab.judging.answers import NOBODY, UNSURE

COLUMNS = "frame", "seconds", "seen", "most probable", "probability", "several faces"
"""Of every frame: who is decided on, and who is most probable over a second, how much so; then the
frame's own probability of each person."""


@contextmanager
def sightings(
    path: Path | None, people: Sequence[str], *, force: bool = False
) -> Iterator[Callable[[Sight], None]]:
    """Within the block, give what writes a sight; behind it the file is there, whole.

    It is there too when something fails within. ``path``: None for none. ``force``: replace a
    file. Raises FacelabError, before the block, when it cannot be written, and when one is there.
    """
    if path is None:
        yield lambda _: None
        return
    check(path, force)
    failed: BaseException | None = None
    try:
        with whole(path) as half, half.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            names = [*map(cell, people), UNSURE, NOBODY]
            writer.writerow([*COLUMNS, *names[:-2]])
            file.flush()
            count = 0

            def write(sight: Sight) -> None:
                nonlocal count
                count += 1
                seen, likely = names[sight.person], names[sight.likeliest]
                most = f"{sight.mean.max():.9g}" if sight.likeliest >= 0 else ""
                odds = [f"{one:.9g}" for one in sight.odds.tolist()]
                several = "yes" if sight.several else "no"
                told = [count, f"{sight.seconds:.3f}", seen, likely, most, several, *odds]
                with _explained(path):
                    writer.writerow(told)

            try:
                yield write
            # the camera's, a terminal's that went (of which rich makes a SystemExit), Ctrl-C
            except (Exception, KeyboardInterrupt, SystemExit) as error:
                failed = error
    except OSError as error:
        raise _unwritable(path, error) from error
    if failed:
        raise failed


def check(path: Path, force: bool) -> None:
    """Raise FacelabError when a file is in the way, or there is no folder for it."""
    if path.is_dir() or not path.parent.is_dir():
        raise FacelabError(
            f"--csv: received {path}, allowed is a file in a folder that exists; choose another"
        )
    if path.exists() and not force:
        raise FacelabError(
            f"{path}: is there already, and is not overwritten; name another file with --csv, or "
            "replace it with --force"
        )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> FacelabError:
    return FacelabError(
        f"{path}: cannot be written ({reason(error)}); make room, or name another file with --csv"
    )
