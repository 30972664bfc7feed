"""The recipe of the face finder's network, run for real, only short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from facelab.faces.box import covered
from facelab.faces.finder import FaceFinder
from facelab.faces.network import refine, weights
from facelab.recipe import batches, training
from facelab.recipe import dataset as shards
from facelab.recipe import refinement_crops as crops
from facelab.recipe.batches import target
from facelab.recipe.command import summary
from facelab.recipe.disguise import wipe_face
from facelab.recipe.kinds import Kind, scene_of
from facelab.recipe.model import folded
from facelab.recipe.samples import FRAME, Cast, Sample, cast, draw_sample
from facelab.recipe.scenes import Scene, empty_room, scenes
from facelab.studio.maths import Array, generator

pytestmark = pytest.mark.slow

NONE = np.zeros((0, 4), np.float32)


@pytest.fixture(scope="module")
def drawn() -> list[Scene]:
    return [scene for actor in (3, 4) for scene in scenes(actor)]


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
    assert covered(scene.boxes, np.array([0, 0, 240, 180], np.float32))[0] > 0.9
    share = (bottom - top) / 180
    if kind is Kind.FAR:
        assert 0.14 < share < 0.3
    if kind is Kind.LARGE:
        assert share > 0.55
    if kind is Kind.TILTED:
        assert (right - left) / (bottom - top) > 0.75
    np.testing.assert_array_equal(scene_of(kind, 0).pixels, scene.pixels)


def test_samples_ask_only_for_what_is_in_the_frame(drawn: list[Scene]) -> None:
    sorted_scenes = cast([*drawn, empty_room(1)])
    for seed in range(60):
        sample = draw_sample(np.random.default_rng(seed), sorted_scenes)
        assert sample.grey.shape == (96, 128)
        assert sample.grey.dtype == np.uint8
        assert (covered(sample.boxes, FRAME) > 0.3).all()


def test_some_samples_show_nobody_and_some_a_face(drawn: list[Scene]) -> None:
    sorted_scenes = cast([*drawn, empty_room(1)])
    faces = [
        len(draw_sample(np.random.default_rng(seed), sorted_scenes).boxes) for seed in range(80)
    ]
    assert 0.2 < np.mean(np.array(faces) == 0) < 0.7
    assert max(faces) >= 1


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
    whole = [s.pixels for s in shards.read_shards(folder)]
    lost = sorted(folder.glob("*.npz"))[1]
    kept, kept_time = (p := sorted(folder.glob("*.npz"))[0]), p.stat().st_mtime_ns
    lost.unlink()
    (folder / "scenes_0000002.part").write_bytes(b"half")
    told: list[tuple[int, int]] = []
    shards.draw_shards(folder, 4, jobs=1, progress=lambda *now: told.append(now))
    assert told == [(1, 2), (2, 2)]
    assert kept.stat().st_mtime_ns == kept_time
    for one, other in zip(whole, shards.read_shards(folder), strict=True):
        np.testing.assert_array_equal(one, other.pixels)


def test_training_goes_on_from_its_checkpoint(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def few(_: Path, epoch: int, __: object) -> Iterator[tuple[Array, Array]]:
        rng, sorted_scenes = generator(epoch), few_scenes
        samples = [draw_sample(rng, sorted_scenes) for _ in range(4)]
        pictures = np.stack([s.grey for s in samples])[..., None].astype(np.float32)
        for _step in range(2):
            yield pictures / 128 - 1, np.stack([target(s) for s in samples])

    few_scenes: Cast = cast([*shards.read_shards(folder), empty_room(1)])
    monkeypatch.setattr(training, "STEPS", 2)
    monkeypatch.setattr(training, "batches", few)
    training.train(tmp_path, 1, jobs=1)
    model = training.train(tmp_path, 2, jobs=1)
    assert int(model.optimizer.iterations) == 4
    lines = (tmp_path / "finder.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", "0", "1"]


def test_the_refinement_network_learns_from_what_the_network_finds(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {"_PARTS": 2, "_SAMPLES": 40, "BATCH": 16}.items():
        monkeypatch.setattr(crops, name, value)
    monkeypatch.setattr(training, "BATCH", 16)
    few_scenes = cast([*shards.read_shards(folder), empty_room(1)])
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
    monkeypatch.setattr(
        batches, "scenes_of", lambda _: cast([*shards.read_shards(folder), empty_room(1)])
    )
    pictures, targets = batches.draw_part(folder, 0, 0)
    assert pictures.shape == (16, 96, 128, 1)
    for picture, wanted in zip(pictures, targets, strict=True):
        twin = np.flatnonzero((pictures == picture[None, :, ::-1]).all((1, 2, 3)))
        assert len(twin)
        np.testing.assert_array_equal(targets[twin[0]][:, ::-1, 0], wanted[..., 0])
        np.testing.assert_array_equal(targets[twin[0]][:, ::-1, 1], -wanted[..., 1])


def test_a_finder_is_measured_on_unseen_people_and_new_rooms() -> None:
    line = summary(FaceFinder(), actors=1, rooms=2)
    assert re.fullmatch(r"found \S+% of [1-6] unseen people, a face in \S+% of 2 empty rooms", line)
