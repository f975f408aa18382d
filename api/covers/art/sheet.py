"""Lays all covers out by genre on one sheet: `python -m api.covers.art.sheet docs/covers.jpg`."""

import sys
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from api.covers.art.draw import preset_id_of
from api.covers.art.sleeves import SLEEVES

_HERE: Final = Path(__file__).parent
_COVER_PX: Final = 186
_GAP_PX: Final = 8
_NAME_PX: Final = 40
_COLUMNS: Final = 2
"""Of genres; each has its sleeves in a row."""
_ROW_PX: Final = _NAME_PX + _COVER_PX + 2 * _GAP_PX
_MARGIN_PX: Final = 24


def laid_out() -> Image.Image:
    """Every genre's name, and its covers below as they are in the files."""
    wide = max(map(len, SLEEVES.values())) * (_COVER_PX + _GAP_PX) - _GAP_PX
    rows = -(-len(SLEEVES) // _COLUMNS)
    size = (_COLUMNS * (wide + _MARGIN_PX) + _MARGIN_PX, rows * _ROW_PX + 2 * _MARGIN_PX)
    sheet = Image.new("RGB", size, "#ffffff")
    for place, genre in enumerate(SLEEVES):
        left = _MARGIN_PX + place // rows * (wide + _MARGIN_PX)
        _lay_genre(sheet, genre, left, _MARGIN_PX + place % rows * _ROW_PX)
    return sheet


def _lay_genre(sheet: Image.Image, genre: str, left: int, top: int) -> None:
    font = ImageFont.load_default(22)
    ImageDraw.Draw(sheet).text((left, top + _NAME_PX / 2), genre, "#1b1b1e", font, anchor="lm")
    for place in range(len(SLEEVES[genre])):
        with Image.open(_HERE / preset_id_of(genre, number=place + 1) / "medium.jpg") as cover:
            small = cover.resize((_COVER_PX, _COVER_PX), Image.Resampling.LANCZOS)
        sheet.paste(small, (left + place * (_COVER_PX + _GAP_PX), top + _NAME_PX))


if __name__ == "__main__":
    laid_out().save(sys.argv[1], quality=82, optimize=True)
