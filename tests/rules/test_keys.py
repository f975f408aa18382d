"""D-12: keys by the circle of fifths."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.keys import (
    around_the_circle,
    camelot,
    harmonic_with,
    key_label,
    key_named,
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
    key = key_named(code)
    assert key
    assert {camelot(*one) for one in harmonic_with(*key)} == mixes


def test_mixing_goes_both_ways() -> None:
    circle = around_the_circle()
    mixing = {key: harmonic_with(*key) for key in circle}
    assert {len(keys) for keys in mixing.values()} == {4}
    assert all(key in mixing[other] for key in circle for other in mixing[key])


SIGNS = {"♯": ("#", "♯", " sharp", "-Sharp", "_SHARP"), "♭": ("b", "♭", " flat", "-Flat", "_FLAT", "B")}
MODES = {
    Scale.MAJOR: ("", "M", "maj", "Maj", " MAJ", "-major", "_MAJOR", " Major"),
    Scale.MINOR: ("m", " m", "min", "Min", " MIN", "-minor", "_MINOR", " Minor"),
}
ENHARMONIC = {
    "C♯": "D♭",
    "D♯": "E♭",
    "F♯": "G♭",
    "G♯": "A♭",
    "A♯": "B♭",
    "B": "C♭",
    "E": "F♭",
    "C": "B♯",
    "F": "E♯",
}


def spellings(key: tuple[int, Scale]) -> Iterator[str]:
    """Every notation of a key, in many hands."""
    for code in (camelot(*key), open_key(*key)):
        yield from (code, code.lower(), code.upper(), f" {code}\t", code.rjust(3, "0"))
    sharp = key_of(key[0]).value.replace("_SHARP", "♯")
    for name in {sharp, ENHARMONIC.get(sharp, sharp)}:
        letter, sign = name[0], name[1:]
        for written in SIGNS.get(sign, ("",)):
            yield from (
                f"{case}{written}{mode}" for case in (letter, letter.lower()) for mode in MODES[key[1]]
            )


@pytest.mark.parametrize("key", around_the_circle())
def test_every_key_is_understood_in_every_notation(key: tuple[int, Scale]) -> None:
    understood = {text: key_named(text) for text in (*spellings(key), key_label(*key))}
    assert understood == dict.fromkeys(understood, key)
    assert len(understood) >= 20


AS_TYPED = [
    ("Bbm", "B♭ minor"), ("B♭ minor", "B♭ minor"), ("bb min", "B♭ minor"), ("A# minor", "B♭ minor"),
    ("Cmaj", "C major"), ("C", "C major"), ("a", "A major"), ("b", "B major"), ("bb", "B♭ major"),
    ("3A", "B♭ minor"), ("08A", "A minor"), ("8B", "C major"), ("8b", "C major"), ("8m", "B♭ minor"), ("1d", "C major"),
    ("F♯m", "F♯ minor"), ("c#m", "C♯ minor"), ("G flat major", "F♯ major"), ("G-flat major", "F♯ major"),
    ("AM", "A major"), ("Am", "A minor"), ("A m", "A minor"), ("am", "A minor"), ("A MINOR", "A minor"),
    ("Cb", "B major"), ("E# minor", "F minor"), ("ab m", "G♯ minor"), ("B_FLAT MINOR", "B♭ minor"), ("EB MAJOR", "E♭ major"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "label"), AS_TYPED)
def test_what_could_be_read_in_two_ways_is_read_in_one(text: str, label: str) -> None:
    key = key_named(text)
    assert key
    assert key_label(*key) == label


NO_KEYS = [
    "", " ", "8", "0A", "00A", "13A", "8C", "A8", "8 A", "008A", "012A", "-8A", "8A8A", "8AB", "\uff18A", "13d", "0m",
    "Cam", "H", "H2", "H moll", "B dur", "a moll", "Cmajor7", "Cm7", "Csus4", "C##", "Cbb", "C#b", "mC", "# C", "C # C",
    "minor", "m", "flat", "A minor minor", "A\nB", "A miner", "Dm/F", "8A - Am", "Amm", "C" + " " * 41 + "m", "A" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_names_no_key_is_none(text: str) -> None:
    assert key_named(text) is None


EVERYTHING_KNOWN = frozenset(
    text.casefold() for key in around_the_circle() for text in (*spellings(key), key_label(*key))
)


@given(st.text(alphabet="abcdefghmM12380#♯♭ _-", max_size=8))
def test_no_other_text_names_a_key(text: str) -> None:
    if key_named(text) is not None:
        assert _squeezed(text) in {_squeezed(known) for known in EVERYTHING_KNOWN}


def _squeezed(text: str) -> str:
    """Without what may stand between the parts, and with one sign for each."""
    bare = "".join(one for one in text.casefold() if one not in " _-\t")
    return (
        bare.replace("♯", "#").replace("♭", "b").replace("sharp", "#").replace("flat", "b").removeprefix("0")
    )
