"""Which of our fonts can draw a letter, and texts as they are drawn: names come in every script."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Final, cast

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs] -- has no types
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

_FOLDER: Final = Path(__file__).parent / "fonts"
REGULAR: Final = _FOLDER / "Roboto-Regular.ttf"
MEDIUM: Final = _FOLDER / "Roboto-Medium.ttf"
BOLD: Final = _FOLDER / "Roboto-Bold.ttf"
SPARE: Final = {"signs": _FOLDER / "DejaVuSans.ttf", "east": _FOLDER / "DroidSansFallback.ttf"}
"""Asked in this order for what the text's own font lacks."""
_UNKNOWN: Final = "\N{WHITE SQUARE}"
"""For a letter that no font of ours has, such as a picture of a flame."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Mn", "Cn", "Co", "Cs"})
"""What has no width of its own: without a font for it, it is left out rather than shown as a square."""
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


def drawn(text: str) -> str:
    """The text as it stands on paper, from left to right, every letter one that can be drawn."""
    known = "".join(filter(None, map(_drawable, unicodedata.normalize("NFC", text))))
    if not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in known):
        return known
    return str(BidiParagraph(known, base_direction=TextDirection.LTR).get_reordered_string())


def spares_for(text: str) -> set[str]:
    """Which of the spare fonts a text that is drawn needs."""
    lacking = {letter for letter in text if ord(letter) not in letters_of(REGULAR)}
    return {name for letter in lacking if (name := _spare_for(letter))}


@cache
def letters_of(font: Path) -> frozenset[int]:
    """The code points that a font has."""
    with TTFont(font, lazy=True) as opened:
        table = cast("dict[int, str]", opened["cmap"].getBestCmap())  # pyright: ignore[reportUnknownMemberType] -- has no types
        return frozenset(table)


def _drawable(letter: str) -> str:
    if ord(letter) in letters_of(REGULAR) or _spare_for(letter):
        return letter
    return "" if unicodedata.category(letter) in _UNSEEN else _UNKNOWN


def _spare_for(letter: str) -> str | None:
    return next((name for name, font in SPARE.items() if ord(letter) in letters_of(font)), None)
