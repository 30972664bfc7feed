"""Strangers: what the steps find where photos do not say their light, as in a plain folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from facelab.gallery.own_gallery import OwnGallery
from facelab.judging.answers import Answers
from facelab.judging.certainty import unnamed
from steps.strangers import ANY, KNOWN, UNSEEN, by_light, judged
from tests.gallery.test_own_gallery import fill
from tests.power.case import exam, said, shown


def test_where_no_photo_says_its_light_all_bursts_are_judged(tmp_path: Path) -> None:
    fill(tmp_path)
    own = OwnGallery(tmp_path)
    photos, probes = own.photos("gallery"), own.photos("probes")
    odds = np.zeros((1, len(probes), len(photos.people)), np.float32)
    odds[0, :, 0] = 1  # everybody is taken for the first
    answers = Answers(probes.labels, odds, photos.people)
    lights = by_light(exam(), photos, probes, answers, unnamed)
    assert list(lights) == [ANY]
    people = probes.labels.groupby("burst")["person"].first()
    assert judged(exam(), lights).sum() == (people != photos.people[0]).sum() > 0


def test_known_light_is_that_of_a_photo() -> None:
    lights = ["day", "lamp", "lamp"]
    probes = shown(3, light=lights, burst=["one", "two", "three"])
    answers = said("aaa", "amm", 0.9, light=lights, burst=["one", "two", "three"])
    found = by_light(exam(), shown(1, light=["day"]), probes, answers, unnamed)
    assert {light: one.tolist() for light, one in found.items()} == {
        KNOWN: [[False]],
        UNSEEN: [[True, True]],
    }
