"""Split: bursts are not parted, both sides get enough, times and numbers are understood."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facelab.gallery.split import FEWEST, bursts, natural, probes, taken


@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_both_sides_get_enough(sizes: list[int]) -> None:
    count = sum(sizes)
    if count < FEWEST:
        return
    photos = iter(range(count))
    groups = [[next(photos) for _ in range(size)] for size in sizes]
    chosen = probes(groups)
    assert chosen <= set(range(count))
    assert count - len(chosen) >= 8
    assert len(chosen) >= min(3, count - 8)
    assert len(chosen) <= 0.42 * count


@given(sizes=st.lists(st.integers(3, 5), min_size=8, max_size=30))
def test_bursts_stay_whole(sizes: list[int]) -> None:
    photos = iter(range(sum(sizes)))
    groups = [[next(photos) for _ in range(size)] for size in sizes]
    chosen = probes(groups)
    assert all(len(chosen & set(group)) in (0, len(group)) for group in groups)
    assert 0.15 <= len(chosen) / sum(sizes) <= 0.38


def test_one_long_run_is_parted_in_few_places_and_all_over() -> None:
    chosen = probes([list(range(100))])
    sides = [number in chosen for number in range(100)]
    assert sum(a != b for a, b in pairwise(sides)) <= 8
    assert any(sides[:34])
    assert any(sides[34:67])
    assert any(sides[67:])


def test_bursts_by_number() -> None:
    names = ["p10", "p2", "p1", "p11", "p3", "q4"]
    found = [[names[photo] for photo in burst] for burst in bursts(names, [None] * 6)]
    assert found == [["p1", "p2", "p3"], ["p10", "p11"], ["q4"]]


def test_bursts_by_time_when_all_are_known() -> None:
    names = ["a", "b", "c", "d"]
    assert bursts(names, [100.0, 7.0, 3.0, 105.0]) == [[2, 1], [0, 3]]
    assert bursts(names, [100.0, None, 3.0, 105.0]) == [[0, 1, 2, 3]]


@pytest.mark.parametrize(
    ("name", "content", "seconds"),
    [
        ("IMG_20240131_142530.jpg", b"", 1706711130.0),
        ("2024-01-31 14.25.30.jpg", b"", 1706711130.0),
        ("a.jpg", b"\xff\xd8..2024:02:01 00:00:00\0..2024:01:31 14:25:30\0", 1706711130.0),
        ("IMG_20241331_142530.jpg", b"", None),
        ("001.jpg", b"2024", None),
    ],
)
def test_when_a_photo_was_taken(name: str, content: bytes, seconds: float | None) -> None:
    assert taken(name, content) == seconds


@pytest.mark.slow
@given(names=st.lists(st.text(max_size=8), max_size=8))
def test_any_names_can_be_sorted_and_grouped(names: list[str]) -> None:
    assert sorted(sorted(names, key=natural)) == sorted(names)
    grouped = [photo for burst in bursts(names, [None] * len(names)) for photo in burst]
    assert sorted(grouped) == list(range(len(names)))
