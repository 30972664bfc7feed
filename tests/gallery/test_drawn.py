"""Crowds: whoever is in a small one is the same in a larger one; probes are told what they show.

Fresh probes: the recorded ones again, in shots that nobody has seen.
"""

from __future__ import annotations

import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery.drawn import PROBES, Crowd, FreshProbes, draw_probes, people, read_seed
from facelab.gallery.source import Recording, Source
from facelab.studio.crowd import read_crowd, sitter
from facelab.studio.plan import read_plan
from facelab.studio.still import draw_still
from facelab.studio.takes import takes
from tests.conftest import ROOT

CROWD = ROOT / "fixtures" / "crowd.toml"
PLAN = ROOT / "fixtures" / "plan.toml"


def changed(folder: Path, before: str, after: str) -> Path:
    """Return the file of a crowd in which one thing is changed, with its plan and cast."""
    for name in ("crowd.toml", "plan.toml", "cast.toml"):
        shutil.copy(ROOT / "fixtures" / name, folder)
    path = folder / "crowd.toml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    return path


@pytest.mark.slow
def test_a_small_crowd_begins_a_larger_one() -> None:
    small, large = Crowd(CROWD, 11), Crowd(CROWD, 13)
    for name in ("photos", "probes"):
        few, many = getattr(small, name), getattr(large, name)
        assert few.labels.equals(many.labels.iloc[: len(few)])
        assert [batch.key for batch in few.frames.batches] == [
            r.key for r in many.frames.batches[:11]
        ]


def test_what_a_person_is_photographed_as() -> None:
    crowd = Crowd(CROWD, 11)
    photos, probes = crowd.photos.labels, crowd.probes.labels
    assert set(photos["person"].value_counts()) == {30}
    assert set(photos["light"]) == {"day", "office"}
    assert set(photos["glasses"]) == {0}
    assert set(probes["person"].value_counts()) == {10}
    own = probes[probes["person"] == "P0007"]
    assert own["manner"].value_counts().to_dict() == {"bare": 4, "glasses": 3, "unseen light": 3}
    assert set(own.loc[own["manner"] == "unseen light", "light"]) == {"lamp"}
    assert set(own.loc[own["manner"] != "unseen light", "light"]) <= {"day", "office"}
    assert (own["glasses"] == (own["manner"] == "glasses")).all()
    assert own["file"].is_unique
    # everyone is in both sittings, so that the wall behind tells nobody apart
    assert (photos.groupby("person")["sitting"].nunique() == 2).all()


def test_no_probe_is_a_photo_and_a_shot_is_changed_in_one_thing() -> None:
    likenesses = sitter(read_crowd(CROWD), 1).likenesses
    photos, probes = likenesses[:30], likenesses[30:]
    poses = {one.take.shot.pose for one in photos}
    assert len(poses) == 30
    assert not poses & {one.take.shot.pose for one in probes}
    bare = {one.take.burst: one.take.shot for one in probes if one.manner == "bare"}
    for one in probes:
        known = bare[one.take.burst]
        assert (one.take.shot.pose, one.take.shot.noise) == (known.pose, known.noise)


@pytest.mark.slow
def test_frames_are_drawn_when_they_are_asked_for(tmp_path: Path) -> None:
    path = changed(tmp_path, "photos = 30", "photos = 2")
    photos = Crowd(path, 11).photos
    some = photos.of(["P0002"])
    assert len(some) == 2
    first, second = some.frames
    assert first.shape == (120, 160, 3)
    assert first.dtype == np.uint8
    assert np.abs(first.astype(int) - second.astype(int)).mean() > 1
    again = pickle.loads(pickle.dumps(some.frames))
    assert np.array_equal(again[0], first)
    assert np.array_equal(photos.frames[2:4][0], first)


def test_people_differ_by_their_seed(tmp_path: Path) -> None:
    path = changed(tmp_path, "seed = 1905", "seed = 1906")
    crowds = [read_crowd(CROWD), read_crowd(path)]
    textures = {sitter(crowd, n).actor.texture for crowd in crowds for n in range(1, 12)}
    assert len(textures) == 22


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            '"morning", "after',
            '"mourning", "after',
            "crowd.toml: photos: unknown sitting 'mourning'; did you mean 'morning'?",
        ),
        (
            "in_glasses = 3 ",
            "in_glasses = 5 ",
            "crowd.toml: in_glasses and shots is [5, 4], allowed is the smaller number first; "
            "swap them",
        ),
        ("width = 160", "widht = 160", "crowd.toml: unknown entry 'widht'; did you mean 'width'?"),
    ],
)
def test_a_wrong_file_is_refused(before: str, after: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(FacelabError) as refused:
        Crowd(changed(tmp_path, before, after), 11)
    assert str(refused.value) == f"{tmp_path}/{said}"


@pytest.mark.parametrize("text", ["3", "10", "many", "300.5", "-30", "4000", ""])
def test_a_wrong_number_of_people(text: str) -> None:
    with pytest.raises(FacelabError) as refused:
        people(text)
    assert str(refused.value) == (
        f"--people: received {text!r}, allowed is a whole number between 11 and 3,500; "
        "300 is T5's own"
    )


def test_a_number_of_people() -> None:
    assert (people("11"), people("300"), people("3500")) == (11, 300, 3500)


@pytest.fixture(scope="module")
def fresh(recording: Recording) -> FreshProbes:
    """Probes of which none is drawn yet: to draw some starts processes."""
    fresh = FreshProbes(Recording(ROOT / "fixtures"), 2019)
    assert set(recording.manifest["set"]) - set(fresh.manifest["set"]) == set(PROBES)
    return fresh


def test_fresh_probes_are_a_source(fresh: FreshProbes) -> None:
    source: Source = fresh  # what mypy checks
    assert source.damage() == []


@pytest.mark.slow
def test_fresh_probes_are_labelled_as_the_recorded_ones(
    fresh: FreshProbes, recording: Recording
) -> None:
    # 2019 is the seed of the recording itself: even that gives other shots
    drawn, recorded = fresh.photos("probes/t2"), recording.photos("probes/t2")
    assert drawn.labels.columns.tolist() == recorded.labels.columns.tolist()
    own = ["file", "sha256", "expression", "boxes"]
    pd.testing.assert_frame_equal(
        drawn.labels.drop(columns=own), recorded.labels.drop(columns=own), check_dtype=False
    )
    assert drawn.labels["file"].tolist() == [f"fresh-2019/{f}" for f in recorded.labels["file"]]
    assert fresh.photos("probes/t2") is drawn


@pytest.mark.slow
def test_no_fresh_probe_is_a_recorded_frame(fresh: FreshProbes, recording: Recording) -> None:
    drawn = fresh.photos("probes/t2")
    assert not set(drawn.labels["sha256"]) & set(recording.manifest["sha256"])
    recorded = [
        frame for name in (*PROBES[:2], "gallery") for frame in recording.photos(name).frames
    ]
    for frame in drawn.frames:
        assert frame.shape == (240, 320, 3)
        assert frame.dtype == np.uint8
        nearest = min(np.abs(frame.astype(np.int16) - other).mean() for other in recorded)
        assert nearest > 3  # grey levels; other noise of the sensor alone makes 1.1


@pytest.mark.slow
def test_a_seed_is_its_frames_and_no_others(fresh: FreshProbes) -> None:
    plan, cast = read_plan(PLAN)
    stills = takes(plan, ["probes/t2"], 2019)
    row, _ = draw_still(stills[3], cast)
    drawn = fresh.photos("probes/t2").labels
    assert row.sha256 in set(drawn["sha256"])
    for name, count in zip(PROBES, (49, 11, 440, 160, 120), strict=True):
        own, other, recorded = (
            [take.shot for take in takes(plan, [name], seed)] for seed in (1, 2, None)
        )
        assert len(own) == count
        assert own == [take.shot for take in takes(plan, [name], 1)]
        for one, two in ((own, other), (own, recorded), (other, recorded)):
            assert not {shot.noise for shot in one} & {shot.noise for shot in two}
            assert not {shot.pose for shot in one} & {shot.pose for shot in two}
            # what the labels say stays
            assert [(s.garment, s.glasses) for s in one] == [(s.garment, s.glasses) for s in two]


def test_fresh_twins_differ_by_their_glasses_only() -> None:
    plan, _ = read_plan(PLAN)
    stills = takes(plan, ["twins"], 7)
    for bare, worn in zip(stills[::2], stills[1::2], strict=True):
        assert replace(worn.shot, glasses=False) == bare.shot
        assert (bare.pair, bare.shot.glasses, worn.shot.glasses) == (worn.pair, False, True)


def test_all_but_the_probes_is_as_recorded(fresh: FreshProbes) -> None:
    assert fresh.name == "recorded frames in fixtures/, probes drawn anew from seed 2019"
    assert fresh.photos("gallery") is fresh.recording.photos("gallery")
    assert fresh.clip("alex_t2") == fresh.recording.clip("alex_t2")
    assert (fresh.is_reference, fresh.actors) == (True, fresh.recording.actors)
    assert fresh.fingerprint == fresh.recording.fingerprint


@pytest.mark.slow
def test_the_manifest_has_the_probes_that_were_drawn(
    fresh: FreshProbes, recording: Recording
) -> None:
    recorded = recording.manifest
    drawn = fresh.photos("probes/t2").labels
    listed = fresh.manifest[fresh.manifest["set"] == "probes/t2"]
    assert listed["sha256"].tolist() == drawn["sha256"].tolist()
    assert set(fresh.manifest["set"]) == set(recorded["set"]) - set(PROBES) | {"probes/t2"}


def test_a_set_that_the_plan_lacks() -> None:
    with pytest.raises(FacelabError, match=r"^the plan has no set 'probes/t9'; did you mean"):
        draw_probes(PLAN, "probes/t9", 1)


def test_seeds_of_fresh_probes() -> None:
    assert [read_seed(text) for text in ("0", "17", "4294967295")] == [0, 17, 4294967295]


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "4294967296", "١"])
def test_a_wrong_seed_of_fresh_probes(text: str) -> None:
    with pytest.raises(FacelabError) as refused:
        read_seed(text)
    assert str(refused.value) == (
        f"--fresh-probes: received {text!r}, allowed is a whole number between 0 and "
        "4,294,967,295, as in --fresh-probes=7; without one, write --fresh-probes last"
    )
