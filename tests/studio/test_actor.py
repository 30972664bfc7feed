from dataclasses import fields
from pathlib import Path

import pytest

from facelab.contract.errors import FacelabError
from facelab.studio.actor import (
    Actor,
    distance,
    look_alike,
    mix,
    read_cast,
    sample,
    to_toml,
    traits,
)

FIXTURES = Path(__file__).parents[2] / "fixtures"


def test_a_seed_is_a_person() -> None:
    assert sample(3) == sample(3)
    assert sample(3) != sample(4)


def test_every_trait_says_what_it_measures() -> None:
    assert len(traits()) == 67
    assert all(t.unit and t.sd > 0 for t in traits().values())


def test_distance_is_zero_to_oneself_and_symmetric() -> None:
    a, b = sample(1), sample(2)
    assert distance(a, a) == 0
    assert distance(a, b) == pytest.approx(distance(b, a))
    assert 0.8 < distance(a, b) < 2.5


@pytest.mark.parametrize("t", [0.0, 0.25, 0.5, 1.0])
def test_a_mix_lies_on_the_way(t: float) -> None:
    a, b = sample(1), sample(2)
    assert distance(a, mix(a, b, t)) == pytest.approx(t * distance(a, b))


def test_a_mix_keeps_what_is_no_number() -> None:
    a, b = sample(1), sample(2)
    mixed = mix(a, b, 0.5)
    assert (mixed.hair, mixed.beard, mixed.texture) == (a.hair, a.beard, a.texture)


@pytest.mark.parametrize("apart", [0.4, 0.7, 1.0])
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_look_alike_is_as_far_as_asked(apart: float, seed: int) -> None:
    a = sample(37)
    b = look_alike(a, seed, apart)
    assert distance(a, b) == pytest.approx(apart, rel=0.05)
    assert (b.hair, b.beard, b.glasses.shape) == (a.hair, a.beard, a.glasses.shape)
    assert b.texture != a.texture


def test_an_actor_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "cast.toml"
    path.write_text(to_toml("Ann", sample(117)))
    assert read_cast(path) == {"Ann": sample(117)}


def test_the_cast_of_the_fixtures() -> None:
    cast = read_cast(FIXTURES / "cast.toml")
    names = "Alex Amine Lara Naomie Bruno Chloe David Emma Farid Gaelle Hugo"
    assert list(cast) == names.split()
    for a, b in (("Alex", "Amine"), ("Lara", "Naomie")):
        assert cast[a].hair is cast[b].hair
        assert cast[a].beard is cast[b].beard
        assert distance(cast[a], cast[b]) <= 1.45
    assert len({person.texture for person in cast.values()}) == 11


def _refused(tmp_path: Path, before: str, after: str) -> str:
    path = tmp_path / "cast.toml"
    text = to_toml("Ann", sample(117))
    assert before in text
    path.write_text(text.replace(before, after))
    with pytest.raises(FacelabError) as refusal:
        read_cast(path)
    return str(refusal.value).replace(str(path), "cast.toml")


def test_a_misspelt_trait_is_refused(tmp_path: Path) -> None:
    message = _refused(tmp_path, "nose_length", "nose_lenght")
    assert message == "cast.toml: Ann: unknown entry 'nose_lenght'; did you mean 'nose_length'?"


def test_a_missing_trait_is_refused(tmp_path: Path) -> None:
    message = _refused(tmp_path, "nose_length", "# nose_length")
    assert message == "cast.toml: Ann: the entry 'nose_length' is missing; add it"


def test_a_trait_out_of_range_is_refused(tmp_path: Path) -> None:
    message = _refused(tmp_path, "age = ", "age = 9")
    assert message.startswith("cast.toml: Ann: age is 9")
    assert message.endswith(
        ", allowed is -1.24 to 1.84 (0 is twenty years, 1 is seventy); correct it"
    )


def test_an_unknown_style_is_refused(tmp_path: Path) -> None:
    message = _refused(tmp_path, 'hair = "bob"', 'hair = "mohican"')
    assert message == (
        "cast.toml: Ann: hair is 'mohican', allowed is buzz or short or side or quiff or curly or "
        "afro or bob or long or fringe or bun or bald or receding; choose one of them"
    )


def test_a_shared_texture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cast.toml"
    ann = sample(117)
    path.write_text(to_toml("Ann", ann) + to_toml("Bo", ann))
    with pytest.raises(FacelabError) as refusal:
        read_cast(path)
    assert str(refusal.value) == (
        f"{path}: Bo: texture is {ann.texture}, already Ann's; give every actor another"
    )


def test_every_field_of_an_actor_is_written() -> None:
    text = to_toml("Ann", sample(117))
    assert all(f"\n{f.name} = " in text for f in fields(Actor))
