"""Titles that are names, not file names (D-13)."""

import re
from typing import Final

from api.catalog.errors import TitleLooksLikeFileName
from api.texts import checked_text

LONGEST_TITLE: Final = 100
_ENDING: Final = re.compile(
    r"\.(wave?|mp3|m4a|aac|flac|ogg|opus|aiff?|wma|flp|als|logicx)\s*$", re.IGNORECASE
)
_CLUTTER: Final = r"""
    \s* \( \s* ( \d+ | v \.? \d+ | final | copy ) \s* \)         # (1), (v2), (final): added by a computer, or for one
    | (?: ^ | [\s\-.]+ ) final (?: [\s\-]* (?: v \s? )? \d+ | (?: [\s\-]+ final )+ )
    | [\s\-.]+ v (?: er (?: sion )? )? [\s.]? \d+ (?: \.\d+ )*   # behind a name: V8 may be one
    | ^ version \s? \d+
    | [\s\-.]+ (?: mix [\s\-]? down | bounced | exported ) \d*   # Exported alone may be a name
    | (?: ^ | [\s\-.]+ ) (?: mix [\s\-]? down | bounced? | export (?:ed)? ) [\s\-]* \d+
    | \s+ - \s+ copy (?: \s* \(? \d+ \)? )?
    | [\s\-.]+ (?-i: copy ) (?: \s* \(? \d+ \)? )?               # as a Mac writes it; Carbon Copy is a name
    | (?: ^ | [\s\-.]+ ) untitled [\s\-]* \d*
"""
_AT_THE_END: Final = re.compile(rf"(?:{_CLUTTER})[\s\-.]*$", re.IGNORECASE | re.VERBOSE)
_TRAILING_FINAL: Final = re.compile(r"[\s\-.]+final[\s\-.]*$", re.IGNORECASE)
"""Clutter only behind other clutter: `The Final` may be a name."""


def checked_title(title: str) -> str:
    """The title as it is stored.

    Raises:
        InvalidValue: It is blank or too long.
        TitleLooksLikeFileName: With a suggestion, where anything is left without the clutter.
    """
    bare = checked_text(title, longest=LONGEST_TITLE)
    if _is_cluttered(bare):
        raise TitleLooksLikeFileName(suggestion=_cleaned(bare))
    return bare


def _is_cluttered(title: str) -> bool:
    return bool(_ENDING.search(title) or _AT_THE_END.search(title)) or "_" in title


def _cleaned(title: str) -> str | None:
    """The title without endings, underscores and versions; null where nothing is left."""
    left = title.replace("_", " ").strip()
    while _is_cluttered(left):
        left = _AT_THE_END.sub("", _ENDING.sub("", left)).strip(" -.")
        left = _TRAILING_FINAL.sub("", left)
    return " ".join(word.capitalize() if word.islower() else word for word in left.split()) or None
