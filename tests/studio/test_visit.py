"""A visit: who comes, sits and goes, and what the file beside the film says of it."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.studio.plan import read_plan
from facelab.studio.recording import Tally, record
from facelab.studio.renderer import take_group
from facelab.studio.visit import VisitTake, group_at, view_at, visit_takes
from tests.studio.test_recording import manifest

SMALL, LARGE = "width = 160, height = 120", "width = 320, height = 240"
"""In the small frames of the plan somebody at the edge is less than a pixel."""

VISIT = """
[visits.come]
frames = 18
rate = 10
move_seconds = 0.7
sitting = "morning"
vary = "steady"
drift_to = "lamp"
drift = 0.0
drift_seconds = 10.0

[[visits.come.guests]]
person = "Ann"
garment = 1
places = [
  { frame = 1, across = 0.0, distance = 4.9 },
  { frame = 2, across = -7.0, distance = 4.9 },
]

[[visits.come.guests]]
person = "Bo"
garment = 2
places = [
  { frame = 1, across = 7.0, distance = 4.9 },
  { frame = 10, across = 0.0, distance = 4.9 },
]
"""


@pytest.fixture
def visited(plan_file: Path) -> Path:
    """The small plan, and a visit in it."""
    plan_file.write_text(plan_file.read_text() + VISIT)
    return plan_file


def visit_of(path: Path) -> VisitTake:
    plan, _ = read_plan(path)
    (visit,) = visit_takes(plan, plan.sets())
    return visit


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, write_plan: Callable[[Path], Path]) -> Path:
    """A folder with plan and cast, and in it the films that were recorded."""
    path = write_plan(tmp_path_factory.mktemp("visit") / "plan")
    text = path.read_text().replace(SMALL, LARGE)
    assert LARGE in text
    path.write_text(text + VISIT)
    plan, cast = read_plan(path)
    assert record(plan, cast, path.parent, only=["clips"], jobs=1) == Tally(3, 0)
    return path.parent


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """A copy of it for each test to spoil."""
    return Path(shutil.copytree(kept, tmp_path / "copy"))


def stretches(folder: Path) -> list[dict[str, str]]:
    with (folder / "clips" / "come.truth.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_a_visit_is_recorded_with_its_truth(kept: Path) -> None:
    rows = {row["file"]: row for row in manifest(kept)}
    assert sorted(rows) == ["clips/ann.mp4", "clips/come.mp4", "clips/come.truth.csv"]
    film, truth = rows["clips/come.mp4"], rows["clips/come.truth.csv"]
    assert [film[key] for key in ("set", "person", "frames", "garment")] == [
        "clips", "Ann+Bo", "18", "two+three",
    ]  # fmt: skip
    assert truth["set"] == "truth"
    lines = stretches(kept)
    assert [(line["people"], line["partly"]) for line in lines] == [
        ("Ann", ""), ("", "Ann"), ("", ""), ("", "Bo"), ("Bo", ""),
    ]  # fmt: skip
    assert [int(a["last"]) + 1 for a in lines[:-1]] == [int(b["first"]) for b in lines[1:]]
    video = cv2.VideoCapture(str(kept / "clips" / "come.mp4"))
    count = 0
    while video.read()[0]:
        count += 1
    assert (lines[0]["first"], lines[-1]["last"], count) == ("1", "18", 18)


@pytest.mark.slow
def test_the_truth_is_what_is_drawn(kept: Path) -> None:
    visit, (_, cast) = visit_of(kept / "plan.toml"), read_plan(kept / "plan.toml")
    for line in stretches(kept):
        for number in {int(line["first"]), int(line["last"])}:
            people, whole = group_at(visit, number - 1)
            group = [(cast[name], shot) for name, shot in people]
            frame = take_group(group, visit.sitting, whole, compressed=False)
            empty = take_group([], visit.sitting, whole, compressed=False)
            nobody = not line["people"] and not line["partly"]
            assert np.array_equal(frame.pixels, empty.pixels) == nobody
            for (name, _), (x, y, width, height) in zip(people, frame.boxes, strict=True):
                inside = x > 0 and y > 0 and x + width < 320 and y + height < 240
                assert inside == (name in line["people"].split("+"))


def test_any_frame_can_be_asked_for_alone(kept: Path) -> None:
    path = kept / "plan.toml"
    visit, (_, cast) = visit_of(path), read_plan(path)
    assert group_at(visit, 14) == group_at(visit_of(path), 14)
    assert view_at(visit, cast, 0) == (("Ann",), ())


def test_a_guest_goes_step_by_step(kept: Path) -> None:
    visit = visit_of(kept / "plan.toml")
    way = [
        shot.pose.across
        for frame in range(18)
        for name, shot in group_at(visit, frame)[0]
        if name == "Bo"
    ]
    steps = np.abs(np.diff(way))
    assert 0 < steps.max() < 2  # of 7 dm: nobody is suddenly elsewhere
    assert abs(way[-1]) < 1


@pytest.mark.slow
def test_a_lost_truth_is_recorded_again_with_its_film(folder: Path) -> None:
    plan, cast = read_plan(folder / "plan.toml")
    path = folder / "clips" / "come.truth.csv"
    before = path.read_bytes()
    path.unlink()
    assert record(plan, cast, folder, only=["clips"], jobs=1) == Tally(2, 1)
    assert path.read_bytes() == before
    assert record(plan, cast, folder, only=["clips"], jobs=1) == Tally(0, 3)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            'person = "Bo"\ngarment = 2',
            'person = "Bob"\ngarment = 2',
            "plan.toml: visits.come: unknown person 'Bob'; did you mean 'Bo'?",
        ),
        (
            "frame = 2,",
            "frame = 40000000,",
            "plan.toml: visits.come: guests[0]: places[1]: frame is 40000000, allowed is 1 to "
            "100000 (number of a frame); correct it",
        ),
        (
            "{ frame = 10, across = 0.0, distance = 4.9 },",
            "{ frame = 10, across = 0, distance = 5 }, { frame = 16, across = 1, distance = 5 },",
            "plan.toml: visits.come: places of Bo is [1, 10, 16], allowed is a first place, and "
            "then 7 frames or more from one to the next; let the later one begin later",
        ),
        (
            "[visits.come]",
            "[visits.ann]",
            "plan.toml: visits.ann: there is a clip of that name; give one of them another",
        ),
        (
            'person = "Bo"\ngarment = 2',
            'person = "Ann"\ngarment = 2',
            "plan.toml: visits.come: Ann is a guest twice; name everyone once, with all places",
        ),
    ],
)
def test_a_bad_visit_is_refused_in_one_line(
    visited: Path, before: str, after: str, message: str
) -> None:
    text = visited.read_text()
    assert before in text
    text = text.replace(before, after)
    if after == "[visits.ann]":
        text = text.replace("visits.come", "visits.ann")
    visited.write_text(text)
    with pytest.raises(FacelabError) as refusal:
        read_plan(visited)
    assert str(refusal.value).replace(str(visited), "plan.toml") == message
