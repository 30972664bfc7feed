"""Grids of points, their normals, and the rasteriser that sees them.

A grid is an array (rows, columns, 3) of points; (u, v) in [0, 1] are its columns and rows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np

from facelab.studio.maths import Array, Float, unit, vector

NEAR, FAR = 0.5, 60.0
_PARTS = 64  # the rasteriser wants colours in [0, 1], so a part's number travels as number / 64
_TAPS = ((-2.3, -0.95), (0.95, -2.3), (2.3, 0.95), (-0.95, 2.3), (0, 0))
"""Where a soft shadow is read round a point, in pixels of a map of 360."""
_SUN = 40.0  # distance of the camera that draws shadow maps: far, since it has no parallel mode


@cache
def _triangles(rows: int, columns: int) -> Array:
    index = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    a, b = index[:-1, :-1].ravel(), index[:-1, 1:].ravel()
    c, d = index[1:, :-1].ravel(), index[1:, 1:].ravel()
    return np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])


@lru_cache(maxsize=256)
def _colours(rows: int, columns: int, part: int) -> Array:
    u, v = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    return np.stack([u, v, np.full_like(u, part / _PARTS)], -1).reshape(-1, 3).astype(Float)


def apart(grid: Array) -> Array:
    """The coordinates of a grid as planes (3, rows, columns): runs of 3 are slow."""
    return np.ascontiguousarray(np.moveaxis(grid, -1, 0))


def woven(planes: Sequence[Array]) -> Array:
    """Three planes (rows, columns) as a grid (rows, columns, 3)."""
    grid: Array = cv2.merge(planes)
    return grid


def tangents(grid: Array) -> Array:
    """Unit vectors along v (down the rows), shape of the grid."""
    along = np.empty_like(grid)
    along[1:-1] = grid[2:] - grid[:-2]
    along[0] = grid[1] - grid[0]
    along[-1] = grid[-1] - grid[-2]
    return unit(along)


def normals(grid: Array) -> Array:
    """Unit normals of a grid, shape of the grid; which side they point to is the grid's own."""
    return woven(_normals(apart(grid)))


def _normals(planes: Array) -> tuple[Array, Array, Array]:
    du, dv = np.empty_like(planes), np.empty_like(planes)
    np.subtract(planes[..., 2:], planes[..., :-2], out=du[..., 1:-1])
    np.subtract(planes[..., 1], planes[..., 0], out=du[..., 0])
    np.subtract(planes[..., -1], planes[..., -2], out=du[..., -1])
    np.subtract(planes[:, 2:], planes[:, :-2], out=dv[:, 1:-1])
    np.subtract(planes[:, 1], planes[:, 0], out=dv[:, 0])
    np.subtract(planes[:, -1], planes[:, -2], out=dv[:, -1])
    x, y, z = (dv[j] * du[k] - dv[k] * du[j] for j, k in ((1, 2), (2, 0), (0, 1)))
    scale = 1 / (np.sqrt(x * x + y * y + z * z) + 1e-9)
    return x * scale, y * scale, z * scale


def outward(grid: Array) -> Array:
    """Unit normals that point away from the middle of a closed grid."""
    planes = apart(grid)
    n = _normals(planes)
    away = sum(
        np.vdot(plane, along) - plane.mean() * along.sum()
        for plane, along in zip(planes, n, strict=True)
    )
    return woven(n if away > 0 else tuple(-along for along in n))


def at(attributes: Array, u: Array, v: Array) -> Array:
    """Read a grid of attributes (rows, columns, c) at flat (u, v): (n, c), bilinear."""
    rows, columns, channels = attributes.shape
    if u.size == 0:
        return np.zeros((0, channels), Float)
    lines = -(-u.size // 1024)  # see noise.sample
    across, down = np.zeros((2, lines * 1024), Float)
    across[: u.size], down[: u.size] = u * (columns - 1), v * (rows - 1)
    across, down = across.reshape(lines, 1024), down.reshape(lines, 1024)
    out = np.empty((u.size, channels), Float)
    for first in range(0, channels, 4):  # remap takes four channels at a time
        some = np.ascontiguousarray(attributes[..., first : first + 4])
        read = cv2.remap(some, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        out[:, first : first + 4] = read.reshape(lines * 1024, -1)[: u.size]
    return out


@dataclass(frozen=True)
class Visible:
    """What the camera sees at every pixel: part number, (u, v) on its grid, depth (decimetres)."""

    part: Array
    uv: Array
    depth: Array

    def of(self, part: int) -> tuple[Array, Array, Array]:
        """Flat pixel indices of a part, and u and v there."""
        where = np.flatnonzero(self.part == part)
        return where, self.uv[where, 0], self.uv[where, 1]


def _pack(grids: Sequence[Array]) -> tuple[Array, Array]:
    points, triangles, first = [], [], 0
    for grid in grids:
        rows, columns = grid.shape[:2]
        points.append(grid.reshape(-1, 3))
        triangles.append(_triangles(rows, columns) + first)
        first += rows * columns
    return np.concatenate(points).astype(Float), np.concatenate(triangles)


def _settings() -> cv2.TriangleRasterizeSettings:
    settings = cv2.TriangleRasterizeSettings()
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)  # the Python default paints white
    return settings


def look(
    parts: Sequence[tuple[int, Array]],
    shape: tuple[int, int],
    view_angle: float,
    behind: Array | None = None,
) -> Visible:
    """Rasterise numbered grids in camera space.

    ``shape`` is (height, width) in pixels, ``view_angle`` the vertical angle of view, ``behind``
    a depth map that hides what lies farther. Pixels where nothing is seen have part -1.
    """
    height, width = shape
    points, triangles = _pack([grid for _, grid in parts])
    colours = np.concatenate([_colours(*grid.shape[:2], part) for part, grid in parts])
    seen = np.full((height, width, 3), -1.0, Float)
    depth = np.full(shape, FAR, Float) if behind is None else behind.copy()
    camera = np.eye(4, dtype=Float)
    cv2.triangleRasterize(
        points, triangles, colours, seen, depth, camera, view_angle, NEAR, FAR, _settings()
    )
    part = np.round(seen[..., 2] * _PARTS).astype(np.int32)
    part[seen[..., 2] < 0] = -1
    return Visible(part.ravel(), seen.reshape(-1, 3)[:, :2], depth)


class ShadowMap:
    """Depth of the scene as seen from a light, to ask which points the light reaches."""

    def __init__(
        self,
        grids: Sequence[Array],
        direction: Array,
        size: int,
        centre: Array | None = None,
        radius: float = 2.3,
    ):
        """Draw the map, ``size`` pixels square, of what lies within ``radius`` of ``centre``."""
        middle = vector(0, -0.35, 0) if centre is None else centre
        towards = unit(np.asarray(direction, float))
        up = np.array([0.0, 1, 0]) if abs(towards[1]) < 0.95 else np.array([1.0, 0, 0])
        x = unit(np.cross(up, towards))
        frame = np.stack([x, np.cross(towards, x), towards])
        self.size = size
        self.frame = frame.astype(Float)
        self.shift = (-frame @ middle + np.array([0, 0, -_SUN])).astype(Float)
        self.focal = size / 2 / (radius / _SUN)
        camera = np.eye(4, dtype=Float)
        camera[:3, :3], camera[:3, 3] = self.frame, self.shift
        points, triangles = _pack(grids)
        self.depth = np.full((size, size), _SUN + 6, Float)
        cv2.triangleRasterizeDepth(
            points,
            triangles,
            self.depth,
            camera,
            2 * math.atan(radius / _SUN),
            _SUN - 6,
            _SUN + 6,
            _settings(),
        )

    def lit(self, points: Array, bias: float, *, soft: bool = True) -> Array:
        """Share of light, 0 to 1, that reaches points (n, 3); ``soft`` averages five samples."""
        local = points @ self.frame.T
        x, y, z = (local[:, k] + self.shift[k] for k in range(3))
        scale = -self.focal / z
        u = x * scale + self.size / 2 - 0.5
        v = self.size / 2 - y * scale - 0.5
        taps = _TAPS if soft else _TAPS[-1:]
        total = np.zeros(len(points), Float)
        apart = self.size / 360  # as wide on the face whatever the map's size
        depth, last = self.depth.ravel(), self.size - 1
        for du, dv in taps:
            column = np.rint(u + du * apart).clip(0, last)
            row = np.rint(v + dv * apart).clip(0, last)
            # one index into the flat map: a sixth of the time that two take
            behind = depth[(row * self.size + column).astype(np.int32)] + bias + z
            total += (behind / 0.03 + 1).clip(0, 1)
        return total / len(taps)
