"""Quality: good photos pass; each fault is named."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from facelab.camera.quality import BLUR, blur, remark
from facelab.contract.frame import Frame
from facelab.faces.finder import FaceFinder
from facelab.gallery.source import Recording

FINDER = FaceFinder()


@pytest.fixture(scope="module")
def photos(recording: Recording) -> list[Frame]:
    """Two dozen photos of all eleven people."""
    return list(recording.photos("gallery").frames[::10])


def said(photos: list[Frame]) -> dict[str, int]:
    """How often each remark is made."""
    remarks = [remark(photo, None, FINDER) for photo in photos]
    return {one: remarks.count(one) for one in set(remarks)}


def test_good_photos_pass(photos: list[Frame]) -> None:
    assert said(photos) == {"": len(photos)}


def test_too_dark(photos: list[Frame]) -> None:
    assert said([photo // 6 for photo in photos]) == {"too dark": len(photos)}
    assert remark(np.zeros_like(photos[0]), None, FINDER) == "too dark"


def test_too_bright(photos: list[Frame]) -> None:
    bright = [np.minimum(photo.astype(int) * 5, 255).astype(np.uint8) for photo in photos]
    assert said(bright).get("too bright", 0) >= 0.8 * len(photos)


def test_blurred(photos: list[Frame]) -> None:
    """Blurred by a 12th of the face's height, 5 of the 64 pixels that it is described in."""
    spread = [FINDER.find(photo)[0].box[[1, 3]] @ [-1, 1] / 12 for photo in photos]
    out = [cv2.GaussianBlur(p, (0, 0), float(s)) for p, s in zip(photos, spread, strict=True)]
    assert said(out).get("blurred", 0) >= 0.7 * len(photos)


def test_an_edge_tells_its_blur() -> None:
    edge = np.repeat((np.arange(64) >= 32)[None] * np.uint8(200), 64, axis=0)
    for spread in (1.0, 2.0, 4.0):
        told = blur(cv2.GaussianBlur(edge.astype(np.float32), (0, 0), spread).astype(np.uint8))
        assert told == pytest.approx(spread, rel=0.15)
    assert blur(edge) < 0.7 < BLUR


def test_nobody_and_several(photos: list[Frame]) -> None:
    empty = np.full((240, 320, 3), 120, np.uint8)
    assert remark(empty, None, FINDER) == "no face"
    pair = np.hstack([photos[0], photos[-1]])
    assert remark(pair, None, FINDER) == "several faces"


def test_frozen(photos: list[Frame]) -> None:
    assert remark(photos[0], photos[0].copy(), FINDER) == "frozen"
    noisy = photos[0].copy()
    noisy[0, 0, 0] ^= 1
    assert remark(photos[0], noisy, FINDER) == ""
