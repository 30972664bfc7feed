from pathlib import Path

import pytest

from facelab.contract.errors import FacelabError
from facelab.studio.plan import read_plan
from facelab.studio.takes import clip_takes, takes
from facelab.studio.visit import visit_takes

FIXTURES = Path(__file__).parents[2] / "fixtures"


def test_the_plan_of_the_fixtures() -> None:
    plan, _ = read_plan(FIXTURES / "plan.toml")
    stills = takes(plan, plan.sets())
    count = {name: sum(t.set == name for t in stills) for name in plan.sets()}
    assert count == {
        "gallery": 230, "probes/t1": 49, "probes/t2": 11, "probes/t4": 440, "twins": 160,
        "strangers": 120, "clips": 0, "seating": 220,
    }  # fmt: skip
    four = ("Alex", "Amine", "Lara", "Naomie")
    gallery = [t for t in stills if t.set == "gallery"]
    assert sum(t.people[0][0] in four for t in gallery) == 103
    assert sorted(c.clip.frames for c in clip_takes(plan, plan.sets())) == [600, 793, 1200]
    assert [v.visit.frames for v in visit_takes(plan, plan.sets())] == [1140]
    assert len({t.file for t in stills}) == len(stills)
    for person in plan.photos["gallery"].photos:
        own = [t for t in gallery if t.people[0][0] == person]
        assert len({t.sitting.name for t in own}) == 2
        assert len({t.shot.garment for t in own}) == 4


def test_no_probe_repeats_a_shot_of_the_gallery() -> None:
    plan, _ = read_plan(FIXTURES / "plan.toml")
    stills = [t for t in takes(plan, plan.sets()) if t.set not in ("twins", "seating")]
    assert len({t.shot.pose for t in stills}) == len(stills)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "yaw = 0.15",
            "yaw = 15",
            "plan.toml: vary.steady: yaw is 15, allowed is 0 to 1 (rad, sd); correct it",
        ),
        (
            "Bo = 4 }",
            "Bob = 4 }",
            "plan.toml: photos.gallery: unknown person 'Bob'; did you mean 'Bo'?",
        ),
        (
            'vary = "steady"\nburst = [2, 3]',
            'vary = "stead"\nburst = [2, 3]',
            "plan.toml: photos.gallery: unknown variety 'stead'; did you mean 'steady'?",
        ),
        (
            "burst = [2, 3]",
            "burst = [3, 2]",
            "plan.toml: photos.gallery: burst is [3, 2], allowed is the smaller number first; "
            "swap them",
        ),
        (
            "burst = [2, 3]",
            "burst = 2",
            "plan.toml: photos.gallery: burst is 2, allowed is a list; write it in square brackets",
        ),
        (
            "neutral = 3",
            "bored = 3",
            "plan.toml: vary.steady: unknown expression 'bored'; allowed is neutral, smile, laugh, "
            "talk, surprise, frown, pucker, squint, blink; remove or rename it",
        ),
        (
            'unseen_lights = ["lamp"]',
            "unseen_lights = []",
            "plan.toml: photos.probes/t4: unseen_lights is [], allowed is at least one light; "
            "name one",
        ),
        ("seed = 7", "", "plan.toml: the entry 'seed' is missing; add it"),
        (
            'cast = "cast.toml"',
            "cast = 3",
            "plan.toml: cast is 3, allowed is a text, in quotes; correct it",
        ),
    ],
)
def test_a_bad_plan_is_refused_in_one_line(
    plan_file: Path, before: str, after: str, message: str
) -> None:
    text = plan_file.read_text()
    assert before in text
    plan_file.write_text(text.replace(before, after, 1))
    with pytest.raises(FacelabError) as refusal:
        read_plan(plan_file)
    assert str(refusal.value).replace(str(plan_file), "plan.toml") == message


def test_a_missing_plan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FacelabError) as refusal:
        read_plan(tmp_path / "no.toml")
    assert str(refusal.value) == (
        f"{tmp_path / 'no.toml'}: there is no such file; name an existing one with --plan"
    )


def test_a_missing_cast_is_refused(plan_file: Path) -> None:
    cast = plan_file.with_name("cast.toml")
    cast.unlink()
    with pytest.raises(FacelabError) as refusal:
        read_plan(plan_file)
    assert str(refusal.value) == (
        f"{cast}: there is no such file; correct the entry 'cast' of the plan"
    )


def test_a_file_that_is_no_toml_is_refused(plan_file: Path) -> None:
    plan_file.write_text("seed = = 3")
    with pytest.raises(FacelabError) as refusal:
        read_plan(plan_file)
    assert str(refusal.value) == (
        f"{plan_file}: not readable as TOML: Invalid value (at line 1, column 8); correct the file"
    )


def test_an_unknown_set_is_refused(plan_file: Path) -> None:
    plan, _ = read_plan(plan_file)
    assert plan.chosen(["probes"]) == ("probes/t4",)
    with pytest.raises(FacelabError) as refusal:
        plan.chosen(["galery"])
    assert str(refusal.value) == "the plan has no set 'galery'; did you mean 'gallery'?"
