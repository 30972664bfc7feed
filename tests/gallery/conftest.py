"""Galleries of these tests lie in memory, where there is some.

A gallery waits for the disk at every photo, and these tests save many thousands. What a disk loses
when the power fails is tested in test_power_cut, whose images hold file systems of their own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""Bytes that must be free there: the images of test_power_cut are the largest files."""


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory; pytest's own where there is no room for it."""
    if not (os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM):
        yield tmp_path
        return
    with TemporaryDirectory(prefix="facelab-test-", dir=MEMORY) as folder:
        yield Path(folder)
