"""Compiled: templates as Python code, kept from one process to the next.

To compile the report's templates takes nearly as long as to fill them.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

from jinja2.bccache import Bucket, FileSystemBytecodeCache


class Kept(FileSystemBytecodeCache):
    """Templates in a folder, known by the digest of their source and Jinja's version.

    What cannot be read or written there is compiled anew.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), f"jinja2-{version('jinja2')}-%s.cache")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template, if it is there and whole."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # a file that was cut off is read by pickle, which raises anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def kept_beside(folder: Path) -> Kept | None:
    """Return what keeps the templates of a folder, where Python keeps the modules of one.

    None where Python is to keep nothing, or can make no folder.
    """
    place = Path(cache_from_source(str(folder / "template.py"))).parent
    try:
        if not sys.dont_write_bytecode:
            place.mkdir(parents=True, exist_ok=True)
            return Kept(place)
    except OSError:
        pass
    return None
