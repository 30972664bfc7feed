"""Photos: frames and labels stay together whatever is selected."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from facelab.contract.photos import Photos
from tests.conftest import draw

PEOPLE = ["Bo", "Ann", "Bo", "Cy", "Ann"]


@pytest.fixture
def photos() -> Photos:
    labels = pd.DataFrame({"file": [f"{i}.png" for i in range(5)], "person": PEOPLE})
    return Photos(tuple(draw(0, photo, (4, 6)) for photo in range(5)), labels)


def test_people_in_order_of_appearance(photos: Photos) -> None:
    assert photos.people == ("Bo", "Ann", "Cy")
    assert photos.numbers(photos.people).tolist() == [0, 1, 0, 2, 1]
    assert photos.numbers(("Cy", "Ann")).tolist() == [-1, 1, -1, 0, 1]


def test_selections_keep_frames_with_labels(photos: Photos) -> None:
    for chosen in (
        photos.of(["Ann", "Cy"]),
        photos.first(3),
        photos.select(np.array(PEOPLE) == "Bo"),
    ):
        assert len(chosen) == len(chosen.labels)
        for frame, file in zip(chosen.frames, chosen.labels["file"], strict=True):
            np.testing.assert_array_equal(frame, draw(0, int(file[0]), (4, 6)))
    assert photos.of(["Cy", "Ann"]).labels["file"].tolist() == ["1.png", "3.png", "4.png"]
    assert photos.of(["Ann"]).labels.index.tolist() == [0, 1]
    assert len(photos.of(["Nobody"])) == 0
    assert photos.first(99).labels.equals(photos.labels)
