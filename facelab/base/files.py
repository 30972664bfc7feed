"""Files: the one door to a folder that others may have filled.

Every read, write and removal in a gallery, a recording, a cache or a report inside one goes through
this module. It touches nothing outside of the folder: it opens each part of a path from the part
before it, and follows no symbolic link that leads out. It reads regular files only, up to a size,
and waits for no writer. A written file is complete or absent, and is durable, with its name, when
the call returns.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path, PurePath

from facelab.contract.errors import FacelabError

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FILE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_BY_PARTS = {os.open, os.unlink, os.rename, os.mkdir, os.rmdir, os.stat} <= os.supports_dir_fd
"""Whether this system opens a file from its opened folder; Windows does not."""

_LINKED = (errno.ELOOP, errno.ENOTDIR)
"""What a system says of a part that is a link."""


def shown(name: str) -> str:
    """Return a file's name as it can be printed: in quotes where it holds anything else."""
    short = name if len(name) <= 100 else f"{name[:100]}…"
    return short if short.isprintable() else ascii(short)


def inside(folder: Path, file: str) -> Path:
    """Return the path of a file in a folder, named relative to it.

    Raises FacelabError when it is outside of the folder: by ``..``, an absolute name, or a link.
    """
    path = folder / file
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise _elsewhere(folder, file)
    except (OSError, ValueError, RuntimeError) as error:  # too long, a null byte, links in a ring
        raise FacelabError(
            f"{shown(file)}: cannot be a file's name ({type(error).__name__}); correct it"
        ) from error
    return path


def check(folder: Path, file: str) -> None:
    """Raise FacelabError when a name alone leads out of a folder: absolute, or with ``..``.

    Links are checked when the file is opened.
    """
    path = PurePath(file)
    if path.is_absolute() or ".." in path.parts:
        raise _elsewhere(folder, file)


def is_folder(path: Path) -> bool:
    """Return whether there is a folder of that name."""
    return path.is_dir()


def is_file(path: Path) -> bool:
    """Return whether there is a regular file of that name, or a link to one."""
    return path.is_file()


def exists(folder: Path, file: str) -> bool:
    """Return whether there is a file of any kind in a folder, including a broken link.

    Raises FacelabError when it is outside of the folder.
    """
    return kind(folder, file) != 0


def kind(folder: Path, file: str) -> int:
    """Return the kind of a file in a folder, as ``stat.S_IFMT`` does, or 0 where there is none.

    Links are not followed. Raises FacelabError when it would lie elsewhere.
    """
    try:
        with _parent(folder, file) as (name, at):
            return stat.S_IFMT(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode)
    except OSError:
        return 0


def is_empty(folder: Path, file: str) -> bool:
    """Return whether a file has no bytes. Errors as in ``exists``."""
    return signature(folder, file)[1:2] == (0,)


def signature(folder: Path, file: str) -> tuple[int, ...]:
    """Return numbers that change when a file is written to or replaced; none without a file."""
    try:
        with _parent(folder, file) as (name, at):
            found = os.stat(name, dir_fd=at, follow_symlinks=False)
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def opened(folder: Path, file: str, most: int | None = None) -> Iterator[BufferedReader]:
    """Open a regular file in a folder to read it; a link is followed if it leads inside.

    Raises FacelabError when it lies elsewhere or has more than ``most`` bytes, OSError when it
    cannot be read or is no regular file.
    """
    with os.fdopen(_opened(folder, file, os.O_RDONLY), "rb") as content:
        if most is not None and os.fstat(content.fileno()).st_size > most:
            raise _too_large(file, most)
        yield content


def read(folder: Path, file: str, most: int) -> bytes:
    """Return the bytes of a regular file in a folder. Errors as in ``opened``."""
    with opened(folder, file, most) as found:
        content = found.read(most + 1)  # it may have grown
    if len(content) > most:
        raise _too_large(file, most)
    return content


def sha256(path: Path, folder: Path | None = None) -> str:
    """Return the SHA-256 of a regular file's bytes, in hexadecimal.

    With ``folder``, it must lie there. Errors as in ``opened``.
    """
    root, file = (folder, _within(folder, path)) if folder else _named(path)
    with opened(root, file) as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def read_named(path: Path, most: int) -> bytes:
    """Return the bytes of a regular file that the user has named; links are followed anywhere.

    Errors as in ``opened``.
    """
    return read(*_named(path), most)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file at a path of the user's, or leave the old one: never half of it.

    When it returns, the file and its name are on the disk. Raises OSError.
    """
    make_folder(path.parent)
    write(path.parent, path.name, content)


def write(folder: Path, file: str, content: bytes) -> None:
    """Write a whole file in an existing folder, with the folders on its way, or nothing.

    When it returns, the file and its name are on the disk. Raises FacelabError when it is outside
    of the folder, OSError when writing fails; an old file is then kept.
    """
    with _parent(folder, file, make=True) as (name, at):
        half = _beside(name, secrets.token_hex(4))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | _FILE
        try:
            with os.fdopen(os.open(half, flags, 0o666, dir_fd=at), "wb") as written:
                written.write(content)
                written.flush()
                sync(written.fileno())
            os.replace(half, name, src_dir_fd=at, dst_dir_fd=at)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(half, dir_fd=at)
            raise
        _sync_folder(at)


def create(folder: Path, file: str) -> None:
    """Make a new empty file in a folder, with the folders on its way.

    Raises FileExistsError when it is there, other errors as in ``write``.
    """
    with _parent(folder, file, make=True) as (name, at):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | _FILE
        os.close(os.open(name, flags, 0o666, dir_fd=at))


def open_lock(folder: Path, file: str) -> int:
    """Open an empty file in a folder to lock it, made if need be. Errors as in ``write``."""
    try:
        return _opened(folder, file, os.O_RDWR)
    except FileNotFoundError:
        return _opened(folder, file, os.O_RDWR | os.O_CREAT)


def append(folder: Path, file: str, line: bytes) -> None:
    """Add a line to a file of lines, and wait until it is on the disk.

    A torn last line is ended first. Errors as in ``write``; no part of the line stays then.
    """
    new = not exists(folder, file)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    with os.fdopen(_opened(folder, file, flags), "ab+", buffering=0) as lines:
        before = lines.seek(0, os.SEEK_END)
        if before:
            lines.seek(before - 1)
            line = line if lines.read(1) == b"\n" else b"\n" + line
        try:
            if lines.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            sync(lines.fileno())
            if new:
                with _parent(folder, file) as (_, at):
                    _sync_folder(at)
        except BaseException:
            with contextlib.suppress(OSError):
                lines.truncate(before)
            raise


def remove(folder: Path, file: str) -> bool:
    """Remove a file in a folder, or a link, for good; return whether there was one.

    Raises FacelabError when it lies elsewhere, OSError when writing fails.
    """
    try:
        with _parent(folder, file) as (name, at):
            os.unlink(name, dir_fd=at)
            _sync_folder(at)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def remove_if_empty(folder: Path, file: str) -> None:
    """Remove a folder in a folder unless it holds anything. Errors as in ``remove``."""
    try:
        with _parent(folder, file) as (name, at):
            os.rmdir(name, dir_fd=at)
            _sync_folder(at)
    except OSError as error:
        known = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR)
        if error.errno not in known:
            raise


def remove_tree(folder: Path, file: str) -> bool:
    """Remove a folder in a folder with all it holds, links as links; return whether there was one.

    Errors as in ``remove``.
    """
    found = kind(folder, file)
    if not stat.S_ISDIR(found):
        return remove(folder, file) if found else False
    with _parent(folder, file) as (name, at):
        shutil.rmtree(name, dir_fd=at)
        _sync_folder(at)
    return True


def names(folder: Path, file: str = ".") -> list[str]:
    """Return the names in a folder, or in a folder in it, sorted.

    Raises FacelabError when it is outside of the folder, OSError when it cannot be listed.
    """
    return sorted(name for name, _ in _entries(folder, file))


def files_below(folder: Path, file: str) -> list[str]:
    """Return all files below a folder in a folder, relative to it, sorted; no folders.

    Links are named, not followed; so is the folder itself where it is a link.
    """
    return sorted(name for name, is_dir in _below(folder, file) if not is_dir)


def folders_below(folder: Path, file: str) -> list[str]:
    """Return the folders below a folder in a folder, itself first, sorted, without links."""
    return sorted(name for name, is_dir in _below(folder, file) if is_dir)


def _below(folder: Path, file: str) -> Iterator[tuple[str, bool]]:
    """Yield a folder and all below it, and whether it is a folder; what cannot be listed is not."""
    if file != "." and not stat.S_ISDIR(found := kind(folder, file)):
        if found:
            yield file, False
        return
    waiting = [file]
    while waiting:
        place = waiting.pop()
        yield place, True
        with contextlib.suppress(OSError):
            for name, is_dir in _entries(folder, place):
                path = name if place == "." else f"{place}/{name}"
                if is_dir:
                    waiting.append(path)
                else:
                    yield path, False


def _entries(folder: Path, file: str) -> list[tuple[str, bool]]:
    """Return the names in a folder and whether each is a folder's, not a link's to one."""
    at = _walk(folder, file) if _BY_PARTS else inside(folder, file)
    try:
        with os.scandir(at) as entries:
            return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    finally:
        if isinstance(at, int):
            os.close(at)


def make_folder(path: Path) -> None:
    """Make a folder and its parents, so that they are on the disk. Raises OSError."""
    new = []
    while not path.is_dir():
        new.append(path)
        if path == path.parent:
            break
        path = path.parent
    for folder in reversed(new):
        folder.mkdir(exist_ok=True)
        _sync_named(folder.parent)


def sync(descriptor: int) -> None:
    """Wait until a written file is on the disk; on macOS also past the disk's own memory."""
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


def _sync_folder(at: int | None) -> None:
    """Let a folder's names are on the disk: fsync of a file promises nothing of its name."""
    if at is not None:
        sync(at)


def _sync_named(folder: Path) -> None:
    if _BY_PARTS:
        at = os.open(folder, _FOLDER)
        try:
            sync(at)
        finally:
            os.close(at)


def _opened(folder: Path, file: str, flags: int) -> int:
    """Open a regular file in a folder, without waiting for anybody."""
    try:
        with _parent(folder, file) as (name, at):
            descriptor = os.open(name, flags | _NO_LINK | _FILE, 0o666, dir_fd=at)
    except OSError as error:
        if error.errno not in _LINKED:
            raise
        target = _resolved(folder, file)
        with _parent(folder, target) as (name, at):
            descriptor = os.open(name, flags | _NO_LINK | _FILE, 0o666, dir_fd=at)
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        number = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
        raise OSError(number, os.strerror(number) if stat.S_ISDIR(mode) else "no regular file")
    return descriptor


@contextmanager
def _parent(folder: Path, file: str, *, make: bool = False) -> Iterator[tuple[str, int | None]]:
    """Give a file's name and the opened folder that it lies in; elsewhere its path and None."""
    where, name = os.path.split(file)
    if name in ("", ".", "..") or "\0" in file:
        raise _elsewhere(folder, file)
    if not _BY_PARTS:
        path = inside(folder, where or ".")
        if make:
            make_folder(path)
        yield str(path / name), None
        return
    at = _walk(folder, where or ".", make=make)
    try:
        yield name, at
    finally:
        os.close(at)


def _walk(folder: Path, file: str, *, make: bool = False) -> int:
    """Open a folder in a folder, part by part; links are followed if they lead inside."""
    path = PurePath(file)
    if "\0" in file or path.is_absolute():
        raise _elsewhere(folder, file)
    if ".." not in path.parts:
        try:
            return _steps(folder, path.parts, make)
        except OSError as error:
            if error.errno not in _LINKED:
                raise
    return _steps(folder.resolve(), PurePath(_resolved(folder, file)).parts, make)


def _steps(root: Path, parts: Sequence[str], make: bool) -> int:
    at = os.open(root, _FOLDER)
    for part in parts:
        try:
            try:
                inner = os.open(part, _FOLDER | _NO_LINK, dir_fd=at)
            except FileNotFoundError:
                if not make:
                    raise
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=at)
                    sync(at)
                inner = os.open(part, _FOLDER | _NO_LINK, dir_fd=at)
        finally:
            os.close(at)
        at = inner
    return at


def _resolved(folder: Path, file: str) -> str:
    """Return where a path with links leads, relative to the folder; FacelabError if elsewhere."""
    return inside(folder, file).resolve().relative_to(folder.resolve()).as_posix()


def _within(folder: Path, path: Path) -> str:
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        raise _elsewhere(folder, str(path)) from None


def _named(path: Path) -> tuple[Path, str]:
    """Return the folder and the name of a file that the user has named, behind its links."""
    try:
        path = path.resolve()
    except (RuntimeError, ValueError) as error:  # links in a ring, a null byte
        raise OSError(errno.ELOOP, str(error)) from error
    return path.parent, path.name or "."


def _beside(name: str, mark: str) -> str:
    """Return a hidden name for a half-written file; on Windows ``name`` is a whole path."""
    path = Path(name)
    return str(path.with_name(f".{path.name[:200]}.{mark}"))


def _elsewhere(folder: Path, file: str) -> FacelabError:
    return FacelabError(
        f"{shown(file)}: lies outside of the folder {folder.name}; take it out of it"
    )


def _too_large(file: str, most: int) -> FacelabError:
    return FacelabError(f"{shown(file)}: larger than {most // 10**6} MB; save it smaller")
