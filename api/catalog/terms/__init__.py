"""The platform's licence terms, one text per version; a version that was published never changes (D-40)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent
_CHANGES: Final[dict[str, str | None]] = {"2026-11-01": None}
"""Every version, oldest first, with what changed since the one before."""

CURRENT: Final = list(_CHANGES)[-1]


@dataclass(frozen=True)
class Terms:
    """One version of the licence terms; its name is the day from which it holds."""

    version: str
    published_at: datetime
    markdown: str
    changes: str | None


@cache
def terms(version: str = CURRENT) -> Terms | None:
    """The text of a version; null if there never was one."""
    if version not in _CHANGES:
        return None
    published_at = datetime.fromisoformat(version).replace(tzinfo=UTC)
    return Terms(version, published_at, (_FOLDER / f"{version}.md").read_text("utf-8"), _CHANGES[version])
