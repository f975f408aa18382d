"""The table at the end of `./bp demo`."""

from pathlib import Path

from workers.demo.report import as_markdown, as_text, clock, is_as_it_should_be, summary
from workers.demo.scans import Finding
from workers.demo.tracks import Segment, Uploaded, Verdict
from workers.demo.walk import Row, title_of

WHOLE = (Segment(0, 38_938, 6005, 44_943),)
MIDDLE = (Segment(0, 20_000, 12_500, 32_500),)
TOOK = {"upload": 0.25, "verdict": 1.0, "copy": 1.5, "scan": 2.0}


def a_row(**different: object) -> Row:
    """A beat of Juno Vale with which everything went as it should."""
    usual = {
        "file": Path("night_drive.wav"),
        "title": "Night Drive",
        "uploaded": Uploaded("upl_1", 44_943, 44_100),
        "verdict": Verdict("PUBLISHED"),
        "disguise": "6 s off the start",
        "copy": Verdict("DUPLICATE", "Night Drive", "Juno Vale", 0.9885, WHOLE),
        "findings": [Finding("Night Drive", "Juno Vale", "SAME_RECORDING", 0.97, 1.0, MIDDLE)],
        "took": TOOK,
    }
    return Row(**(usual | different))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] -- a test's shorthand


def a_refused_row() -> Row:
    row = Row(Path("song.wav"), "song", refused=True)
    row.trouble["beat"] = "This is an MP3 file, not a WAV."
    return row


def test_a_row_says_everything_in_words() -> None:
    text = as_text([a_row()])
    for words in (
        "Night Drive",
        "44.9 s",
        "published",
        "6 s off the start",
        "blocked, 0.989",
        "0:00\N{EN DASH}0:39 ↔ 0:06\N{EN DASH}0:45",
        "0.970, 100% of the excerpt",
        "0:00\N{EN DASH}0:20 ↔ 0:12\N{EN DASH}0:32",
        "verdict 1.00",
    ):
        assert words in text
    assert max(map(len, text.splitlines())) <= 140


def test_the_summary_counts_and_takes_medians() -> None:
    slower = a_row(took={**TOOK, "copy": 3.5})
    assert summary([a_row(), slower, a_refused_row()]) == (
        "2 of 3 published, 2 of 2 copies blocked, 2 of 2 excerpts found. "
        "Median seconds: upload 0.25, verdict 1.00, copy 2.50, scan 2.00."
    )


def test_a_refused_file_is_told_and_is_no_failure() -> None:
    assert "This is an MP3 file, not a" in as_text([a_refused_row()])
    assert is_as_it_should_be([a_refused_row(), a_row()])


def test_a_copy_that_published_is_a_failure() -> None:
    assert not is_as_it_should_be([a_row(copy=Verdict("PUBLISHED"))])


def test_an_excerpt_that_was_not_found_is_a_failure() -> None:
    other = Finding("Glass Houses", "Juno Vale", "SAME_RECORDING", 0.97, 1.0, MIDDLE)
    shared = Finding("Night Drive", "Juno Vale", "SHARED_MATERIAL", 0.8, 1.0, MIDDLE)
    for findings in ([], [other], [shared]):
        assert not is_as_it_should_be([a_row(findings=findings)])
    assert is_as_it_should_be([a_row(findings=[other, *(a_row().findings or [])])])


def test_a_step_that_broke_off_is_a_failure_and_is_told() -> None:
    row = a_row(findings=None, trouble={"scan": "Nobody answers at http://127.0.0.1:8000/graphql."})
    assert not is_as_it_should_be([row])
    assert "Nobody answers at" in as_text([row])
    unchecked = Row(Path("a.wav"), "a", trouble={"beat": "It was not over within 300 s."})
    assert not is_as_it_should_be([unchecked])


def test_a_beat_that_is_in_the_catalogue_already_is_found_under_its_first_name() -> None:
    first = Verdict("DUPLICATE", "Evening Drive", "Nova Keys", 1.0, WHOLE)
    found = [Finding("Evening Drive", "Nova Keys", "SAME_RECORDING", 1.0, 1.0, MIDDLE)]
    row = a_row(verdict=first, copy=first, findings=found)
    assert is_as_it_should_be([row])
    assert "“Evening Drive”" in as_text([row])
    assert summary([row]).startswith("0 of 1 published, 1 of 1 copies blocked, 1 of 1 excerpts found.")


def test_a_scan_beyond_the_allowance_is_no_failure() -> None:
    row = a_row(findings=None, skipped_scan="not scanned: today's scans are used", took={})
    assert is_as_it_should_be([row])
    assert "1 of 1 copies blocked, 0 of 0 excerpts found. Median seconds: none." in summary([row])


def test_markdown_has_one_line_for_each_beat() -> None:
    lines = as_markdown([a_row(title="A | B"), a_refused_row()]).splitlines()
    assert lines[0].startswith("| Beat | Audio | Verdict |")
    assert lines[1] == "|---" * 7 + "|"
    assert lines[2].startswith(
        "| A \\| B | 44.9 s | published | 6 s off the start | blocked, 0.989<br>duplicate of"
    )
    assert lines[3].startswith("| song | ")
    assert lines[5] == summary([a_row(title="A | B"), a_refused_row()])


def test_many_segments_and_findings_are_counted_not_listed() -> None:
    verdict = Verdict("DUPLICATE", "Night Drive", "Juno Vale", 0.9, WHOLE * 5)
    found = [Finding(f"Beat {n}", "Juno Vale", "SAME_RECORDING", 0.9, 0.5, MIDDLE) for n in range(4)]
    text = as_text([a_row(copy=verdict, findings=found)])
    assert "and 3 more parts" in text
    assert "and 2 more" in text
    assert "Beat 2" not in text


def test_a_file_name_becomes_a_title() -> None:
    assert title_of(Path("night__drive v1.wav")) == "night drive v1"
    assert title_of(Path(f"{'x' * 200}.wav")) == "x" * 100
    assert title_of(Path("_.wav")) == "Untitled"


def test_a_clock_shows_minutes_and_seconds() -> None:
    assert [clock(ms) for ms in (0, 59_499, 59_500, 125_000)] == ["0:00", "0:59", "1:00", "2:05"]
