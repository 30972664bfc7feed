"""Destination: where a file is to be written after long work, tried before it."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

from facelab.base.descent import sync
from facelab.base.files import check_regular, make_folder, named, reason
from facelab.contract.errors import FacelabError


def try_writing(path: Path, size: int) -> None:
    """Write so many bytes beside a file that is to be written after long work, and remove them.

    Raises OSError where that fails, and where the name is that of a folder, or of a file that is
    not regular or may not be changed.
    """
    check_regular(path)
    folder, name = named(path)
    half = folder / f".half.{secrets.token_hex(4)}.{name[-200:]}"
    try:
        with half.open("xb") as tried:
            for start in range(0, size, 1 << 20):
                tried.write(bytes(min(1 << 20, size - start)))
            tried.flush()
            sync(tried.fileno())
    finally:
        half.unlink(missing_ok=True)
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def check_folder(path: Path, size: int, option: str) -> None:
    """Make a folder that long work is to fill; raise FacelabError where it cannot be written to."""
    try:
        make_folder(path)
        try_writing(path / ".tried", size)
    except OSError as error:
        raise FacelabError(
            f"{option}: received {path}, which cannot be written to ({reason(error)}); make room "
            "or choose another folder; what is there is kept"
        ) from error


def check_destination(path: Path, size: int, option: str) -> None:
    """Raise FacelabError, in one line, where ``try_writing`` fails: before the work."""
    try:
        try_writing(path, size)
    except OSError as error:
        raise FacelabError(
            f"{option}: received {path}, which cannot be written ({reason(error)}); make room or "
            "choose another place; what is there is kept"
        ) from error
