"""Cast: each role is played once, by whom is asked for, who is so called, or in order."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facelab.contract.errors import FacelabError
from facelab.gallery.cast import ROLES, cast_roles, parse_cast


@pytest.mark.parametrize(
    ("people", "asked", "names"),
    [
        (["a", "b"], {}, ["Alex", "Amine"]),
        (["a", "b", "c", "d", "e"], {}, [*ROLES, "e"]),
        (["a", "Naomie", "b"], {}, ["Alex", "Naomie", "Amine"]),
        (["a", "b", "c"], {"Lara": "a", "Alex": "c"}, ["Lara", "Amine", "Alex"]),
        (["a", "b", "Bea"], {"Bea": "a"}, ["Bea", "Alex", "Amine"]),
        (
            ["Lara", "a", "b", "c", "d"],
            dict(zip(ROLES, "abcd", strict=True)),
            ["Lara (2)", *ROLES],
        ),
    ],
)
def test_who_plays_whom(people: list[str], asked: dict[str, str], names: list[str]) -> None:
    assert list(cast_roles(people, asked).values()) == names


@given(st.lists(st.sampled_from([*ROLES, *"abcdefg", "Lara (2)"]), unique=True, min_size=1))
def test_nobody_plays_two_and_no_name_is_given_twice(people: list[str]) -> None:
    names = cast_roles(people, {})
    assert list(names) == people
    assert len(set(names.values())) == len(people)
    assert set(names.values()) >= set(ROLES[:0])
    assert len(set(names.values()) & set(ROLES)) == min(len(people), len(ROLES))


def test_somebody_who_is_not_there() -> None:
    with pytest.raises(
        FacelabError, match=r"^--cast: received Alex=x, allowed are a, b; correct it$"
    ):
        cast_roles(["a", "b"], {"Alex": "x"})


@pytest.mark.parametrize("text", ["Alex", "Alex=", "=a", "Alex=a,Alex=b", "Alex=a,Lara=a", "a==b="])
def test_what_is_no_cast(text: str) -> None:
    if text == "a==b=":
        assert parse_cast(text) == {"a": "=b="}
        return
    with pytest.raises(FacelabError, match=rf"^--cast: received {re.escape(repr(text))}, allowed"):
        parse_cast(text)


def test_a_cast() -> None:
    assert parse_cast("Alex=marie, Lara = Zoé Noël") == {"Alex": "marie", "Lara": "Zoé Noël"}
    assert parse_cast("") == {}
