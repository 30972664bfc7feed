"""Thumbnails: small grey pictures of photos, by the SHA-256 of their files, kept for the next run.

With its thumbnail a photo need not be decoded again to check that it is whole, and no copy.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from facelab.base import files
from facelab.contract.errors import FacelabError
from facelab.gallery.duplicates import SIDE, Small

NAME = "thumbnails-2"
"""The first ones were those of damaged photos, too."""

MOST = 256_000_000
"""Bytes that the file has at most: those of 240,000 photos."""

_ROW = np.dtype([("sha256", "S64"), ("small", "u1", (SIDE * SIDE,))])
_MARK = 32
"""Bytes before the rows: their SHA-256. A damaged file is made again."""


class Thumbnails:
    """Thumbnails in memory, and in a folder of a gallery if there is one."""

    def __init__(self, folder: Path | None = None, cache: str = "") -> None:
        self._folder, self._file = folder, f"{cache}/{NAME}"
        self._known: dict[str, Small] = {}
        self._new = False
        if folder and cache:
            self._known = _read(folder, self._file)

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._known

    def __getitem__(self, sha256: str) -> Small:
        return self._known[sha256]

    def add(self, sha256: str, small: Small) -> None:
        """Know a thumbnail."""
        self._known[sha256] = small
        self._new = True

    def keep(self, standing: Iterable[str]) -> None:
        """Write those of the photos that are there, known by their SHA-256, if any is new.

        Raises OSError or FacelabError when they cannot be written.
        """
        if not self._new or not self._folder:
            return
        known = [sha256 for sha256 in dict.fromkeys(standing) if sha256 in self._known]
        rows = np.zeros(len(known), _ROW)
        rows["sha256"] = known
        for row, sha256 in zip(rows, known, strict=True):
            row["small"] = self._known[sha256]
        content = rows.tobytes()
        files.write(self._folder, self._file, hashlib.sha256(content).digest() + content)
        self._new = False


def _read(folder: Path, file: str) -> dict[str, Small]:
    with contextlib.suppress(OSError, FacelabError):
        content = files.read(folder, file, MOST)
        rows = content[_MARK:]
        if hashlib.sha256(rows).digest() == content[:_MARK] and not len(rows) % _ROW.itemsize:
            table = np.frombuffer(rows, _ROW)
            return {row["sha256"].decode("ascii", "replace"): row["small"] for row in table}
    return {}
