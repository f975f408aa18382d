"""What a track is matched by: what its producer declared, corrected where the audio says otherwise with confidence (D-63)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from api.catalog.contradictions import Facts, contradictions
from api.requests.meaning import folded, genre_named, moods_named
from db.seeking import Price
from db.vocabulary import GENRE_PARENTS, Scale


@dataclass(frozen=True)
class Heard:
    """What was measured in the audio."""

    facts: Facts
    bpm_confidence: float
    key_confidence: float


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What a track is matched by.

    Attributes:
        genres: Known ones by name, others folded.
        moods: Its moods, and those that its tags spell.
        labels: Tags, moods and genres with their parents, folded; as far as somebody asks for them.
        exclusive: The price of an exclusive that is on sale; null for none, and for what is arranged by contact.
    """

    genres: frozenset[str]
    moods: frozenset[str]
    labels: frozenset[str]
    bpm: int
    key: tuple[int, Scale]
    sound: bytes | None = None
    exclusive: Price | None = None

    @classmethod
    def of(  # noqa: PLR0913 -- the facts of a track
        cls,
        *,
        genres: Sequence[str],
        moods: Sequence[str],
        tags: Sequence[str],
        bpm: int,
        key: tuple[int, Scale],
        sound: bytes | None = None,
        exclusive: Price | None = None,
    ) -> Self:
        parents = [parent for genre in genres if (parent := GENRE_PARENTS.get(genre))]
        return cls(
            genres=frozenset(map(genre_named, genres)),
            moods=frozenset(moods_named([*moods, *tags])),
            labels=frozenset(map(folded, [*genres, *parents, *moods, *tags])),
            bpm=bpm,
            key=key,
            sound=sound,
            exclusive=exclusive,
        )


def heard(declared: Facts, measured: Heard | None) -> Facts:
    """Declared tempo and key, each replaced by the measured one where that contradicts it with confidence."""
    if measured is None:
        return declared
    found = contradictions(
        declared,
        measured.facts,
        bpm_confidence=measured.bpm_confidence,
        key_confidence=measured.key_confidence,
    )
    fields = {one.field for one in found}
    told = measured.facts if fields & {"key", "scale"} else declared
    return replace(told, bpm=measured.facts.bpm if "bpm" in fields else declared.bpm)
