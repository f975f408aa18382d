"""Documents that are put together of parts (`parts.py`), on sheets: certificates have more of a face than a text has."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby, zip_longest
from typing import Any, Final, NamedTuple

import segno
from fpdf.enums import Align, MethodReturnValue, XPos, YPos

from api.documents.markdown import draw
from api.documents.sheet import FONTS, MARGIN_MM, Frame, Sheet

_Color = tuple[int, int, int]

_INK: Final = (24, 22, 32)
_SOFT: Final = (108, 104, 122)
_LINE: Final = (222, 219, 230)
_VIOLET: Final = (109, 40, 217)
_RED: Final = (178, 28, 42)
_WHITE: Final = (255, 255, 255)
_TOP_MM: Final = 14
_BOTTOM_MM: Final = 23
"""Where the foot of a sheet begins, and a little more."""
_LABEL_MM: Final = 32
_DAY_MM: Final = 26
_AMOUNT_MM: Final = 32
_TEXT_PT: Final = 9
_LEADING: Final = 0.5
"""Millimetres of a line for a point of its letters: not quite half as high again as they are."""
_ABOUT_US: Final = "BeatPass"
_MARK: Final = ((7, 14, 18), (11.5, 10, 22), (16, 6.5, 25.5), (20.5, 11, 21), (25, 14, 18))
"""The bars of our mark on 32 units: where each stands, begins and ends."""
_WITH_LINES_MM: Final = 28
_WITH_A_CODE_MM: Final = 48
"""What a section takes at least: its heading is never the last line of a page, and stands above its code."""


class _Hand(NamedTuple):
    """How letters are drawn."""

    family: str
    style: str
    points: float
    color: _Color
    spacing: float = 0

    @property
    def line_mm(self) -> float:
        return self.points * _LEADING


_TEXT: Final = _Hand("Roboto", "", _TEXT_PT, _INK)
_SUM: Final = _Hand("Roboto", "B", _TEXT_PT, _INK)
_FIGURES: Final = _Hand("Roboto", "", 8, _INK)
_ASIDE: Final = _Hand("Roboto", "", _TEXT_PT, _SOFT)
_TITLE: Final = _Hand("Roboto", "B", 22, _INK)
_BELOW: Final = _Hand("Roboto", "", 10, _SOFT)
_SECTION: Final = _Hand("label", "", 7.5, _VIOLET, 0.5)
_ROLE: Final = _Hand("label", "", 7, _SOFT, 0.4)
_NAME: Final = _Hand("Roboto", "B", 12, _INK)
_DETAIL: Final = _Hand("Roboto", "", 8, _SOFT)
_ALARM: Final = _Hand("Roboto", "B", 11, _RED)
_ALARMED: Final = _Hand("Roboto", "", _TEXT_PT, _RED)
_US: Final = _Hand("Roboto", "B", 14, _INK)


class Paper(Sheet):
    """A document from its masthead on; `parts.py` says what its parts are.

    Args:
        kind: Of document, at the top of the first page.
    """

    def __init__(self, frame: Frame, kind: str) -> None:
        super().__init__(frame)
        self.add_font("label", "", FONTS / "Roboto-Medium.ttf")
        self.set_auto_page_break(auto=True, margin=_BOTTOM_MM)
        self.set_y(_TOP_MM)
        self._masthead(kind)

    def draw(self, parts: Iterable[Mapping[str, Any]]) -> None:
        """Parts as JSON has them, in order."""
        known: dict[str, Callable[..., None]] = {
            "title": self._title,
            "warning": self._warning,
            "section": self._section,
            "parties": self._parties,
            "facts": self._facts,
            "words": self._words,
            "numbered": self._numbered,
            "coded": self._coded,
            "annex": self._annex,
            "entries": self._entries,
        }
        every = list(parts)
        for one, following in zip_longest(every, every[1:]):
            if one["part"] == "section":
                self._room_for(
                    _WITH_A_CODE_MM if following and following["part"] == "coded" else _WITH_LINES_MM
                )
            known[one["part"]](**{name: value for name, value in one.items() if name != "part"})

    # ---- parts -----------------------------------------------------------------------------------

    def _masthead(self, kind: str) -> None:
        """Our mark and name, and what this is."""
        top = self.get_y()
        self._mark(MARGIN_MM, top, size=9)
        self._take(_US)
        self.set_xy(MARGIN_MM + 12, top)
        self.cell(60, 9, _ABOUT_US)
        self._take(_ROLE)
        self.set_xy(MARGIN_MM, top)
        self.cell(0, 9, kind.upper(), align=Align.R, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)
        self._rule(after=6)

    def _title(self, text: str, below: str) -> None:
        self._put(text, _TITLE)
        self.ln(0.5)
        self._put(below, _BELOW)
        self.ln(2)

    def _warning(self, heading: str, text: str) -> None:
        """In a red box."""
        width = self.epw - 10
        self.ln(2)
        lines = self._count(heading, _ALARM, width) * _ALARM.line_mm
        height = 7 + lines + self._count(text, _ALARMED, width) * _ALARMED.line_mm
        top = self.get_y()
        self.set_draw_color(*_RED)
        self.set_line_width(0.5)
        self.rect(MARGIN_MM, top, self.epw, height)
        self.set_xy(MARGIN_MM + 5, top + 3.5)
        self._put(heading, _ALARM, width=width)
        self.set_x(MARGIN_MM + 5)
        self._put(text, _ALARMED, width=width)
        self.set_y(top + height + 2)

    def _section(self, text: str) -> None:
        self.ln(2.4)
        self._put(text.upper(), _SECTION)
        self.ln(0.8)
        self._rule(after=2)

    def _parties(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> None:
        top, width = self.get_y(), (self.epw - 6) / 2
        places = (MARGIN_MM, MARGIN_MM + width + 6)
        ends = [self._party(x, top, width, **one) for x, one in zip(places, (left, right), strict=True)]
        self.set_draw_color(*_LINE)
        self.set_line_width(0.3)
        for x in places:
            self.rect(x, top, width, max(ends) - top, round_corners=True, corner_radius=2.5)
        self.set_y(max(ends) + 1)

    def _party(
        self, x: float, y: float, width: float, *, role: str, name: str, lines: Sequence[str]
    ) -> float:
        """Where the box about it ends."""
        self.set_xy(x + 5, y + 3.5)
        self._put(role.upper(), _ROLE, width=width - 10)
        self.set_xy(x + 5, self.get_y() + 0.6)
        self._put(name, _NAME, width=width - 10)
        for line in lines:
            self.set_xy(x + 5, self.get_y() + 0.2)
            self._put(line, _DETAIL, width=width - 10)
        return self.get_y() + 3.5

    def _facts(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            self._line_of(**row)

    def _line_of(self, label: str, value: str, *, small: bool) -> None:
        """A row that is never torn."""
        hand, width = _FIGURES if small else _TEXT, self.epw - _LABEL_MM
        self._room_for(self._count(value, hand, width) * hand.line_mm + 1)
        top = self.get_y()
        self._take(_ASIDE)
        self.cell(_LABEL_MM, _ASIDE.line_mm, label)
        self.set_xy(MARGIN_MM + _LABEL_MM, top + (_TEXT.line_mm - hand.line_mm) / 2)
        self._put(value, hand, width=width)
        self.ln(0.9)

    def _words(self, text: str) -> None:
        self._put(text, _TEXT)
        self.ln(1.6)

    def _numbered(self, sentences: Sequence[str]) -> None:
        for number, sentence in enumerate(sentences, start=1):
            self._room_for(self._count(sentence, _TEXT, self.epw - 7) * _TEXT.line_mm)
            top = self.get_y()
            self._take(_ASIDE)
            self.cell(7, _ASIDE.line_mm, f"{number}.")
            self.set_xy(MARGIN_MM + 7, top)
            self._put(sentence, _TEXT, width=self.epw - 7)
            self.ln(0.8)

    def _coded(self, address: str, sentences: Sequence[str], *, size: float = 27) -> None:
        """Both on one page."""
        self._room_for(size + 4)
        top = self.get_y() + 0.5
        self._code(address, MARGIN_MM, top, size)
        self.link(MARGIN_MM, top, size, size, address)
        self.set_y(top - 1)
        for sentence in sentences:
            self.set_xy(MARGIN_MM + size + 7, self.get_y() + 1)
            self._put(sentence, _TEXT, width=self.epw - size - 7)
        self.set_y(max(self.get_y(), top + size) + 2)

    def _annex(self, text: str) -> None:
        """A text in Markdown: on pages of its own, with the bottom that sheets have."""
        self.set_auto_page_break(auto=True, margin=self.bottom_mm)
        self.add_page()
        draw(self, text)

    def _entries(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            self._entry(**row)

    def _entry(self, day: str, text: str, amount: str, *, bold: bool) -> None:
        """A row that is never torn, with a hair below it."""
        hand, width = _SUM if bold else _TEXT, self.epw - _DAY_MM - _AMOUNT_MM
        self._room_for(self._count(text, hand, width) * hand.line_mm + 2)
        top = self.get_y()
        self._take(_ASIDE)
        self.cell(_DAY_MM, _ASIDE.line_mm, day)
        self._take(hand)
        self.set_xy(self.w - MARGIN_MM - _AMOUNT_MM, top)
        self.cell(_AMOUNT_MM, hand.line_mm, amount, align=Align.R)
        self.set_xy(MARGIN_MM + _DAY_MM, top)
        self._put(text, hand, width=width)
        self.ln(0.6)
        self._rule(after=0.9)

    # ---- how they are drawn ----------------------------------------------------------------------

    def _take(self, hand: _Hand) -> None:
        self.set_font(hand.family, hand.style, hand.points)
        self.set_text_color(*hand.color)

    def _room_for(self, height_mm: float) -> None:
        if self.will_page_break(height_mm):
            self.add_page()

    def _count(self, text: str, hand: _Hand, width: float) -> int:
        """How many lines a text takes."""
        printable = self._printable(text)
        self._take(hand)
        found: Any = self.multi_cell(width, text=printable, dry_run=True, output=MethodReturnValue.LINES)
        return max(1, len(found))

    def _put(self, text: str, hand: _Hand, *, width: float = 0) -> None:
        """Lines from where the pen stands; the next ones begin at the left margin."""
        self._take(hand)
        printable = self._begun(text)
        self.set_char_spacing(hand.spacing)
        self.multi_cell(width, hand.line_mm, printable, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_char_spacing(0)

    def _rule(self, *, after: float) -> None:
        self.set_draw_color(*_LINE)
        self.set_line_width(0.3)
        self.line(MARGIN_MM, self.get_y(), self.w - MARGIN_MM, self.get_y())
        self.ln(after)

    def _mark(self, x: float, y: float, *, size: float) -> None:
        unit = size / 32
        self.set_fill_color(*_VIOLET)
        self.rect(x, y, size, size, style="F", round_corners=True, corner_radius=8 * unit)
        self.set_draw_color(*_WHITE)
        self.set_line_width(2.6 * unit)
        for at, start, end in _MARK:
            self.line(x + at * unit, y + start * unit, x + at * unit, y + end * unit)

    def _code(self, address: str, x: float, y: float, size: float) -> None:
        """Squares of ink; those of a row that touch are one, so that no hair of light stands between them."""
        rows = segno.make(address, error="m", micro=False).matrix
        unit = size / len(rows)
        self.set_fill_color(*_INK)
        for line, row in enumerate(rows):
            at = 0
            for dark, squares in groupby(row, bool):
                length = len(list(squares))
                if dark:
                    self.rect(x + at * unit, y + line * unit, length * unit, unit, style="F")
                at += length
