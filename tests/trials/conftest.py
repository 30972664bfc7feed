"""Fixtures of the tests of trials."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from tests.conftest import draw


def fill(folder: Path, people: dict[str, int]) -> Path:
    """Draw so many photos of each person, a sub-folder a person; no two are alike."""
    for number, (person, photos) in enumerate(people.items()):
        (folder / person).mkdir(parents=True)
        for photo in range(photos):
            cv2.imwrite(str(folder / person / f"{photo:02d}.png"), draw(2 * number, 7 * photo))
    return folder


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A folder of three people with 12 photos each."""
    return fill(tmp_path / "team", {"Ann": 12, "Bo": 12, "Cy": 12})
