"""Grids: their normals, and what a shadow map says of points."""

import numpy as np
import pytest

from facelab.studio.maths import Array, Float, vector
from facelab.studio.mesh import ShadowMap, normals, outward


def ball(radius: float, *, inward: bool = False) -> Array:
    """A ball round the origin, (40, 60, 3); its columns run the one way round or the other."""
    fall = np.linspace(0.05, np.pi - 0.05, 40)[:, None]
    turn = np.linspace(0, 2 * np.pi, 60)[None] * (-1 if inward else 1)
    x, z = np.sin(fall) * np.sin(turn), np.sin(fall) * np.cos(turn)
    return (radius * np.stack([x, np.cos(fall) + 0 * turn, z], -1)).astype(Float)


@pytest.mark.parametrize("inward", [False, True])
def test_the_normals_of_a_ball_point_away_from_its_middle(inward: bool) -> None:
    grid = ball(1.5, inward=inward)
    np.testing.assert_allclose(outward(grid)[1:-1, 1:-1], grid[1:-1, 1:-1] / 1.5, atol=0.01)


def test_which_side_normals_point_to_is_the_grids_own() -> None:
    sides = []
    for inward in (False, True):
        grid = ball(1.0, inward=inward)
        sides.append(np.sign((normals(grid) * grid).sum(-1)[1:-1]))
    assert np.ptp(sides[0]) == np.ptp(sides[1]) == 0
    assert sides[0][0, 0] == -sides[1][0, 0] != 0


def test_a_ball_shades_what_is_behind_it_and_nothing_beside() -> None:
    aside = vector(0.8, 0.2, 0)
    shadows = ShadowMap([ball(0.5) + aside], vector(0, 0, 1), 360, vector(0, 0, 0))
    behind = np.array([[0, 0, -1], [0.3, 0.2, -1], [-0.3, 0.2, -1]], Float) + aside
    beside = np.array([[0.8, 0.2, 1], [-0.8, 0.2, -1], [0.2, 0.8, -1], [0.8, -0.6, -1]], Float)
    for soft in (True, False):
        assert shadows.lit(behind, 0.01, soft=soft).tolist() == [0, 0, 0]
        assert shadows.lit(beside, 0.01, soft=soft).tolist() == [1, 1, 1, 1]


def test_a_point_beyond_the_map_takes_the_nearest_shadow_of_its_edge() -> None:
    shadows = ShadowMap([ball(0.5)], vector(0, 0, 1), 90, vector(0, 0, 0), 0.4)
    far = np.array([[3, 0, -1], [0, -3, -1], [3, 3, -1]], Float)
    assert shadows.lit(far, 0.01).tolist() == [0, 0, 1]  # the ball does not reach the corner
