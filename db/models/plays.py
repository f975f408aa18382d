"""What was listened to: every play, and what they come to by day (D-51)."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Integer, text
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, own_id
from db.ids import AccountId, PlayId, ProducerId, TrackId, UploadId
from db.table import Table

_NOT_NEGATIVE = "plays >= 0 AND counted >= 0"
"""A play that was opened before midnight and counts after it is in both days: in one as opened, in the other as counted."""
XP_DUE = text("rewarded < counted")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


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
        CheckConstraint(_NOT_NEGATIVE, name="counts_not_negative"),
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
        CheckConstraint(_NOT_NEGATIVE, name="counts_not_negative"),
        {"sqlite_with_rowid": False},
    )

    track_id: TrackId = id_of(foreign_key="track.id", primary_key=True)
    day: date = Field(primary_key=True, sa_type=Date)
    plays: int = Field(sa_type=Integer)
    counted: int = Field(sa_type=Integer)


class PlayTotal(Table, table=True):
    """What everybody has ever heard of one track: the sum of its days, kept so that nobody sums them for a page."""

    __table_args__ = (CheckConstraint(_NOT_NEGATIVE, name="counts_not_negative"),)

    track_id: TrackId = id_of(foreign_key="track.id", primary_key=True)
    plays: int = Field(sa_type=BigInteger)
    counted: int = Field(sa_type=BigInteger)


class CreditedPlays(Table, table=True):
    """Counted plays of one track on one day, for one of those whom it credited when they counted."""

    __table_args__: ClassVar[Any] = (
        Index(  # with the figures, or SQLite would read all days of a producer
            "credited_plays_due",
            "producer_id",
            "day",
            "track_id",
            "counted",
            "rewarded",
            sqlite_where=XP_DUE,
            postgresql_where=XP_DUE,
        ),
        CheckConstraint("rewarded >= 0 AND rewarded <= counted", name="rewarded_are_counted"),
        {"sqlite_with_rowid": False},
    )

    producer_id: ProducerId = id_of(foreign_key="producer.id", primary_key=True)
    day: date = Field(primary_key=True, sa_type=Date)
    track_id: TrackId = id_of(foreign_key="track.id", primary_key=True)
    counted: int = Field(sa_type=Integer)
    rewarded: int = Field(default=0, sa_type=Integer)
    """How many of them XP were given for (D-57)."""


class PlayQuarter(Table, table=True):
    """A quarter of an hour of plays of all tracks that credited one producer: days of every zone begin with one."""

    __table_args__: ClassVar[Any] = (
        CheckConstraint(_NOT_NEGATIVE, name="counts_not_negative"),
        {"sqlite_with_rowid": False},
    )

    producer_id: ProducerId = id_of(foreign_key="producer.id", primary_key=True)
    begins_at: datetime = instant(primary_key=True)
    plays: int = Field(sa_type=Integer)
    counted: int = Field(sa_type=Integer)


class AudioStream(Table, table=True):
    """What is heard of a file by who listens to the whole track; until it is made, the file itself is."""

    upload_id: UploadId = id_of(foreign_key="upload.id", primary_key=True)
    byte_size: int = Field(sa_type=BigInteger)
    made_at: datetime = instant(default_factory=now)
