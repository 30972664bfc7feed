"""The engine of the browser sees what Python sees: pixels, faces, squares, vectors, defects."""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from facelab.browsing.browser import chromium
from facelab.camera.decision import Decision
from facelab.camera.quality import remark
from facelab.contract.frame import Frame
from facelab.faces.crop import face_crop, scaled
from facelab.faces.detection import MARGIN, as_array, main_faces
from facelab.faces.finder import THRESHOLD, FaceFinder
from facelab.faces.hog import SIDE, hog
from facelab.faces.track import Track
from facelab.gallery.image import decode_image, encode_png, read_image
from tests.conftest import ROOT
from tests.page.serving import Pages, serving

pytestmark = pytest.mark.slow

SOME = 1 if os.environ.get("FACELAB_NIGHTLY") == "1" else 12
"""One in so many photos of the recording is compared: at night all, 1,110."""

NEAR, ALIKE = 1e-4, 1e-6
"""How far boxes and scores, and vectors, may lie from Python's."""

Grey = NDArray[np.uint8]

LOOKING = Path(__file__).with_name("looking.js")


class Eyes:
    """Chromium with the engine's modules, and pictures to show to it."""

    def __init__(self, page: Page, pages: Pages) -> None:
        self.page, self.pictures = page, dict[str, bytes]()
        pages.get["/picture"] = lambda query: self.pictures[query["name"][0]]
        pages.get["/looking.js"] = lambda _: LOOKING.read_bytes()
        page.goto(pages.address)

    def describe(self, pictures: Sequence[bytes], *, film: bool = False) -> list[dict[str, Any]]:
        """Return what the browser makes of pictures."""
        self.pictures = {str(number): content for number, content in enumerate(pictures)}
        told: list[dict[str, Any]] = self.page.evaluate(
            "async ([names, film]) => (await import('/looking.js')).describe(names, film)",
            [[f"/picture?name={name}" for name in self.pictures], film],
        )
        return told

    def scale(self, pictures: Sequence[Grey], sizes: Sequence[tuple[int, int]]) -> list[Grey]:
        """Return pictures scaled to sizes (width, height)."""
        self.pictures = {str(number): one.tobytes() for number, one in enumerate(pictures)}
        asked = [
            (f"/picture?name={number}", one.shape[::-1], size)
            for number, (one, size) in enumerate(zip(pictures, sizes, strict=True))
        ]
        told: list[str] = self.page.evaluate(
            "async (asked) => (await import('/looking.js')).scale(asked)", asked
        )
        return [
            numbers(text, np.uint8).reshape(size[::-1])
            for text, size in zip(told, sizes, strict=True)
        ]


@pytest.fixture(scope="module")
def eyes() -> Iterator[Eyes]:
    with serving() as pages, chromium() as browser:
        yield Eyes(browser.new_page(), pages)


def numbers(text: str, kind: Any) -> Any:
    return np.frombuffer(base64.b64decode(text), kind)


def differences(
    frames: Sequence[Frame], told: Sequence[dict[str, Any]], *, film: bool = False
) -> Iterator[str]:
    """Yield what differs from Python, in words."""
    finder, track = FaceFinder(), Track()
    before: Frame | None = None
    for number, (frame, one) in enumerate(zip(frames, told, strict=True)):
        where = f"picture {number} {frame.shape}:"
        candidates = as_array(finder.candidates([frame]))
        face = track.follow(candidates[0]) if film else main_faces(candidates, THRESHOLD)[0]
        cut = face_crop(frame, face, MARGIN, SIDE)
        # a float32 of a box far to the right has no more digits; processors round a network's sums
        # otherwise, which the frame's size stretches (three of these digits were seen)
        near = max(NEAR, float(8 * np.spacing(np.float32(max(frame.shape)))))
        pixels = hashlib.sha256(cv2.cvtColor(frame, cv2.COLOR_BGR2RGBA).tobytes()).hexdigest()
        if one["pixels"] != pixels:
            yield f"{where} other pixels"
        found = candidates[0][candidates[0, :, 4] > 0]
        if len(found) != len(one["found"]) or not np.allclose(
            found, np.reshape(one["found"], (-1, 5)), rtol=0, atol=near
        ):
            yield f"{where} candidates {one['found']}, not {found.tolist()}"
        if not np.allclose(face, one["face"] or [0] * 5, rtol=0, atol=near):
            yield f"{where} the face {one['face']}, not {face.tolist()}"
        if not np.array_equal(numbers(one["square"], np.uint8), cut.ravel()):
            yield f"{where} another square"
        apart = np.abs(numbers(one["vector"], np.float32) - hog(cut[None])[0]).max()
        if not apart <= ALIKE:
            yield f"{where} a vector {apart} apart"
        defect = remark(frame, before, finder)
        if one["remark"] != defect:
            yield f"{where} remark {one['remark']!r}, not {defect!r}"
        before = frame if film else None


def test_photos_of_the_recording(eyes: Eyes) -> None:
    files = [
        path
        for kind in ("gallery", "probes", "seating", "twins")
        for path in sorted((ROOT / "fixtures" / kind).rglob("*.jpg"))
    ][::SOME]
    assert len(files) >= 1_110 // SOME
    frames = [read_image(file) for file in files]
    told = eyes.describe([file.read_bytes() for file in files])
    assert list(differences(frames, told)) == []
    assert sum(one["face"] is not None for one in told) > 0.9 * len(told)


def rooms() -> Iterator[Frame]:
    """Yield frames of many sizes: heads small and large, cut off, several, none, dark, blurred."""
    chance = np.random.default_rng(3)
    files = sorted((ROOT / "fixtures/seating").glob("*.jpg"))
    photos = [read_image(files[number]) for number in chance.integers(0, len(files), 24)]
    sizes = [
        (4000, 3000), (3024, 4032), (1920, 1080), (480, 640), (161, 120), (128, 96), (97, 131),
        (64, 48), (33, 20), (200, 3), (3, 200), (1, 97), (2, 2), (1, 1),
    ]  # fmt: skip
    for size, photo in zip(sizes, photos, strict=False):
        yield cv2.resize(photo, size)
    for number in range(18):
        wide, high = chance.integers(150, 1100, 2)
        level = chance.integers(0, 256, 3)
        room = np.clip(level + chance.normal(0, 6, (high, wide, 3)), 0, 255).astype(np.uint8)
        for _ in range(chance.integers(1, 4)):
            photo = photos[chance.integers(len(photos))]
            photo = cv2.resize(photo, None, fx=(zoom := chance.uniform(0.12, 1.6)), fy=zoom)
            left, top = (
                int(chance.integers(-half, size - half))
                for half, size in ((photo.shape[1] // 2, wide), (photo.shape[0] // 2, high))
            )
            seen = photo[max(-top, 0) : high - top, max(-left, 0) : wide - left]
            top, left = max(top, 0), max(left, 0)
            room[top : top + len(seen), left : left + seen.shape[1]] = seen
        if number % 4 == 0:
            room = np.clip(room * chance.uniform(0.05, 3), 0, 255).astype(np.uint8)
        if number % 5 == 0:
            room = cv2.GaussianBlur(room, (0, 0), chance.uniform(1, 5))
        yield room


def test_frames_of_other_sizes(eyes: Eyes) -> None:
    frames = list(rooms())
    told = eyes.describe([encode_png(frame) for frame in frames])
    assert list(differences(frames, told)) == []
    # all that is looked for was there
    assert {one["remark"] for one in told} >= {"", "no face", "several faces", "too bright"}
    sides = [one["face"][3] - one["face"][1] for one in told if one["face"]]
    assert min(sides) < 48 < 64 < max(sides)


def test_pictures_are_decoded_alike(eyes: Eyes) -> None:
    photo = read_image(ROOT / "fixtures/seating/001.jpg")
    odd = cv2.resize(photo, (321, 239), interpolation=cv2.INTER_CUBIC)
    sampling, quality = cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_QUALITY
    kinds: list[tuple[str, list[int]]] = [
        (".jpg", [quality, 60, sampling, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]),
        (".jpg", [quality, 90, sampling, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422]),
        (".jpg", [quality, 100, sampling, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]),
        (".jpg", [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
        (".png", []),
        (".bmp", []),
        (".webp", [cv2.IMWRITE_WEBP_QUALITY, 80]),
    ]
    pictures = [cv2.imencode(kind, odd, options)[1].tobytes() for kind, options in kinds]
    # held upright by its EXIF orientation, as phones have it
    turned = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06" + bytes(6)
    segment = b"\xff\xe1" + (len(turned) + 8).to_bytes(2, "big") + b"Exif\0\0" + turned
    pictures.append(pictures[0][:2] + segment + pictures[0][2:])
    frames = [decode_image(picture, "a picture") for picture in pictures]
    assert frames[-1].shape == (321, 239, 3)
    assert list(differences(frames, eyes.describe(pictures))) == []


def test_a_face_is_followed(eyes: Eyes) -> None:
    film = cv2.VideoCapture(str(ROOT / "fixtures/clips/visit.mp4"))
    # Alex leaves, Amine comes; then the same frame again, as from a broken camera
    frames = [film.read()[1] for _ in range(460)][215::6]
    frames = [*frames, frames[-1]]
    told = eyes.describe([encode_png(frame) for frame in frames], film=True)
    assert list(differences(frames, told, film=True)) == []
    seen = [one["face"] is not None for one in told]
    assert len(list(itertools.groupby(seen))) > 2  # somebody goes or comes
    assert told[-1]["remark"] == "frozen"


def test_squares_of_any_side_are_scaled_alike(eyes: Eyes) -> None:
    chance = np.random.default_rng(5)
    sides = [*range(1, 70), *map(int, chance.integers(70, 600, 24))]
    shapes = [(side, side) for side in sides for _ in (48, 64)]
    sizes = [(pixels, pixels) for _ in sides for pixels in (48, 64)]
    for high, wide in chance.integers(10, 300, (40, 2)):
        shapes.append((high, wide))
        small = int(chance.integers(1, wide))
        sizes.append((small, max(round(small * high / wide), 1)))
    pictures = [chance.integers(0, 256, shape, np.uint8) for shape in shapes]
    told = eyes.scale(pictures, sizes)
    off = [
        (picture.shape, size)
        for picture, size, one in zip(pictures, sizes, told, strict=True)
        if not np.array_equal(one, scaled(picture, size))
    ]
    assert off == []


def film(seed: int) -> Iterator[tuple[float, list[float], list[float] | None]]:
    """200 frames, drawn: seconds, probabilities, and a face that is lost and jumps."""
    draws = np.random.default_rng(seed)
    seconds, place, lost = 0.0, 50.0, 0
    for _ in range(200):
        seconds += float(draws.uniform(0.01, 0.2))
        lost = lost - 1 if lost else int(draws.integers(1, 12)) * (draws.random() < 0.06)
        place = float(draws.uniform(0, 500)) if draws.random() < 0.05 else place + draws.normal()
        odds = (draws.dirichlet([0.3] * 3) if not lost else np.zeros(3)).astype(np.float32)
        box = np.array([place, 90, place + 80, 190, 0.9], np.float32)
        yield seconds, odds.tolist(), None if lost else box.tolist()


@pytest.mark.parametrize("certain", [0.0, 0.5, 0.7])
def test_it_decides_on_a_film_as_python_does(eyes: Eyes, certain: float) -> None:
    frames = list(film(3))
    told = eyes.page.evaluate(
        "async ([certain, frames]) => (await import('/looking.js')).decide(certain, frames)",
        [certain, frames],
    )
    one, other, kinds = Decision(certain), Decision(certain), set()
    for (seconds, odds, box), (first, second) in zip(frames, told, strict=True):
        face = np.array(box or [0] * 5, np.float32)
        for decision, given, found in ((one, odds, first), (other, odds[::-1], second)):
            person, mean = decision.decide(seconds, np.array(given, np.float32), face)
            assert found[0] == person
            np.testing.assert_allclose(found[1:], mean, atol=1e-7)
            kinds.add(min(person, 0))
    assert kinds == ({-1, 0} if certain == 0 else {-2, -1, 0})
