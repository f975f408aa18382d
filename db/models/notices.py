"""Notifications: a row first; sending is a consequence (D-71)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import AccountId, AnalyticsReportId, NotificationId, ProducerId
from db.table import Table
from db.vocabulary import EmailTiming, NotificationChannel, NotificationKind, ReportSpan

UNREAD = text("read_at IS NULL AND in_app IS TRUE")
CALLS = text("kind = 'MATCHING_REQUEST'")
FOR_DIGEST = text("email = 'DIGEST' AND emailed_at IS NULL")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


class Notification(Table, table=True):
    """Something that happened, in words to show; once for each person, kind and subject, ever.

    By which channels it goes is decided when it is written, by the preferences of that moment.
    """

    __table_args__ = (
        Index("notification_once", "account_id", "kind", "subject_id", unique=True),
        Index("notification_of", "account_id", "created_at", "id"),
        Index(
            "notification_unread",
            "account_id",
            "created_at",
            "id",
            sqlite_where=UNREAD,
            postgresql_where=UNREAD,
        ),
        Index("notification_calls", "subject_id", sqlite_where=CALLS, postgresql_where=CALLS),
        Index("notification_for_digest", "account_id", sqlite_where=FOR_DIGEST, postgresql_where=FOR_DIGEST),
        one_of("kind", NotificationKind),
        one_of("email", EmailTiming),
    )

    id: NotificationId = own_id("ntf")
    account_id: AccountId = id_of(foreign_key="account.id")
    kind: NotificationKind = word(NotificationKind)
    subject_id: str = Field(max_length=40)
    """What it is about; no foreign key: it may be gone."""
    title: str = Field(max_length=200)
    body: str
    path: str = Field(max_length=300)
    """Of our site."""
    in_app: bool = True
    live: bool = True
    withheld_in_app: bool | None = None
    """It is about something that staff keep back, and not shown: what `in_app` is again with it; null: nothing is kept back."""
    withheld_live: bool | None = None
    """Likewise of `live`."""
    email: EmailTiming | None = word(EmailTiming, default=None)
    """Null: it does not go by e-mail, or not any more."""
    created_at: datetime = instant(default_factory=now)
    read_at: datetime | None = instant(default=None)
    emailed_at: datetime | None = instant(default=None)
    email_refused: str | None = Field(default=None, max_length=300)
    """What the mail server said that would not take it, for good."""


class NotificationPreference(Table, table=True):
    """A switch that an account has set; the others stand as they are by default."""

    __table_args__ = (one_of("kind", NotificationKind), one_of("channel", NotificationChannel))

    account_id: AccountId = id_of(foreign_key="account.id", primary_key=True)
    kind: NotificationKind = word(NotificationKind, primary_key=True)
    channel: NotificationChannel = word(NotificationChannel, primary_key=True)
    enabled: bool


class MutedGenre(Table, table=True):
    """A genre whose beat requests an account is not told of (D-64); those within it are muted too."""

    account_id: AccountId = id_of(foreign_key="account.id", primary_key=True)
    folded: str = Field(primary_key=True, sa_type=BYTEWISE_100)
    genre: str = Field(max_length=100)
    """As it is written."""


class AnalyticsReport(Table, table=True):
    """A producer's figures of a week or a month that is over; written once (D-70)."""

    __table_args__ = (
        UniqueConstraint("producer_id", "span", "first_day", name="analytics_report_once"),
        one_of("span", ReportSpan),
    )

    id: AnalyticsReportId = own_id("rep")
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    span: ReportSpan = word(ReportSpan)
    first_day: date
    figures: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime = instant(default_factory=now)
