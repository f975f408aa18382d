"""Where producers are paid to, what they are paid, and why they wait (D-54, D-55)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import AccountId, PayoutAccountId, PayoutHoldId, PayoutId, ProducerId
from db.table import Table
from db.vocabulary import CurrencyCode, PayoutAccountStatus, PayoutStatus

LIVING_ACCOUNT = text("status <> 'DISCONNECTED'")
LIVING = text("status IN ('HELD', 'REQUESTED', 'SENDING')")
OPEN_HOLD = text("released_at IS NULL")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


class PayoutAccount(Table, table=True):
    """An account at the payment provider that a producer is paid to; former ones stay."""

    __table_args__ = (
        Index(
            "payout_account_living",
            "producer_id",
            unique=True,
            sqlite_where=LIVING_ACCOUNT,
            postgresql_where=LIVING_ACCOUNT,
        ),
        Index("payout_account_of", "producer_id", "created_at"),
        one_of("status", PayoutAccountStatus),
    )

    id: PayoutAccountId = own_id("pac")
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    reference: str | None = Field(default=None, sa_type=BYTEWISE_100, unique=True)
    """What the provider calls it; null until it is known there."""
    country: str = Field(max_length=2)
    """Where its owner lives, as ISO 3166 has it."""
    status: PayoutAccountStatus = word(PayoutAccountStatus, default=PayoutAccountStatus.NONE)
    requirements: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]], sa_type=JSON)
    """What the provider still asks its owner for: `message`, and `due_at` or null."""
    ready_at: datetime | None = instant(default=None)
    """When it was seen ready for the first time."""
    checked_at: datetime | None = instant(default=None)
    """When the provider was last asked."""
    version: int = 0
    """Counts what was learnt of it: whoever asked the provider before the last time has old news."""
    created_at: datetime = instant(default_factory=now)
    ended_at: datetime | None = instant(default=None)
    """When it was closed."""


class Payout(Table, table=True):
    """A payment to a producer, in one currency; there is one transfer of it at most, ever."""

    __table_args__ = (
        UniqueConstraint("producer_id", "idempotency_key", name="payout_once"),
        UniqueConstraint("producer_id", "currency", "scheduled_for", name="payout_scheduled_once"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("(idempotency_key IS NULL) <> (scheduled_for IS NULL)", name="asked_for_or_due"),
        CheckConstraint(
            "(status IN ('SENT', 'SETTLED', 'FAILED')) <= (transfer_reference IS NOT NULL)",
            name="transfer_where_sent",
        ),
        Index(
            "payout_living",
            "producer_id",
            "currency",
            unique=True,
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        ),
        Index("payout_of", "producer_id", "requested_at", "id"),
        Index("payout_by_status", "status", "requested_at"),
        one_of("status", PayoutStatus),
        one_of("currency", CurrencyCode),
    )

    id: PayoutId = own_id("pot")
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    account_id: PayoutAccountId = id_of(foreign_key="payout_account.id")
    """Where it was to go when it was asked for; it goes nowhere else."""
    destination: str = Field(sa_type=BYTEWISE_100)
    """What the provider calls that account."""
    currency: CurrencyCode = word(CurrencyCode)
    amount_minor: int = Field(sa_type=BigInteger)
    """As it was when asked for; once it has begun, what was taken out of the balance."""
    status: PayoutStatus = word(PayoutStatus, default=PayoutStatus.REQUESTED)
    idempotency_key: str | None = Field(default=None, max_length=100)
    """Of the client; null: the day was due."""
    scheduled_for: date | None = None
    """The day that it was due on; null: somebody asked for it."""
    account_ready: bool = False
    """Whether the account was ready when it began."""
    transfer_reference: str | None = Field(default=None, sa_type=BYTEWISE_100, unique=True)
    bank_reference: str | None = Field(default=None, sa_type=BYTEWISE_100, unique=True)
    """What the provider calls the way from the account to the bank."""
    failure: str | None = Field(default=None, max_length=500)
    """Why it waits, was not sent, or came back."""
    requested_at: datetime = instant(default_factory=now)
    begun_at: datetime | None = instant(default=None)
    sent_at: datetime | None = instant(default=None)
    settled_at: datetime | None = instant(default=None)
    """When it had arrived, as the provider says; it may come back all the same."""
    ended_at: datetime | None = instant(default=None)
    """When it was rejected, or came back from the bank."""
    returned_at: datetime | None = instant(default=None)
    """When what came back was in the balance again."""
    version: int = 0


class PayoutHold(Table, table=True):
    """That nothing is paid to a producer for now: by staff, or for some days by itself."""

    __table_args__ = (
        Index(
            "payout_hold_open",
            "producer_id",
            sqlite_where=OPEN_HOLD,
            postgresql_where=OPEN_HOLD,
        ),
    )

    id: PayoutHoldId = own_id("phd")
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    cause: str | None = Field(default=None, sa_type=BYTEWISE_100, unique=True)
    """What it follows of by itself, once; null: staff placed it."""
    reason: str = Field(max_length=1000)
    """For the producer to read."""
    placed_by: AccountId | None = id_of(default=None, foreign_key="account.id")
    placed_at: datetime = instant(default_factory=now)
    until: datetime | None = instant(default=None)
    """It ends by itself then; null: staff release it."""
    released_by: AccountId | None = id_of(default=None, foreign_key="account.id")
    released_at: datetime | None = instant(default=None)
    release_reason: str | None = Field(default=None, max_length=1000)
