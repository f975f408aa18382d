"""Notices of rights-holders about tracks, and what became of them (D-83)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import AccountId, TakedownId, TakedownStepId, TrackId
from db.table import Table
from db.vocabulary import TakedownStatus


class Takedown(Table, table=True):
    """What somebody, with or without an account, says of a track. Who they are is kept for staff; name and grounds are shown."""

    __table_args__ = (
        Index("takedown_by_status", "status", "proved_at", "id"),
        Index("takedown_of_track", "track_id", "proved_at", "id"),
        Index("takedown_unproved", "expires_at"),
        CheckConstraint("(status = 'UNPROVED') = (proved_at IS NULL)", name="proved_before_staff_see_it"),
        one_of("status", TakedownStatus),
    )

    id: TakedownId = own_id("tkd")
    track_id: TrackId = id_of(foreign_key="track.id")
    name: str = Field(max_length=100)
    """Of the rights-holder, a person or an organisation."""
    email: str = Field(max_length=254)
    """For staff, and for letters to who filed it; empty: it was kept for long enough."""
    work: str
    """What it says was copied."""
    grounds: str
    signature: str = Field(max_length=100)
    """Full name of who signs, under the statement of good faith."""
    status: TakedownStatus = word(TakedownStatus, default=TakedownStatus.UNPROVED)
    token_sha256: str | None = Field(default=None, unique=True, max_length=64)
    """Of the token in the link; null until the letter is written."""
    created_at: datetime = instant(default_factory=now)
    expires_at: datetime = instant()
    """Until then the link works."""
    proved_at: datetime | None = instant(default=None)


class TakedownStep(Table, table=True):
    """A state that a notice came into, with what was said; rows are never changed."""

    __table_args__ = (Index("takedown_step_of", "takedown_id", "at", "id"), one_of("status", TakedownStatus))

    id: TakedownStepId = own_id("tks")
    takedown_id: TakedownId = id_of(foreign_key="takedown.id", ondelete="CASCADE")
    status: TakedownStatus = word(TakedownStatus)
    text: str | None = None
    """Reason of staff, or answer of the producer."""
    by: AccountId | None = id_of(default=None, foreign_key="account.id")
    """Null: who filed it."""
    at: datetime = instant(default_factory=now)
