"""What a request asks for, and the points that each answer to it has (D-63)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from api.requests.meaning import genre_labels_for, genres_for, moods_against, moods_for, tags_for
from db.keys import harmonic_with
from db.seeking import FARTHEST_OUTSIDE, FULL, Price, Sought
from db.vocabulary import MatchPart, Scale

WEIGHTS: Final = {
    MatchPart.GENRE: 30,
    MatchPart.BPM: 25,
    MatchPart.KEY: 22,
    MatchPart.MOOD: 22,
    MatchPart.TAGS: 14,
    MatchPart.SOUND: 24,
}
"""Chosen with the judged requests (tests/requests/judged.py)."""
ANSWERS_FROM: Final = 600
"""Points of `FULL`: a near genre, asked for alone, still answers."""
_HALF_OR_DOUBLE: Final = 850
_RELATIVE: Final = 800
_NEIGHBOUR: Final = 600
_TEMPOS: Final = range(40, 261)
"""What a track's tempo can be, with room around what is declared (60 to 200) and measured."""


@dataclass(frozen=True)
class Tempo:
    """A range of BPM, its ends in it."""

    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a request gives to be matched by; null and empty: not asked for.

    Attributes:
        sound: Of the reference (`db.sound`).
        exclusive: It must be on sale exclusively, in one currency for no more than the budget.
    """

    genre: str | None = None
    tempo: Tempo | None = None
    key: tuple[int, Scale] | None = None
    moods: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sound: bytes | None = None
    exclusive: bool = False
    budget: Price | None = None


@lru_cache(maxsize=1024)
def seek(wanted: Wanted) -> Sought:
    """The request as tables of points."""
    weights = {part: WEIGHTS[part] for part in _parts(wanted)}
    return Sought(
        genres=genres_for(wanted.genre) if wanted.genre else {},
        genre_labels=genre_labels_for(wanted.genre) if wanted.genre else frozenset(),
        bpms=tempos_for(wanted.tempo) if wanted.tempo else {},
        keys=keys_for(*wanted.key) if wanted.key else {},
        moods=[moods_for(mood) for mood in wanted.moods],
        opposed=moods_against(wanted.moods),
        tags=[tags_for(tag) for tag in wanted.tags],
        sound=wanted.sound,
        exclusive=wanted.exclusive,
        budget=wanted.budget,
        weights=weights,
        least=ANSWERS_FROM * sum(weights.values()),
    )


def _parts(wanted: Wanted) -> Iterator[MatchPart]:
    given = {
        MatchPart.GENRE: wanted.genre,
        MatchPart.BPM: wanted.tempo,
        MatchPart.KEY: wanted.key,
        MatchPart.MOOD: wanted.moods,
        MatchPart.TAGS: wanted.tags,
        MatchPart.SOUND: wanted.sound,
    }
    return (part for part, what in given.items() if what)


def tempos_for(tempo: Tempo) -> dict[int, int]:
    """Points of every tempo that has any: as it is, or read at half or double."""
    points = {bpm: max(_read_as(bpm, tempo, times) for times in (1, 2, 0.5)) for bpm in _TEMPOS}
    return {bpm: most for bpm, most in points.items() if most}


def _read_as(bpm: int, tempo: Tempo, times: float) -> int:
    full = FULL if times == 1 else _HALF_OR_DOUBLE
    return round(full * max(0.0, 1 - beyond(bpm * times, tempo) / FARTHEST_OUTSIDE))


def beyond(bpm: float, tempo: Tempo) -> float:
    """How far a tempo is outside of the range, as a share of the end that it is nearer to."""
    return max(0.0, (tempo.least - bpm) / tempo.least, (bpm - tempo.most) / tempo.most)


def keys_for(pitch: int, scale: Scale) -> dict[tuple[int, Scale], int]:
    """Points of every key that has any."""
    mixing = harmonic_with(pitch, scale)
    near = {key: _NEIGHBOUR if key[1] is scale else _RELATIVE for key in mixing}
    return near | {(pitch, scale): FULL}
