"""The table at the end: for a terminal, and as Markdown. Pure text from rows."""

from collections.abc import Sequence
from statistics import median
from textwrap import wrap
from typing import Final

from workers.demo.people import NAMES
from workers.demo.scans import Finding
from workers.demo.tracks import Segment, Verdict
from workers.demo.walk import EXCERPT_SECONDS, Row

Cell = list[str]
"""Paragraphs of text."""

_OWNER: Final = " ".join(NAMES[0])
_STEPS: Final = ("upload", "verdict", "copy", "scan")
_HEADERS: Final[list[Cell]] = [
    ["Beat"],
    ["Audio"],
    ["Verdict"],
    ["Disguise of the copy"],
    ["The copy", "copy ↔ original"],
    [f"Scan of {EXCERPT_SECONDS} s", "excerpt ↔ found"],
    ["Seconds"],
]
_SHOWN_SEGMENTS: Final = 2
_LONGEST_LINE: Final = 26
"""Of a cell with words; the table then fits a terminal of 140 columns."""
_GAP: Final = "  "
_TO: Final = "\N{EN DASH}"
_NOTHING: Final = _TO


def as_text(rows: Sequence[Row]) -> str:
    """The table and its summary for a terminal."""
    table = [[_wrapped(cell) for cell in cells] for cells in (_HEADERS, *map(_cells, rows))]
    widths = [max(len(line) for cell in column for line in cell) for column in zip(*table, strict=True)]
    rule = "─" * (sum(widths) + len(_GAP) * (len(widths) - 1))
    blocks = [_block(cells, widths) for cells in table]
    return "\n".join([blocks[0], rule, f"\n{rule}\n".join(blocks[1:]), rule, "", summary(rows), ""])


def as_markdown(rows: Sequence[Row]) -> str:
    """The same as a Markdown table."""
    lines = [
        _markdown_row(_HEADERS),
        "|---" * len(_HEADERS) + "|",
        *(_markdown_row(_cells(row)) for row in rows),
    ]
    return "\n".join([*lines, "", summary(rows), ""])


def summary(rows: Sequence[Row]) -> str:
    """One line that counts."""
    published = sum(1 for row in rows if row.verdict and not row.verdict.is_blocked)
    copies = [row for row in rows if row.verdict]
    scanned = [row for row in copies if not row.skipped_scan]
    counts = (
        f"{published} of {len(rows)} published",
        f"{sum(row.copy_is_blocked for row in copies)} of {len(copies)} copies blocked",
        f"{sum(row.excerpt_is_found(_OWNER) for row in scanned)} of {len(scanned)} excerpts found",
    )
    return f"{', '.join(counts)}. Median seconds: {_medians(rows)}."


def is_as_it_should_be(rows: Sequence[Row]) -> bool:
    """Whether every copy was blocked and every excerpt was found."""
    return all(row.is_as_it_should_be(_OWNER) for row in rows)


def clock(milliseconds: int) -> str:
    """Minutes and seconds."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes}:{seconds:02d}"


def _medians(rows: Sequence[Row]) -> str:
    taken = {step: [row.took[step] for row in rows if step in row.took] for step in _STEPS}
    return ", ".join(f"{step} {median(values):.2f}" for step, values in taken.items() if values) or "none"


def _cells(row: Row) -> list[Cell]:
    audio = [f"{row.uploaded.duration_ms / 1000:.1f} s"] if row.uploaded else [_NOTHING]
    return [
        [row.title],
        audio,
        _told(row, "beat") or _verdict(row.verdict),
        [row.disguise or _NOTHING],
        _told(row, "copy") or _verdict(row.copy),
        _told(row, "scan") or ([row.skipped_scan] if row.skipped_scan else _findings(row)),
        [f"{step} {row.took[step]:.2f}" for step in _STEPS if step in row.took],
    ]


def _told(row: Row, step: str) -> Cell:
    """What went wrong."""
    return [row.trouble[step]] if step in row.trouble else []


def _wrapped(cell: Cell) -> Cell:
    return [line for paragraph in cell for line in wrap(paragraph, _LONGEST_LINE)]


def _verdict(verdict: Verdict | None) -> Cell:
    if verdict is None:
        return [_NOTHING]
    if not verdict.is_blocked:
        return [verdict.status.lower()]
    of = f"duplicate of “{verdict.original}” by {verdict.producer}"
    return [f"blocked, {verdict.similarity:.3f}", of, *_segments(verdict.segments)]


def _findings(row: Row) -> Cell:
    if row.findings is None:
        return [_NOTHING]
    if not row.findings:
        return ["nothing found"]
    lines = [line for finding in row.findings[:_SHOWN_SEGMENTS] for line in _finding(finding)]
    more = len(row.findings) - _SHOWN_SEGMENTS
    return [*lines, *([f"and {more} more"] if more > 0 else [])]


def _finding(finding: Finding) -> Cell:
    grade = "" if finding.relation == "SAME_RECORDING" else ", shared material"
    facts = f"{finding.similarity:.3f}, {finding.coverage:.0%} of the excerpt{grade}"
    return [f"“{finding.title}” by {finding.producer}", facts, *_segments(finding.segments)]


def _segments(segments: Sequence[Segment]) -> Cell:
    more = len(segments) - _SHOWN_SEGMENTS
    return [*map(_segment, segments[:_SHOWN_SEGMENTS]), *([f"and {more} more parts"] if more > 0 else [])]


def _segment(segment: Segment) -> str:
    own = f"{clock(segment.query_start_ms)}{_TO}{clock(segment.query_end_ms)}"
    return f"{own} ↔ {clock(segment.reference_start_ms)}{_TO}{clock(segment.reference_end_ms)}"


def _block(cells: Sequence[Cell], widths: Sequence[int]) -> str:
    height = max(map(len, cells))
    lines = ([cell[at] if at < len(cell) else "" for cell in cells] for at in range(height))
    return "\n".join(
        _GAP.join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _markdown_row(cells: Sequence[Cell]) -> str:
    return (
        "".join(f"| {'<br>'.join(line.replace('|', chr(92) + '|') for line in cell)} " for cell in cells)
        + "|"
    )
