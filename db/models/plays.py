"""What was listened to: every play, and what they come to by day (D-51)."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Integer
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, own_id
from db.ids import AccountId, PlayId, TrackId
from db.table import Table

_COUNTED_ARE_PLAYS = "counted >= 0 AND counted <= plays"


class Play(Table, table=True):
    """One listening: opened by a listener, and how much of it they have heard."""

    __table_args__ = (
        Index("play_of", "account_id", "started_at", "id"),
        CheckConstraint("listened_ms >= 0", name="listened_not_negative"),
    )

    id: PlayId = own_id("ply")
    account_id: AccountId = id_of(foreign_key="account.id")
    track_id: TrackId = id_of(foreign_key="track.id")
    started_at: datetime = instant(default_factory=now)
    listened_ms: int = Field(default=0, sa_type=BigInteger)
    """A running total, as last reported."""
    counted_at: datetime | None = instant(default=None)
    """When enough had been heard: the day, UTC, that it counts for."""


class Listening(Table, table=True):
    """What one listener has heard of one track on one day: where twenty counted plays are the most."""

    __table_args__: ClassVar[Any] = (
        CheckConstraint(_COUNTED_ARE_PLAYS, name="counted_are_plays"),
        {"sqlite_with_rowid": False},  # so that a month is read along the key
    )

    day: date = Field(primary_key=True, sa_type=Date)
    account_id: AccountId = id_of(foreign_key="account.id", primary_key=True)
    track_id: TrackId = id_of(foreign_key="track.id", primary_key=True)
    plays: int = Field(sa_type=Integer)
    """Raw: all that were opened."""
    counted: int = Field(sa_type=Integer)


class TrackPlays(Table, table=True):
    """What everybody has heard of one track on one day; the sum of its listenings."""

    __table_args__: ClassVar[Any] = (
        Index("track_plays_by_day", "day", "track_id", "counted"),
        CheckConstraint(_COUNTED_ARE_PLAYS, name="counted_are_plays"),
        {"sqlite_with_rowid": False},
    )

    track_id: TrackId = id_of(foreign_key="track.id", primary_key=True)
    day: date = Field(primary_key=True, sa_type=Date)
    plays: int = Field(sa_type=Integer)
    counted: int = Field(sa_type=Integer)
