"""Terms that people accept: one text per version; a version that was published never changes (D-40, D-82)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff
from functools import cached_property
from pathlib import Path
from typing import Final

from db.vocabulary import TermsDocument

_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Terms:
    """One version of a document; its name is the day from which it holds.

    Attributes:
        changes: In words, then line by line; null for the first version.
    """

    version: str
    published_at: datetime
    markdown: str
    changes: str | None


class Versions:
    """All versions of a document, with their texts.

    Args:
        versions: Every one, oldest first; each but the first has a text that says what it changes.
    """

    def __init__(self, document: TermsDocument, *versions: str) -> None:
        self.document = document
        self.current = versions[-1]
        self._versions = versions

    def of(self, version: str | None = None) -> Terms | None:
        """The text of a version, or of the current one; null if there never was one."""
        return self._texts.get(self.current if version is None else version)

    def accepted(self, version: str) -> Terms:
        """The text of a version that an offer or a licence names: they name none but those that there are, for ever."""
        return self._texts[version]

    @cached_property
    def _texts(self) -> dict[str, Terms]:
        before = (None, *self._versions)
        return {
            version: self._read(version, earlier)
            for version, earlier in zip(self._versions, before, strict=False)
        }

    def _read(self, version: str, before: str | None) -> Terms:
        published_at = datetime.fromisoformat(version).replace(tzinfo=UTC)
        changes = self._changes(version, before) if before else None
        return Terms(version, published_at, self._text(f"{version}.md"), changes)

    def _changes(self, version: str, before: str) -> str:
        old, new = (self._text(f"{one}.md").splitlines() for one in (before, version))
        lines = "\n".join(unified_diff(old, new, before, version, lineterm="", n=1))
        return f"{self._text(f'{version}.changes.md').strip()}\n\n```diff\n{lines}\n```\n"

    def _text(self, name: str) -> str:
        return (_FOLDER / self.document.lower() / name).read_text("utf-8")


LICENCE: Final = Versions(TermsDocument.LICENCE, "2026-11-01", "2026-11-28")
"""What every licence stands on."""
PLATFORM: Final = Versions(TermsDocument.PLATFORM, "2026-11-29")
"""What everybody agrees to who uses BeatPass."""
