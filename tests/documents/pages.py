"""What a PDF says and looks like, read by another program than the one that wrote it."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # it has no marker  # pyright: ignore[reportMissingTypeStubs] -- the same


def texts(pdf: bytes) -> list[str]:
    """The text of each page, its lines joined."""
    with _opened(pdf) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def darkness(pdf: bytes, page: int, box: tuple[float, float, float, float]) -> float:
    """How much of a part of a page is dark, 0 to 1.

    Args:
        box: Left, top, right and bottom in mm.
    """
    part = _part(pdf, page, box)
    return float(sum(part.histogram()[:128]) / (part.width * part.height))


def ink(pdf: bytes, page: int, box: tuple[float, float, float, float]) -> list[list[bool]]:
    """Which points of a part of a page are dark, row by row, some eight to the millimetre."""
    part = _part(pdf, page, box)
    points = [level < 128 for level in part.tobytes()]
    return [points[start : start + part.width] for start in range(0, len(points), part.width)]


def _part(pdf: bytes, page: int, box: tuple[float, float, float, float]) -> Any:
    with _opened(pdf) as document:
        picture = document[page].render(scale=3).to_pil().convert("L")
    per_mm = 3 * 72 / 25.4
    return picture.crop(tuple(round(edge * per_mm) for edge in box))


@contextmanager
def _opened(pdf: bytes) -> Generator[Any]:
    document: Any = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()
