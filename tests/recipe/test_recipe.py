"""The recipe of the face finder's network, run for real, only short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import joblib
import numpy as np
import pytest

from facelab.cli import main
from facelab.faces.box import covered
from facelab.faces.finder import FaceFinder
from facelab.faces.network import Convolution, refine, weights
from facelab.recipe import batches, training
from facelab.recipe import dataset as shards
from facelab.recipe import refinement_crops as crops
from facelab.recipe.batches import target
from facelab.recipe.command import summary
from facelab.recipe.disguise import wipe_face
from facelab.recipe.framing import FRAME, Sample, moved
from facelab.recipe.hard_samples import far, portrait, rivals_alone, tilted, with_rival
from facelab.recipe.hard_scenes import hard_scenes
from facelab.recipe.kinds import Kind, scene_of
from facelab.recipe.model import folded
from facelab.recipe.rivals import _RIVALS, Rival, lay
from facelab.recipe.samples import Cast, cast, draw_sample
from facelab.recipe.scenes import Scene, empty_room, scenes
from facelab.studio.maths import Array, generator

pytestmark = pytest.mark.slow

NONE = np.zeros((0, 4), np.float32)


@pytest.fixture(scope="module")
def drawn() -> list[Scene]:
    return [scene for actor in (3, 4) for scene in scenes(actor)]


@pytest.fixture(scope="module")
def hard() -> list[Scene]:
    return [scene for actor in (3, 4) for scene in hard_scenes(actor)]


@pytest.fixture(scope="module")
def sorted_scenes(drawn: list[Scene], hard: list[Scene]) -> Cast:
    return cast([*drawn, empty_room(1)], hard)


def of_folder(folder: Path) -> Cast:
    plain = [*shards.read_shards(folder, shards.PLAIN), empty_room(1)]
    return cast(plain, shards.read_shards(folder, shards.HARD))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "ACTORS_PER_SHARD", 2)
        shards.draw_shards(folder, 4, jobs=1, progress=lambda *_: None)
    return folder


def test_a_scene_is_drawn_again_from_its_numbers(drawn: list[Scene]) -> None:
    again = list(scenes(3))
    for one, other in zip(drawn, again, strict=False):
        np.testing.assert_array_equal(one.pixels, other.pixels)
        np.testing.assert_array_equal(one.boxes, other.boxes)


def test_an_empty_room_is_empty() -> None:
    room = empty_room(1)
    assert room.pixels.shape == (180, 240, 3)
    assert len(room.boxes) == 0


@pytest.mark.parametrize("kind", Kind)
def test_a_scene_of_a_kind_shows_one_whole_head(kind: Kind) -> None:
    scene = scene_of(kind, 0)
    [[left, top, right, bottom]] = scene.boxes
    assert covered(scene.boxes, np.array([0, 0, 240, 180], np.float32))[0] > 0.85
    share = (bottom - top) / 180
    if kind is Kind.FAR:
        assert 0.14 < share < 0.3
    if kind is Kind.LARGE:
        assert share > 0.55
    if kind is Kind.TILTED:
        assert (right - left) / (bottom - top) > 0.75
    np.testing.assert_array_equal(scene_of(kind, 0).pixels, scene.pixels)


def test_hard_scenes_show_near_heads_and_far_ones(hard: list[Scene]) -> None:
    again = list(hard_scenes(3))
    np.testing.assert_array_equal(hard[0].pixels, again[0].pixels)
    heights = np.array([s.boxes[0, 3] - s.boxes[0, 1] for s in hard]) / 180
    assert (heights[2::3] < 0.37).all()
    assert heights.max() > 0.4


def test_scenes_are_sorted_by_what_is_in_them(sorted_scenes: Cast) -> None:
    assert all(len(s.boxes) for s in (*sorted_scenes.plain, *sorted_scenes.hard))
    assert not any(len(s.boxes) for s in sorted_scenes.empty)
    near = min(s.boxes[:, 3].max() - s.boxes[:, 1].min() for s in sorted_scenes.hard)
    assert near >= 0.3 * 180 > max(s.boxes[0, 3] - s.boxes[0, 1] for s in sorted_scenes.far)


def test_samples_ask_only_for_what_is_in_the_frame(sorted_scenes: Cast) -> None:
    for seed in range(120):
        sample = draw_sample(np.random.default_rng(seed), sorted_scenes)
        assert sample.grey.shape == (96, 128)
        assert sample.grey.dtype == np.uint8
        assert (covered(sample.boxes, FRAME) > 0.3).all()


def test_some_samples_show_nobody_and_some_a_face(sorted_scenes: Cast) -> None:
    faces = [
        len(draw_sample(np.random.default_rng(seed), sorted_scenes).boxes) for seed in range(160)
    ]
    assert 0.2 < np.mean(np.array(faces) == 0) < 0.5
    assert max(faces) >= 1


def test_the_box_of_a_tilted_head_holds_its_ellipse() -> None:
    box = np.array([[40, 30, 60, 80]], np.float32)
    turn = np.radians(35)
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    angle = np.linspace(0, 2 * np.pi, 3600)
    outline = np.stack([50 + 10 * np.cos(angle), 55 + 25 * np.sin(angle)], 1) @ linear.T
    expected = [*outline.min(axis=0), *outline.max(axis=0)]
    [found] = moved(box, np.column_stack([linear, [0, 0]]))
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_a_portrait_is_cut_round_the_face_and_fills_the_picture(hard: list[Scene]) -> None:
    for seed in range(30):
        [box] = portrait(np.random.default_rng(seed), hard[0]).boxes
        assert (box[3] - box[1]) / 96 > 0.6


def test_far_heads_are_small_and_tilted_ones_are_wide(hard: list[Scene]) -> None:
    boxes = [box for seed in range(20) for box in far(np.random.default_rng(seed), hard[2]).boxes]
    assert len(boxes) > 5
    assert all(0.1 < (box[3] - box[1]) / 96 < 0.5 for box in boxes)
    ratios = [float(np.divide(*(s.boxes[0, 2:] - s.boxes[0, :2]))) for s in hard]
    narrow = int(np.argmin(ratios))
    turned = [
        box for seed in range(40) for box in tilted(np.random.default_rng(seed), hard[narrow]).boxes
    ]
    shapes = [(box[2] - box[0]) / (box[3] - box[1]) for box in turned]
    assert len(shapes) > 9
    assert np.median(shapes) > 1.03 * ratios[narrow]


def test_rivals_are_no_faces_and_a_destroyed_face_is_none(sorted_scenes: Cast) -> None:
    alone = sorted_scenes.plain[0]
    asked = [len(with_rival(np.random.default_rng(seed), alone).boxes) for seed in range(60)]
    assert 0.25 < np.mean(np.array(asked) == 0) < 0.75
    pictures = [
        rivals_alone(np.random.default_rng(seed), sorted_scenes.empty[0]).grey for seed in range(9)
    ]
    assert np.median([np.ptp(grey) for grey in pictures]) > 60  # something is there to be mistaken


@pytest.mark.parametrize("kind", _RIVALS)
def test_a_rival_has_two_tones_and_covers_what_is_behind(kind: Rival) -> None:
    drawn = [kind(np.random.default_rng(seed), 40, 36) for seed in range(8)]
    for picture, cover in drawn:
        assert picture.shape == cover.shape == (40, 36)
        assert 0 <= cover.min() <= cover.max() == 1
        assert cover.mean() > 0.2
    assert np.median([np.ptp(picture) for picture, _ in drawn]) > 30


def test_a_rival_beyond_the_edge_changes_nothing() -> None:
    grey = np.zeros((96, 128), np.float32)
    lay(grey, np.random.default_rng(0), np.array([300, 20]), 40)
    assert not grey.any()


def test_a_wiped_face_is_changed_and_the_rest_is_not() -> None:
    grey = np.random.default_rng(0).uniform(0, 255, (96, 128)).astype(np.float32)
    before = grey.copy()
    wipe_face(grey, np.array([40, 20, 80, 70], np.float32), np.random.default_rng(1))
    changed = np.argwhere(grey != before)
    assert len(changed) > 300
    assert changed.min(axis=0).tolist() >= [14, 34]
    assert (changed.max(axis=0) < [76, 86]).all()


def test_the_target_of_a_face_says_its_box() -> None:
    box = np.array([40, 16, 72, 56], np.float32)  # 32 x 40: logarithms of 0
    wanted = target(Sample(np.zeros((96, 128), np.uint8), box[None], NONE))
    row, column = np.unravel_index(wanted[..., 0].argmax(), wanted.shape[:2])
    place, size = wanted[row, column, 1:3], wanted[row, column, 3:5]
    np.testing.assert_allclose((np.array([column, row]) + 0.5 + place) * 8, [56, 36])
    np.testing.assert_allclose(size, 0, atol=1e-6)
    assert wanted[..., 0].max() == 1
    assert wanted[0, 15, 0] < 0.01


def test_what_is_ignored_has_no_weight() -> None:
    box = np.array([0, 0, 64, 96], np.float32)
    wanted = target(Sample(np.zeros((96, 128), np.uint8), NONE, box[None]))
    assert not wanted[:, :8, 6].any()
    assert wanted[:, 8:, 6].all()


def test_drawing_goes_on_where_it_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "ACTORS_PER_SHARD", 2)
    whole = [s.pixels for s in shards.read_shards(folder, shards.PLAIN)]
    lost = folder / "plain_0000000.npz"
    kept, kept_time = (p := folder / "hard_0000000.npz"), p.stat().st_mtime_ns
    lost.unlink()
    (folder / "plain_0000000.part").write_bytes(b"half")
    told: list[tuple[int, int]] = []
    shards.draw_shards(folder, 4, jobs=1, progress=lambda *now: told.append(now))
    assert told == [(1, 2), (2, 2)]
    assert kept.stat().st_mtime_ns == kept_time
    for one, other in zip(whole, shards.read_shards(folder, shards.PLAIN), strict=True):
        np.testing.assert_array_equal(one, other.pixels)


def test_training_goes_on_from_its_checkpoint(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def few(_: Path, epoch: int, workers: joblib.Parallel) -> Iterator[tuple[Array, Array]]:
        assert list(workers(joblib.delayed(abs)(-k) for k in range(3))) == [0, 1, 2]
        rng = generator(epoch)
        samples = [draw_sample(rng, few_scenes) for _ in range(4)]
        pictures = np.stack([s.grey for s in samples])[..., None].astype(np.float32)
        for _step in range(2):
            yield pictures / 128 - 1, np.stack([target(s) for s in samples])

    few_scenes: Cast = of_folder(folder)
    monkeypatch.setattr(training, "STEPS", 2)
    monkeypatch.setattr(training, "batches", few)
    first = np.random.default_rng(0).normal(0, 1, (8, 96, 128, 1))
    monkeypatch.setattr(training, "draw_part", lambda *_: (first, None))
    training.train(tmp_path, 1, weights(), jobs=-1)
    model = training.train(tmp_path, 2, None, jobs=1)
    assert int(model.optimizer.iterations) == 4
    lines = (tmp_path / "proposal.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", "0", "1"]


def test_the_refinement_network_learns_from_what_the_network_finds(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {"_PARTS": 2, "_SAMPLES": 40, "BATCH": 16}.items():
        monkeypatch.setattr(crops, name, value)
    monkeypatch.setattr(training, "BATCH", 16)
    few_scenes = of_folder(folder)
    monkeypatch.setattr(crops, "scenes_of", lambda _: few_scenes)
    crops.draw_crops(tmp_path, weights(), jobs=1, progress=lambda *_: None)
    pictures, targets = crops.read_crops(tmp_path)
    assert pictures.shape == (len(targets), 48, 48)
    assert 0 < targets[:, 0].sum() < len(targets)
    assert 0.02 < targets[targets[:, 0] > 0, 1:].std() < 0.3
    training.train_refinement(tmp_path, 1)
    model = training.train_refinement(tmp_path, 2)
    assert int(model.optimizer.iterations) == 2 * (len(targets) // 16)
    contrast = pictures[0].astype(np.float32)
    expected = model.predict(contrast[None, ..., None], verbose=0)[0]
    np.testing.assert_allclose(refine(contrast[None], folded(model))[0], expected, atol=1e-4)


def test_parts_are_half_mirrored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_PART", 1)
    monkeypatch.setattr(batches, "BATCH", 8)
    monkeypatch.setattr(batches, "scenes_of", of_folder)
    pictures, targets = batches.draw_part(folder, 0, 0)
    assert pictures.shape == (16, 96, 128, 1)
    for picture, wanted in zip(pictures, targets, strict=True):
        twin = np.flatnonzero((pictures == picture[None, :, ::-1]).all((1, 2, 3)))
        assert len(twin)
        np.testing.assert_array_equal(targets[twin[0]][:, ::-1, 0], wanted[..., 0])
        np.testing.assert_array_equal(targets[twin[0]][:, ::-1, 1], -wanted[..., 1])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file or directory"),
        (b"", "it holds no weights of a face finder"),
        (b"PK\x03\x04 a broken archive", "it holds no weights of a face finder"),
        (b"text", "it holds no weights of a face finder"),
        (
            b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"
            + b" " * 59
            + b"\n\0\0\0\0",
            "it holds no weights of a face finder",
        ),
    ],
)
def test_what_a_training_cannot_start_from(
    content: bytes | None, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = tmp_path / "start.npz"
    if content is not None:
        start.write_bytes(content)
    assert main(["finder", str(tmp_path / "folder"), f"--start={start}"]) == 2
    assert capsys.readouterr().err == (
        f"facelab: --start: received {start}: {reason}; "
        "allowed are weights that facelab finder wrote (.npz)\n"
    )
    assert not (tmp_path / "folder").exists()


def test_a_training_starts_from_weights_of_its_own_sizes_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = tmp_path / "start.npz"
    narrow = Convolution(np.zeros((3, 3, 1, 8), np.float32), np.zeros(8, np.float32))
    training.store({**weights(), "c1": narrow}, start)
    assert main(["finder", str(tmp_path / "folder"), f"--start={start}"]) == 2
    assert "its layers are of other sizes than facelab's" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--anew"], ["--start=plain.npz"]])
def test_a_training_that_has_begun_is_not_started_otherwise(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "proposal.keras").touch()
    assert main(["finder", str(tmp_path), *options]) == 2
    assert "in which a training has begun" in capsys.readouterr().err


def test_a_training_needs_an_actor_of_each_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["finder", str(tmp_path), "--actors=1"]) == 2
    assert "--actors: received 1, allowed is at least 2; choose more" in capsys.readouterr().err


def test_a_finder_is_measured_on_unseen_people_and_new_rooms() -> None:
    line = summary(FaceFinder(), actors=1, rooms=2)
    assert re.fullmatch(r"found \S+% of [1-6] unseen people, a face in \S+% of 2 empty rooms", line)
