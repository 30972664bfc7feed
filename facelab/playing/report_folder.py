"""Report folder: where a run writes its report; the run locks it until its end."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from facelab.base.files import inside
from facelab.contract.errors import FacelabError
from facelab.playing.neighbours import plays
from facelab.report.history import PAGE, RECORD
from facelab.report.place import REPORT, held_folder, mark, unmark

REPORTS = "reports"
"""The folder of the report, unless another is asked for."""

LEAST = 20_000_000
"""Bytes that must be free for a report, with the record, the curves and what is kept of them."""

FOLDER = pytest.StashKey[Path]()
_MARKED = pytest.StashKey[bool]()


def report_folder(config: pytest.Config) -> Path:
    """Return where the report goes: with a gallery of one's own, into it, and nowhere else.

    Raises FacelabError when the gallery's folder is a link that leads out of it.
    """
    report = Path(config.getoption("acceptance_report"))
    gallery = config.getoption("gallery") or config.getoption("record")
    return inside(Path(gallery), REPORTS) if gallery and report == Path(REPORTS) else report


def keep_folder(config: pytest.Config) -> None:
    """Keep the folder until the run ends. Raises FacelabError when another run has it."""
    if plays(config):
        folder = config.stash[FOLDER]
        held = ExitStack()
        held.enter_context(held_folder(folder))
        config.add_cleanup(held.close)
        _check_room(folder)
        mark(folder)
        config.stash[_MARKED] = True


def leave_folder(config: pytest.Config) -> None:
    """Of a run that ends before it has begun anything, leave nothing in the folder."""
    if config.stash.get(_MARKED, False):
        unmark(config.stash[FOLDER])


def _check_room(folder: Path) -> None:
    """Raise FacelabError when a report would not fit into a folder, or its place is taken."""
    otherwise = f"write to another with {REPORT}=DIR"
    for name in (RECORD, PAGE):
        if (folder / name).is_dir():
            raise FacelabError(f"{folder / name}: a folder is there; remove it, or {otherwise}")
    free = shutil.disk_usage(folder).free
    if free < LEAST:
        raise FacelabError(
            f"{folder}: {free // 10**6} MB are free there, a report takes up to "
            f"{LEAST // 10**6} MB; remove something, or {otherwise}"
        )
