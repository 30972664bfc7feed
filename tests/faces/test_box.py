"""Boxes: areas and overlaps."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from facelab.faces.box import area, covered, intersection_over_union

side = st.floats(-200, 200, width=32)


@st.composite
def boxes(draw: st.DrawFn) -> NDArray[np.float64]:
    left, top = draw(side), draw(side)
    width, height = draw(st.floats(1, 100)), draw(st.floats(1, 100))
    return np.array([left, top, left + width, top + height])


@given(boxes(), boxes())
def test_overlap_is_symmetric_and_a_share(a: NDArray[np.float64], b: NDArray[np.float64]) -> None:
    shared = intersection_over_union(a, b)
    assert 0 <= shared <= 1 + 1e-9
    assert shared == intersection_over_union(b, a)
    assert abs(intersection_over_union(a, a) - 1) < 1e-6
    assert covered(a, b) * area(a) <= area(b) * (1 + 1e-6)


def test_half_a_box() -> None:
    box, half = np.array([0, 0, 10, 10.0]), np.array([0, 0, 5, 10.0])
    assert area(box) == 100
    assert intersection_over_union(box, half) == 0.5
    assert covered(box, half) == 0.5
    assert covered(half, box) == 1


def test_a_box_turned_inside_out_has_no_area() -> None:
    assert area(np.array([5, 5, 1, 9.0])) == 0
