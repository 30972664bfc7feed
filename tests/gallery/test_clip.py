"""Clip: exactly its frames, in their order, or an error."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery.clip import BATCH, Clip
from tests.conftest import draw, film


@pytest.mark.parametrize("number", [1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 5])
def test_frames_in_order(tmp_path: Path, number: int) -> None:
    frames = [draw(photo % 5, photo) for photo in range(number)]
    film(tmp_path / "clip.avi", frames)
    clip = Clip(tmp_path / "clip.avi", "Ann", number)
    assert len(clip) == number
    batches = list(clip)
    assert [len(batch) for batch in batches[:-1]] == [BATCH] * (len(batches) - 1)
    played = np.concatenate(batches)
    assert played.dtype == np.uint8
    np.testing.assert_array_equal(played, np.stack(frames))
    np.testing.assert_array_equal(np.concatenate(list(clip)), played)


@pytest.mark.parametrize("said", [4, 6, 0])
def test_another_number_of_frames(tmp_path: Path, said: int) -> None:
    film(tmp_path / "clip.avi", [draw(0, photo) for photo in range(5)])
    message = f"{tmp_path}/clip.avi: played 5 frames, the manifest says {said}; restore the clip"
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        list(Clip(tmp_path / "clip.avi", "Ann", said))


@pytest.mark.parametrize("content", [None, b"", b"This is no film."])
def test_a_file_that_cannot_be_played(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "clip.avi"
    if content is not None:
        path.write_bytes(content)
    message = f"{path}: played 0 frames, the manifest says 5; restore the clip"
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        list(Clip(path, "Ann", 5))
