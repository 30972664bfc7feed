"""Temporary: folders that are removed, even if the run that made them was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from facelab.base import files
from facelab.base.lock import lock
from facelab.contract.errors import FacelabError

PREFIX = "facelab-filmed-"
"""How the names of these folders begin."""

YOUNG = 60.0
"""Seconds after which the lock of a living run is sure to be there."""

MARK = ".lock"
"""The file in each that is locked as long as its run lives."""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Within the block, give a folder that vanishes; those of runs that were killed go, too."""
    remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    descriptor = files.open_lock(folder, MARK)
    try:
        lock(descriptor)
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned() -> None:
    """Remove the folders of this user's runs that were killed."""
    home = Path(tempfile.gettempdir())
    for folder in home.glob(f"{PREFIX}*"):
        with suppress(OSError, FacelabError):
            found = folder.lstat()
            mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
            if folder.is_symlink() or not mine or time.time() - found.st_mtime < YOUNG:
                continue
            descriptor = files.open_lock(folder, MARK)
            try:
                if lock(descriptor):
                    files.remove_tree(home, folder.name)
            finally:
                os.close(descriptor)
