"""Text: whatever it was, it becomes one line that can be printed."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from facelab.contract import text
from facelab.contract.errors import LONGEST, FacelabError
from facelab.contract.text import one_line, quoted


@pytest.mark.slow
@settings(deadline=None)
@given(st.text(max_size=300), st.integers(1, 120))
@example("\x1b]0;owned\x07\x1b[31m", 80)
@example("\u202egnp.exe\u2066\u2028x\ud800\x00\x7f\x9b31m", 80)
@example("\n" * 500 + "x", 3)
def test_any_text_becomes_one_line(said: str, most: int) -> None:
    line = one_line(said, most)
    assert line.isprintable()
    assert len(line) <= most + 1


@given(st.from_regex(r"[A-Za-zéü .,:/'-]{1,80}", fullmatch=True))
def test_what_can_be_printed_stays(said: str) -> None:
    assert one_line(said) == said.strip()


def test_the_example() -> None:
    assert doctest.testmod(text).failed == 0


def test_an_error_can_be_printed_whatever_it_quotes() -> None:
    line = str(FacelabError("received \x1b[31mred\r\n" + "x" * 10**6))
    assert line.startswith("received �[31mred xxx")
    assert line.isprintable()
    assert len(line) == LONGEST + 1


def test_a_value_that_cannot_be_written_is_named_by_its_type() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError

    assert quoted(Odd()) == "a Odd"
    assert quoted(10**5000) == "a int"
    assert quoted("a\x1b") == r"'a\x1b'"
