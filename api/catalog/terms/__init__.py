"""The platform's licence terms, one text per version; a version that was published never changes (D-40)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent
_VERSIONS: Final = ("2026-11-01", "2026-11-28")
"""Every version, oldest first; each but the first has a text that says what it changes."""
_BEFORE: Final = {later: earlier for earlier, later in pairwise(_VERSIONS)}
CURRENT: Final = _VERSIONS[-1]


@dataclass(frozen=True)
class Terms:
    """One version of the licence terms; its name is the day from which it holds.

    Attributes:
        changes: In words, then line by line; null for the first version.
    """

    version: str
    published_at: datetime
    markdown: str
    changes: str | None


@cache
def terms(version: str = CURRENT) -> Terms | None:
    """The text of a version; null if there never was one."""
    if version not in _VERSIONS:
        return None
    published_at = datetime.fromisoformat(version).replace(tzinfo=UTC)
    return Terms(version, published_at, _text(f"{version}.md"), _changes(version))


def accepted(version: str) -> Terms:
    """The text of a version that an offer or a licence names: they name none but those that there are, for ever."""
    found = terms(version)
    assert found
    return found


def _changes(version: str) -> str | None:
    before = _BEFORE.get(version)
    if before is None:
        return None
    old, new = (_text(f"{one}.md").splitlines() for one in (before, version))
    lines = "\n".join(unified_diff(old, new, before, version, lineterm="", n=1))
    return f"{_text(f'{version}.changes.md').strip()}\n\n```diff\n{lines}\n```\n"


def _text(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")
