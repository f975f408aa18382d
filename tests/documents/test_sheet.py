"""Sheets: the same words make the same bytes, no letter is lost, and what people typed stays what they typed."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from api.documents.markdown import draw, plain
from api.documents.sheet import Frame, Sheet
from api.terms import LICENCE
from tests.documents.pages import texts

FRAME = Frame("Night Drive", "A foot", datetime(2026, 11, 28, 12, tzinfo=UTC))
_ROOT = Path(__file__).parents[2]
_AGAIN = """
import hashlib
from tests.documents.test_sheet import drawn
print(hashlib.sha256(drawn("# Licence\\n\\nOf **Łódź** 日本")).hexdigest())
"""


def drawn(markdown: str) -> bytes:
    sheet = Sheet(FRAME)
    draw(sheet, markdown)
    return sheet.file()


def long_text() -> str:
    found = LICENCE.of()
    assert found
    return found.markdown


def test_the_same_text_is_the_same_file_to_the_byte() -> None:
    assert drawn(long_text()) == drawn(long_text())


def test_another_process_draws_the_same_bytes() -> None:
    command = [sys.executable, "-c", _AGAIN]
    digests = {
        subprocess.run(
            command,
            cwd=_ROOT,
            check=True,
            capture_output=True,
            env={"PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(digests) == 1


def test_every_page_has_a_number_and_all_but_the_first_a_head() -> None:
    pages = texts(drawn(long_text()))
    assert len(pages) == 3
    assert [f"Page {number} of 3" in page for number, page in enumerate(pages, start=1)] == [True] * 3
    assert [page.startswith("Night Drive") for page in pages] == [False, True, True]
    assert all("A foot" in page for page in pages)


def test_nothing_of_a_text_is_lost_between_pages() -> None:
    found = "".join(texts(drawn(long_text())))
    for sentence in (
        "1.1 These terms apply",
        "in one project: one new work",
        "Earlier versions can be read for ever.",
    ):
        assert sentence in found


def test_letters_of_many_scripts_are_printed_and_others_are_named() -> None:
    [page] = texts(drawn("Łódź Привет Αθήνα 日本 ひらがな 한국 F♯ 🎹"))
    assert page.startswith("Łódź Привет Αθήνα 日本 ひらがな 한국 F♯ [U+1F3B9]")


def test_a_text_that_begins_with_a_letter_of_another_font_goes_on_in_its_own() -> None:
    """Where fpdf2 lost the font, the second line was gibberish."""
    long = f"夜 {'and then a line that is long enough to break ' * 6}"
    [page] = texts(drawn(f"# Title\n\n{long}\n\n| | |\n|---|---|\n| Name | {long} |"))
    assert page.count("long enough to break and then") == 10


def test_what_is_read_from_the_right_stands_as_it_is_read() -> None:
    [page] = texts(drawn("By שלום and Nova"))
    assert page.startswith(("By םולש and Nova", "By שלום and Nova"))  # as it stands, or as it is read


@settings(max_examples=30, deadline=None)
@given(st.text(st.sampled_from("abc *_|\\#[]<>`{}"), min_size=1, max_size=12))
def test_what_was_typed_is_taken_for_no_markdown(typed: str) -> None:
    shown = " ".join(typed.split())
    if not shown:
        return
    [page] = texts(drawn(f"Before {plain(typed)} after\n\n| | |\n|---|---|\n| Title | {plain(typed)} |"))
    bare = page.replace(" ", "")
    assert bare.startswith(f"Before{shown}afterTitle{shown}".replace(" ", ""))


def test_a_heading_does_not_stand_alone_at_the_end_of_a_page() -> None:
    for lines in range(25, 60):
        first, *others = texts(drawn("\n\n".join(["Line"] * lines + ["## The heading", "Its text"])))
        alone = "The heading" in first and "Its text" not in first
        assert not alone, lines
        assert len(others) <= 1


def test_a_line_begins_another_page() -> None:
    assert texts(drawn("One\n\n---\n\nTwo")) == [
        "One A foot Page 1 of 2",
        "Night Drive Two A foot Page 2 of 2",
    ]


def test_a_list_has_a_mark_for_each_item() -> None:
    [page] = texts(drawn("Here:\n\n- one\n  and more\n- two"))
    assert page.startswith("Here: • one and more • two")
