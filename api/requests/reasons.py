"""Why a track answers a request, part by part, in plain words with numbers (D-63)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from api.requests.meaning import genre_named, moods_for, tags_for
from api.requests.traits import Traits
from api.requests.wanted import Wanted, beyond
from db.folding import folded
from db.keys import harmonic_with, key_label
from db.seeking import FULL
from db.vocabulary import GENRE_PARENTS, MatchPart


def said(part: MatchPart, wanted: Wanted, track: Traits, points: int) -> str:
    """The sentence about a part that was asked for."""
    return _SAYS[part](wanted, track, points)


def _genre(wanted: Wanted, track: Traits, points: int) -> str:
    assert wanted.genre  # it was asked for
    name = genre_named(wanted.genre)
    if points == FULL:
        return f"{wanted.genre} is what was asked for"
    if not points:
        return f"Not {wanted.genre}"
    within = sorted(genre for genre in track.genres if GENRE_PARENTS.get(genre) == name)
    return f"{within[0]} is within {name}" if within else f"{name} is within {GENRE_PARENTS[name]}"


def _bpm(wanted: Wanted, track: Traits, points: int) -> str:
    tempo = wanted.tempo
    assert tempo  # it was asked for
    times = min((1, 2, 0.5), key=lambda one: beyond(track.bpm * one, tempo))
    felt = track.bpm * times
    octave = {1: "", 2: f" is half of {felt:g}", 0.5: f" is double of {felt:g}"}[times]
    asked = f"{tempo.least}" if tempo.least == tempo.most else f"{tempo.least}\N{EN DASH}{tempo.most}"
    off = felt - tempo.most if felt > tempo.most else tempo.least - felt
    if off <= 0:
        return f"BPM {track.bpm}{octave or f' is inside {asked}'}"
    side = "above" if felt > tempo.most else "below"
    return f"BPM {track.bpm}{octave}{',' if octave else ' is'} {off:g} {side} {asked}"


def _key(wanted: Wanted, track: Traits, points: int) -> str:
    assert wanted.key  # it was asked for
    is_in, asked = key_label(*track.key), key_label(*wanted.key)
    if points == FULL:
        return f"{is_in} is the key asked for"
    if track.key not in harmonic_with(*wanted.key):
        return f"{is_in} does not mix with {asked}"
    if track.key[1] is wanted.key[1]:
        return f"{is_in} is next to {asked} on the Camelot wheel"
    return f"{is_in} is the relative of {asked}"


def _mood(wanted: Wanted, track: Traits, points: int) -> str:
    return _share("mood", wanted.moods, [_best(moods_for(mood), track.moods) for mood in wanted.moods])


def _tags(wanted: Wanted, track: Traits, points: int) -> str:
    return _share("tag", wanted.tags, [_best(tags_for(tag), track.labels) for tag in wanted.tags])


def _best(answers: Mapping[str, int], words: frozenset[str]) -> str | None:
    """What answers best; in doubt the first of them."""
    return max((word for word in answers if word in words), key=lambda word: answers[word], default=None)


def _share(what: str, asked: Sequence[str], answers: Sequence[str | None]) -> str:
    """`2 of 3 moods: Dark, Sinister for Eerie`."""
    found = [
        one if folded(answer) == folded(one) else f"{answer} for {one}"
        for one, answer in zip(asked, answers, strict=True)
        if answer
    ]
    whole = f"{len(asked)} {what}{'s' if len(asked) > 1 else ''}"
    return f"{len(found)} of {whole}: {', '.join(found)}" if found else f"0 of {whole}"


def _sound(wanted: Wanted, track: Traits, points: int) -> str:
    if track.sound is None:
        return "How it sounds is not measured yet"
    return f"Sounds {points * 100 // FULL} % like the reference"


_SAYS: Final[Mapping[MatchPart, Callable[[Wanted, Traits, int], str]]] = {
    MatchPart.GENRE: _genre,
    MatchPart.BPM: _bpm,
    MatchPart.KEY: _key,
    MatchPart.MOOD: _mood,
    MatchPart.TAGS: _tags,
    MatchPart.SOUND: _sound,
}
