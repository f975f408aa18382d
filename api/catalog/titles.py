"""Titles that are names, not file names (D-13)."""

import re
from typing import Final

from api.catalog.errors import TitleLooksLikeFileName
from api.texts import checked_text

LONGEST_TITLE: Final = 100
_ENDING: Final = re.compile(
    r"\.(wav|mp[34]|m4a|aac|flac|ogg|opus|aiff?|wma|caf|w64|midi?|zip|rar|flp|als|asd|ptx|rpp|cpr|logicx)\s*$",
    re.IGNORECASE,  # .wave is none: New.Wave may be a name
)
_CLUTTER: Final = r"""
    \s* [(\[] \s* (?: \d{1,2} | v \.? \d+ | copy | master (?:ed)? | final (?: [\s\-]+ (?: mix | version | master ) )? ) \s* [)\]]
                                                                 # (1), (v2), [final]: added by a computer, or for one
    | (?: ^ | [\s\-.]+ ) final (?: [\s\-]* (?: v \s? )? \d+ | (?: [\s\-]+ final )+ )
    | \s+ - \s+ final \s+ (?: mix | version | master )           # behind a dash: The Final Version may be a name
    | [\s\-.]+ v (?: er (?: sion )? )? [\s.]? \d+ (?: \.\d+ )*   # behind a name: V8 may be one
    | ^ (?: ver (?: sion )? | (?-i: v ) ) [\s.]? \d+ (?: \.\d+ )*
    | [\s\-.]+ (?: mix [\s\-]? down | bounced | exported | rendered ) \d*  # Exported alone may be a name
    | (?: ^ | [\s\-.]+ ) (?: mix [\s\-]? down | bounced? | export (?:ed)? | render (?:ed)? ) [\s\-]* \d+
    | \s+ - \s+ (?: copy | kopie | copie | c[oó]pia ) (?: \s* \(? \d+ \)? )?
    | [\s\-.]+ (?-i: copy ) (?: \s* \(? \d+ \)? )?               # as a Mac writes it; Carbon Copy is a name
    | (?: ^ | [\s\-.]+ ) untitled [\s\-]* \d*
    | ^ new \s (?: recording | project ) \s* \d*                 # as telephones and programs name what nobody named
    | [\s\-.]+ (?: 19 | 20 ) \d\d (?: -? \d\d ){2}               # a day, behind a name
    | [\s\-.(\[]+ (?: 24 [\s\-]? bit | (?: 44 [.,] 1 | 48 | 96 ) \s? khz ) [)\]]?
"""
_AT_THE_END: Final = re.compile(rf"(?:{_CLUTTER})[\s\-.]*$", re.IGNORECASE | re.VERBOSE)
_BEHIND_OTHERS: Final = re.compile(r"[\s\-.]+(?:final|master|mastered|mix\s?\d+)[\s\-.]*$", re.IGNORECASE)
"""Clutter only behind other clutter: `The Final` and `Puppet Master` may be names."""
_BEFORE_MASTER: Final = re.compile(r"(?<=\d)[\s\-.]+(?:final|master|mastered)[\s\-.]*$", re.IGNORECASE)
"""What is done to a version: behind its number, it hides the clutter before it."""
_UNDERSCORED: Final = re.compile(r"\s+(?:mastered|(?:mix|master)\s?\d+)$", re.IGNORECASE)
"""Behind an underscore these are no part of a name; `Puppet_Master` is one."""


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
    return "_" in title or bool(_ENDING.search(title) or _AT_THE_END.search(_BEFORE_MASTER.sub("", title)))


def _cleaned(title: str) -> str | None:
    """The title without endings, underscores and versions; null where nothing is left."""
    left = title.replace("_", " ").strip()
    if "_" in title:
        left = _UNDERSCORED.sub("", left)
    while _is_cluttered(left):
        left = _AT_THE_END.sub("", _BEFORE_MASTER.sub("", _ENDING.sub("", left))).strip(" -.")
        left = _BEHIND_OTHERS.sub("", left)
    words = left.split()
    return " ".join(word.capitalize() for word in words) if left.islower() else " ".join(words) or None
