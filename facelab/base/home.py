"""Home: where the book is, and where facelab keeps what is the user's own and can be had again."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def book() -> Path:
    """Return the folder of features, steps and fixtures: that of the wheel, else the clone."""
    installed = Path(__file__).parents[1] / "book"
    return installed if (installed / "features").is_dir() else installed.parents[1]


def recorded(root: Path) -> Path:
    """Return the folder of the recorded frames: a copy's own, else the book's."""
    here = root / "fixtures"
    return here if (here / "manifest.csv").is_file() else book() / "fixtures"


def restoring() -> str:
    """Return how a file of the book is put back."""
    cloned = book() == Path(__file__).parents[2]
    return "restore it with `git checkout -- fixtures`" if cloned else "install facelab again"


def user_cache() -> Path:
    """Return the user's folder for what can be had again; it need not be there yet."""
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        home = Path.home() / "Library" / "Caches"
    else:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "facelab"
