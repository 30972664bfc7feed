"""Gallery: what is saved comes back; what cannot be saved changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.gallery.gallery import Gallery
from facelab.gallery.source import Recording
from tests.conftest import draw, examples

SIZES = st.tuples(st.integers(1, 37), st.integers(1, 53), st.just(3))


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder but what is facelab's own."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".facelab" not in path.parts
    }


@pytest.mark.slow
@settings(max_examples=examples(25), deadline=None)
@given(frames=st.lists(SIZES.flatmap(lambda size: arrays(np.uint8, size)), min_size=1, max_size=3))
def test_photos_come_back_pixel_for_pixel(
    tmp_path_factory: pytest.TempPathFactory, frames: list[Frame]
) -> None:
    gallery = Gallery(tmp_path_factory.mktemp("gallery"))
    for frame in frames:
        gallery.save("Ann", frame)
    kept = Gallery(gallery.folder).photos()
    assert len(kept) == len(frames)
    for one, other in zip(frames, kept.frames, strict=True):
        np.testing.assert_array_equal(one, other)


def test_people_and_numbers(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "new")
    names = [gallery.save(person, draw(0, 0)) for person in ("Bo", "Zoé Noël", "Bo")]
    assert names == ["gallery/Bo/001.png", "gallery/Zoé Noël/001.png", "gallery/Bo/002.png"]
    assert gallery.photos().people == ("Bo", "Zoé Noël")
    assert sorted(content(tmp_path / "new")) == sorted([*names, "journal.jsonl"])
    gallery.close()
    assert sorted(content(tmp_path / "new")) == sorted([*names, "manifest.csv"])
    assert Gallery(tmp_path / "new").photos().people == ("Bo", "Zoé Noël")


def test_a_second_opening_goes_on(tmp_path: Path) -> None:
    Gallery(tmp_path).save("Ann", draw(0, 0))
    again = Gallery(tmp_path)
    assert again.save("Ann", draw(0, 1)) == "gallery/Ann/002.png"
    assert again.save("Bo", draw(1, 0)) == "gallery/Bo/001.png"
    frames = Gallery(tmp_path).photos().frames
    np.testing.assert_array_equal(frames[0], draw(0, 0))
    np.testing.assert_array_equal(frames[1], draw(0, 1))


def test_a_photo_that_the_manifest_forgot_is_not_written_over(tmp_path: Path) -> None:
    Gallery(tmp_path).save("Ann", draw(0, 0))
    (tmp_path / "journal.jsonl").unlink()
    assert Gallery(tmp_path).save("Ann", draw(0, 1)) == "gallery/Ann/002.png"
    assert "gallery/Ann/001.png" in content(tmp_path)


@pytest.mark.parametrize(
    ("name", "told"),
    [("nobody", "no face is seen"), ("Unsure", "no name is certain enough")],
)
def test_names_of_answers_that_name_nobody(tmp_path: Path, name: str, told: str) -> None:
    line = (
        f"^a person's name: received {name!r}, which tables and counts say where {told}; choose "
        "another$"
    )
    with pytest.raises(FacelabError, match=line):
        Gallery(tmp_path / "gallery").save(name, draw(0, 1))
    assert content(tmp_path) == {}


@pytest.mark.parametrize(
    "name",
    [
        *["", " ", ".", "..", "../Ann", "/etc", "a/b", "a\\b", ".hidden", "a:b", "a*", "a?", 'a"b'],
        *["<a>", "a|b", "a\0b", "a\nb", "a\tb", " Ann", "Ann ", "Ann.", "\ud800", "x" * 81],
    ],
)
def test_names_that_no_folder_can_have(tmp_path: Path, name: str) -> None:
    gallery = Gallery(tmp_path / "gallery")
    gallery.save("Ann", draw(0, 0))
    before = content(tmp_path)
    message = (
        f"a person's name: received {name!r}, allowed is a name of up to 80 characters (and 240 "
        'bytes), without / \\ : * ? " < > | and invisible characters, that neither begins nor ends '
        "with a dot or a space; choose another"
    )
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        gallery.save(name, draw(0, 1))
    assert content(tmp_path) == before
    assert len(gallery.photos()) == 1


def test_a_picture_file_is_added(tmp_path: Path) -> None:
    path = tmp_path / "webcam.jpg"
    cv2.imwrite(str(path), draw(0, 0))
    gallery = Gallery(tmp_path / "gallery")
    assert gallery.add("Ann", path) == "gallery/Ann/001.png"
    np.testing.assert_array_equal(gallery.photos().frames[0], cv2.imread(str(path)))


@pytest.mark.parametrize("damage", ["text", "empty", "half", "missing"])
def test_a_refused_file_changes_nothing(tmp_path: Path, damage: str) -> None:
    gallery = Gallery(tmp_path / "gallery")
    gallery.save("Ann", draw(0, 0))
    before = content(gallery.folder)
    foreign = tmp_path / "foreign.jpg"
    whole = cv2.imencode(".jpg", draw(0, 1))[1].tobytes()
    contents = {"text": b"This is no photo.", "empty": b"", "half": whole[: len(whole) // 2]}
    if damage in contents:
        foreign.write_bytes(contents[damage])
    with pytest.raises(FacelabError, match=f"^{re.escape(str(foreign))}: "):
        gallery.add("Ann", foreign)
    assert content(gallery.folder) == before
    assert len(gallery.photos()) == 1
    assert gallery.save("Ann", draw(0, 1)) == "gallery/Ann/002.png"


def test_labels_sets_and_consent_are_kept(tmp_path: Path) -> None:
    with Gallery(tmp_path) as gallery:
        gallery.save("Ann", draw(0, 0), sitting="morning", glasses="1", burst="a, b")
        gallery.save("Ann", draw(0, 1), set_name="probes/t1", light='a "lamp"')
        consent = gallery.agree("Ann", "I agree that\n my photos are kept.")
    again = Gallery(tmp_path)
    assert again.consent("Ann") == consent
    assert consent.sentence == "I agree that my photos are kept."
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", consent.when)
    assert again.consent("Bo") is None
    assert again.damage() == []
    first, second = again.table.to_dict("records")
    labels = [first[label] for label in ("sitting", "glasses", "burst", "light")]
    assert labels == ["morning", "1", "a, b", ""]
    assert second["light"] == 'a "lamp"'
    assert Recording(tmp_path).photos("gallery").labels["glasses"].tolist() == [1]
    assert len(again.photos("probes/t1")) == 1


def test_a_film_is_played_in_order(tmp_path: Path) -> None:
    with Gallery(tmp_path) as gallery:
        for photo in range(70):
            file = gallery.save("Ann", draw(0, photo), set_name="clips/ann")
    assert file == "clips/ann/Ann/00070.png"
    film = Recording(tmp_path).clip("ann")
    assert (film.person, len(film)) == ("Ann", 70)
    batches = list(film)
    assert [len(batch) for batch in batches] == [64, 6]
    for photo, frame in enumerate(frame for batch in batches for frame in batch):
        np.testing.assert_array_equal(frame, draw(0, photo))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"set_name": "../out"}, "a set: received '../out'"),
        ({"set_name": ""}, "a set: received ''"),
        ({"sha256": "0"}, "a label: received 'sha256'"),
        ({"Light": "day"}, "a label: received 'Light'"),
        ({"light": "day\nnight"}, "label light: received 'day\\nnight'"),
        ({"glasses": "yes"}, "label glasses: received 'yes', allowed is a whole number"),
    ],
)
def test_labels_that_no_manifest_can_hold(
    tmp_path: Path, asked: dict[str, str], message: str
) -> None:
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}"):
        Gallery(tmp_path / "new").save("Ann", draw(0, 0), **asked)
    assert not (tmp_path / "new").exists()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "own" / "gallery").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "own" / "gallery" / "Ann").symlink_to(tmp_path / "out")
    with pytest.raises(FacelabError, match="lies outside of"):
        Gallery(tmp_path / "own").save("Ann", draw(0, 0))
    assert not list((tmp_path / "out").iterdir())


def test_photos_are_taken_out_again(tmp_path: Path) -> None:
    with Gallery(tmp_path) as gallery:
        files = [gallery.save("Ann", draw(0, photo)) for photo in range(4)]
        gallery.discard(files[1:3])
        assert gallery.save("Ann", draw(0, 9)) not in files
        kept = [file for file in files if file not in files[1:3]]
        assert gallery.table["file"].tolist()[:2] == kept
    again = Gallery(tmp_path)
    assert again.damage() == []
    assert len(again.photos()) == 3
    assert not set(files[1:3]) & set(content(tmp_path))
