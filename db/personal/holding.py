"""The form in which a table says what it holds of a person (D-81)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

DELETED_ACCOUNT: Final = "Deleted account"
DELETED_PRODUCER: Final = "Deleted producer"
DELETED_TRACK: Final = "Deleted track"
DELETED_TEXT: Final = "Deleted."
PSEUDONYM: Final = "deleted-{ulid}"
NO_ADDRESS: Final = "deleted-{ulid}@invalid"
"""No mail goes to `invalid` (RFC 2606), and no sign-up passes with it: it has no ending. `{ulid}` is that of the row's own id."""
BOOKS: Final = "the books are kept for as long as the law asks, under ids"
SUMS: Final = "a sum under an id, which shares of closed months were reckoned of"
STAGE_NAME: Final = (
    "others hold rights to, or have been shown, the work under the name and handle that it was published by"
)


@dataclass(frozen=True)
class Holding:
    """What a table holds of a person; each column stands in exactly one of the last five.

    Attributes:
        of: How their rows are found: a column, and what it names: `account`, `producer`, or a table whose row is theirs.
        goes: Their rows are deleted; else they stay, under ids.
        section: Of the export; empty: nothing of it is exported.
        shown: Columns that are exported.
        shown_of: Which of their rows are; empty: all of them.
        by_verb: Columns, or the whole row, that a verb takes care of.
        erased: Columns that become null.
        replaced: Columns that get this value, where they have one; `{ulid}` in it is that of the row's id.
        kept: Columns that stay though they may tell something, and why.
        plain: Columns that tell nothing but ids, states and sums. Of a table whose rows go: all of them.
    """

    of: str
    goes: bool = False
    section: str = ""
    shown: str = ""
    shown_of: str = ""
    by_verb: str = ""
    erased: str = ""
    replaced: Mapping[str, Any] = field(default_factory=dict[str, Any])
    kept: Mapping[str, str] = field(default_factory=dict[str, str])
    plain: str = ""

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        return _pairs(self.of)

    @property
    def ways_shown(self) -> tuple[tuple[str, str], ...]:
        return _pairs(self.shown_of or self.of)

    @property
    def columns(self) -> list[str]:
        """Every column that is named, as often as it is."""
        kept = " ".join(self.kept).split()
        return [*self.by_verb.split(), *self.erased.split(), *self.replaced, *kept, *self.plain.split()]


def _pairs(said: str) -> tuple[tuple[str, str], ...]:
    pairs = (part.partition(":") for part in said.split())
    return tuple((column, what) for column, _, what in pairs)
