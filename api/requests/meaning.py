"""Which words of a track answer which words of a request, and how well (D-63).

Producers tag alike what they mean alike in a hundred spellings; the tables below hold what is common on beat platforms.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from db import folding
from db.seeking import FULL
from db.vocabulary import GENRE_PARENTS, MOODS

_WORDS_KEPT: Final = 4096
"""Of what people ask for, which is in their own words: the tables of each take some kilobytes."""
folded: Final = lru_cache(maxsize=20_000)(folding.folded)
"""Of labels, of which a catalogue holds few different ones and many of each."""
NEAR: Final = 600
"""Points of a word that means nearly the same, as of a wider genre."""

_GENRE_ALIASES: Final = {
    "R&B": ("rnb", "r and b", "r n b"),
    "Alternative R&B": ("alternative rnb", "alt r&b"),
}
_MOOD_ALIASES: Final = {
    "Aggressive": ("angry", "hard"),
    "Chill": ("chilled", "relaxed", "relaxing"),
    "Dreamy": ("ethereal",),
    "Eerie": ("creepy", "spooky", "haunting"),
    "Energetic": ("energy",),
    "Happy": ("joyful",),
    "Melancholic": ("melancholy",),
    "Romantic": ("love",),
    "Sensual": ("sexy", "sensual r&b"),
    "Sinister": ("evil",),
    "Uplifting": ("inspiring", "inspirational"),
}
_NEAR_MOODS: Final = (
    ("Dark", "Eerie", "Sinister"),
    ("Dark", "Moody"),
    ("Hype", "Energetic"),
    ("Hype", "Aggressive"),
    ("Energetic", "Upbeat"),
    ("Happy", "Upbeat", "Uplifting"),
    ("Triumphant", "Confident"),
    ("Triumphant", "Uplifting"),
    ("Sad", "Emotional", "Melancholic"),
    ("Melancholic", "Nostalgic"),
    ("Melancholic", "Moody"),
    ("Chill", "Laid Back", "Mellow", "Smooth"),
    ("Chill", "Dreamy"),
    ("Mellow", "Dreamy"),
    ("Sensual", "Romantic", "Intimate"),
    ("Sensual", "Smooth"),
    ("Emotional", "Intimate"),
)
_OPPOSITES: Final = (
    (
        {"Dark", "Eerie", "Sinister", "Aggressive", "Sad", "Melancholic", "Moody"},
        {"Happy", "Upbeat", "Uplifting", "Romantic"},
    ),
    (
        {"Hype", "Aggressive", "Energetic", "Upbeat"},
        {"Chill", "Laid Back", "Mellow", "Smooth", "Sensual", "Romantic", "Intimate", "Dreamy", "Sad"},
    ),
)
"""What nobody takes for the other: the whole record would be another."""

_SAME_TAGS: Final = (
    ("808", "808s", "808 bass", "hard 808", "heavy 808"),
    ("slide", "slides", "sliding bass", "sliding 808", "sliding 808s", "808 slides", "glide", "glides"),
    ("guitar", "guitars"),
    ("piano", "pianos", "grand piano"),
    ("keys", "keyboard", "keyboards"),
    ("rhodes", "electric piano", "e-piano"),
    ("strings", "string section", "orchestral strings"),
    ("violin", "violins"),
    ("brass", "horns", "horn section"),
    ("sax", "saxophone"),
    ("flute", "flutes"),
    ("bell", "bells"),
    ("choir", "choirs", "chorus vocals"),
    ("vocal", "vocals"),
    ("vocal sample", "vocal samples", "vocal chop", "vocal chops"),
    ("sample", "samples", "sampled", "sample based"),
    ("synth", "synths", "synthesizer", "synthesiser"),
    ("pad", "pads", "synth pad"),
    ("pluck", "plucks"),
    ("vinyl", "vinyl crackle", "vinyl noise", "crackle"),
    ("jazz", "jazzy"),
    ("orchestra", "orchestral", "cinematic"),
    ("bass", "bassline"),
    ("drum", "drums"),
    ("hi-hat", "hi-hats", "hats", "hihats"),
    ("log drum", "log drums", "logdrum"),
    ("detroit", "detroit type"),
    ("club", "club banger"),
    ("night", "late night", "night time"),
    ("summer", "summertime"),
    ("underground", "undergrnd"),
)
_WITHIN_TAGS: Final = {
    "guitar": ("acoustic guitar", "electric guitar", "spanish guitar", "guitar loop"),
    "piano": ("rhodes", "soft piano", "sad piano", "piano loop", "upright piano", "keys"),
    "synth": ("pad", "pluck", "lead synth", "analog synth", "synth lead"),
    "strings": ("violin", "cello", "viola"),
    "brass": ("trumpet", "sax", "trombone"),
    "vocal": ("vocal sample", "choir", "female vocals", "male vocals"),
    "bass": ("808", "slide", "sub bass", "reese bass", "reese"),
    "drum": ("hi-hat", "live drums", "log drum"),
    "sample": ("vocal sample", "soul sample", "jazz sample", "flip"),
}
"""Who asks for the wide word is glad of the narrow one; the other way round it is near."""


def spellings(word: str) -> set[str]:
    """How a label may be written: folded, with hyphens, with spaces, or in one."""
    plain = folded(word)
    spaced = plain.replace("-", " ")
    return {plain, spaced, spaced.replace(" ", "-"), spaced.replace(" ", "")}


def _spelled(names: Iterable[str], aliases: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Every spelling of each name, by which the name is known; the name as it stands has precedence."""
    every = {
        one: name for name in names for word in (name, *aliases.get(name, ())) for one in spellings(word)
    }
    return every | {folded(name): name for name in names}


_GENRES: Final = _spelled(GENRE_PARENTS, _GENRE_ALIASES)
_MOODS: Final = _spelled(MOODS, _MOOD_ALIASES)


def genre_named(label: str) -> str:
    """The known genre that a label spells; else the label, folded."""
    plain = folded(label)
    return _GENRES.get(plain, plain)


def moods_named(labels: Iterable[str]) -> set[str]:
    """The moods that labels spell, tags among them."""
    return {_MOODS[plain] for plain in map(folded, labels) if plain in _MOODS}


@lru_cache(maxsize=_WORDS_KEPT)
def genres_for(genre: str) -> dict[str, int]:
    """What answers a genre: itself, its wider one and those within it. Two within one are strangers."""
    name = genre_named(genre)
    if name not in GENRE_PARENTS:
        return dict.fromkeys(spellings(genre), FULL)
    kin = {child for child, parent in GENRE_PARENTS.items() if parent == name} | {GENRE_PARENTS[name] or name}
    return dict.fromkeys(kin, NEAR) | {name: FULL}


@lru_cache(maxsize=_WORDS_KEPT)
def genre_labels_for(genre: str) -> frozenset[str]:
    """The labels in any spelling, one of which every track has whose genre answers."""
    names = genres_for(genre)
    return frozenset(names if genre_named(genre) not in GENRE_PARENTS else _spellings_of(_GENRES, names))


@lru_cache(maxsize=_WORDS_KEPT)
def moods_for(mood: str) -> dict[str, int]:
    """What answers a mood: itself, and those that mean nearly the same."""
    near = {other for group in _NEAR_MOODS if mood in group for other in group}
    return dict.fromkeys(sorted(near), NEAR) | {mood: FULL}


def moods_against(moods: Iterable[str]) -> frozenset[str]:
    """Opposites of the moods that were asked for, without those that answer one of them."""
    wanted = set(moods)
    against = {
        opposed
        for sides in _OPPOSITES
        for one, other in (sides, sides[::-1])
        if wanted & one and not wanted & other
        for opposed in other
    }
    return frozenset(against.difference(*(moods_for(mood) for mood in wanted)))


@lru_cache(maxsize=_WORDS_KEPT)
def tags_for(tag: str) -> dict[str, int]:
    """Folded labels of any kind that answer a tag, its own spellings first."""
    plain = folded(tag)
    name = _TAGS.get(plain, plain)
    narrow = [one for within in _WITHIN_TAGS.get(name, ()) for one in _group(within)]
    wide = [one for wider, within in _WITHIN_TAGS.items() if _names(within, name) for one in _group(wider)]
    return (
        _all_spelled(wide, NEAR)
        | _as_mood(plain)
        | _all_spelled([*narrow, *_group(name), plain], FULL)
        | _as_genre(plain)
    )


def _as_mood(plain: str) -> dict[str, int]:
    answers = moods_for(_MOODS[plain]) if plain in _MOODS else {}
    return {spelled: points for mood, points in answers.items() for spelled in _spellings_of(_MOODS, [mood])}


def _as_genre(plain: str) -> dict[str, int]:
    return dict.fromkeys(_spellings_of(_GENRES, [_GENRES[plain]]), FULL) if plain in _GENRES else {}


def _spellings_of(spelled: Mapping[str, str], names: Iterable[str]) -> set[str]:
    wanted = set(names)
    return {one for one, name in spelled.items() if name in wanted}


def _all_spelled(words: Iterable[str], points: int) -> dict[str, int]:
    return {one: points for word in words for one in spellings(word)}


def _names(within: tuple[str, ...], name: str) -> bool:
    return any(_TAGS.get(one, one) == name for one in within)


def _group(name: str) -> tuple[str, ...]:
    return next((group for group in _SAME_TAGS if group[0] == _TAGS.get(name, name)), (name,))


_TAGS: Final = {one: group[0] for group in _SAME_TAGS for word in group for one in spellings(word)}
