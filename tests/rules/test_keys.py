"""D-12: keys by the circle of fifths."""

import pytest

from db.keys import (
    around_the_circle,
    camelot,
    harmonic_with,
    key_at,
    key_label,
    key_of,
    open_key,
    pitch_class,
)
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


HARMONIC = [
    ("8A", {"8A", "7A", "9A", "8B"}),
    ("8B", {"8B", "7B", "9B", "8A"}),
    ("1A", {"1A", "12A", "2A", "1B"}),
    ("12B", {"12B", "11B", "1B", "12A"}),
]


@pytest.mark.parametrize(("code", "mixes"), HARMONIC)
def test_a_key_mixes_with_itself_its_neighbours_and_its_relative(code: str, mixes: set[str]) -> None:
    key = key_at(code)
    assert key
    assert {camelot(*one) for one in harmonic_with(*key)} == mixes


def test_mixing_goes_both_ways() -> None:
    circle = around_the_circle()
    mixing = {key: harmonic_with(*key) for key in circle}
    assert {len(keys) for keys in mixing.values()} == {4}
    assert all(key in mixing[other] for key in circle for other in mixing[key])


@pytest.mark.parametrize("key", around_the_circle())
def test_every_place_on_the_wheel_is_understood_however_it_is_typed(key: tuple[int, Scale]) -> None:
    code = camelot(*key)
    spellings = [code, code.lower(), f" {code} ", code.rjust(3, "0"), code.rjust(3, "0").lower()]
    assert [key_at(one) for one in spellings] == [key] * len(spellings)


MALFORMED = [
    "",
    "8",
    "A",
    "0A",
    "00A",
    "13A",
    "8C",
    "A8",
    "8 A",
    "008A",
    "012A",
    "-8A",
    "8A8A",
    "8AB",
    "\uff18A",
    "8d",
]


@pytest.mark.parametrize("code", MALFORMED)
def test_what_is_no_place_on_the_wheel_is_no_key(code: str) -> None:
    assert key_at(code) is None
