"""Titles that are names, not file names (D-13)."""

import re
from typing import Final

from api.catalog.errors import TitleLooksLikeFileName
from api.texts import checked_text

LONGEST_TITLE: Final = 100
_ENDING: Final = re.compile(r"\.(wave?|mp3|m4a|aac|flac|ogg|opus|aiff?|wma|flp|als|logicx)$", re.IGNORECASE)
_VERSION: Final = re.compile(
    r"[\s\-_.]*(\(\d+\)|\bv(ersion)?[\s.]?\d+(\.\d+)*|\bfinal([\s\-_]*final)*(?=[\s\-_]*v?\d)|\b(final[\s\-_]+)+final"
    r"|\bmix[\s\-_]?down\d*|\bbounced?\d*|\bexport(ed)?\d*|[\s\-_]copy|\buntitled\b)[\s\-_.]*$",
    re.IGNORECASE,
)
_TRAILING_FINAL: Final = re.compile(r"[\s\-_.]+final[\s\-_.]*\d*$", re.IGNORECASE)
"""Clutter only behind other clutter: `Final` alone may be a name."""


def checked_title(title: str) -> str:
    """The title as it is stored.

    Raises:
        InvalidValue: It is blank or too long.
        TitleLooksLikeFileName: With a suggestion, where anything is left without the clutter.
    """
    bare = checked_text(" ".join(title.split()), longest=LONGEST_TITLE)
    if _ENDING.search(bare) or _VERSION.search(bare) or "_" in bare:
        raise TitleLooksLikeFileName(suggestion=_cleaned(bare))
    return bare


def _cleaned(title: str) -> str | None:
    """The title without ending, underscores and version; null where nothing is left."""
    without = _ENDING.sub("", title).replace("_", " ")
    while (shorter := _TRAILING_FINAL.sub("", _VERSION.sub("", without)).rstrip()) != without:
        without = shorter
    words = without.split()
    name = " ".join(word.capitalize() if word.islower() else word for word in words)
    return name or None
