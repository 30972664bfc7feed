"""TensorFlow.js: one file that is fetched when asked for, and kept in the user's cache.

It is not part of facelab. Whoever gives it, its bytes are those of one release, by their SHA-384;
they are compared whenever the file is read.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from facelab.base.files import make_folder, read_named, write_atomically
from facelab.base.home import user_cache
from facelab.contract.errors import FacelabError

VERSION = "4.22.0"

NAME = "tf.fesm.min.js"
"""The whole library as one ES module."""

SHA384 = "sVlxznT2g8UX+LKW0MDllnfEuRVwUddI56wB4DDI438kCsTkdvYxJz657EqBDpmc"
"""Of its bytes, in base64."""

PACKAGE = f"@tensorflow/tfjs@{VERSION}"
"""What npm is asked for."""

ADDRESS = f"https://cdn.jsdelivr.net/npm/{PACKAGE}/dist/{NAME}"
"""Where the file lies in public; ``--get-tensorflowjs ADDRESS`` reads it elsewhere."""

SCHEMES = ("https://", "http://")
"""How an address begins. Either will do: the bytes are compared."""

LARGEST = 4_000_000
"""Bytes of the file at most; it has 1.1 million."""

SECONDS, NPM_SECONDS = 60, 180
"""How long a download, and npm, which brings the whole package of 30 MB, may take."""

COMMAND = "facelab page --get-tensorflowjs"


def get(source: Path | str | None = None, *, package: str = PACKAGE) -> Path:
    """Get TensorFlow.js and return where it is kept.

    ``source``: a file of the user's, or an address (http or https). Without it, npm packs
    ``package`` where there is npm, else it is read from `ADDRESS`. Raises FacelabError in one line
    when none of it gives the file, or it cannot be kept.
    """
    try:
        make_folder(place().parent)
        with TemporaryFile(dir=place().parent):
            pass  # before 30 MB are fetched
        content = _from(source, package)
        write_atomically(place(), content)
    except OSError as error:
        reason = error.strerror or error
        raise FacelabError(f"{place()}: TensorFlow.js cannot be kept there ({reason})") from error
    return place()


def place() -> Path:
    """Return where TensorFlow.js is kept, whether it is there or not."""
    return user_cache() / "tensorflow.js" / VERSION / NAME


def cached() -> Path | None:
    """Return the kept file, None where it is absent or has changed."""
    try:
        read()
    except FacelabError:
        return None
    return place()


def read() -> bytes:
    """Return the bytes of the kept file. Raises FacelabError when it is absent or has changed."""
    try:
        content = read_named(place(), LARGEST)
    except FileNotFoundError:
        raise FacelabError(
            f"TensorFlow.js is not there yet: get it with `{COMMAND}`, then load the page again"
        ) from None
    except (OSError, FacelabError) as error:
        raise FacelabError(_changed()) from error
    if not is_right(content):
        raise FacelabError(_changed())
    return content


def _changed() -> str:
    return (
        f"{place()}: this is not TensorFlow.js {VERSION} any more; get it again with `{COMMAND}`, "
        "then load the page again"
    )


def is_right(content: bytes) -> bool:
    """Return whether bytes are those of TensorFlow.js."""
    return base64.b64encode(hashlib.sha384(content).digest()).decode() == SHA384


def _from(source: Path | str | None, package: str) -> bytes:
    """Return the right bytes, from the first way that gives them."""
    if source is not None and not str(source).startswith(SCHEMES):
        return _given(Path(source))
    address = ADDRESS if source is None else str(source)
    ways: list[tuple[str, Callable[[], bytes]]] = [(address, lambda: _read(address))]
    if source is None:
        ways.insert(0, ("npm", lambda: _packed(package)))
    failed = []
    for name, way in ways:
        try:
            content = way()
        except _Absent as reason:
            failed.append(f"{name}: {reason}")
        else:
            if is_right(content):
                return content
            failed.append(f"{name}: what came is not TensorFlow.js {VERSION}")
    raise FacelabError(
        f"TensorFlow.js cannot be had ({'; '.join(failed)}); get dist/{NAME} of {PACKAGE} where "
        f"there is a network, and give it: `{COMMAND} FILE`"
    )


def _given(source: Path) -> bytes:
    """Return the right bytes of a file of the user's."""
    wanted = f"allowed is dist/{NAME} of {PACKAGE}"
    try:
        content = read_named(source, LARGEST)
    except OSError as error:
        raise FacelabError(f"{source}: cannot be read ({error.strerror}); {wanted}") from error
    except FacelabError:
        raise FacelabError(f"{source}: too large for TensorFlow.js; {wanted}") from None
    if not is_right(content):
        raise FacelabError(f"{source}: this is not TensorFlow.js {VERSION}; {wanted}")
    return content


class _Absent(Exception):
    """Why a way gives nothing, in some words."""


def _packed(package: str) -> bytes:
    """Return the file out of the package that npm brings into a folder that goes again."""
    npm = shutil.which("npm")
    if npm is None:
        raise _Absent("not installed")
    with TemporaryDirectory() as folder:
        command = [npm, "pack", package, "--silent", "--ignore-scripts", "--fetch-retries=0"]
        try:
            subprocess.run(  # noqa: S603 (the program is npm, the words are ours)
                command, cwd=folder, check=True, capture_output=True, timeout=NPM_SECONDS,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
            (archive,) = Path(folder).glob("*.tgz")
            with tarfile.open(archive) as members:
                member = members.extractfile(f"package/dist/{NAME}")
                return member.read(LARGEST + 1) if member else b""
        except subprocess.TimeoutExpired:
            raise _Absent(f"no answer for {NPM_SECONDS} seconds") from None
        except (OSError, subprocess.SubprocessError, ValueError, KeyError, tarfile.TarError):
            raise _Absent("it could not bring the package; is there a network?") from None


def _read(address: str) -> bytes:
    """Return the bytes at an address."""
    until = time.monotonic() + SECONDS
    content = b""
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 (the scheme is checked)
            while part := answer.read1(1 << 16):
                content += part
                if len(content) > LARGEST or time.monotonic() > until:
                    break
            else:
                return content
    except urllib.error.HTTPError as error:
        raise _Absent(f"it answers {error.code} {error.reason}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise _Absent(f"no connection ({getattr(error, 'reason', None) or error})") from None
    if len(content) > LARGEST:
        raise _Absent(f"more than {LARGEST // 10**6} MB came")
    raise _Absent(f"it took more than {SECONDS} seconds")
