"""Folder: anyone's photos, a sub-folder a person."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery.own_gallery import read_gallery
from facelab.gallery.reader import read_found
from tests.conftest import draw


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Three people with a photo each, and things that are none."""
    for person, file in (("Cy", "a.PNG"), ("Ann", "b.jpg"), ("Bo", "c.bmp")):
        (tmp_path / person).mkdir()
        cv2.imwrite(str(tmp_path / person / file), draw(0, 0))
    (tmp_path / "Ann" / "notes.txt").write_text("not a photo")
    (tmp_path / "beside.png").write_bytes(b"")
    (tmp_path / "Dee").mkdir()
    (tmp_path / "Nobody").mkdir()
    cv2.imwrite(str(tmp_path / "Nobody" / "a.png"), draw(0, 1))
    return tmp_path


def test_photos_are_sorted_by_person(own: Path) -> None:
    found = read_found(own)
    photos, left_out = found.photos, found.left_out
    assert left_out == [
        "Ann/notes.txt: no picture; allowed are .jpg, .jpeg, .png, .bmp, .webp, .pgm files",
        "Dee: left out, an empty folder; put photos into it or take it away",
        "Nobody: left out, tables and counts say so where no face is seen; rename the folder",
        "beside.png: left out; put it into a sub-folder a person",
    ]
    assert photos.people == ("Ann", "Bo", "Cy")
    assert photos.labels["file"].tolist() == ["Ann/b.jpg", "Bo/c.bmp", "Cy/a.PNG"]


def test_no_folder(tmp_path: Path) -> None:
    message = f"{tmp_path}/none: no such folder; name one with a sub-folder a person"
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        read_found(tmp_path / "none")


@pytest.mark.parametrize(("people", "received"), [((), "nobody"), (("Ann",), "Ann")])
def test_too_few_people(tmp_path: Path, people: tuple[str, ...], received: str) -> None:
    for person in people:
        (tmp_path / person).mkdir()
        cv2.imwrite(str(tmp_path / person / "a.png"), draw(0, 0))
    message = (
        f"{tmp_path}: received photos of {received}, allowed are 2 or more people; put .jpg, "
        ".jpeg, .png, .bmp, .webp, .pgm files into a sub-folder a person"
    )
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        read_gallery(tmp_path)


def test_a_damaged_photo_is_named(own: Path) -> None:
    (own / "Bo" / "c.bmp").write_text("This is no photo.")
    photos, left_out = read_gallery(own)
    assert photos.people == ("Ann", "Cy")
    assert left_out[1] == (
        "Bo: left out, nothing in it can be read (Bo/c.bmp: 17 bytes that are no picture; allowed "
        "are JPEG, PNG, BMP, WebP and PGM files; take it away or replace it)"
    )
