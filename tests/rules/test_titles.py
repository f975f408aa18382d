"""D-13: a title is a name, not a file name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.catalog.errors import TitleLooksLikeFileName
from api.catalog.titles import LONGEST_TITLE, checked_title
from api.refusals import InvalidValue, Refused
from db.vocabulary import ErrorCode
from tests.rules.judging import refused_by

NAMES = [
    "Final", "V", "Copy That", "Version of Me", "808s", "Mixed Feelings", "Exported", "Bounce", "Let It Bounce",
    "Carbon Copy", "V8", "The Final", "Final Fantasy", "Final Four", "Bounced", "Export", "Untitled Unmastered",
    "R.I.P.", "3.14", "Vol. 2", "Part 2", "24K", "Beyoncé", "夜", "Night Drive", "Rev 20", "Mr. Version", "A-Side",
    "Final Boss", "Final Destination 2", "Semi-Final", "Grand Final", "The Final Version", "Finally", "Master", "Mastermind",
    "Puppet Master", "Ring Master", "Remastered", "Copycat", "Copy Cat 2", "Brain.Wave", "New.Wave", "MP3 Player", "WAV",
    "Render", "Surrender", "Bounce Back", "Cover Version", "Radio Edit", "Track 10", "Project X", "New Recordings",
    "Take 5", "Rev. Run", "N.Y. State", "S.O.S.", "24/7", "16 Bit", "Make 96K", "1999", "20240501", "Blackout 2024",
    "Night Drive (Remix)", "Night Drive (Slowed + Reverb)", "Night Drive (feat. Kilo)", "Night Drive (Prod. Nova)",
    "[FREE] Drake Type Beat", "Night Drive [140]", "Night Drive '98", "Night Drive 2.0", "Night Drive II", "Trap Beat 140 BPM",
    "Track 2 Master", "ID - ID", "Mk II", "Forever", "Versailles", "Ver. Sacrum", "Untitled Love", "Édith", "No. 1", "x",
]  # fmt: skip
CLUTTERED = [
    ("beat_final_v2.wav", "Beat"),
    ("Night Drive.wav", "Night Drive"),
    ("Night Drive.MP3", "Night Drive"),
    ("night drive v2", "Night Drive"),
    ("Night Drive V2", "Night Drive"),
    ("Night Drive version 3.1", "Night Drive"),
    ("Night Drive ver2", "Night Drive"),
    ("Night Drive (1)", "Night Drive"),
    ("Night Drive (final)", "Night Drive"),
    ("Night Drive final v3", "Night Drive"),
    ("Night Drive final2", "Night Drive"),
    ("Night Drive FINAL FINAL", "Night Drive"),
    ("Night Drive - v2 - final.WAV", "Night Drive"),
    ("night_drive", "Night Drive"),
    ("Night Drive - Copy", "Night Drive"),
    ("Night Drive copy 2", "Night Drive"),
    ("Night Drive mixdown", "Night Drive"),
    ("Night Drive bounce 2", "Night Drive"),
    ("Night Drive exported", "Night Drive"),
    ("a_b.wav (1)", "A B"),
    ("x.wav.mp3", "X"),
    ("beat.flp", "Beat"),
    ("untitled", None),
    ("Untitled 3", None),
    ("export 3", None),
    ("___", None),
    ("Night Drive [v2]", "Night Drive"),
    ("Night Drive(2)", "Night Drive"),
    ("Night Drive (Master)", "Night Drive"),
    ("Night Drive (Final Mix)", "Night Drive"),
    ("Night Drive - Final Mix v3", "Night Drive"),
    ("Night Drive - Final Version", "Night Drive"),
    ("Night Drive-v2-master", "Night Drive"),
    ("Night Drive v2 master.wav", "Night Drive"),
    ("Night Drive_MASTERED", "Night Drive"),
    ("Night Drive MIX_07", "Night Drive"),
    ("Puppet_Master", "Puppet Master"),
    ("Night Drive rendered", "Night Drive"),
    ("Night Drive render 2", "Night Drive"),
    ("Night Drive - Kopie (2)", "Night Drive"),
    ("Night Drive 2024-05-01", "Night Drive"),
    ("Night Drive 20240501", "Night Drive"),
    ("Night Drive 24bit", "Night Drive"),
    ("Night Drive (24-bit 44.1 kHz)", "Night Drive"),
    ("Night Drive.wav.asd", "Night Drive"),
    ("Night Drive.mid", "Night Drive"),
    ("Night Drive.zip", "Night Drive"),
    ("Night Drive (Prod. by Nova) v2", "Night Drive (Prod. by Nova)"),
    ("iPhone_beat", "iPhone beat"),
    ("New Recording 12", None),
    ("New Project", None),
    ("v1", None),
    ("ver 2", None),
]


@pytest.mark.parametrize("title", NAMES)
def test_a_name_is_taken_as_it_is(title: str) -> None:
    assert checked_title(title) == title


@pytest.mark.parametrize(("title", "suggestion"), CLUTTERED)
def test_a_file_name_is_refused_with_the_name_inside_it(title: str, suggestion: str | None) -> None:
    [refusal] = refused_by(lambda: checked_title(title))
    assert isinstance(refusal, TitleLooksLikeFileName)
    assert (refusal.code, refusal.suggestion) == (ErrorCode.TITLE_LIKE_FILE_NAME, suggestion)


@given(st.text(alphabet="aZ _-.()[]12vfinalcopywavmp3ster", max_size=LONGEST_TITLE))
def test_every_suggestion_would_pass(title: str) -> None:
    for refusal in refused_by(lambda: checked_title(title)):
        if isinstance(refusal, InvalidValue) and refusal.suggestion is not None:
            assert checked_title(refusal.suggestion) == refusal.suggestion


@given(st.text(max_size=120))
def test_any_text_is_taken_or_refused_and_a_taken_one_has_no_blanks_around_it(title: str) -> None:
    try:
        taken = checked_title(title)
    except Refused:
        return
    assert taken == taken.strip()
    assert 1 <= len(taken) <= LONGEST_TITLE


def test_blanks_are_made_single_spaces() -> None:
    assert checked_title("  Night\u00a0\t Drive\u200b ") == "Night Drive"


@pytest.mark.parametrize(
    ("title", "code"), [("", "REQUIRED"), (" \u200b", "REQUIRED"), ("x" * 101, "TOO_LONG")]
)
def test_a_title_has_1_to_100_characters(title: str, code: str) -> None:
    assert [refusal.code for refusal in refused_by(lambda: checked_title(title))] == [code]
