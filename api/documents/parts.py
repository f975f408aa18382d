"""What a document says, as plain values: it is put together here, and printed by a process of its own.

Each part is named after the method of `Paper` that draws it.
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
class Heading:
    """Begins a section."""

    text: str
    part: Literal["heading"] = "heading"


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
class Paragraph:
    text: str
    part: Literal["paragraph"] = "paragraph"


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
class Markdown:
    """A text of headings, paragraphs and lists; its title is left to the document that it stands in."""

    text: str
    part: Literal["markdown"] = "markdown"


Part = Title | Warning | Heading | Parties | Facts | Paragraph | Numbered | Coded | Markdown


@dataclass(frozen=True)
class Document:
    """A document from top to end.

    Attributes:
        title: What a reader's window shows.
        kind: Beside our name, at the top of the first page.
        foot: At the bottom of each page, beside its number.
        made_at: The moment that it is of; never that of its printing.
    """

    title: str
    kind: str
    foot: str
    made_at: datetime
    parts: Sequence[Part]
