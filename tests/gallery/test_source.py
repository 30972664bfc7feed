"""Source: sets and clips by name, strictly; and the recording that is kept with the project."""

from __future__ import annotations

import re

import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery.source import Recording
from tests.conftest import draw


def test_photos_of_a_set(frames: Recording) -> None:
    photos = frames.photos("gallery")
    assert len(photos) == 40
    assert photos.people == ("Alex", "Amine", "Lara", "Naomie")
    assert photos.labels["file"].tolist() == sorted(photos.labels["file"])
    np.testing.assert_array_equal(photos.of(["Lara"]).frames[3], draw(2, 3))
    assert frames.name == "recorded frames in fixtures/"


def test_a_clip(frames: Recording) -> None:
    clip = frames.clip("alex_t2")
    assert (clip.person, len(clip)) == ("Alex", 70)
    assert sum(len(batch) for batch in clip) == 70


def test_a_set_that_is_not_there(frames: Recording) -> None:
    message = f"{frames.folder}: no set called probes/t9; there are clips, gallery"
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        frames.photos("probes/t9")


def test_a_clip_that_is_not_there(frames: Recording) -> None:
    with pytest.raises(FacelabError, match=r": no clip called bruno; there are alex_t2$"):
        frames.clip("bruno")


def test_a_missing_photo_is_an_error_not_a_smaller_set(frames: Recording) -> None:
    path = frames.folder / "gallery" / "Lara" / "003.png"
    path.unlink()
    message = (
        f"{path}: no such photo (No such file or directory); put it back or take it out of the "
        "gallery"
    )
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        frames.photos("gallery")


def test_the_recording_of_this_project(recording: Recording) -> None:
    rows = recording.manifest
    assert rows["file"].is_unique
    sizes = rows[~rows["set"].eq("clips")].groupby("set").size()
    assert (sizes["gallery"], sizes["probes/t1"], sizes["probes/t2"]) == (230, 49, 11)
    gallery = rows[rows["set"] == "gallery"]
    assert gallery["person"].nunique() == 11
    assert gallery["person"].isin(["Alex", "Amine", "Lara", "Naomie"]).sum() == 103
    assert len(recording.clip("alex_t2")) == 793
