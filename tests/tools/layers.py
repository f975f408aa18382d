"""Where the boxes and lines of a small state machine go: layers from its first state down to those that nothing follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Table = Mapping[str, frozenset[str]]
Point = tuple[float, float]

BOX_WIDTH: Final = 252.0
_GAP_X: Final = 68.0
_GAP_Y: Final = 62.0
_LANE: Final = 30.0
"""Between lines that go around the boxes."""
_PORT: Final = 44.0
"""Between lines that leave a box above or below."""
_SIDE_PORT: Final = 18.0
"""Between lines that leave it at one side."""


@dataclass(frozen=True)
class Way:
    """A line between two boxes.

    Attributes:
        both: It goes both ways.
        path: As SVG writes it.
    """

    start: str
    end: str
    both: bool
    path: str


@dataclass(frozen=True)
class Layout:
    """A drawing, from 0, 0 on: the middles of boxes, and lines."""

    width: float
    height: float
    boxes: Mapping[str, Point]
    ways: tuple[Way, ...]


def arrange(table: Table, box_height: float) -> Layout:
    """Boxes in layers, and lines that cross none of them.

    Args:
        table: What may follow each state; the first one is where everything begins.
    """
    layers = _layers(table)
    lanes = _lanes(table, layers)
    counts = [sum(side == which for side in lanes.values()) for which in (-1, 1)]
    sides = [(count + 0.4) * _LANE if count else 0.0 for count in counts]
    widest = max(map(len, layers))
    inner = widest * BOX_WIDTH + (widest - 1) * _GAP_X
    boxes = {
        state: (
            sides[0] + inner / 2 + (place - (len(layer) - 1) / 2) * (BOX_WIDTH + _GAP_X),
            row * (box_height + _GAP_Y) + box_height / 2,
        )
        for row, layer in enumerate(layers)
        for place, state in enumerate(layer)
    }
    drawing = _Lines(table, boxes, box_height, lanes, (sides[0], sides[0] + inner))
    height = len(layers) * (box_height + _GAP_Y) - _GAP_Y
    return Layout(sum(sides) + inner, height, boxes, drawing.ways())


def _layers(table: Table) -> list[list[str]]:
    """By the fewest steps from the first state; what nothing follows comes last."""
    depths = {next(iter(table)): 0}
    queue = list(depths)
    for state in queue:
        for following in (one for one in table if one in table[state] and one not in depths):
            depths[following] = depths[state] + 1
            queue.append(following)
    assert depths.keys() == table.keys(), "a state that nothing leads to"
    last = 1 + max(depths[state] for state in table if table[state])
    places = {state: depths[state] if table[state] else last for state in table}
    return [[state for state in table if places[state] == row] for row in range(last + 1)]


def _pairs(table: Table) -> list[tuple[str, str]]:
    """Every line once; one that goes both ways is named in the order of the table."""
    order = list(table)
    ways = [(start, end) for start in order for end in order if end in table[start]]
    return [
        (start, end)
        for start, end in ways
        if (end, start) not in ways or order.index(start) < order.index(end)
    ]


def _lanes(table: Table, layers: list[list[str]]) -> dict[tuple[str, str], int]:
    """The lines that pass a layer, the longest first, and on which side they go around: left (-1) or right (1).

    On that of the boxes that they join; in turn where those stand in the middle.
    """
    rows = {state: row for row, layer in enumerate(layers) for state in layer}
    long = [way for way in _pairs(table) if abs(rows[way[0]] - rows[way[1]]) > 1]
    long.sort(key=lambda way: -abs(rows[way[0]] - rows[way[1]]))
    leanings = [sum(_leaning(layers[rows[state]], state) for state in way) for way in long]
    return {
        way: (1 if leaning > 0 else -1) if leaning else (-1, 1)[number % 2]
        for number, (way, leaning) in enumerate(zip(long, leanings, strict=True))
    }


def _leaning(layer: list[str], state: str) -> float:
    """How far from the middle of its layer a box stands."""
    return layer.index(state) - (len(layer) - 1) / 2


@dataclass(frozen=True)
class _Lines:
    table: Table
    boxes: Mapping[str, Point]
    box_height: float
    lanes: Mapping[tuple[str, str], int]
    inner: tuple[float, float]

    def ways(self) -> tuple[Way, ...]:
        return tuple(
            Way(start, end, start in self.table[end], self._path(start, end))
            for start, end in _pairs(self.table)
        )

    def _path(self, start: str, end: str) -> str:
        if side := self.lanes.get((start, end)):
            return self._around(start, end, side)
        if self.boxes[start][1] == self.boxes[end][1]:
            return self._beside(start, end)
        return self._down(start, end)

    def _down(self, start: str, end: str) -> str:
        """Between neighbouring layers, a soft curve from the lower edge to the upper one."""
        sign = 1 if self.boxes[start][1] < self.boxes[end][1] else -1
        (x1, y1), (x2, y2) = self._port(start, end, sign), self._port(end, start, -sign)
        bend = sign * _GAP_Y * 0.72
        return f"M{x1:g} {y1:g}C{x1:g} {y1 + bend:g} {x2:g} {y2 - bend:g} {x2:g} {y2:g}"

    def _port(self, state: str, other: str, sign: int) -> Point:
        """Where a line leaves a box below (1) or above (-1): in the order of where the lines go."""
        x, y = self.boxes[state]
        others = sorted(
            {self.boxes[one][0] for one in self._next(state) if (self.boxes[one][1] - y) * sign > 0}
        )
        place = others.index(self.boxes[other][0]) - (len(others) - 1) / 2
        return x + place * _PORT, y + sign * self.box_height / 2

    def _next(self, state: str) -> list[str]:
        """Boxes that a line goes to without going around."""
        ways = [way for way in _pairs(self.table) if state in way and way not in self.lanes]
        return [end if start == state else start for start, end in ways]

    def _beside(self, start: str, end: str) -> str:
        left, right = sorted((self.boxes[start], self.boxes[end]))
        x1, x2, y = left[0] + BOX_WIDTH / 2, right[0] - BOX_WIDTH / 2, left[1]
        turned = self.boxes[start] > self.boxes[end]
        return f"M{x2:g} {y:g}H{x1:g}" if turned else f"M{x1:g} {y:g}H{x2:g}"

    def _around(self, start: str, end: str, side: int) -> str:
        """Out of the side of one box, along a lane, and into the side of the other."""
        lanes = [way for way, where in self.lanes.items() if where == side]
        out = len(lanes) - lanes.index((start, end))  # the longest is the outermost
        x = (self.inner[0] if side < 0 else self.inner[1]) + side * (out - 0.1) * _LANE
        first, last = (self._side_port(state, (start, end), side) for state in (start, end))
        return _rounded([first, (x, first[1]), (x, last[1]), last], 12)

    def _side_port(self, state: str, way: tuple[str, str], side: int) -> Point:
        """Lines from above come in over those that go down, and each so that it crosses no other."""
        x, y = self.boxes[state]
        here = [one for one, where in self.lanes.items() if where == side and state in one]
        down = [one for one in here if y == min(self.boxes[end][1] for end in one)]
        order = [one for one in reversed(here) if one not in down] + down
        place = order.index(way) - (len(order) - 1) / 2
        return x + side * BOX_WIDTH / 2, y + place * _SIDE_PORT


def _rounded(corners: list[Point], radius: float) -> str:
    """A line around corners that are at right angles."""
    path = f"M{corners[0][0]:g} {corners[0][1]:g}"
    for (before, corner), (_, after) in pairwise(pairwise(corners)):
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        path += f"L{start[0]:g} {start[1]:g}Q{corner[0]:g} {corner[1]:g} {end[0]:g} {end[1]:g}"
    return path + f"L{corners[-1][0]:g} {corners[-1][1]:g}"


def _towards(point: Point, other: Point, step: float) -> Point:
    length = abs(other[0] - point[0]) + abs(other[1] - point[1])  # along one axis
    return tuple(a + (b - a) * step / length for a, b in zip(point, other, strict=True))  # type: ignore[return-value]  # two of them
