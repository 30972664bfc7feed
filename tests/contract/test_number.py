"""Numbers for people: three figures, no exponents, on their side of a threshold."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facelab.contract import number


def test_the_examples() -> None:
    assert doctest.testmod(number).failed == 0


def test_halves_are_rounded_up_and_one_is_no_plural() -> None:
    assert [number.measured(0.3625, "%"), number.measured(0.0225)] == ["36.3 %", "0.0225"]
    assert [number.exact(1, "times"), number.margin(0.01, "%")] == ["1 time", "1 point"]


def test_what_a_share_is_not_is_not_written() -> None:
    assert [number.measured(share, "%") for share in (0.306, 0.996, 0.9996, 1, 21 / 49)] == [
        "30.6 %", "99.6 %", "99.9 %", "100 %", "42.9 %",
    ]  # fmt: skip


@pytest.mark.slow
@given(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from(["", "%", "times"]))
def test_any_number_is_readable(value: float, unit: str) -> None:
    for write in (number.measured, number.exact, number.margin):
        text = write(value, unit)
        assert "e+" not in text
        assert "e-" not in text
        assert "inf" not in text
        assert "nan" not in text.split()


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_number_stays_on_its_side_of_a_threshold(value: float, bound: float) -> None:
    text = number.measured(value, keeps=lambda written: (written > bound) == (value > bound))
    if "than" not in text:
        assert (float(text.replace(",", "")) > bound) == (value > bound)


@given(st.floats(1e-4, 999.9))
def test_what_is_measured_has_three_figures(value: float) -> None:
    assert math.isclose(float(number.measured(value).replace(",", "")), value, rel_tol=6e-3)
    assert len(number.measured(value).replace(".", "").lstrip("0")) <= 3 or value > 999
