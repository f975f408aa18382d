"""Notifications: a row first; sending is a consequence (D-71)."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import AccountId
from db.table import Table
from db.vocabulary import NotificationKind


class Notification(Table, table=True):
    """Something that happened, in words to show; once for each person, kind and subject, ever."""

    __table_args__ = (
        Index("notification_once", "account_id", "kind", "subject_id", unique=True),
        Index("notification_of", "account_id", "created_at", "id"),
        one_of("kind", NotificationKind),
    )

    id: str = own_id("ntf")
    account_id: AccountId = id_of(foreign_key="account.id")
    kind: NotificationKind = word(NotificationKind)
    subject_id: str = Field(max_length=40)
    """What it is about; no foreign key: it may be gone."""
    title: str = Field(max_length=200)
    body: str
    path: str = Field(max_length=300)
    """Of our site."""
    created_at: datetime = instant(default_factory=now)
    read_at: datetime | None = instant(default=None)
