"""Image: whole pictures are read, all else is refused in one line; files are written whole."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery.image import decode_image, encode_png, read_image, thumbnail
from tests.conftest import draw

PICTURES = "allowed are JPEG, PNG, BMP, WebP and PGM files; take it away or replace it"


@pytest.mark.parametrize("ending", [".jpg", ".png", ".bmp", ".webp", ".pgm"])
def test_formats(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"photo{ending}"
    cv2.imwrite(str(path), draw(0, 0)[..., 0] if ending == ".pgm" else draw(0, 0))
    frame = read_image(path)
    assert frame.shape == (48, 64, 3)
    assert frame.dtype == np.uint8
    assert np.abs(frame.astype(int) - draw(0, 0)).mean() < 15


def refusal(path: Path) -> str:
    """Return what is said of a file."""
    with pytest.raises(FacelabError) as caught:
        read_image(path)
    return str(caught.value)


@pytest.mark.parametrize("ending", [".jpg", ".png"])
@pytest.mark.parametrize("part", [0.05, 0.5, 0.9, 0.999])
def test_a_truncated_picture(tmp_path: Path, ending: str, part: float) -> None:
    path = tmp_path / f"photo{ending}"
    whole = cv2.imencode(ending, draw(0, 0))[1].tobytes()
    path.write_bytes(whole[: int(part * len(whole))])
    size = path.stat().st_size
    assert size < len(whole)
    assert refusal(path) == (
        f"{path}: the picture breaks off after {size} bytes; copy it again from where it came"
    )


def test_a_text(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_text("This is no photo.\n")
    assert refusal(path) == f"{path}: 18 bytes that are no picture; {PICTURES}"


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.touch()
    assert refusal(path) == f"{path}: 0 bytes that are no picture; {PICTURES}"


def test_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    assert refusal(path) == (
        f"{path}: no such photo (No such file or directory); put it back or take it out of the "
        "gallery"
    )


def test_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path) == (
        f"{tmp_path}: no such photo (Is a directory); put it back or take it out of the gallery"
    )


def jpeg_with_thumbnail(whole: bytes, thumbnail: bytes) -> bytes:
    """Put a thumbnail where cameras put it: in a segment of notes before the picture."""
    return whole[:2] + b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail + whole[2:]


def test_a_phone_writes_before_and_behind_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    whole = cv2.imencode(".jpg", draw(0, 0))[1].tobytes()
    thumbnail = cv2.imencode(".jpg", draw(0, 0, (12, 16)))[1].tobytes()
    path.write_bytes(jpeg_with_thumbnail(whole, thumbnail) + b"\0\0SEFT: notes of the maker")
    np.testing.assert_array_equal(read_image(path), cv2.imdecode(np.frombuffer(whole, "u1"), 1))


def test_a_whole_thumbnail_does_not_hide_a_truncated_picture(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    whole = cv2.imencode(".jpg", draw(0, 0))[1].tobytes()
    thumbnail = cv2.imencode(".jpg", draw(0, 0, (12, 16)))[1].tobytes()
    path.write_bytes(jpeg_with_thumbnail(whole, thumbnail)[:-200])
    assert "the picture breaks off after" in refusal(path)


def test_png_gives_every_pixel_back(tmp_path: Path) -> None:
    frame = np.random.default_rng(0).integers(0, 256, (31, 17, 3), np.uint8)
    (tmp_path / "a.png").write_bytes(encode_png(frame))
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), frame)


def test_a_thumbnail_is_the_centre_square_in_an_address() -> None:
    frame = np.zeros((240, 320, 3), np.uint8)
    frame[:, 40:280] = 200
    head, _, code = thumbnail(frame).partition(",")
    assert head == "data:image/jpeg;base64"
    small = decode_image(base64.b64decode(code), "thumbnail")
    assert small.shape == (72, 72, 3)
    assert small.min() > 190
    assert len(code) < 4000
