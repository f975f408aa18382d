"""Musical keys: stored as a pitch class, shown by the circle of fifths (D-12). Standard library only."""

import re
from typing import Final

from db.vocabulary import MusicalKey, Scale

_MAJOR_NAMES: Final = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_MINOR_NAMES: Final = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B")
_SHARPS: Final = tuple(MusicalKey)[:12]
_CAMELOT: Final = re.compile(r"(0?[1-9]|1[0-2])([AaBb])")
_FLATS: Final = {
    MusicalKey.D_FLAT: MusicalKey.C_SHARP,
    MusicalKey.E_FLAT: MusicalKey.D_SHARP,
    MusicalKey.G_FLAT: MusicalKey.F_SHARP,
    MusicalKey.A_FLAT: MusicalKey.G_SHARP,
    MusicalKey.B_FLAT: MusicalKey.A_SHARP,
}


def pitch_class(key: MusicalKey) -> int:
    """0 for C to 11 for B, whichever way the key is spelled."""
    return _SHARPS.index(_FLATS.get(key, key))


def key_of(pitch: int) -> MusicalKey:
    """The one spelling that clients get back: sharps."""
    return _SHARPS[pitch]


def key_label(pitch: int, scale: Scale) -> str:
    """As musicians write it, such as B♭ minor: the spelling with fewer accidentals in its signature."""
    names = _MAJOR_NAMES if scale is Scale.MAJOR else _MINOR_NAMES
    return f"{names[pitch]} {scale.value.lower()}"


def camelot(pitch: int, scale: Scale) -> str:
    """Position on the Camelot wheel: C major is 8B, A minor 8A, a fifth up is one further."""
    return f"{_camelot_number(pitch, scale)}{'B' if scale is Scale.MAJOR else 'A'}"


def open_key(pitch: int, scale: Scale) -> str:
    """Position on the Open Key wheel: C major is 1d, A minor 1m."""
    return f"{(_camelot_number(pitch, scale) - 8) % 12 + 1}{'d' if scale is Scale.MAJOR else 'm'}"


def key_at(code: str) -> tuple[int, Scale] | None:
    """The key at a place on the Camelot wheel, such as 8A, 8a or 08a; null if there is no such place."""
    place = _CAMELOT.fullmatch(code.strip())
    if place is None:
        return None
    number, letter = int(place[1]), place[2].upper()
    return next((key for key in around_the_circle() if camelot(*key) == f"{number}{letter}"), None)


def harmonic_with(pitch: int, scale: Scale) -> frozenset[tuple[int, Scale]]:
    """Keys that mix well: the same, its neighbours on the wheel (a fifth up and down), and its relative."""
    relative = ((pitch + 9) % 12, Scale.MINOR) if scale is Scale.MAJOR else ((pitch + 3) % 12, Scale.MAJOR)
    return frozenset({(pitch, scale), ((pitch + 7) % 12, scale), ((pitch + 5) % 12, scale), relative})


def around_the_circle() -> list[tuple[int, Scale]]:
    """All 24 keys by fifths, each major before its relative minor."""
    fifths = [(7 * step) % 12 for step in range(12)]
    return [pair for pitch in fifths for pair in ((pitch, Scale.MAJOR), ((pitch + 9) % 12, Scale.MINOR))]


def _camelot_number(pitch: int, scale: Scale) -> int:
    major = pitch if scale is Scale.MAJOR else pitch + 3
    return (7 * major + 7) % 12 + 1
