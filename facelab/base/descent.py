"""Descent: opens a file part by part from an opened folder, by no link that leads out.

A path can be exchanged between its check and its opening. So each folder is opened from the one
before it, and a link is not followed but resolved, and descended to anew.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath

from facelab.contract.errors import FacelabError

NO_LINK = getattr(os, "O_NOFOLLOW", 0)
FILE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
BY_PARTS = {os.open, os.unlink, os.rename, os.mkdir, os.rmdir, os.stat} <= os.supports_dir_fd
"""Whether this system opens a file from its opened folder; Windows does not."""

_LINKED = (errno.ELOOP, errno.ENOTDIR)
"""What a system says of a part that is a link."""


def shown(name: str) -> str:
    """Return a file's name as it can be printed: in quotes where it holds anything else."""
    short = name if len(name) <= 100 else f"{name[:100]}…"
    return short if short.isprintable() else ascii(short)


def reason(error: OSError) -> str:
    """Return why reading or writing failed, in the system's words."""
    said = error.strerror or (os.strerror(error.errno) if error.errno else "it failed")
    return said.lower()


def inside(folder: Path, file: str) -> Path:
    """Return the path of a file that lies in a folder, named relative to it.

    Raises FacelabError when it would lie elsewhere: by ``..``, an absolute name, or a link.
    """
    path = folder / file
    try:
        if not resolved(path).is_relative_to(resolved(folder)):
            raise elsewhere(folder, file)
    except OSError as error:
        raise FacelabError(
            f"{shown(file)}: cannot be a file's name ({reason(error)}); correct it"
        ) from error
    return path


def resolved(path: Path) -> Path:
    """Return where a path leads behind its links; raise OSError where that is nowhere."""
    try:
        return path.resolve()
    except RuntimeError as error:  # of Python before 3.13
        raise OSError(errno.ELOOP, "links that lead in a ring") from error
    except ValueError as error:
        raise OSError(errno.EINVAL, "a null byte in it") from error


def make_folder(path: Path) -> None:
    """Make a folder and those it lies in, so that they lie on the disk. Raises OSError."""
    new = []
    while not path.is_dir():
        new.append(path)
        if path == path.parent:
            break
        path = path.parent
    for folder in reversed(new):
        folder.mkdir(exist_ok=True)
        sync_named(folder.parent)


def sync(descriptor: int) -> None:
    """Wait until what was written lies on the disk, on macOS behind the disk's own memory too."""
    if full := _full_sync():
        import fcntl

        with contextlib.suppress(OSError):  # a network's disk cannot
            fcntl.fcntl(descriptor, full)
            return
    os.fsync(descriptor)


def _full_sync() -> int:
    try:
        import fcntl
    except ImportError:  # Windows
        return 0
    return int(getattr(fcntl, "F_FULLFSYNC", 0))


def sync_folder(at: int | None) -> None:
    """Let a folder's names lie on the disk: fsync of a file promises nothing of its name."""
    if at is not None:
        sync(at)


def sync_named(folder: Path) -> None:
    """Let the names in a folder that the user has named lie on the disk."""
    if BY_PARTS:
        at = os.open(folder, _FOLDER)
        try:
            sync(at)
        finally:
            os.close(at)


def opened_at(folder: Path, file: str, flags: int) -> int:
    """Open a regular file in a folder, without waiting for anybody."""
    try:
        with parent(folder, file) as (name, at):
            descriptor = os.open(name, flags | NO_LINK | FILE, 0o666, dir_fd=at)
    except OSError as error:
        if error.errno not in _LINKED:
            raise
        target = _resolved(folder, file)
        with parent(folder, target) as (name, at):
            descriptor = os.open(name, flags | NO_LINK | FILE, 0o666, dir_fd=at)
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        number = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
        raise OSError(number, os.strerror(number) if stat.S_ISDIR(mode) else "no regular file")
    return descriptor


@contextmanager
def parent(folder: Path, file: str, *, make: bool = False) -> Iterator[tuple[str, int | None]]:
    """Give a file's name and the opened folder that it lies in; elsewhere its path and None."""
    where, name = os.path.split(file)
    if name in ("", ".", "..") or "\0" in file:
        raise elsewhere(folder, file)
    if not BY_PARTS:
        path = inside(folder, where or ".")
        if make:
            make_folder(path)
        yield str(path / name), None
        return
    at = walk(folder, where or ".", make=make)
    try:
        yield name, at
    finally:
        os.close(at)


def walk(folder: Path, file: str, *, make: bool = False) -> int:
    """Open a folder in a folder, part by part; links are followed if they lead inside."""
    path = PurePath(file)
    if "\0" in file or path.is_absolute():
        raise elsewhere(folder, file)
    if ".." not in path.parts:
        try:
            return _steps(folder, path.parts, make)
        except OSError as error:
            if error.errno not in _LINKED:
                raise
    return _steps(resolved(folder), PurePath(_resolved(folder, file)).parts, make)


def _steps(root: Path, parts: Sequence[str], make: bool) -> int:
    at = os.open(root, _FOLDER)
    for part in parts:
        try:
            try:
                inner = os.open(part, _FOLDER | NO_LINK, dir_fd=at)
            except FileNotFoundError:
                if not make:
                    raise
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=at)
                    sync(at)
                inner = os.open(part, _FOLDER | NO_LINK, dir_fd=at)
        finally:
            os.close(at)
        at = inner
    return at


def _resolved(folder: Path, file: str) -> str:
    """Return where a path with links leads, relative to the folder; FacelabError if elsewhere."""
    return resolved(inside(folder, file)).relative_to(resolved(folder)).as_posix()


def elsewhere(folder: Path, file: str) -> FacelabError:
    """Return the line for what lies outside of a folder."""
    return FacelabError(
        f"{shown(file)}: lies outside of the folder {folder.name}; take it out of it"
    )
