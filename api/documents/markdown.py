"""The little of Markdown that our texts use, laid on a sheet.

Headings, paragraphs, lists, bold, tables of two columns, and a line `---`, behind which another page begins. What people
typed is written with `plain`, so that an asterisk in a title is an asterisk.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # whoever only writes a text loads nothing that prints
    from api.documents.sheet import Sheet

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|])")
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]<>#|])")
_BOLD: Final = re.compile(r"(?<!\\)\*\*")
_CELLS: Final = re.compile(r"(?<!\\)\|")
_LIST_INDENT_MM: Final = 6.0


def plain(text: str) -> str:
    """A text that somebody typed, so that nothing in it is taken for Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def draw(sheet: "Sheet", markdown: str) -> None:
    """Lay a text on a sheet; blocks are divided by blank lines."""
    for block in re.split(r"\n{2,}", markdown.strip()):
        _block(sheet, block)


def _block(sheet: "Sheet", block: str) -> None:
    level = len(block) - len(block.lstrip("#"))
    if level:
        sheet.heading(_bare(block[level:].strip()), level)
    elif block == "---":
        sheet.add_page()
    elif block.startswith("|"):
        sheet.facts(list(_rows(block)))
    elif block.startswith("- "):
        for item in re.split(r"\n(?=- )", block):
            sheet.paragraph(*_runs(_joined(item[2:])), indent_mm=_LIST_INDENT_MM, mark="•")
    else:
        sheet.paragraph(*_runs(_joined(block)))


def _rows(block: str) -> Iterator[tuple[str, str]]:
    """Without the head and the line below it: our tables have none to show."""
    for line in block.splitlines()[2:]:
        name, value = (cell.strip() for cell in _CELLS.split(line.strip())[1:3])
        yield _bare(name), _bare(value)


def _runs(text: str) -> list[tuple[str, bool]]:
    parts = [_ESCAPED.sub(r"\1", part) for part in _BOLD.split(text)]
    return [(part, bool(place % 2)) for place, part in enumerate(parts) if part]


def _bare(text: str) -> str:
    return "".join(part for part, _ in _runs(text))


def _joined(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines())
