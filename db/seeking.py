"""What a track is looked for by, in whole points, so that Python and both databases come to the same sum (D-63)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from db.vocabulary import GENRE_PARENTS, MOODS, CurrencyCode, MatchPart, Scale

FULL: Final = 1000
"""Points of a part that is as it was asked for."""
FARTHEST_OUTSIDE: Final = 0.06
"""Of the end of a range of tempos: there a tempo has no points left (D-63)."""
TRAITS_VERSION: Final = 1
"""Of what a track is matched by: raised when the bits below or the words behind them change, and all is written anew."""
_MASKS_KEPT: Final = 20_000
"""Of a catalogue's: three genres and three moods make few."""
_GENRES: Final = {genre: 1 << place for place, genre in enumerate(GENRE_PARENTS)}
_MOODS: Final = {mood: 1 << place for place, mood in enumerate(MOODS)}


@dataclass(frozen=True)
class Price:
    minor: int
    currency: CurrencyCode


@dataclass(frozen=True, kw_only=True)
class Sought:
    """A request as tables of points: each part has up to `FULL` of them, and what is in no table has none.

    Attributes:
        genres: Known genres, and spellings of one that is not known; empty: no genre was asked for.
        genre_labels: Folded labels, one of which every track has that has points for its genre.
        moods: Of each mood asked for, the moods that answer it.
        opposed: Moods that none of those asked for goes with: a track of these alone fails.
        tags: Of each tag asked for, the folded labels that answer it.
        exclusive: It must be on sale exclusively.
        budget: What that may cost, where it is in the same currency.
        weights: Of the parts that were asked for.
        least: Weighted points from which a track answers.
    """

    genres: Mapping[str, int] = field(default_factory=dict[str, int])
    genre_labels: frozenset[str] = frozenset()
    bpms: Mapping[int, int] = field(default_factory=dict[int, int])
    keys: Mapping[tuple[int, Scale], int] = field(default_factory=dict[tuple[int, Scale], int])
    moods: Sequence[Mapping[str, int]] = ()
    opposed: frozenset[str] = frozenset()
    tags: Sequence[Mapping[str, int]] = ()
    sound: bytes | None = None
    exclusive: bool = False
    budget: Price | None = None
    weights: Mapping[MatchPart, int] = field(default_factory=dict[MatchPart, int])
    least: int = 0

    @cached_property
    def whole(self) -> int:
        """All weights together."""
        return sum(self.weights.values())

    @cached_property
    def words(self) -> frozenset[str]:
        """Labels that tell how a track answers, beside its bits: all others need not be read."""
        unknown: Iterable[str] = () if genre_bits(self.genres) else self.genres
        return frozenset(unknown).union(*self.tags)


def genre_bits(genres: Iterable[str]) -> int:
    """Known genres as one number; others have no place in it."""
    return sum(_GENRES[genre] for genre in set(genres) if genre in _GENRES)


@lru_cache(maxsize=_MASKS_KEPT)
def genres_in(bits: int) -> frozenset[str]:
    """The known genres of such a number."""
    return frozenset(genre for genre, bit in _GENRES.items() if bits & bit)


@lru_cache(maxsize=_MASKS_KEPT)
def moods_in(bits: int) -> frozenset[str]:
    """The moods of such a number."""
    return frozenset(mood for mood, bit in _MOODS.items() if bits & bit)


def mood_bits(moods: Iterable[str]) -> int:
    """Moods as one number."""
    return sum(_MOODS[mood] for mood in set(moods))
