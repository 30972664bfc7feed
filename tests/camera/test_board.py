"""The board: who is seen now, and when each person was seen."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from facelab.camera.board import board, clock, line, table
from facelab.camera.count import COLUMNS, STRETCH, Count, Sight
from facelab.judging.answers import decided

ALEX, AMINE, EITHER, NOBODY = ([0.9, 0.1], [0.25, 0.75], [0.4, 0.6], [0.0, 0.0])


def sight(seconds: float, odds: list[float], *, several: bool = False) -> Sight:
    """What is seen in a frame that is decided on alone."""
    told = np.array(odds, np.float32)
    person = int(decided(told[None, None])[0, 0])
    return Sight(seconds, person, told, told, several=several)


def count(*sights: Sight, people: tuple[str, ...] = ("Alex", "Amine")) -> Count:
    told = Count(people)
    for one in sights:
        told.add(one)
    return told


def drawn(told: Count, width: int = 80) -> list[str]:
    """The board in a terminal of so many columns."""
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(board(told, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_who_is_seen_now_and_was_when() -> None:
    seen = (0, ALEX), (0.6, AMINE), (0.7, ALEX), (1.1, EITHER), (3.2, NOBODY)
    rows = drawn(count(*(sight(*one) for one in seen)))
    assert rows[0].rstrip() == "now: nobody"
    assert rows[1].strip() == "5 frames"
    assert [row.split("│")[1].strip() for row in rows[5:9]] == [
        *("Alex", "Amine", "unsure", "nobody")
    ]
    strips = [row.split("│")[2].strip("│").rstrip()[1:] for row in rows[5:9]]
    assert strips == ["█▄·   ·", "·▄·   ·", "··█   ·", "···   █"]
    assert [row.split("│")[3:6] for row in rows[5:9]] == [
        ["      2 ", " 40.0 % ", "      0:00 "],
        ["      1 ", " 20.0 % ", "      0:00 "],
        ["      1 ", " 20.0 % ", "      0:01 "],
        ["      1 ", " 20.0 % ", "      0:03 "],
    ]


@pytest.mark.parametrize("name", ["Amine", "Amine (sen.)"])
def test_whoever_is_only_likely_stands_in_grey_beside_it(name: str) -> None:
    told = count(sight(0, EITHER), people=("Alex", name))
    assert drawn(told)[0].rstrip() == f"now: unsure ({name}, 0.60)"
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="standard")
    console.print(board(told, 80))
    assert isinstance(console.file, io.StringIO)
    first = console.file.getvalue().splitlines()[0]
    assert "\x1b[1mnow: unsure\x1b[0m" in first
    assert f"\x1b[2m ({name}, 0.60)" in first


def test_several_faces_are_said_now_and_counted() -> None:
    rows = drawn(count(sight(0, ALEX), sight(0.1, AMINE, several=True)))
    assert rows[0].rstrip() == "now: Amine, 0.75 (several faces: the main one is answered)"
    assert rows[1].strip() == "2 frames, 1 of them with several faces"


def test_in_one_line() -> None:
    told = count(sight(0, ALEX), sight(65, AMINE))
    expected = "1:05 now: Amine, 0.75; counted: Alex 1, Amine 1, unsure 0, nobody 0"
    assert line(told) == expected
    assert line(count()) == ("0:00 now: no frame yet; counted: Alex 0, Amine 0, unsure 0, nobody 0")


def test_a_long_time_takes_no_more_room() -> None:
    told = count(*(sight(second, ALEX if second < 3600 else NOBODY) for second in range(7200)))
    assert told.when.shape == (COLUMNS, 4)
    assert told.when.sum() == 7200
    assert told.stretch == STRETCH * 256
    strip = drawn(told, 100)[5].split("│")[2].strip()
    assert len(strip) <= COLUMNS
    assert abs(strip.count("█") - strip.count("·")) <= 2


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_it_fits_the_terminal_and_leaves_room_for_ctrl_c(width: int) -> None:
    told = count(*(sight(second / 4, ALEX) for second in range(200)))
    assert max(map(len, drawn(told, width))) == width - 3


def test_names_of_strangers_are_printed_as_they_are() -> None:
    console = Console(file=io.StringIO(), width=80)
    console.print(table(count(sight(0, ALEX), people=("[b]Al\x1b[31mex", "Amine"))))
    assert isinstance(console.file, io.StringIO)
    assert "[b]Al\N{REPLACEMENT CHARACTER}[31mex" in console.file.getvalue()


def test_clock() -> None:
    assert [clock(s) for s in (0, 9.9, 61, 3723)] == ["0:00", "0:09", "1:01", "1:02:03"]
