"""Texts in Markdown, as far as ours go: headings, paragraphs and lists."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_HEADING: Final = re.compile(r"(#{1,3}) +(.+)")
_ITEM: Final = re.compile(r"(?:^|\n)\s*- ")


class Block(NamedTuple):
    """A piece of a text.

    Attributes:
        level: Of a heading, from 1; 0 for everything else.
    """

    text: str
    level: int = 0
    listed: bool = False


def blocks(markdown: str) -> Iterator[Block]:
    """The pieces of a text, in order; a line that goes on is one with the line before it."""
    for part in re.split(r"\n\s*\n", markdown.strip()):
        if heading := _HEADING.fullmatch(part.strip()):
            yield Block(heading[2], level=len(heading[1]))
        elif _ITEM.match(part):
            yield from (Block(_joined(item), listed=True) for item in _ITEM.split(part) if item.strip())
        else:
            yield Block(_joined(part))


def _joined(text: str) -> str:
    return " ".join(text.split())
