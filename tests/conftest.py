"""Fixtures that all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from facelab.frames.source import Recording

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def recording() -> Recording:
    """The frames recorded in fixtures/."""
    return Recording(ROOT / "fixtures")
