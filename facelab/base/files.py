"""Files: fingerprints, and writing at once or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from facelab.contract.errors import FacelabError

_UMASK = os.umask(0)
"""Which rights a new file does not get; it can only be read by setting it, so set it back."""
os.umask(_UMASK)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file, or leave what was there: never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_UMASK)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def shown(name: str) -> str:
    """Return a file's name as it can be printed: in quotes where it holds anything else."""
    short = name if len(name) <= 100 else f"{name[:100]}…"
    return short if short.isprintable() else ascii(short)


def inside(folder: Path, file: str) -> Path:
    """Return the path of a file that lies in a folder, named relative to it.

    Raises FacelabError when it would lie elsewhere: by ``..``, an absolute name, or a link.
    """
    path = folder / file
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise FacelabError(
                f"{shown(file)}: lies outside of the folder {folder.name}; take it out of it"
            )
    except (OSError, ValueError, RuntimeError) as error:  # too long, a null byte, links in a ring
        raise FacelabError(
            f"{shown(file)}: cannot be a file's name ({type(error).__name__}); correct it"
        ) from error
    return path
