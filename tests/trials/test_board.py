"""The board: curves as text, as they grow, in a terminal; plain lines elsewhere."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console

from facelab.trials.board import MARGIN, Board, Row, board, can_draw, curve_width
from facelab.trials.braille import braille


def test_a_curve_is_drawn_from_the_top_to_the_bottom() -> None:
    assert braille([1, 1, 0, 0], 1, 0, 1) == ["⠉⣆"]
    assert braille([0] * 4, 2, 0, 1) == ["⠀⠀", "⣀⣀"]
    assert braille([1] * 4, 2, 0, 1) == ["⠉⠉", "⠀⠀"]


def test_what_lies_outside_is_at_the_edge_and_what_is_no_number_is_empty() -> None:
    assert braille([9, 9, -9, -9], 1, 0, 1)[0][0] == "⠉"
    assert braille([math.nan, math.inf, 0, 0], 1, 0, 1) == ["⠀⣀"]
    assert braille([3, 3], 1, 1, 1) == ["⣀"]


def test_neighbours_are_joined() -> None:
    dots = braille([0, 1], 2, 0, 1)
    assert sum(bin(ord(one) - 0x2800).count("1") for line in dots for one in line) == 8


def values(loss: list[float]) -> NDArray[np.float32]:
    """Values of updates, of two replicates that are 1 apart."""
    one = np.array(loss, np.float32)
    return np.stack([[one - 0.5, one + 0.5], [one, one], [one, one]]).transpose(2, 0, 1)


def test_a_row_is_the_mean_of_its_replicates_and_grows_with_the_updates() -> None:
    row = Row("rate 1", 4)
    assert all(math.isnan(one) for one in row.curve(0))
    row.add(values([8, 6, 4]), 8)
    assert row.curve(0)[:2] == [7, 4]
    assert all(math.isnan(one) for one in row.curve(0)[2:])
    assert (row.now, row.state) == ((4.0, 4.0), "3 of 8\nupdates")
    row.add(values([2, 1, 1, 1, 1]), 8)
    assert row.curve(0) == [7, 3, 1, 1]


def test_fewer_updates_than_columns_fill_them_all() -> None:
    row = Row("rate 1", 6)
    row.add(values([3, 1]), 2)
    assert row.curve(1) == [3, 3, 3, 1, 1, 1]


def test_every_row_fits_into_the_terminal() -> None:
    names = ["rate 0.001, 20 epochs, batch 16", "rate 1, 1,000,000 epochs, batch 8"]
    for width in (80, 100, 200):
        console = Console(file=io.StringIO(), width=width)
        shown = Board(names, 4, 2 * curve_width(console, names))
        for row in shown.rows:
            row.add(values([1.3] * 40_000), 1_000_000)
        with console.capture() as captured:
            console.print(shown.table())
        lines = captured.get().splitlines()
        assert max(map(len, lines)) <= width - MARGIN
        assert "…" not in captured.get()


def test_where_no_terminal_is_lines_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with board(["rate 1", "rate 2"], 4) as shown:
        with shown.trial(0, 10) as (told, points):
            assert points is None
            told(5, 10)
        shown.end(0, "3 of 4 right\ninterrupted")
    assert capsys.readouterr().out == "rate 1: 3 of 4 right, interrupted\n"


def test_a_terminal_without_the_dots_gets_lines() -> None:
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    assert not can_draw(Console(file=ascii_only))
