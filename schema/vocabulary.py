"""Closed lists for pickers."""

from typing import Self

import strawberry

from db.keys import around_the_circle, camelot, key_label, key_of
from db.vocabulary import GENRE_PARENTS, MOODS, MusicalKey, Scale
from schema.context import Info


@strawberry.type
class Genre:
    """A known genre."""

    name: str
    """Name, used as its value."""
    parent: str | None
    """Wider genre."""

    @strawberry.field
    async def track_count(self, info: Info) -> int:
        """Published tracks."""
        return await info.context.loaders.genre_counts.load(self.name)


@strawberry.type
class KeyName:
    """One way to name a key."""

    key: MusicalKey
    """Pitch class."""
    scale: Scale
    """Mode."""
    label: str
    """As musicians write it."""
    camelot: str
    """Wheel position."""

    @classmethod
    def of(cls, pitch: int, scale: Scale) -> Self:
        return cls(
            key=key_of(pitch), scale=scale, label=key_label(pitch, scale), camelot=camelot(pitch, scale)
        )


@strawberry.type
class Vocabulary:
    """Closed lists for pickers."""

    genres: list[Genre]
    """Known genres; other text is taken too."""
    moods: list[str]
    """Known moods."""
    keys: list[KeyName]
    """24, by the circle of fifths."""

    @classmethod
    def complete(cls) -> Self:
        genres = [Genre(name=name, parent=parent) for name, parent in GENRE_PARENTS.items()]
        return cls(genres=genres, moods=list(MOODS), keys=[KeyName.of(*key) for key in around_the_circle()])
