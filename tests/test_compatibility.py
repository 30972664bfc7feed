"""Compatibility: what facelab 1.0.0 wrote is opened by the facelab of today."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from facelab.gallery.gallery import Gallery
from facelab.gallery.own_gallery import OwnGallery
from facelab.learning.classifier import load, people_of
from facelab.report.document import render
from facelab.report.record import read_record
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

DATA = ROOT / "tests" / "data" / "1.0.0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A gallery that was filmed, and whose journal still holds 16 of its 25 photos."""
    return Path(shutil.copytree(DATA / "gallery", tmp_path / "gallery"))


def test_a_gallery_with_a_journal_is_read_and_gone_on_with(folder: Path) -> None:
    gallery = Gallery(folder)
    assert not gallery.damage()
    assert len(gallery.table) == 25
    assert gallery.table.groupby("person").size().to_dict() == {"Alex": 16, "Naomie": 9}
    consent = gallery.consent("Naomie")
    assert consent is not None
    assert consent.when == "2026-11-23T09:30:00Z"
    assert gallery.save("Naomie", np.zeros((120, 160, 3), np.uint8)) == "gallery/Naomie/010.png"
    gallery.close()
    again = Gallery(folder)
    assert len(again.table) == 26
    assert not again.damage()


def test_a_gallery_with_a_journal_is_a_source(folder: Path) -> None:
    source = OwnGallery(folder)
    assert source.photos("gallery").people == ("Alex", "Naomie")
    assert len(source.photos("gallery")) == 17  # one of Naomie, who has no probes, becomes one
    assert len(source.photos("probes/t1")) == 3
    assert len(source.clip("alex_t2")) == 4


def test_a_classifier_still_answers(folder: Path) -> None:
    model = load(DATA / "classifier.keras")
    photos = Gallery(folder).photos()
    answers = model.predict_on_batch(np.stack(list(photos.frames)))
    assert people_of(model) == ("Alex", "Naomie")
    np.testing.assert_array_equal(answers.argmax(axis=1), photos.numbers(people_of(model)))


def test_a_record_still_makes_its_page() -> None:
    page = render(read_record(DATA / "acceptance.json"))
    assert "No probe is answered wrong" in page
