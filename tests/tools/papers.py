"""PDF as people see it: the text of its pages, and how much ink is on them."""

from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # has no types

_LIGHTEST_INK = 200
"""Of 255, which is the paper's white."""


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, as somebody copies it, every run of blanks one space."""
    document: Any = pypdfium2.PdfDocument(pdf)
    try:
        texts = [str(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()
    return [" ".join(text.replace("\ufffe", "-").split()) for text in texts]


def inked(pdf: bytes) -> list[int]:
    """How many pixels of each page, at 72 to the inch, are not those of white paper."""
    return [sum(picture.convert("L").histogram()[:_LIGHTEST_INK]) for picture in _pictures(pdf, scale=1)]


def _pictures(pdf: bytes, *, scale: float) -> list[Any]:
    document: Any = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=scale).to_pil() for page in document]
    finally:
        document.close()
