"""Documents as PDF: one sober look for all of them, and the same bytes for the same content.

Nothing of the machine goes into a document: the fonts are ours, and its date is that of what it is about.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

import segno
from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, XPos, YPos

from api.documents.blocks import blocks
from api.documents.letters import BOLD, MEDIUM, REGULAR, SPARE, drawn, spares_for

_Color = tuple[int, int, int]

_INK: Final = (24, 22, 32)
_SOFT: Final = (108, 104, 122)
_LINE: Final = (222, 219, 230)
_VIOLET: Final = (109, 40, 217)
_RED: Final = (178, 28, 42)
_WHITE: Final = (255, 255, 255)
_MARGIN_MM: Final = 20
_TOP_MM: Final = 15
_FOOT_MM: Final = 19
_LABEL_MM: Final = 34
_TEXT_PT: Final = 9
_LEADING: Final = 0.5
"""Millimetres of a line for a point of its letters: not quite half as high again as they are."""
_ABOUT_US: Final = "BeatPass"
_MARK: Final = ((7, 14, 18), (11.5, 10, 22), (16, 6.5, 25.5), (20.5, 11, 21), (25, 14, 18))
"""The bars of our mark on 32 units: where each stands, begins and ends."""


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


_TEXT: Final = _Hand("text", "", _TEXT_PT, _INK)
_FIGURES: Final = _Hand("text", "", 8, _INK)
_ASIDE: Final = _Hand("text", "", _TEXT_PT, _SOFT)
_TITLE: Final = _Hand("text", "B", 22, _INK)
_BELOW: Final = _Hand("text", "", 10, _SOFT)
_SECTION: Final = _Hand("label", "", 7.5, _VIOLET, 0.5)
_SUBTITLE: Final = _Hand("text", "B", 10, _INK)
_ROLE: Final = _Hand("label", "", 7, _SOFT, 0.4)
_NAME: Final = _Hand("text", "B", 12, _INK)
_DETAIL: Final = _Hand("text", "", 8, _SOFT)
_ALARM: Final = _Hand("text", "B", 11, _RED)
_ALARMED: Final = _Hand("text", "", _TEXT_PT, _RED)
_US: Final = _Hand("text", "B", 14, _INK)
_FOOT: Final = _Hand("text", "", 7.5, _SOFT)


def printed(document: Mapping[str, Any]) -> bytes:
    """A `parts.Document`, as JSON has it, as PDF."""
    paper = Paper(document["title"], document["foot"], datetime.fromisoformat(document["made_at"]))
    paper.masthead(document["kind"])
    draw: dict[str, Callable[..., None]] = {
        "title": paper.title,
        "warning": paper.warning,
        "heading": paper.heading,
        "parties": paper.parties,
        "facts": paper.facts,
        "paragraph": paper.paragraph,
        "numbered": paper.numbered,
        "coded": paper.coded,
        "markdown": paper.markdown,
    }
    for one in document["parts"]:
        draw[one["part"]](**{name: value for name, value in one.items() if name != "part"})
    return paper.pdf()


class _Sheets(FPDF):
    """Pages of A4 with a foot."""

    def __init__(self, foot: str) -> None:
        super().__init__("P", "mm", "A4")
        self._foot = foot
        self.c_margin = 0

    def footer(self) -> None:
        self.set_draw_color(*_LINE)
        self.set_line_width(0.2)
        self.set_y(-_FOOT_MM + 5)
        self.line(_MARGIN_MM, self.get_y(), self.w - _MARGIN_MM, self.get_y())
        self.set_font(_FOOT.family, _FOOT.style, _FOOT.points)
        self.set_text_color(*_FOOT.color)
        self.cell(0, 7, self._foot)
        page = f"Page {self.page_no()} of "
        self.set_x(self.w - _MARGIN_MM - self.get_string_width(f"{page}0"))
        self.cell(0, 7, f"{page}{{nb}}")


class Paper:
    """A document that is written from the top to the end; `parts` says what its parts are.

    Args:
        made_at: The moment that the document is of.
    """

    def __init__(self, title: str, foot: str, made_at: datetime) -> None:
        self._sheets = sheets = _Sheets(foot)
        self._spares: set[str] = set()
        for style, font in (("", REGULAR), ("B", BOLD)):
            sheets.add_font("text", style, font)
        sheets.add_font("label", "", MEDIUM)
        sheets.set_creation_date(made_at)
        sheets.set_title(title)
        for tell in (sheets.set_author, sheets.set_creator, sheets.set_producer):
            tell(_ABOUT_US)
        sheets.set_lang("en")
        sheets.set_margins(_MARGIN_MM, _TOP_MM, _MARGIN_MM)
        sheets.set_auto_page_break(auto=True, margin=_FOOT_MM)
        sheets.add_page()

    def masthead(self, said: str) -> None:
        """Our mark and name, and what kind of document it is."""
        sheets, top = self._sheets, self._sheets.get_y()
        self._mark(_MARGIN_MM, top, size=9)
        self._take(_US)
        sheets.set_xy(_MARGIN_MM + 12, top)
        sheets.cell(60, 9, _ABOUT_US)
        self._take(_ROLE)
        sheets.set_xy(_MARGIN_MM, top)
        sheets.cell(0, 9, drawn(said).upper(), align=Align.R, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        sheets.ln(1)
        self._rule(after=6)

    def title(self, text: str, below: str) -> None:
        self._write(text, _TITLE)
        self._sheets.ln(0.5)
        self._write(below, _BELOW)
        self._sheets.ln(2)

    def warning(self, heading: str, text: str) -> None:
        """In a red box."""
        sheets, width = self._sheets, self._width - 10
        sheets.ln(2)
        lines = self._lines(heading, _ALARM, width) * _ALARM.line_mm
        height = 7 + lines + self._lines(text, _ALARMED, width) * _ALARMED.line_mm
        top = sheets.get_y()
        sheets.set_draw_color(*_RED)
        sheets.set_line_width(0.5)
        sheets.rect(_MARGIN_MM, top, self._width, height)
        sheets.set_xy(_MARGIN_MM + 5, top + 3.5)
        self._write(heading, _ALARM, width=width)
        sheets.set_x(_MARGIN_MM + 5)
        self._write(text, _ALARMED, width=width)
        sheets.set_y(top + height + 2)

    def heading(self, text: str) -> None:
        """Never the last line of a page."""
        self._room_for(28)
        self._sheets.ln(2.6)
        self._write(text.upper(), _SECTION)
        self._sheets.ln(0.8)
        self._rule(after=2.2)

    def parties(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> None:
        sheets, top = self._sheets, self._sheets.get_y()
        width = (self._width - 6) / 2
        places = (_MARGIN_MM, _MARGIN_MM + width + 6)
        bottom = max(self._party(x, top, width, **one) for x, one in zip(places, (left, right), strict=True))
        sheets.set_draw_color(*_LINE)
        sheets.set_line_width(0.3)
        for x in places:
            sheets.rect(x, top, width, bottom - top, round_corners=True, corner_radius=2.5)
        sheets.set_y(bottom + 1)

    def facts(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """A table of two columns."""
        for row in rows:
            self._fact(**row)

    def paragraph(self, text: str) -> None:
        self._write(text, _TEXT)
        self._sheets.ln(1.6)

    def numbered(self, sentences: Sequence[str]) -> None:
        for number, sentence in enumerate(sentences, start=1):
            self._item(f"{number}.", sentence)

    def coded(self, address: str, sentences: Sequence[str], *, size: float = 29) -> None:
        """Both on one page."""
        sheets, width = self._sheets, self._width - size - 7
        self._room_for(size + 4)
        top = sheets.get_y() + 0.5
        _draw_code(sheets, address, _MARGIN_MM, top, size)
        sheets.link(_MARGIN_MM, top, size, size, address)
        sheets.set_y(top - 1)
        for sentence in sentences:
            sheets.set_xy(_MARGIN_MM + size + 7, sheets.get_y() + 1)
            self._write(sentence, _TEXT, width=width)
        sheets.set_y(max(sheets.get_y(), top + size) + 2.5)

    def markdown(self, text: str) -> None:
        for block in blocks(text):
            if block.listed:
                self._item("•", block.text)
            elif block.level > 1:
                self._subtitle(block.text)
            elif block.level == 0:
                self.paragraph(block.text)

    def pdf(self) -> bytes:
        """The whole document."""
        file = io.BytesIO()
        self._sheets.output(file)
        return file.getvalue()

    # ---- how they are drawn ----------------------------------------------------------------------

    @property
    def _width(self) -> float:
        return self._sheets.w - 2 * _MARGIN_MM

    def _take(self, hand: _Hand) -> None:
        self._sheets.set_font(hand.family, hand.style, hand.points)
        self._sheets.set_text_color(*hand.color)

    def _room_for(self, height_mm: float) -> None:
        if self._sheets.will_page_break(height_mm):
            self._sheets.add_page()

    def _ready(self, text: str) -> str:
        """The text as it is drawn, once the fonts that it needs are there: they are large, and rarely needed."""
        text = drawn(text)
        if new := spares_for(text) - self._spares:
            for name in sorted(new):
                self._sheets.add_font(name, "", SPARE[name])
            self._spares |= new
            self._sheets.set_fallback_fonts([one for one in SPARE if one in self._spares], exact_match=False)
        return text

    def _lines(self, text: str, hand: _Hand, width: float) -> int:
        """How many a text takes."""
        ready = self._ready(text)
        self._take(hand)
        found: Any = self._sheets.multi_cell(width, text=ready, dry_run=True, output=MethodReturnValue.LINES)
        return max(1, len(found))

    def _write(self, text: str, hand: _Hand, *, width: float = 0) -> None:
        """Lines from where the pen stands; the next ones begin at the left margin."""
        ready, sheets = self._ready(text), self._sheets
        self._take(hand)
        if ready and spares_for(ready[0]):
            self._touch()
        sheets.set_char_spacing(hand.spacing)
        sheets.multi_cell(width, hand.line_mm, ready, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        sheets.set_char_spacing(0)

    def _touch(self) -> None:
        """Draw a blank in the text's own font: else fpdf2 loses it where the first letter is of a spare one."""
        x = self._sheets.get_x()
        self._sheets.cell(1, 0, " ")
        self._sheets.set_x(x)

    def _item(self, mark: str, sentence: str) -> None:
        height = self._lines(sentence, _TEXT, self._width - 7) * _TEXT.line_mm
        self._room_for(height)
        top = self._sheets.get_y()
        self._take(_ASIDE)
        self._sheets.cell(7, _ASIDE.line_mm, mark)
        self._sheets.set_xy(_MARGIN_MM + 7, top)
        self._write(sentence, _TEXT, width=self._width - 7)
        self._sheets.ln(0.9)

    def _subtitle(self, text: str) -> None:
        self._room_for(18)
        self._sheets.ln(1.5)
        self._write(text, _SUBTITLE)
        self._sheets.ln(0.8)

    def _fact(self, label: str, value: str, *, small: bool) -> None:
        """A row that is never torn."""
        sheets, hand, width = self._sheets, _FIGURES if small else _TEXT, self._width - _LABEL_MM
        self._room_for(self._lines(value, hand, width) * hand.line_mm + 1)
        top = sheets.get_y()
        self._take(_ASIDE)
        sheets.cell(_LABEL_MM, _ASIDE.line_mm, label)
        sheets.set_xy(_MARGIN_MM + _LABEL_MM, top + (_TEXT.line_mm - hand.line_mm) / 2)
        self._write(value, hand, width=width)
        sheets.ln(1)

    def _party(
        self, x: float, y: float, width: float, *, role: str, name: str, lines: Sequence[str]
    ) -> float:
        """Where the box about it ends."""
        sheets = self._sheets
        sheets.set_xy(x + 5, y + 3.5)
        self._write(role.upper(), _ROLE, width=width - 10)
        sheets.set_xy(x + 5, sheets.get_y() + 0.6)
        self._write(name, _NAME, width=width - 10)
        for line in lines:
            sheets.set_xy(x + 5, sheets.get_y() + 0.2)
            self._write(line, _DETAIL, width=width - 10)
        return sheets.get_y() + 3.5

    def _rule(self, *, after: float) -> None:
        sheets = self._sheets
        sheets.set_draw_color(*_LINE)
        sheets.set_line_width(0.3)
        sheets.line(_MARGIN_MM, sheets.get_y(), sheets.w - _MARGIN_MM, sheets.get_y())
        sheets.ln(after)

    def _mark(self, x: float, y: float, *, size: float) -> None:
        sheets, unit = self._sheets, size / 32
        sheets.set_fill_color(*_VIOLET)
        sheets.rect(x, y, size, size, style="F", round_corners=True, corner_radius=8 * unit)
        sheets.set_draw_color(*_WHITE)
        sheets.set_line_width(2.6 * unit)
        for at, start, end in _MARK:
            sheets.line(x + at * unit, y + start * unit, x + at * unit, y + end * unit)


def _draw_code(sheets: FPDF, address: str, x: float, y: float, size: float) -> None:
    """Squares of ink; those of a row that touch are one, so that no hair of light stands between them."""
    rows = segno.make(address, error="m", micro=False).matrix
    unit = size / len(rows)
    sheets.set_fill_color(*_INK)
    for line, row in enumerate(rows):
        for start, length in _runs(row):
            sheets.rect(x + start * unit, y + line * unit, length * unit, unit, style="F")


def _runs(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Start and length of each run of dark squares."""
    at = 0
    for dark, squares in groupby(row, bool):
        length = len(list(squares))
        if dark:
            yield at, length
        at += length
