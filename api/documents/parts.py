"""What a document says, as plain values: it is put together here, and printed by a process of its own.

Each part names what draws it (`Paper.draw`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class Title:
    text: str
    below: str
    part: Literal["title"] = "title"


@dataclass(frozen=True)
class Warning:
    """What must not be overlooked."""

    heading: str
    text: str
    part: Literal["warning"] = "warning"


@dataclass(frozen=True)
class Section:
    """Begins one."""

    text: str
    part: Literal["section"] = "section"


@dataclass(frozen=True)
class Party:
    """Somebody, by name and by what else they are known."""

    role: str
    name: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Parties:
    """Two, side by side."""

    left: Party
    right: Party
    part: Literal["parties"] = "parties"


@dataclass(frozen=True)
class Fact:
    """A line of a table; `small` is for long figures, such as a hash."""

    label: str
    value: str
    small: bool = False


@dataclass(frozen=True)
class Facts:
    rows: Sequence[Fact]
    part: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Words:
    text: str
    part: Literal["words"] = "words"


@dataclass(frozen=True)
class Numbered:
    """Sentences with their numbers."""

    sentences: Sequence[str]
    part: Literal["numbered"] = "numbered"


@dataclass(frozen=True)
class Coded:
    """A QR code that leads to an address, and beside it what that is good for."""

    address: str
    sentences: Sequence[str]
    part: Literal["coded"] = "coded"


@dataclass(frozen=True)
class Annex:
    """A text in Markdown, from the next page on."""

    text: str
    part: Literal["annex"] = "annex"


@dataclass(frozen=True)
class Entry:
    """A line of an account: when, what, and how much; `bold` for sums."""

    day: str
    text: str
    amount: str
    bold: bool = False


@dataclass(frozen=True)
class Entries:
    """An account, line by line."""

    rows: Sequence[Entry]
    part: Literal["entries"] = "entries"


Part = Title | Warning | Section | Parties | Facts | Words | Numbered | Coded | Annex | Entries


@dataclass(frozen=True)
class Document:
    """A document from top to end.

    Attributes:
        title: What a reader's window shows, and the head of every page but the first.
        foot: Below every page.
        made_at: The moment that it is of; never that of its printing.
        kind: Beside our name, at the top of the first page.
    """

    title: str
    foot: str
    made_at: datetime
    kind: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Text:
    """A text in Markdown, without anything around it but what every sheet has."""

    title: str
    foot: str
    made_at: datetime
    markdown: str
