"""Report folder: where a run writes its report; the run locks it until its end."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from facelab.base.files import inside
from facelab.playing.neighbours import plays
from facelab.report.place import held_folder

REPORTS = "reports"
"""The folder of the report, unless another is asked for."""

FOLDER = pytest.StashKey[Path]()


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
        held = ExitStack()
        held.enter_context(held_folder(config.stash[FOLDER]))
        config.add_cleanup(held.close)
