"""Seeds: what a text means."""

from __future__ import annotations

import re

import pytest

from facelab.contract.errors import FacelabError
from facelab.playing.seeds import parse_seeds


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("1", (0,)),
        ("5", (0, 1, 2, 3, 4)),
        ("100-104", (100, 101, 102, 103, 104)),
        ("7-7", (7,)),
        ("0-1", (0, 1)),
        ("999999998-999999999", (999_999_998, 999_999_999)),
        ("1000", tuple(range(1000))),
    ],
)
def test_seeds(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "1-", "-", "5-3", "five", "1.5", "1001", "0-1000", "999999999", " 5"]
)
def test_texts_that_mean_none(text: str) -> None:
    message = (
        f"--seeds: received {text!r}, allowed is a count (5), a range (100-104), "
        "of up to 1,000 seeds, or random"
    )
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        parse_seeds(text)


def test_random_seeds_are_neighbours_and_differ() -> None:
    draws = {parse_seeds("random") for _ in range(20)}
    assert len(draws) > 1
    for seeds in draws:
        assert parse_seeds(f"{seeds[0]}-{seeds[-1]}") == seeds
        assert len(seeds) == 5
