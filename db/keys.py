"""Musical keys: stored as a pitch class, shown by the circle of fifths (D-12). Standard library only."""

import re
from typing import Final

from db.vocabulary import MusicalKey, Scale

_MAJOR_NAMES: Final = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_MINOR_NAMES: Final = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B")
_SHARPS: Final = tuple(MusicalKey)[:12]
_NATURALS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_WHEELS: Final = re.compile(r"(?P<place>0?[1-9]|1[0-2])(?P<wheel>[abdm])", re.IGNORECASE)
_NAME: Final = re.compile(
    r"""(?P<letter>[a-g])
    (?: [\s\-_]* (?P<sharp>\#|♯|sharp) | (?P<flat>b|♭) | [\s\-_]* (?P<flat_word>flat) )?
    (?: [\s\-_]* (?P<mode>major|maj|minor|min|m) )?""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_NAME: Final = 40
"""More than any notation needs, so that a page that was pasted by mistake is not read."""
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


def key_named(text: str) -> tuple[int, Scale] | None:
    """The key that a text names, in whatever notation; null if it names none.

    Taken are Camelot (8A, 08a), Open Key (1m, 1d) and names: a letter from A to G, a sharp or flat as sign or word,
    and the mode as word, short or not at all, with or without blanks, hyphens and underscores between: C, Cmaj, c#m,
    B♭ minor, G flat major, F_SHARP MIN. Where a text could be read in two ways, one holds:

    - A letter alone is major, whatever its case: people type without looking at it.
    - `m` is minor and `M` major, as in chord symbols; in words and behind a number case says nothing.
    - A number with a or b is Camelot, with d or m Open Key: they share no letter.
    - `b` right behind a letter is a flat: `bb` is B♭ major, `ab m` is A♭ minor.

    German names (H moll, B dur) are not taken: H and B are other notes there, and B would often be guessed wrong.
    """
    bare = text[: 2 * _LONGEST_NAME].strip()
    if len(bare) > _LONGEST_NAME:
        return None
    if place := _WHEELS.fullmatch(bare):
        return _at(int(place["place"]), place["wheel"].lower())
    name = _NAME.fullmatch(bare)
    return _of_name(name) if name else None


def _at(place: int, wheel: str) -> tuple[int, Scale]:
    """The key at a place on the Camelot wheel (a, b) or the Open Key wheel (m, d)."""
    write = camelot if wheel in "ab" else open_key
    return next(key for key in around_the_circle() if write(*key).lower() == f"{place}{wheel}")


def _of_name(name: re.Match[str]) -> tuple[int, Scale]:
    accidental = bool(name["sharp"]) - bool(name["flat"] or name["flat_word"])
    mode = name["mode"] or "M"
    minor = mode == "m" or mode.lower() in {"min", "minor"}
    pitch = (_NATURALS[name["letter"].upper()] + accidental) % 12
    return pitch, Scale.MINOR if minor else Scale.MAJOR


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
