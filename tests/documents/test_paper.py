"""Documents put together of parts: the code says what it should, nothing is torn, and the web loads nothing that prints."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import segno

from api.documents.parts import Coded, Document, Fact, Facts, Numbered, Part, Section, Title, Words
from api.documents.printer import printed
from tests.documents.pages import darkness, ink, texts

_ROOT = Path(__file__).parents[2]
_LOADED = "import sys, api.app; print([one for one in ('fpdf', 'fontTools', 'segno', 'numpy') if one in sys.modules])"
_ADDRESS = "https://beatpass.test/licences/8f14e45f-ceea-467f-9f0b-2f0d1f1f2a10"


def paper(*parts: Part) -> bytes:
    made_at = datetime(2026, 11, 28, 12, tzinfo=UTC)
    document = Document(title="Night Drive", foot="A foot", made_at=made_at, kind="Certificate", parts=parts)
    return printed(orjson.loads(orjson.dumps(document)))


def test_the_code_on_paper_is_the_address_square_by_square() -> None:
    modules = [[bool(one) for one in row] for row in segno.make(_ADDRESS, error="m", micro=False).matrix]
    page = ink(paper(Coded(_ADDRESS, ["Look there."])), 0, (21, 27, 50, 70))
    dark = [place for place, row in enumerate(page) if any(row)]
    top, left = dark[0], min(row.index(True) for row in page if any(row))
    edge = (dark[-1] - top + 1) / len(modules)
    seen = [
        [
            page[round(top + (line + 0.5) * edge)][round(left + (at + 0.5) * edge)]
            for at in range(len(modules))
        ]
        for line in range(len(modules))
    ]
    assert seen == modules


def test_the_code_on_paper_has_a_quiet_zone_of_four_squares() -> None:
    pdf = paper(Coded(_ADDRESS, ["Look there."]))
    assert 0.25 < darkness(pdf, 0, (24, 33, 47, 55)) < 0.6
    four = 4 * 27 / len(segno.make(_ADDRESS, error="m", micro=False).matrix)
    assert darkness(pdf, 0, (22 - four, 30.5 - four, 49 + four, 30.2)) == 0.0
    assert darkness(pdf, 0, (22 - four, 57.8, 49 + four, 57.5 + four)) == 0.0
    assert darkness(pdf, 0, (22 - four, 30, 21.7, 58)) == 0.0
    assert darkness(pdf, 0, (49.3, 30, 49 + four, 58)) == 0.0


def test_a_section_keeps_its_heading_and_a_row_its_lines_together() -> None:
    long = "A value that goes on and on " * 12
    for before in range(20, 60, 3):
        filled = [Words("Line") for _ in range(before)]
        pages = texts(paper(*filled, Section("The Work"), Facts([Fact("Title", long)])))
        whole = " ".join(long.split())
        assert any("THE WORK Title" in page and whole in page for page in pages), before


def test_a_document_says_all_of_its_parts_in_order() -> None:
    [page] = texts(paper(Title("One", "two"), Section("Three"), Numbered(["Four.", "Five."])))
    assert page == "BeatPass CERTIFICATE One two THREE 1. Four. 2. Five. A foot Page 1 of 1"


def test_the_web_process_loads_nothing_that_prints() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED], cwd=_ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"
