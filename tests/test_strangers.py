"""Strangers: what the steps find in each light, in a plain folder and in a crowd."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.gallery.own_gallery import OwnGallery
from facelab.judging.answers import Answers
from facelab.judging.certainty import unnamed
from facelab.playing.recorder import LiveSheet
from facelab.report.record import Sheet, Step
from steps.crowd import others_are_strangers
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


def test_all_others_of_a_crowd_are_strangers_to_the_first() -> None:
    """Six people; who learns the first three is sure of Dan and Fay alone, of Fay by lamplight."""
    people = ["Ann", "Bo", "Cy", "Dan", "Eve", "Fay"]
    probes = shown(
        18,
        person=np.repeat(people, 3).tolist(),
        light=["day", "lamp", "day"] * 6,
        manner=["bare", "unseen light", "glasses"] * 6,
    )
    photos = shown(6, person=people, light=["day"] * 6)
    learnt: list[Photos] = []

    def train(chosen: Photos, _: Parameters) -> object:
        learnt.append(chosen)
        return object()

    def ask(_: object, known: tuple[str, ...], asked: Photos) -> Answers:
        labels = asked.labels
        assert "glasses" not in set(labels["manner"])
        sure = labels["person"].isin(["Ann", "Bo", "Dan"])
        sure |= (labels["person"] == "Fay") & (labels["light"] == "lamp")
        places = [known.index(one) if one in known else 0 for one in labels["person"]]
        odds = np.full((1, len(labels), 3), 0.3, np.float32)
        odds[0, range(len(labels)), places] = np.where(sure, 0.9, 0.4)
        return Answers(labels, odds, known)

    told: Any = exam()
    told.train, told.ask = train, ask
    sheet = LiveSheet(Sheet("", "", "", 1, [], "", [Step("When", "")]), seeds=(0,))
    sheet.begin()
    crowd: Any = SimpleNamespace(probes=probes)
    named = others_are_strangers(sheet, told, crowd, photos, Parameters(), 3)
    assert [one.people for one in learnt] == [("Ann", "Bo", "Cy")]
    assert {light: one.tolist() for light, one in named.items()} == {
        KNOWN: [[True, False, False]],
        UNSEEN: [[True, False, True]],
    }
    with pytest.raises(pytest.skip.Exception, match=r"6 people are .* --people 8 or"):
        others_are_strangers(sheet, told, crowd, photos, Parameters(), 4)
