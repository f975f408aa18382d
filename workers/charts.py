"""Charts for e-mails: bars on a light ground of their own, so that they read the same on white and on dark."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

_SCALE: Final = 2
"""Pixels for one: screens have two, and e-mails show it at half its size."""
_WIDTH: Final = 502
_HEIGHT: Final = 240
_LEFT: Final = 46
_RIGHT: Final = 18
_TOP: Final = 46
_BOTTOM: Final = 34
_GROUND: Final = "#f7f6fc"
_LINE: Final = "#dedce9"
_AXIS: Final = "#8d8a9d"
_TEXT: Final = "#55526a"
_HEADING: Final = "#25223a"
_BAR: Final = "#6b4dff"
_CORNER: Final = 10
_FONT_PX: Final = 12
_MOST_LABELS: Final = 8
_MOST_VALUES: Final = 10
"""Above the bars; with more of them, figures would touch."""

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def bars_by_day(heading: str, days: Sequence[date], values: Sequence[int]) -> bytes:
    """A PNG with a bar for each day, its axes labelled.

    Args:
        heading: What is counted.
        days: In order, without gaps.
        values: One for each day, none below zero.
    """
    canvas = Image.new("RGBA", (_WIDTH * _SCALE, _HEIGHT * _SCALE))
    chart = _Chart(ImageDraw.Draw(canvas), heading, days, values)
    chart.draw()
    file = BytesIO()
    canvas.save(file, "PNG", optimize=True)
    return file.getvalue()


def ticks(highest: int) -> list[int]:
    """Round numbers from zero to at least the highest, three to six of them."""
    step = 1
    for step in (factor * 10**power for power in range(12) for factor in (1, 2, 5)):
        if step * 5 >= highest:
            break
    top = max(2, -(-highest // step)) * step
    return list(range(0, top + 1, step))


class _Chart:
    """One drawing, in units of a pixel of an ordinary screen."""

    def __init__(
        self, pen: ImageDraw.ImageDraw, heading: str, days: Sequence[date], values: Sequence[int]
    ) -> None:
        self._pen = pen
        self._heading = heading
        self._days = days
        self._values = values
        self._ticks = ticks(max(values, default=0))
        self._slot = (_WIDTH - _LEFT - _RIGHT) / len(days)

    def draw(self) -> None:
        ground = [0, 0, _WIDTH * _SCALE - 1, _HEIGHT * _SCALE - 1]
        self._pen.rounded_rectangle(ground, _CORNER * _SCALE, fill=_GROUND)
        self._write(_LEFT - 28, 14, self._heading, anchor="lt", size=_FONT_PX + 2, colour=_HEADING)
        self._draw_scale()
        for place, (day, value) in enumerate(zip(self._days, self._values, strict=True)):
            self._draw_bar(place, value)
            if place % self._every == 0:
                self._write(self._middle(place), _HEIGHT - 14, _named(day, self._days), anchor="ms")
        if not any(self._values):
            self._write(_WIDTH / 2 + 14, (_TOP + _HEIGHT - _BOTTOM) / 2, "None in these days", anchor="mm")

    @property
    def _every(self) -> int:
        """How many days one label stands for: a week where not every day has room for its own."""
        return 1 if len(self._days) <= _MOST_LABELS else 7

    def _draw_scale(self) -> None:
        for tick in self._ticks:
            height = self._height(tick)
            line = [_LEFT * _SCALE, height * _SCALE, (_WIDTH - _RIGHT) * _SCALE, height * _SCALE]
            self._pen.line(line, fill=_AXIS if tick == 0 else _LINE, width=_SCALE)
            self._write(_LEFT - 8, height, _short(tick), anchor="rm")

    def _draw_bar(self, place: int, value: int) -> None:
        if not value:
            return
        half = min(self._slot * 0.31, 22)
        middle, top = self._middle(place), self._height(value)
        box = [(middle - half) * _SCALE, top * _SCALE, (middle + half) * _SCALE, self._height(0) * _SCALE - 1]
        round_top = min(4.0, half, self._height(0) - top) * _SCALE
        self._pen.rounded_rectangle(box, round_top, fill=_BAR, corners=(True, True, False, False))
        if len(self._days) <= _MOST_VALUES:
            self._write(middle, top - 4, f"{value:,}", anchor="mb", colour=_HEADING)

    def _middle(self, place: int) -> float:
        return _LEFT + self._slot * (place + 0.5)

    def _height(self, value: int) -> float:
        low = _HEIGHT - _BOTTOM
        return low - (low - _TOP) * value / self._ticks[-1]

    def _write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: str,
        size: int = _FONT_PX,
        colour: str = _TEXT,
    ) -> None:
        font: _Font = ImageFont.load_default(size * _SCALE)
        self._pen.text(
            (x * _SCALE, y * _SCALE),
            text,
            fill=colour,
            font=font,
            anchor=anchor,
            stroke_width=2 * _SCALE,  # no line runs through a figure
            stroke_fill=_GROUND,
        )


def _short(number: int) -> str:
    """At most six letters, for that is the room beside the scale."""
    for least, unit, letter in ((1_000_000, 1_000_000, "M"), (10_000, 1000, "k")):
        if number >= least:
            return f"{number / unit:g}{letter}"
    return f"{number:,}"


def _named(day: date, days: Sequence[date]) -> str:
    """The day of the week within a week, else the day of the month."""
    return f"{day:%a} {day.day}" if len(days) <= _MOST_LABELS else f"{day.day} {day:%b}"
