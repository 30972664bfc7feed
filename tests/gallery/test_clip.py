"""Clip: exactly its frames, in their order, or an error; and who is in view on those of a visit."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from facelab.base.files import sha256
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Stretch
from facelab.faces.finder import FaceFinder
from facelab.gallery.clip import BATCH, Clip, Visit, read_stretches, truth_of
from facelab.gallery.manifest import read_rows, write_manifest
from facelab.gallery.reader import read_found
from facelab.gallery.source import Recording
from tests.conftest import draw, film


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 5])
def test_frames_in_order(tmp_path: Path, number: int) -> None:
    frames = [draw(photo % 5, photo) for photo in range(number)]
    film(tmp_path / "clip.avi", frames)
    clip = Clip(tmp_path / "clip.avi", "Ann", number)
    assert len(clip) == number
    batches = list(clip)
    assert [len(batch) for batch in batches[:-1]] == [BATCH] * (len(batches) - 1)
    played = np.concatenate(batches)
    assert played.dtype == np.uint8
    np.testing.assert_array_equal(played, np.stack(frames))
    np.testing.assert_array_equal(np.concatenate(list(clip)), played)


@pytest.mark.parametrize("said", [4, 6, 0])
def test_another_number_of_frames(tmp_path: Path, said: int) -> None:
    film(tmp_path / "clip.avi", [draw(0, photo) for photo in range(5)])
    message = f"{tmp_path}/clip.avi: played 5 frames, the manifest says {said}; restore the clip"
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        list(Clip(tmp_path / "clip.avi", "Ann", said))


@pytest.mark.parametrize("content", [None, b"", b"This is no film."])
def test_a_file_that_cannot_be_played(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "clip.avi"
    if content is not None:
        path.write_bytes(content)
    message = f"{path}: played 0 frames, the manifest says 5; restore the clip"
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        list(Clip(path, "Ann", 5))


HEADER = "first,last,people,partly\n"


def test_who_is_in_view(tmp_path: Path) -> None:
    path = tmp_path / "visit.truth.csv"
    path.write_text(HEADER + "1,3,Ann,\n4,4,,Ann\n5,5,,\n6,9,Ann+Bo,Cy\n")
    stretches = read_stretches(path, 9)
    assert stretches == (
        Stretch(1, 3, ("Ann",)),
        Stretch(4, 4, (), ("Ann",)),
        Stretch(5, 5, ()),
        Stretch(6, 9, ("Ann", "Bo"), ("Cy",)),
    )
    assert [one.frames for one in stretches] == [3, 1, 1, 4]
    visit = Visit(tmp_path / "visit.mp4", "Ann+Bo+Cy", 9, stretches)
    assert visit.truth == (*[("Ann",)] * 3, (), (), *[("Ann", "Bo")] * 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a table of stretches (not enough values to unpack"),
        (HEADER + "1,9,Ann\n", "not a table of stretches (not enough values to unpack"),
        (HEADER + "1,x,Ann,\n", "not a table of stretches (invalid literal for int()"),
        ("from,to,people,partly\n1,9,Ann,\n", "received 1 stretches up to frame 9, allowed are"),
        (HEADER, "received 0 stretches up to frame 0, allowed are"),
        (HEADER + "1,8,Ann,\n", "received 1 stretches up to frame 8, allowed are"),
        (HEADER + "2,9,Ann,\n", "received 1 stretches up to frame 9, allowed are"),
        (HEADER + "1,4,Ann,\n6,9,,\n", "received 2 stretches up to frame 9, allowed are"),
        (HEADER + "1,6,Ann,\n6,9,,\n", "received 2 stretches up to frame 9, allowed are"),
        (HEADER + "1,9,Ann,\n10,9,,\n", "received 2 stretches up to frame 9, allowed are"),
    ],
)
def test_a_truth_that_leaves_frames_open(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "visit.truth.csv"
    path.write_text(text)
    with pytest.raises(FacelabError) as refused:
        read_stretches(path, 9)
    line = str(refused.value)
    assert line.startswith(f"{path}: {said}")
    assert line.endswith("; restore it")
    assert "\n" not in line


def test_a_truth_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        FacelabError, match=r"truth.csv: cannot be read \(No such file or directory\)"
    ):
        read_stretches(tmp_path / "visit.truth.csv", 9)


def test_a_truth_beside_a_film_is_no_photo(frames: Recording) -> None:
    path = frames.folder / "clips" / "alex_t2.truth.csv"
    path.write_text(HEADER + "1,40,Alex,\n41,70,,\n")
    row = {
        "file": "clips/alex_t2.truth.csv",
        "sha256": sha256(path),
        "set": "truth",
        "person": "Alex",
        "frames": "70",
    }
    table = pd.concat([read_rows(frames.folder), pd.DataFrame([row])]).fillna("")
    write_manifest(frames.folder, table)
    again = Recording(frames.folder)
    assert again.damage() == []
    visit = again.clip("alex_t2")
    assert isinstance(visit, Visit)
    assert [one.people for one in visit.stretches] == [("Alex",), ()]
    found = read_found(frames.folder)
    assert len(found.photos) == 40
    assert (found.films["file"].tolist(), found.left_out) == (["clips/alex_t2.avi"], [])


@pytest.mark.slow
def test_the_recorded_visit_shows_what_its_truth_says(recording: Recording) -> None:
    visit = recording.clip("visit")
    assert isinstance(visit, Visit)
    assert len(visit) == len(visit.truth) == 1140
    settled = [one for one in visit.stretches if not one.partly]
    assert [one.people for one in settled] == [
        ("Alex",), (), ("Amine",), ("Amine", "Lara"), ("Lara",),
    ]  # fmt: skip
    assert min(one.frames for one in settled) > 100
    assert [one.partly for one in visit.stretches if one.partly] == [
        ("Alex",), ("Amine",), ("Lara",), ("Amine",),
    ]  # fmt: skip
    finder, number = FaceFinder(), 0
    sure = {n for one in settled for n in range(one.first, one.last + 1)}
    for batch in visit:
        for frame in batch:
            number += 1
            if number in sure and number % 12 == 0:
                assert len(finder.find(frame)) == len(visit.truth[number - 1])
    assert number == 1140


def test_a_clip_of_one_person_is_no_visit(recording: Recording) -> None:
    clip = recording.clip("amine")
    assert (type(clip), clip.person, len(clip)) == (Clip, "Amine", 600)
    assert sum(map(len, clip)) == 600
    assert truth_of("clips/visit.mp4") == "clips/visit.truth.csv"
