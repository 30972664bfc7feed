"""Own gallery: a folder or a recording of anyone, in any state; nothing outside is touched."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facelab.base import files
from facelab.contract.errors import FacelabError, Lacking
from facelab.gallery.folder import ENDINGS
from facelab.gallery.gallery import Gallery
from facelab.gallery.own_gallery import OwnGallery, read_gallery, split_gallery
from facelab.gallery.reader import read_found
from facelab.gallery.source import Recording
from facelab.playing.summary import recordings
from tests.conftest import draw, examples

SIZE = (24, 32)
QUICK = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

_opened: list[str] | None = None


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if _opened is not None and event == "open" and isinstance(arguments[0], str | bytes):
        _opened.append(os.fsdecode(arguments[0]))


sys.addaudithook(_listen)


@contextmanager
def opened() -> Iterator[list[str]]:
    """Within the block, keep the name of every file that is opened."""
    global _opened
    names: list[str] = []
    real = os.open

    def opening(*asked: Any, **named: Any) -> int:
        descriptor = real(*asked, **named)
        with contextlib.suppress(OSError):  # by its folder: what was opened, the system knows
            names.append(os.readlink(f"/proc/self/fd/{descriptor}"))  # noqa: PTH115
        return descriptor

    _opened = names
    try:
        with mock.patch.object(os, "open", opening):
            yield names
    finally:
        _opened = None


def test_what_is_opened_by_its_folder_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").touch()
    with opened() as names:
        files.read(tmp_path, "a/b", 9)
    assert sys.platform != "linux" or str((tmp_path / "a" / "b").resolve()) in names


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def fill(folder: Path, people: int = 2, photos: int = 12) -> None:
    """Draw photos of people, a sub-folder a person; no two are alike."""
    for person in range(people):
        (folder / f"p{person}").mkdir(parents=True)
        for photo in range(photos):
            frame = draw(person, 7 * photo, SIZE)
            cv2.imwrite(str(folder / f"p{person}" / f"{photo:03d}.png"), frame)


def record(folder: Path) -> None:
    """Record two people with labels, a set of probes and a film."""
    with Gallery(folder) as gallery:
        for person in range(2):
            gallery.agree(f"p{person}", "I agree.", "2026-11-23T09:30:00Z")
            for photo in range(14):
                place = "gallery" if photo < 9 else "probes/t1" if photo < 12 else "clips/p0"
                gallery.save(f"p{person}", draw(person, 7 * photo, SIZE), set_name=place)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of photos."""
    folder = tmp_path_factory.mktemp("drawn") / "own"
    fill(folder)
    return folder


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording that was closed."""
    folder = tmp_path_factory.mktemp("folded") / "own"
    record(folder)
    return folder


@pytest.fixture(scope="module")
def broken_off(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording that was closed, and gone on with."""
    folder = tmp_path_factory.mktemp("broken") / "own"
    record(folder)
    gallery = Gallery(folder)
    for photo in range(3):
        gallery.save("p0", draw(4, 7 * photo, SIZE))
    return folder


def copied(paths: pytest.TempPathFactory, folder: Path) -> Path:
    """Return a copy of a folder, in a folder of its own."""
    return Path(shutil.copytree(folder, paths.mktemp("any") / "own"))


def outcome(folder: Path) -> OwnGallery | str:
    """Open a gallery: it is one, or there is one line that says why not. Nothing is written."""
    before = content(folder)
    with opened() as names:
        try:
            result: OwnGallery | str = OwnGallery(folder)
        except FacelabError as error:
            result = str(error)
            assert "\n" not in result
            assert result.isprintable()
    root = folder.resolve().parent
    for name in names:
        path = Path(name).resolve()
        assert path.is_relative_to(folder.resolve()) or not path.is_relative_to(root), name
    assert content(folder) == before
    lines = result.warnings if isinstance(result, OwnGallery) else [result]
    assert all(line.isprintable() for line in lines)
    return result


def test_a_folder_is_split_and_cast(tmp_path: Path) -> None:
    fill(tmp_path / "own", people=5, photos=20)
    own = OwnGallery(tmp_path / "own", {"Lara": "p4"})
    learnt, asked = own.photos("gallery"), own.photos("probes/t1")
    assert own.name == "photos of 5 people in own/"
    assert own.cast == {"Alex": "p0", "Amine": "p1", "Naomie": "p2", "Lara": "p4"}
    assert learnt.people == ("Alex", "Amine", "Naomie", "p3", "Lara")
    assert len(learnt) + len(asked) == 100
    assert set(learnt.labels["file"]).isdisjoint(asked.labels["file"])
    counts = asked.labels["person"].value_counts()
    assert all(counts[person] in (3, 4, 5, 6, 7) for person in learnt.people)
    assert own.warnings == []
    assert sorted(asked.labels["file"]) == sorted(own.photos("probes/t4").labels["file"])
    assert not set(learnt.labels["burst"]) & {""}
    again = OwnGallery(tmp_path / "own", {"Lara": "p4"})
    assert again.fingerprint == own.fingerprint
    assert again.photos("gallery").labels.equals(learnt.labels)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("twins", "the gallery has no frames of look-alikes with and without glasses"),
     ("seating", "the gallery has no seating")],
)  # fmt: skip
def test_what_a_folder_cannot_give(tmp_path: Path, name: str, reason: str) -> None:
    fill(tmp_path)
    own = OwnGallery(tmp_path)
    with pytest.raises(Lacking, match=f"^{reason}$"):
        own.photos(name)
    with pytest.raises(Lacking, match=r"^the gallery has no film of Alex$"):
        own.clip("alex_t2")
    with pytest.raises(Lacking, match=r"^not all photos have a label that says their light$"):
        own.photos("gallery").named("light")
    with pytest.raises(Lacking, match=r"^the gallery is a folder of photos: nothing says what"):
        own.damage()


def test_a_recording_keeps_its_sets_and_films(tmp_path: Path) -> None:
    record(tmp_path / "own")
    own = OwnGallery(tmp_path / "own")
    assert own.name == "recorded photos of 2 people in own/"
    assert own.warnings == own.damage() == []
    assert (len(own.photos("gallery")), len(own.photos("probes/t1"))) == (18, 6)
    assert len(own.photos("probes/t9")) == 6
    film = own.clip("alex_t2")
    assert (film.person, len(film)) == ("Alex", 2)
    frames = [frame for batch in film for frame in batch]
    np.testing.assert_array_equal(frames[0], draw(0, 7 * 12, SIZE))
    strict = Recording(tmp_path / "own").photos("gallery")
    for one, other in zip(strict.frames, own.photos("gallery").frames, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_damaged_in_a_recording_is_left_out_and_named(tmp_path: Path) -> None:
    record(tmp_path)
    (tmp_path / "gallery/p0/001.png").unlink()
    (tmp_path / "probes/t1/p1/002.png").write_bytes(b"no photo")
    (tmp_path / "clips/p0/p0/00002.png").write_bytes(b"no photo")
    own = OwnGallery(tmp_path)
    assert own.warnings == [
        "clips/p0/p0/00002.png: damaged, its SHA-256 is not the manifest's; restore it",
        "gallery/p0/001.png: no such photo (No such file or directory); put it back or take it "
        "out of the gallery",
        "probes/t1/p1/002.png: damaged, its SHA-256 is not the manifest's; restore it",
    ]
    assert (len(own.photos("gallery")), len(own.photos("probes/t1"))) == (17, 5)
    assert len(own.clip("alex_t2")) == 1
    with pytest.raises(Lacking, match=r"^left out of the gallery: clips/p0/p0/00002.png: damaged"):
        own.damage()


def test_a_manifest_with_empty_numbers_is_listed(tmp_path: Path) -> None:
    record(tmp_path)
    with Gallery(tmp_path) as gallery:
        gallery.save("p0", draw(4, 0, SIZE), glasses="1", frames="")
    table = OwnGallery(tmp_path).manifest
    assert sorted(map(str, table["glasses"]))[:2] == ["", ""]
    assert table["glasses"].tolist().count(1) == 1
    assert len(recordings(OwnGallery(tmp_path))["rows"]) == 29


def test_too_few_photos_and_people(tmp_path: Path) -> None:
    fill(tmp_path, photos=9)
    for photo in range(1, 4):
        (tmp_path / "p1" / f"00{photo}.png").unlink()
    message = (
        f"{tmp_path}: received photos of p0, allowed are 2 or more people; put "
        f"{', '.join(ENDINGS)} files into a sub-folder a person; p1: left out, received 6 photos, "
        "needed are 9 or more"
    )
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        OwnGallery(tmp_path)
    assert read_gallery(tmp_path)[0].people == ("p0", "p1")


def test_a_gallery_is_split_under_its_own_names_as_it_is_played(tmp_path: Path) -> None:
    fill(tmp_path, people=3)
    for photo in range(4, 12):
        (tmp_path / "p2" / f"{photo:03d}.png").unlink()
    played = OwnGallery(tmp_path)
    learned, asked, warnings = split_gallery(tmp_path)
    assert asked.people == ("p0", "p1")
    assert asked.labels["file"].tolist() == played.photos("probes").labels["file"].tolist()
    assert learned.people == ("p0", "p1", "p2")
    assert len(learned.of(["p2"])) == 4  # too few for probes: learned whole
    assert warnings == ["p2: received 4 photos, recommended are 9 or more; add some"]
    assert not set(learned.labels["file"]) & set(asked.labels["file"])
    assert len(learned) + len(asked) == 12 + 12 + 4
    (tmp_path / "p0" / "broken.png").write_text("no picture")
    cv2.imwrite(str(tmp_path / "p1" / "900.png"), played.photos("probes").frames[0])
    *_, warnings = split_gallery(tmp_path)
    assert warnings[0].startswith("p0/broken.png: ")
    assert any("the same picture as p0 and as p1" in line for line in warnings)


def test_the_same_picture_twice_is_named(tmp_path: Path) -> None:
    fill(tmp_path)
    asked = OwnGallery(tmp_path).photos("probes").of(["Alex"])
    file = asked.labels["file"].iloc[0]
    small = cv2.resize(asked.frames[0], (28, 21), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(tmp_path / "p0" / "900.jpg"), small)
    cv2.imwrite(str(tmp_path / "p1" / "900.jpg"), small)
    warnings = OwnGallery(tmp_path).warnings
    assert any("the same picture as p" in line for line in warnings)
    assert any(file in line for line in warnings)


@pytest.mark.slow
def test_every_kind_of_picture_is_read(tmp_path: Path) -> None:
    frame = draw(0, 0, SIZE)
    (tmp_path / "p0").mkdir()
    for ending in ENDINGS:
        cv2.imwrite(str(tmp_path / "p0" / f"photo{ending.upper()}"), frame[..., 0])
    cv2.imwrite(str(tmp_path / "p0" / "deep.png"), frame[..., 0].astype(np.uint16) * 257)
    cv2.imwrite(str(tmp_path / "p0" / "clear.png"), np.dstack([frame, frame[..., 0]]))
    cv2.imwrite(str(tmp_path / "p0" / "large.png"), np.zeros((3000, 2000, 3), np.uint8))
    found = read_found(tmp_path)
    photos, left_out = found.photos, found.left_out
    assert left_out == []
    assert len(photos) == len(ENDINGS) + 3
    sizes = {f.shape for f in photos.frames}
    assert sizes == {(*SIZE, 3), (1280, 853, 3)}
    assert all(frame.dtype == np.uint8 for frame in photos.frames)


def test_a_phone_held_upright(tmp_path: Path) -> None:
    frame = np.zeros((40, 60, 3), np.uint8)
    frame[:, :20] = 255  # left, which is the top once it is turned to the right
    jpeg = cv2.imencode(".jpg", frame)[1].tobytes()
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    (tmp_path / "p0").mkdir()
    turned = jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + jpeg[2:]
    (tmp_path / "p0" / "a.jpg").write_bytes(turned)
    photo = read_found(tmp_path).photos.frames[0]
    assert photo.shape == (60, 40, 3)
    assert photo[:18].min() > 200
    assert photo[22:].max() < 50


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    fill(tmp_path / "own")
    fill(tmp_path / "out", people=1)
    (tmp_path / "own" / "p2").symlink_to(tmp_path / "out" / "p0")
    (tmp_path / "own" / "p0" / "link.png").symlink_to(tmp_path / "out" / "p0" / "000.png")
    (tmp_path / "own" / "p0" / "ring.png").symlink_to("ring.png")
    own = outcome(tmp_path / "own")
    assert isinstance(own, OwnGallery)
    assert [line.partition(":")[0] for line in own.warnings] == [
        "p0/link.png", "p0/ring.png", "p2",
    ]  # fmt: skip


def test_names_that_are_no_utf8_and_very_long(tmp_path: Path) -> None:
    fill(tmp_path / "own")
    photo = (tmp_path / "own" / "p0" / "000.png").read_bytes()
    strange = os.fsencode(tmp_path / "own") + b"/caf\xe9"
    os.mkdir(strange)  # noqa: PTH102
    Path(os.fsdecode(strange), "a.png").write_bytes(photo)
    long = tmp_path / "own" / ("x" * 200)
    long.mkdir()
    (long / "a.png").write_bytes(photo)
    Path(os.fsdecode(os.fsencode(tmp_path / "own" / "p0") + b"/\xff\x1b[31m.txt")).touch()
    own = outcome(tmp_path / "own")
    assert isinstance(own, OwnGallery)
    assert own.warnings[0].startswith(r"'caf\udce9': no person's name; rename the folder; allowed")
    assert any(r"\udcff\x1b[31m" in line for line in own.warnings)


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)
NAMES |= st.sampled_from(["..", ".", " ", "a" * 300, "..png", "p0", "caf\udce9", "a\nb"])
BYTES = st.binary(max_size=200) | st.sampled_from(
    [
        cv2.imencode(ending, draw(3, 3, SIZE)[..., 0])[1].tobytes()[:cut]
        for ending in (".png", ".jpg", ".bmp", ".webp", ".pgm")
        for cut in (None, 300, 40, 10)
    ]
)


@pytest.mark.slow
@QUICK
@given(files=st.lists(st.tuples(NAMES, NAMES, st.sampled_from(ENDINGS), BYTES), max_size=6))
def test_any_files_in_any_folders(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: Path,
    files: list[tuple[str, str, str, bytes]],
) -> None:
    folder = copied(tmp_path_factory, drawn)
    for person, name, ending, data in files:
        path = folder / person / f"{name}{ending}"
        try:
            if path.resolve().is_relative_to(folder.resolve()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        except OSError:
            continue  # this system cannot have such a name
    own = outcome(folder)
    assert isinstance(own, OwnGallery)
    assert {"Alex", "Amine"} <= set(own.photos("gallery").people)


NEW = [b"../../out/x.png", b"/etc/passwd", b"\n", b",", b'"', b"\xff", b"\0", b"a" * 5000, b"clips"]
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=20) | st.sampled_from(NEW)),
    min_size=1,
    max_size=4,
)


@pytest.mark.slow
@QUICK
@given(
    file=st.sampled_from(["manifest.csv", "journal.jsonl", "consent.csv"]),
    edits=EDITS,
    fold=st.booleans(),
)
def test_any_damage_to_what_is_written_down(
    tmp_path_factory: pytest.TempPathFactory,
    folded: Path,
    broken_off: Path,
    file: str,
    edits: list[tuple[float, int, bytes]],
    fold: bool,
) -> None:
    folder = copied(tmp_path_factory, folded if fold else broken_off)
    path = folder / file
    data = path.read_bytes() if path.exists() else b""
    for place, gone, new in edits:
        start = int(place * len(data))
        data = data[:start] + new + data[start + gone :]
    path.write_bytes(data)
    outcome(folder)
    with contextlib.suppress(FacelabError):
        Gallery(folder).damage()


@pytest.mark.parametrize("file", ["../out/secret.png", "gallery/../../out/secret.png", "ABSOLUTE"])
def test_a_manifest_that_points_elsewhere(tmp_path: Path, file: str) -> None:
    record(tmp_path / "own")
    (tmp_path / "out").mkdir()
    secret = tmp_path / "out" / "secret.png"
    cv2.imwrite(str(secret), draw(0, 1, SIZE))
    manifest = tmp_path / "own" / "manifest.csv"
    name = str(secret) if file == "ABSOLUTE" else file
    manifest.write_text(manifest.read_text().replace("gallery/p0/001.png", name))
    own = outcome(tmp_path / "own")
    assert isinstance(own, OwnGallery)
    assert own.warnings[0].endswith("lies outside of the folder own; take it out of it")
    with pytest.raises(FacelabError, match="lies outside of the folder own"):
        Recording(tmp_path / "own").photos("gallery")
