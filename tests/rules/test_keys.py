"""D-12: keys by the circle of fifths."""

import pytest

from db.keys import around_the_circle, camelot, key_label, key_of, open_key, pitch_class
from db.vocabulary import MusicalKey, Scale

WHEEL = """
C major 8B 1d      | A minor 8A 1m
G major 9B 2d      | E minor 9A 2m
D major 10B 3d     | B minor 10A 3m
A major 11B 4d     | F♯ minor 11A 4m
E major 12B 5d     | C♯ minor 12A 5m
B major 1B 6d      | G♯ minor 1A 6m
F♯ major 2B 7d     | E♭ minor 2A 7m
D♭ major 3B 8d     | B♭ minor 3A 8m
A♭ major 4B 9d     | F minor 4A 9m
E♭ major 5B 10d    | C minor 5A 10m
B♭ major 6B 11d    | G minor 6A 11m
F major 7B 12d     | D minor 7A 12m
"""
KEYS = [tuple(half.split()) for line in WHEEL.strip().splitlines() for half in line.split("|")]
SAME = [
    ("D_FLAT", "C_SHARP"),
    ("E_FLAT", "D_SHARP"),
    ("G_FLAT", "F_SHARP"),
    ("A_FLAT", "G_SHARP"),
    ("B_FLAT", "A_SHARP"),
]


def test_all_24_keys_are_named_as_musicians_and_djs_name_them() -> None:
    circle = around_the_circle()
    named = [(*key_label(*key).split(), camelot(*key), open_key(*key)) for key in circle]
    assert named == KEYS
    assert len(set(circle)) == 24


@pytest.mark.parametrize(("flat", "sharp"), SAME)
def test_a_flat_is_the_sharp_below_it(flat: str, sharp: str) -> None:
    assert pitch_class(MusicalKey(flat)) == pitch_class(MusicalKey(sharp))


def test_every_pitch_class_comes_back_as_one_key_that_is_no_flat() -> None:
    keys = [key_of(pitch) for pitch in range(12)]
    assert keys == [key for key in MusicalKey if not key.endswith("_FLAT")]
    assert [pitch_class(key) for key in keys] == list(range(12))


@pytest.mark.parametrize("pitch", range(12))
def test_relative_keys_share_their_number_on_both_wheels(pitch: int) -> None:
    relative = (pitch + 9) % 12
    assert camelot(pitch, Scale.MAJOR)[:-1] == camelot(relative, Scale.MINOR)[:-1]
    assert open_key(pitch, Scale.MAJOR)[:-1] == open_key(relative, Scale.MINOR)[:-1]
