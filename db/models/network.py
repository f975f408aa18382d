"""Ties between producers (D-72)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import ContactId, ProducerId
from db.table import Table
from db.vocabulary import ContactStatus


class Contact(Table, table=True):
    """The one tie of two producers, whoever asked first; `low_id` is the smaller of their ids."""

    __table_args__ = (
        Index("contact_of_pair", "low_id", "high_id", unique=True),
        Index("contact_of_low", "low_id", "asked_at", "id"),
        Index("contact_of_high", "high_id", "asked_at", "id"),
        CheckConstraint("low_id < high_id", name="two_in_order"),
        CheckConstraint("asked_by IN (low_id, high_id)", name="asked_by_either"),
        CheckConstraint("answered_by IN (low_id, high_id)", name="answered_by_either"),
        CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="answered_by_somebody"),
        CheckConstraint("(status = 'PENDING') = (answered_at IS NULL)", name="pending_until_answered"),
        one_of("status", ContactStatus),
    )

    id: ContactId = own_id("con")
    low_id: ProducerId = id_of(foreign_key="producer.id", ondelete="CASCADE")
    high_id: ProducerId = id_of(foreign_key="producer.id", ondelete="CASCADE")
    status: ContactStatus = word(ContactStatus, default=ContactStatus.PENDING)
    asked_by: ProducerId = id_of()
    """Who asked last."""
    asked_at: datetime = instant(default_factory=now)
    asked_times: int = 1
    """How often it was asked: each time is told once."""
    message: str | None = Field(default=None, max_length=500)
    answered_by: ProducerId | None = id_of(default=None)
    """Who accepted, declined or blocked last; null while it is pending."""
    answered_at: datetime | None = instant(default=None)
