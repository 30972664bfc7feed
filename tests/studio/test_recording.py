import argparse
import csv
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from facelab.studio.command import add_commands
from facelab.studio.plan import read_plan
from facelab.studio.recording import MANIFEST, Tally, record
from facelab.studio.still import COLUMNS


def digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / MANIFEST).open(newline="") as file:
        return list(csv.DictReader(file))


def make(plan_file: Path, out: Path, *only: str) -> Tally:
    plan, cast = read_plan(plan_file)
    return record(plan, cast, out, only=only, jobs=1)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, write_plan: Callable[[Path], Path]) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    assert make(write_plan(folder / "plan"), folder / "whole") == Tally(24, 0)
    return folder / "whole"


@pytest.fixture
def whole(recorded: Path, tmp_path: Path) -> Path:
    """Recording of the whole plan, a copy for each test to spoil."""
    return Path(shutil.copytree(recorded, tmp_path / "whole"))


@pytest.mark.slow
def test_a_recording_is_what_its_manifest_says(whole: Path) -> None:
    rows = manifest(whole)
    assert tuple(rows[0]) == COLUMNS
    assert COLUMNS == (
        "file", "sha256", "set", "person", "sitting", "garment", "light", "glasses", "expression",
        "burst", "pair", "frames", "boxes",
    )  # fmt: skip
    assert [r["file"] for r in rows] == sorted(r["file"] for r in rows)
    found = digests(whole)
    assert all(found[r["file"]] == r["sha256"] for r in rows)
    assert set(found) == {r["file"] for r in rows} | {MANIFEST, "recording.json"}
    by_set = [r["set"] for r in rows]
    names = ("gallery", "probes/t4", "twins", "clips", "seating")
    assert [by_set.count(s) for s in names] == [9, 4, 4, 1, 6]


def test_what_the_rows_say(whole: Path) -> None:
    rows = manifest(whole)
    unseen = [r["light"] for r in rows if r["set"] == "probes/t4"]
    assert sorted(unseen) == ["day", "day", "lamp", "lamp"]
    seating = [r for r in rows if r["set"] == "seating"]
    assert sorted(len(r["boxes"].split(";")) if r["boxes"] else 0 for r in seating) == [
        0, 1, 1, 1, 1, 2,
    ]  # fmt: skip
    assert {r["person"] for r in seating} >= {"", "Ann+Bo"} or "Bo+Ann" in {
        r["person"] for r in seating
    }
    bursts: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        bursts.setdefault(row["burst"], []).append(row)
    for name, burst in bursts.items():
        if name and not name.startswith(("clips", "twins")):
            assert 2 <= len(burst) <= 5
            assert len({(r["sitting"], r["garment"]) for r in burst}) == 1


def test_twins_differ_by_their_glasses_only(whole: Path) -> None:
    rows = [r for r in manifest(whole) if r["set"] == "twins"]
    assert [r["glasses"] for r in rows] == ["0", "1", "0", "1"]
    assert [r["pair"] for r in rows] == ["twins-Bo-001"] * 2 + ["twins-Bo-002"] * 2
    keys = ("person", "sitting", "garment", "light", "expression", "boxes", "burst")
    for bare, worn in (rows[:2], rows[2:]):
        assert all(bare[k] == worn[k] for k in keys)
        assert bare["sha256"] != worn["sha256"]


def test_a_clip_decodes_to_its_number_of_frames(whole: Path) -> None:
    video = cv2.VideoCapture(str(whole / "clips" / "ann.mp4"))
    count = 0
    while video.read()[0]:
        count += 1
    assert count == 7


@pytest.mark.slow
def test_a_subset_is_a_part_of_the_whole(plan_file: Path, whole: Path, tmp_path: Path) -> None:
    make(plan_file, tmp_path / "part", "twins", "probes")
    part, full = digests(tmp_path / "part"), digests(whole)
    photos = {f: d for f, d in part.items() if f.endswith(".jpg")}
    assert len(photos) == 8
    assert photos.items() <= full.items()


@pytest.mark.slow
def test_sets_one_by_one_in_any_order_are_the_whole(
    plan_file: Path, whole: Path, tmp_path: Path
) -> None:
    for name in ("seating", "clips", "gallery", "twins", "probes/t4"):
        make(plan_file, tmp_path / "one", name)
    assert digests(tmp_path / "one") == digests(whole)


def test_a_second_recording_has_nothing_to_do(plan_file: Path, whole: Path) -> None:
    assert make(plan_file, whole) == Tally(0, 24)


def test_a_damaged_file_is_recorded_again(plan_file: Path, whole: Path) -> None:
    before = digests(whole)
    (whole / "gallery" / "Ann" / "002.jpg").write_bytes(b"damaged")
    assert make(plan_file, whole) == Tally(1, 23)
    assert digests(whole) == before


def test_a_changed_plan_records_what_it_changes(plan_file: Path, whole: Path) -> None:
    before = digests(whole)
    text = plan_file.read_text().replace("Ann = 5, Bo = 4", "Ann = 3, Bo = 4")
    plan_file.write_text(text)
    assert make(plan_file, whole) == Tally(3, 19)
    after = digests(whole)
    assert not (whole / "gallery" / "Ann" / "005.jpg").exists()
    assert after["gallery/Bo/001.jpg"] == before["gallery/Bo/001.jpg"]


@pytest.mark.slow
def test_an_interrupted_recording_goes_on(plan_file: Path, whole: Path, tmp_path: Path) -> None:
    plan, cast = read_plan(plan_file)
    out = tmp_path / "broken"

    def stop(done: int, _total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record(plan, cast, out, only=["gallery"], jobs=1, report=stop)
    assert len(manifest(out)) == 5
    assert record(plan, cast, out, only=["gallery"], jobs=1) == Tally(4, 5)
    recorded = digests(out)
    photos = {f for f in recorded if f.endswith(".jpg")}
    assert {f: recorded[f] for f in photos}.items() <= digests(whole).items()
    assert len(manifest(out)) == len(photos) == 9


@pytest.mark.slow
def test_the_command_records_and_says_so(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    out = tmp_path / "o"
    words = ["studio", "record", "--plan", str(plan_file), "--out", str(out), "--jobs", "1"]
    args = parser.parse_args([*words, "--only", "probes/t4"])
    assert args.run(args) == 0
    assert "4 files recorded, 0 up to date, in" in capsys.readouterr().out.replace("\n", " ")
