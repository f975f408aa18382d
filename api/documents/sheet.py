"""Sheets of paper: what agreements and certificates are drawn on, page by page. The same words make the same bytes.

Nothing here knows the clock: the moment that stands in a file's properties is given, so that it can be drawn again.
Roboto has Latin, Greek and Cyrillic. What it lacks stands in DejaVu Sans or Droid Sans Fallback, which are read when they
are needed; a letter that none of them has is written as `[U+1F3B9]`, for in a contract nothing may be missing that was there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, cast
from unicodedata import bidirectional

from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.enums import Align, MethodReturnValue, TextDirection, XPos, YPos
from fpdf.fonts import TTFFont

FONTS: Final = Path(__file__).parent / "fonts"
_FAMILY: Final = "Roboto"
_STYLES: Final = {"": "Roboto-Regular.ttf", "B": "Roboto-Bold.ttf"}
_STAND_INS: Final = ("DejaVuSans.ttf", "DroidSansFallback.ttf")
"""In this order."""
_INK: Final = (26, 26, 30)
_FAINT: Final = (112, 112, 120)
_LINE: Final = (205, 205, 212)
MARGIN_MM: Final = 22.0
_BODY_PT: Final = 9.5
_SMALL_PT: Final = 7.5
_HEADINGS_PT: Final = (18.0, 12.5, 10.5)
"""By level, from 1."""
_LEADING: Final = 1.42
"""Of a line, in heights of its letters."""
_MM_PER_PT: Final = 25.4 / 72
_FROM_THE_RIGHT: Final = frozenset({"R", "AL"})
_KEPT_TOGETHER_MM: Final = 24.0
"""A heading and the beginning of what follows stand on one page."""
_PAGE_NUMBER_MM: Final = 17.0
"""Not aligned right: its width is not known before the last page."""


@dataclass(frozen=True)
class Frame:
    """What stands around the text.

    Attributes:
        title: Of the file, and at the head of every page but the first.
        foot: Small, below every page.
        made_at: Stands in the file's properties.
    """

    title: str
    foot: str
    made_at: datetime


class Sheet(FPDF):
    """A4 pages with a head, a foot, and text in between."""

    bottom_mm: Final = MARGIN_MM + 4

    def __init__(self, frame: Frame) -> None:
        super().__init__(format="A4")
        self._frame = frame
        self._stand_ins: list[str] = []
        for style, file in _STYLES.items():
            self.add_font(_FAMILY, style, FONTS / file)
        self.c_margin = 0  # text begins where lines do
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=self.bottom_mm)
        self.set_creation_date(frame.made_at)
        self.set_title(self._printable(frame.title))
        self.set_creator("BeatPass")
        self.set_lang("en-CA")
        self.add_page()

    def header(self) -> None:
        """Of the second page on."""
        if self.page_no() > 1:
            self._small(self._printable(self._frame.title), Align.R, y=MARGIN_MM / 2)
            self.set_y(MARGIN_MM)

    def footer(self) -> None:
        self.set_draw_color(*_LINE)
        at = self.h - MARGIN_MM
        self.line(MARGIN_MM, at, self.w - MARGIN_MM, at)
        self._small(self._printable(self._frame.foot), Align.L, y=at + 2)
        self.set_xy(self.w - MARGIN_MM - _PAGE_NUMBER_MM, at + 2)
        self.cell(_PAGE_NUMBER_MM, _line(_SMALL_PT), f"Page {self.page_no()} of {{nb}}")

    def heading(self, text: str, level: int = 1) -> None:
        """A heading; it moves to the next page where nothing of its text would fit below it."""
        if self.get_y() + _KEPT_TOGETHER_MM > self.page_break_trigger:
            self.add_page()
        size = _HEADINGS_PT[level - 1]
        if self.get_y() > MARGIN_MM:
            self.ln(size * _MM_PER_PT * 0.75)
        self._pen("B", size)
        self._block(text, size)
        self.ln(1.2)

    def paragraph(self, *runs: tuple[str, bool], indent_mm: float = 0.0, mark: str = "") -> None:
        """Text that flows, in runs of regular and bold letters.

        Args:
            runs: Texts, and whether each is bold.
            mark: Hangs before the first line.
        """
        left = MARGIN_MM + indent_mm
        height = _line(_BODY_PT)
        if self.get_y() + height > self.page_break_trigger:
            self.add_page()
        if mark:
            self._pen("", _BODY_PT)
            self.set_x(left - 5)
            self.cell(5, height, self._printable(mark))
        self.set_left_margin(left)
        self.set_x(left)
        for text, bold in runs:
            self._pen("B" if bold else "", _BODY_PT)
            self.write(height, self._begun(text))
        self.set_left_margin(MARGIN_MM)
        self.ln(height + 1.1)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """A table of two columns: what it is, and what it says."""
        for name, value in rows:
            self._fact(name, value)
        self.ln(2)

    def file(self) -> bytes:
        """The document; the sheet takes nothing more afterwards."""
        made = bytes(self.output())
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
        return made

    def _fact(self, name: str, value: str) -> None:
        width = self.epw * 0.25
        height = _line(_BODY_PT)
        if self._height_of(value, self.epw - width) + self.get_y() > self.page_break_trigger:
            self.add_page()
        top = self.get_y() + 0.8
        self.set_y(top)
        self._pen("", _BODY_PT, _FAINT)
        self.multi_cell(width, height, self._printable(name), align=Align.L, new_x=XPos.RIGHT, new_y=YPos.TOP)
        self._pen("", _BODY_PT)
        self.set_xy(MARGIN_MM + width, top)
        self.multi_cell(
            self.epw - width,
            height,
            self._begun(value),
            align=Align.L,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )
        self.set_draw_color(*_LINE)
        at = self.get_y() + 0.8
        self.line(MARGIN_MM, at, self.w - MARGIN_MM, at)
        self.set_y(at)

    def _height_of(self, text: str, width: float) -> float:
        self._pen("", _BODY_PT)
        lines = self.multi_cell(
            width,
            _line(_BODY_PT),
            self._printable(text),
            align=Align.L,
            dry_run=True,
            output=MethodReturnValue.HEIGHT,
        )
        return cast("float", lines) + 2

    def _block(self, text: str, size_pt: float) -> None:
        height = _line(size_pt)
        self.multi_cell(0, height, self._begun(text), align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _small(self, text: str, align: Align, *, y: float) -> None:
        self._pen("", _SMALL_PT, _FAINT)
        self.set_xy(MARGIN_MM, y)
        self.cell(self.epw, _line(_SMALL_PT), text, align=align)

    def _printable(self, text: str) -> str:
        """The text with what no font has written as its number; fonts that it needs are there from now on."""
        needed = {font for letter in set(text) if (font := _font_for(letter))}
        if missing := sorted(needed - set(self._stand_ins)):
            for file in missing:
                self.add_font(file, "", FONTS / file)
            self._stand_ins = [file for file in _STAND_INS if file in needed | set(self._stand_ins)]
            self.set_fallback_fonts(self._stand_ins, exact_match=False)
        known = "".join(one if _font_for(one) is not None else f"[U+{ord(one):04X}]" for one in text)
        return _from_left_to_right(known)

    def _begun(self, text: str) -> str:
        """The printable text, once its own font is taken: fpdf2 loses that where the first letter is a stand-in's."""
        printable = self._printable(text)
        if printable and _font_for(printable[0]):
            x = self.get_x()
            self.cell(1, 0, " ")
            self.set_x(x)
        return printable

    def _pen(self, style: Any, size_pt: float, colour: tuple[int, int, int] = _INK) -> None:
        self.set_font(_FAMILY, style, size_pt)
        self.set_text_color(*colour)


@cache
def _letters(file: str) -> frozenset[int]:
    """What a font can print."""
    paper = FPDF()
    paper.add_font(file, "", FONTS / file)
    [font] = paper.fonts.values()
    assert isinstance(font, TTFFont)
    letters = frozenset(font.cmap)
    font.close()
    return letters


@cache
def _font_for(letter: str) -> str | None:
    """Where a letter stands; empty: in every style of the text's own; null: nowhere."""
    if letter.isspace() or all(ord(letter) in _letters(file) for file in _STYLES.values()):
        return ""
    return next((file for file in _STAND_INS if ord(letter) in _letters(file)), None)


def _from_left_to_right(text: str) -> str:
    """As it stands on paper: what is read from the right is turned round."""
    if not any(bidirectional(letter) in _FROM_THE_RIGHT for letter in text):
        return text
    return str(BidiParagraph(text, base_direction=TextDirection.LTR).get_reordered_string())


def _line(size_pt: float) -> float:
    """Height of a line in mm."""
    return size_pt * _MM_PER_PT * _LEADING
