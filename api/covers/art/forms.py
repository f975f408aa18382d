"""Outlines for the brush, as points; angles are degrees, clockwise from the right."""

from collections.abc import Callable, Sequence
from math import cos, hypot, pi, sin
from random import Random

from api.covers.art.brush import Point, around


def turned(points: Sequence[Point], angle: float, center: Point = (0, 0)) -> list[Point]:
    """Points after a turn about a centre."""
    c, s = around(0, 0, 1, angle)
    x, y = center
    return [(x + (px - x) * c - (py - y) * s, y + (px - x) * s + (py - y) * c) for px, py in points]


def moved(points: Sequence[Point], x: float, y: float, size: float = 1) -> list[Point]:
    """Points after growing about the origin, and then moving."""
    return [(px * size + x, py * size + y) for px, py in points]


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 10) -> list[Point]:
    """A curve through all the points (Catmull-Rom)."""
    ring = list(points)
    knots = [ring[-1], *ring, *ring[:2]] if closed else [ring[0], *ring, ring[-1]]
    return [
        (
            _bend(knots[at][0], knots[at + 1][0], knots[at + 2][0], knots[at + 3][0], step / steps),
            _bend(knots[at][1], knots[at + 1][1], knots[at + 2][1], knots[at + 3][1], step / steps),
        )
        for at in range(len(knots) - 3)
        for step in range(steps + 1)
    ]


def _bend(a: float, b: float, c: float, d: float, t: float) -> float:
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def arc(x: float, y: float, r: float, start: float, end: float) -> list[Point]:
    """Points along a circle."""
    steps = 48
    return [around(x, y, r, start + (end - start) * step / steps) for step in range(steps + 1)]


def hoop(x: float, y: float, radii: Point, start: float = 0, end: float = 360) -> list[Point]:
    """A piece of a ring between an outer and an inner radius."""
    return [*arc(x, y, radii[0], start, end), *arc(x, y, radii[1], end, start)]


def egg(x: float, y: float, rx: float, ry: float, angle: float = 0) -> list[Point]:
    """An ellipse, turned about its middle."""
    points = [(x + rx * cos(step * pi / 36), y + ry * sin(step * pi / 36)) for step in range(72)]
    return turned(points, angle, (x, y))


def plank(x: float, y: float, width: float, height: float, angle: float = 0) -> list[Point]:
    """A box, turned about its middle."""
    half, tall = width / 2, height / 2
    corners = [(x - half, y - tall), (x + half, y - tall), (x + half, y + tall), (x - half, y + tall)]
    return turned(corners, angle, (x, y))


def ngon(x: float, y: float, r: float, corners: int, angle: float = -90) -> list[Point]:
    """All sides alike; the first corner at an angle."""
    return [around(x, y, r, angle + 360 * corner / corners) for corner in range(corners)]


def star(x: float, y: float, radii: Point, tips: int, angle: float = -90) -> list[Point]:
    """Tips at the first radius, notches at the second."""
    return [around(x, y, radii[turn % 2], angle + 180 * turn / tips) for turn in range(2 * tips)]


def leaf(root: Point, tip: Point, width: float, *, bend: float = 0) -> list[Point]:
    """An almond between two points, bent to the side."""
    dx, dy = tip[0] - root[0], tip[1] - root[1]
    long = hypot(dx, dy)
    nx, ny = -dy / long, dx / long
    sides: list[Point] = []
    for side, steps in ((1, range(17)), (-1, range(16, -1, -1))):
        for step in steps:
            t = step / 16
            off = sin(pi * t**0.8) * width / 2 * side + sin(pi * t) * bend
            sides.append((root[0] + dx * t + nx * off, root[1] + dy * t + ny * off))
    return sides


def blob(random: Random, at: Point, r: float, rough: float = 0.2) -> list[Point]:
    """A round thing that no two times looks alike."""
    knots = [around(*at, r * random.uniform(1 - rough, 1 + rough), turn * 40) for turn in range(9)]
    return smooth(knots)


def swell(random: Random, pace: float) -> Callable[[float, float], float]:
    """A smooth landscape between -1 and 1; hills are some `pace` wide."""
    waves = [
        (
            *around(0, 0, 2 * pi / (pace * random.uniform(1.4, 3)), random.uniform(0, 360)),
            random.uniform(0, 6),
        )
        for _ in range(5)
    ]
    return lambda x, y: sum(sin(x * across + y * down + start) for across, down, start in waves) / 5
