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
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path, PurePath

from facelab.base.descent import (
    BY_PARTS,
    FILE,
    NO_LINK,
    elsewhere,
    opened_at,
    parent,
    resolved,
    sync,
    sync_folder,
    sync_named,
    walk,
)
from facelab.base.descent import inside as inside
from facelab.base.descent import make_folder as make_folder
from facelab.base.descent import reason as reason
from facelab.base.descent import shown as shown
from facelab.contract.errors import FacelabError


def check(folder: Path, file: str) -> None:
    """Raise FacelabError when a name alone leads out of a folder: absolute, or with ``..``.

    Links are checked when the file is opened.
    """
    if not (file.startswith("/") or ".." in file or "\\" in file or ":" in file):
        return  # as nearly every name; a manifest has thousands, and a path takes long to make
    path = PurePath(file)
    if path.is_absolute() or ".." in path.parts:
        raise elsewhere(folder, file)


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
        with parent(folder, file) as (name, at):
            return stat.S_IFMT(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode)
    except OSError:
        return 0


def is_empty(folder: Path, file: str) -> bool:
    """Return whether a file has no bytes. Errors as in ``exists``."""
    return signature(folder, file)[1:2] == (0,)


def signature(folder: Path, file: str) -> tuple[int, ...]:
    """Return numbers that change when a file is written to or replaced; none without a file."""
    try:
        with parent(folder, file) as (name, at):
            found = os.stat(name, dir_fd=at, follow_symlinks=False)
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def ignores_case(folder: Path) -> bool:
    """Return whether a folder's disk takes a name in small and in capital letters for one.

    False where the folder holds no name by which that could be seen.
    """
    with contextlib.suppress(OSError, FacelabError):
        cased = [name for name in names(folder) if name.swapcase() != name][:20]
        return any(
            signature(folder, name)[:1] == signature(folder, name.swapcase())[:1] for name in cased
        )
    return False


@contextmanager
def opened(folder: Path, file: str, most: int | None = None) -> Iterator[BufferedReader]:
    """Open a regular file in a folder to read it; a link is followed if it leads inside.

    Raises FacelabError when it lies elsewhere or has more than ``most`` bytes, OSError when it
    cannot be read or is no regular file.
    """
    with os.fdopen(opened_at(folder, file, os.O_RDONLY), "rb") as content:
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
    root, file = (folder, _within(folder, path)) if folder else named(path)
    with opened(root, file) as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def read_named(path: Path, most: int) -> bytes:
    """Return the bytes of a regular file that the user has named; links are followed anywhere.

    Errors as in ``opened``.
    """
    return read(*named(path), most)


def first_bytes(path: Path, count: int) -> bytes:
    """Return so many bytes of a regular file that is known by its path. Errors as in ``opened``."""
    with opened(*named(path)) as content:
        return content.read(count)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Within the block, write to the path given; behind it the file has its name, and lasts.

    For whatever writes its files itself. What breaks off leaves what was there; a link stays one.
    Raises OSError.
    """
    path = Path(*named(path))
    check_regular(path)
    half = path.with_name(f".half.{secrets.token_hex(4)}.{path.name[-200:]}")
    try:
        yield half
        with half.open("rb+") as written:
            sync(written.fileno())
        half.replace(path)
        sync_named(path.parent)
    finally:
        half.unlink(missing_ok=True)


def check_regular(path: Path) -> None:
    """Raise OSError where a folder, a pipe or a device has the name that is to be written to.

    What is written whole takes its place: `/dev/null` would be a file from then on.
    """
    with contextlib.suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "no regular file", str(path))


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file at a path of the user's, or leave the old one: never half of it.

    When it returns, the file and its name are on the disk. Raises OSError.
    """
    check_regular(path)
    make_folder(path.parent)
    write(path.parent, path.name, content)


def write(folder: Path, file: str, content: bytes) -> None:
    """Write a whole file in an existing folder, with the folders on its way, or nothing.

    When it returns, the file and its name are on the disk. Raises FacelabError when it is outside
    of the folder, OSError when writing fails; an old file is then kept.
    """
    with parent(folder, file, make=True) as (name, at):
        half = _beside(name, secrets.token_hex(4))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK | FILE
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
        sync_folder(at)


def create(folder: Path, file: str) -> None:
    """Make a new empty file in a folder, with the folders on its way.

    Raises FileExistsError when it is there, other errors as in ``write``.
    """
    with parent(folder, file, make=True) as (name, at):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK | FILE
        os.close(os.open(name, flags, 0o666, dir_fd=at))


def open_lock(folder: Path, file: str) -> int:
    """Open an empty file in a folder to lock it, made if need be. Errors as in ``write``."""
    try:
        return opened_at(folder, file, os.O_RDWR)
    except FileNotFoundError:
        return opened_at(folder, file, os.O_RDWR | os.O_CREAT)


def append(folder: Path, file: str, line: bytes) -> None:
    """Add a line to a file of lines, and wait until it is on the disk.

    A torn last line is ended first. Errors as in ``write``; no part of the line stays then.
    """
    new = not exists(folder, file)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    with os.fdopen(opened_at(folder, file, flags), "ab+", buffering=0) as lines:
        before = lines.seek(0, os.SEEK_END)
        if before:
            lines.seek(before - 1)
            line = line if lines.read(1) == b"\n" else b"\n" + line
        try:
            if lines.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            sync(lines.fileno())
            if new:
                with parent(folder, file) as (_, at):
                    sync_folder(at)
        except BaseException:
            with contextlib.suppress(OSError):
                lines.truncate(before)
            raise


def remove(folder: Path, file: str) -> bool:
    """Remove a file in a folder, or a link, for good; return whether there was one.

    Raises FacelabError when it lies elsewhere, OSError when writing fails.
    """
    try:
        with parent(folder, file) as (name, at):
            os.unlink(name, dir_fd=at)
            sync_folder(at)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def remove_if_empty(folder: Path, file: str) -> None:
    """Remove a folder in a folder unless it holds anything. Errors as in ``remove``."""
    try:
        with parent(folder, file) as (name, at):
            os.rmdir(name, dir_fd=at)
            sync_folder(at)
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
    with parent(folder, file) as (name, at):
        shutil.rmtree(name, dir_fd=at)
        sync_folder(at)
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
    at = walk(folder, file) if BY_PARTS else inside(folder, file)
    try:
        with os.scandir(at) as entries:
            return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    finally:
        if isinstance(at, int):
            os.close(at)


def _within(folder: Path, path: Path) -> str:
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        raise elsewhere(folder, str(path)) from None


def named(path: Path) -> tuple[Path, str]:
    """Return the folder and the name of a file that the user has named, behind its links."""
    path = resolved(path)
    return path.parent, path.name or "."


def _beside(name: str, mark: str) -> str:
    """Return a hidden name for a half-written file; on Windows ``name`` is a whole path."""
    path = Path(name)
    return str(path.with_name(f".{path.name[:200]}.{mark}"))


def _too_large(file: str, most: int) -> FacelabError:
    return FacelabError(f"{shown(file)}: larger than {most // 10**6} MB; save it smaller")
